"""Deep copies."""

from __future__ import annotations

from kubeclient.api import core_v1, meta_v1
from kubeclient.api.copying import deep_copy
from kubeclient.apimachinery.unstructured import Unstructured


def test_a_copy_shares_no_lists_maps_or_parts() -> None:
    pod = core_v1.Pod(spec=core_v1.PodSpec(containers=[core_v1.Container(name="web", args=["-v"])]))

    copied = deep_copy(pod)
    copied.metadata.labels["app"] = "web"
    copied.spec.containers[0].args.append("-q")

    assert pod == core_v1.Pod(spec=core_v1.PodSpec(containers=[core_v1.Container(name="web", args=["-v"])]))


def test_opaque_json_inside_a_model_is_copied() -> None:
    event = meta_v1.WatchEvent(object={"spec": {}})

    copied = deep_copy(event)
    copied.object["spec"]["replicas"] = 1

    assert event.object == {"spec": {}}


def test_an_unstructured_stays_one() -> None:
    original = Unstructured({"kind": "Widget", "metadata": {"labels": {"a": "b"}}})

    copied = deep_copy(original)
    copied.metadata["labels"]["a"] = "c"

    assert isinstance(copied, Unstructured)
    assert original.metadata["labels"] == {"a": "b"}


def test_nil_stays_nil() -> None:
    assert repr(deep_copy(core_v1.PodSpec()).containers) == "NIL_LIST"
