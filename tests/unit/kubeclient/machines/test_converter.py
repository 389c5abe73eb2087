"""From models to objects without types and back, and what their helpers say of numbers."""

from __future__ import annotations

import pytest

from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.core_v1 import ConfigMap, Container, Pod, PodSpec
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.unstructured import (
    StrictDecodingError,
    Unstructured,
    from_unstructured,
    from_unstructured_list,
    nested_float,
    nested_number_as_float,
    to_unstructured,
    to_unstructured_list,
)

POD = Pod(metadata=ObjectMeta(name="web", labels={"a": "b"}), spec=PodSpec(containers=[Container(name="c", image="i")]))


@pytest.mark.parity("AMC-07")
def test_a_model_becomes_an_object_that_says_what_it_is_and_comes_back() -> None:
    found = to_unstructured(POD)
    assert (found.api_version, found.kind, found.name) == ("v1", "Pod", "web")
    assert found["spec"]["containers"][0]["image"] == "i"

    back = from_unstructured(found, Pod)
    assert (back.metadata, back.spec) == (POD.metadata, POD.spec)
    found["spec"]["containers"][0]["image"] = "other"
    found["metadata"]["labels"]["a"] = "c"
    assert (back.spec.containers[0].image, POD.metadata.labels) == ("i", {"a": "b"})


def test_a_part_of_an_object_has_no_kind_and_a_mapping_is_copied() -> None:
    assert "kind" not in to_unstructured(Container(name="c"))
    given = {"kind": "X", "spec": {"a": [1]}}
    copied = to_unstructured(given)
    copied["spec"]["a"].append(2)
    assert given == {"kind": "X", "spec": {"a": [1]}}
    with pytest.raises(TypeError, match="ToUnstructured requires"):
        to_unstructured([1])


def test_fields_that_a_model_has_not_are_left_out_or_named() -> None:
    odd = Unstructured(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web", "labels": {"any": "thing"}},
            "spec": {"containers": [{"name": "c", "imag": "i"}], "extra": {"deep": 1}},
            "top": True,
        }
    )
    assert from_unstructured(odd, Pod).spec.containers[0].name == "c"
    with pytest.raises(StrictDecodingError) as caught:
        from_unstructured(odd, Pod, strict=True)
    assert str(caught.value) == (
        'strict decoding error: unknown field "spec.containers[0].imag", unknown field "spec.extra", unknown field "top"'
    )
    assert from_unstructured(to_unstructured(POD), Pod, strict=True).metadata.name == "web"


def test_a_field_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="replicas"):
        from_unstructured({"spec": {"replicas": "three"}}, Deployment)


def test_lists_are_converted_item_by_item() -> None:
    found = to_unstructured_list([ConfigMap(metadata=ObjectMeta(name=name)) for name in "ab"])
    assert [(item.kind, item.name) for item in found] == [("ConfigMap", "a"), ("ConfigMap", "b")]
    assert [item.metadata.name for item in from_unstructured_list(found, ConfigMap)] == ["a", "b"]


@pytest.mark.parity("AMC-07")
def test_numbers_are_whole_or_not_as_the_helper_says() -> None:
    obj = {"whole": 3, "half": 0.5, "text": "x", "flag": True}
    assert (nested_float(obj, "half"), nested_float(obj, "none", default=2.0)) == (0.5, 2.0)
    assert [nested_number_as_float(obj, key) for key in ("whole", "half", "none")] == [3.0, 0.5, 0.0]
    with pytest.raises(ValueError, match=r"^\.whole accessor error: 3 is of the type int64, expected float64$"):
        nested_float(obj, "whole")
    for key in ("text", "flag"):
        with pytest.raises(ValueError, match="expected float64 or int64"):
            nested_number_as_float(obj, key)
