"""References to objects, by what they say of themselves or by what is known of their type."""

from __future__ import annotations

import pytest

from kubeclient import Unstructured
from kubeclient.api.core_v1 import ObjectReference, Pod, PodList
from kubeclient.api.meta_v1 import ListMeta, ObjectMeta
from kubeclient.reference import NilObjectError, get_partial_reference, get_reference

META = ObjectMeta(name="web", namespace="shop", uid="u1", resource_version="42")


@pytest.mark.parity("REF-01")
def test_a_model_is_known_by_its_type() -> None:
    assert get_reference(Pod(metadata=META)) == ObjectReference(
        kind="Pod", api_version="v1", name="web", namespace="shop", uid="u1", resource_version="42"
    )


def test_what_an_object_says_goes_before_what_its_type_says() -> None:
    said = Unstructured({"apiVersion": "shop.example/v2", "kind": "Cart", "metadata": {"name": "c", "uid": "u2"}})
    assert get_reference(said) == ObjectReference(kind="Cart", api_version="shop.example/v2", name="c", uid="u2")
    assert get_reference(dict(said), gvk_for=None).kind == "Cart"


def test_without_a_scheme_an_object_has_to_say_what_it_is() -> None:
    with pytest.raises(LookupError, match="scheme is required to look up gvk"):
        get_reference(Unstructured({"metadata": {"name": "c"}}), gvk_for=None)
    with pytest.raises(LookupError, match="unexpected gvks registered"):
        get_reference(Unstructured({"metadata": {"name": "c"}}))


@pytest.mark.parity("REF-01")
def test_a_list_has_a_version_and_no_name() -> None:
    assert get_reference(PodList(metadata=ListMeta(resource_version="7"))) == ObjectReference(
        kind="PodList", api_version="v1", resource_version="7"
    )


@pytest.mark.parity("REF-01")
def test_a_reference_is_its_own_reference_and_nothing_has_none() -> None:
    reference = ObjectReference(name="x")
    assert get_reference(reference) is reference
    with pytest.raises(NilObjectError, match="can't reference a nil object"):
        get_reference(None)
    with pytest.raises(TypeError):
        get_reference(7)


@pytest.mark.parity("REF-01")
def test_a_part_of_an_object_is_named_by_its_path() -> None:
    pod = Pod(metadata=META)
    part = get_partial_reference(pod, "spec.containers{web}")
    assert (part.field_path, part.name, get_reference(pod).field_path) == ("spec.containers{web}", "web", "")
