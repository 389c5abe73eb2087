"""From kinds to models and back, and decoding of bodies that say what they are."""

from __future__ import annotations

import pytest

from kubeclient.api import core_v1, meta_v1, scheme
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.unstructured import Unstructured


@pytest.mark.parity("TYP-20")
@pytest.mark.parametrize("kind", [kind for kind in scheme.kinds() if not kind.kind.endswith("Options")], ids=str)
def test_every_kind_leads_to_a_model_that_leads_back(kind: GroupVersionKind) -> None:
    if kind.kind != "WatchEvent":
        assert scheme.gvk_for(scheme.type_for(kind)) == kind


@pytest.mark.parity("TYP-20")
def test_options_are_known_under_every_group_version() -> None:
    assert scheme.type_for(GroupVersionKind("apps", "v1", "DeleteOptions")) is meta_v1.DeleteOptions
    with pytest.raises(LookupError):
        scheme.type_for(GroupVersionKind("example.com", "v1", "DeleteOptions"))


@pytest.mark.parity("TYP-20")
def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(LookupError, match='no kind "Pot" is registered for version "v1"'):
        scheme.type_for(GroupVersionKind("", "v1", "Pot"))


def test_parts_of_kinds_are_no_kinds() -> None:
    with pytest.raises(LookupError, match="no kind is registered for the type PodSpec"):
        scheme.gvk_for(core_v1.PodSpec())


@pytest.mark.parity("TYP-20")
def test_a_body_decodes_into_the_model_of_its_kind() -> None:
    body = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"k": "v"}}
    expected = core_v1.ConfigMap(metadata=meta_v1.ObjectMeta(name="a"), data={"k": "v"})

    assert scheme.decode(body) == expected
    assert scheme.decode(json.encode(body)) == expected


@pytest.mark.parity("TYP-20")
def test_a_body_of_an_unknown_kind_decodes_into_an_unstructured() -> None:
    body = {"kind": "Widget", "apiVersion": "example.com/v1", "spec": {"size": 1}}

    decoded = scheme.decode(json.encode(body))

    assert isinstance(decoded, Unstructured)
    assert scheme.gvk_for(decoded) == GroupVersionKind("example.com", "v1", "Widget")


@pytest.mark.parametrize(("body", "missing"), [({"apiVersion": "v1"}, "Kind"), ({"kind": "Pod"}, "apiVersion")])
def test_a_body_that_does_not_say_what_it_is_is_refused(body: dict[str, str], missing: str) -> None:
    with pytest.raises(ValueError, match=f"Object '{missing}' is missing in"):
        scheme.decode(body)


def test_null_leaves_a_field_as_when_absent() -> None:
    body = b"""{"kind": "Pod", "apiVersion": "v1", "metadata": null,
        "spec": {"hostNetwork": null, "containers": [{"name": "web", "env": null, "resources": {"limits": null}}]}}"""

    pod = scheme.decode(body)

    assert pod == core_v1.Pod(spec=core_v1.PodSpec(containers=[core_v1.Container(name="web")]))


def test_null_inside_opaque_values_stays() -> None:
    body = {"kind": "ControllerRevision", "apiVersion": "apps/v1", "metadata": None, "data": {"spec": {"a": None}}}

    assert scheme.decode(body).data == {"spec": {"a": None}}


def test_a_field_of_another_type_is_refused_by_its_path() -> None:
    with pytest.raises(ValueError, match=r"spec\.containers\[0\]\.name"):
        scheme.decode(b'{"kind":"Pod","apiVersion":"v1","spec":{"containers":[{"name":1}]}}')


def test_an_unstructured_becomes_a_model() -> None:
    content = Unstructured({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"k": "aGk="}})

    assert scheme.decode(content).data == {"k": b"hi"}


@pytest.mark.parametrize("body", [b"[]", b"", b"{", b"null"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        scheme.decode(body)
