"""Strategic merge patches: what they say of two objects, and what they make of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.core_v1 import Container, Node, Pod, PodSpec
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.machines.merge_keys import MERGE_KEYS
from kubeclient.strategicpatch import (
    MergePatchError,
    PatchConflictError,
    create_three_way_merge_patch,
    create_two_way_merge_patch,
    strategic_merge_patch,
)


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"spec": {"containers": list(containers), **spec}}


A, B, C = {"name": "a", "image": "1"}, {"name": "b", "image": "1"}, {"name": "c", "image": "1"}


@pytest.mark.parity("AMC-11")
@pytest.mark.parametrize(
    ("original", "modified", "patch"),
    [
        (pod(A), pod(A), {}),
        (
            {"metadata": {"labels": {"a": "1"}}},
            {"metadata": {"labels": {"b": "2"}}},
            {"metadata": {"labels": {"a": None, "b": "2"}}},
        ),
        (
            pod(A, B),
            pod(A, {**B, "image": "2"}),
            pod({"name": "b", "image": "2"}, **{"$setElementOrder/containers": [{"name": "a"}, {"name": "b"}]}),
        ),
        (
            pod(A, B),
            pod(B, C),
            pod(
                C, {"$patch": "delete", "name": "a"}, **{"$setElementOrder/containers": [{"name": "b"}, {"name": "c"}]}
            ),
        ),
        (pod(A, B), pod(B, A), {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}),
        ({"spec": {}}, pod(A), pod(A)),
        (
            {"metadata": {"finalizers": ["x", "y"]}},
            {"metadata": {"finalizers": ["y", "z"]}},
            {
                "metadata": {
                    "finalizers": ["z"],
                    "$deleteFromPrimitiveList/finalizers": ["x"],
                    "$setElementOrder/finalizers": ["y", "z"],
                }
            },
        ),
        (
            pod({**A, "command": ["x", "y"]}),
            pod({**A, "command": ["y"]}),
            pod({"name": "a", "command": ["y"]}, **{"$setElementOrder/containers": [{"name": "a"}]}),
        ),
        (
            {"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}},
            {"spec": {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}},
            {
                "spec": {
                    "volumes": [
                        {"name": "v", "emptyDir": None, "hostPath": {"path": "/"}, "$retainKeys": ["hostPath", "name"]}
                    ],
                    "$setElementOrder/volumes": [{"name": "v"}],
                }
            },
        ),
        ({"spec": {"hostNetwork": True}}, {"spec": {"hostNetwork": False}}, {"spec": {"hostNetwork": False}}),
    ],
)
def test_a_patch_says_what_differs_and_makes_the_second_of_the_first(
    original: dict[str, Any], modified: dict[str, Any], patch: dict[str, Any]
) -> None:
    found = create_two_way_merge_patch(original, modified, Pod)
    assert found == patch
    assert strategic_merge_patch(original, found, Pod) == modified


@pytest.mark.parity("AMC-11")
def test_models_know_what_they_are() -> None:
    one = Pod(metadata=ObjectMeta(name="p"), spec=PodSpec(containers=[Container(name="a", image="1")]))
    other = Pod(metadata=ObjectMeta(name="p"), spec=PodSpec(containers=[Container(name="a", image="2")]))
    patch = create_two_way_merge_patch(one, other)
    assert patch == pod({"name": "a", "image": "2"}, **{"$setElementOrder/containers": [{"name": "a"}]})
    assert strategic_merge_patch(one, patch)["spec"]["containers"][0]["image"] == "2"
    with pytest.raises(TypeError, match="which model"):
        create_two_way_merge_patch({}, {})
    with pytest.raises(TypeError, match="which model"):
        strategic_merge_patch({}, {})


@pytest.mark.parity("AMC-11")
@pytest.mark.parametrize(
    ("patch", "result"),
    [
        (pod({"name": "b", "$patch": "delete"}), pod(A)),
        (pod({"$patch": "replace"}, C), pod(C)),
        ({"spec": {"$patch": "replace", "nodeName": "n"}}, {"spec": {"nodeName": "n"}}),
        ({"spec": {"$patch": "delete"}}, {"spec": {}}),
        (pod({"name": "b", "image": None, "tty": True}), pod(A, {"name": "b", "tty": True})),
        (pod(C), pod(C, A, B)),
        (pod(C, **{"$setElementOrder/containers": [{"name": "a"}, {"name": "c"}, {"name": "b"}]}), pod(A, C, B)),
        ({"spec": {"containers": None}}, {"spec": {}}),
        ({"spec": {"$retainKeys": ["nodeName"], "nodeName": "n"}}, {"spec": {"nodeName": "n"}}),
        ({"spec": {"volumes": [{"name": "v", "secret": None}]}}, pod(A, B, volumes=[{"name": "v"}])),
    ],
)
def test_directives_are_carried_out(patch: dict[str, Any], result: dict[str, Any]) -> None:
    given = json.dumps(patch)
    assert strategic_merge_patch(pod(A, B), patch, Pod) == result
    assert json.dumps(patch) == given, "what is given stays as it is"


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"spec": {"$patch": "other"}}, "unknown patch type: other"),
        (pod({"name": "a", "$patch": "other"}), "unknown patch type: other"),
        (pod({"image": "1"}), "does not contain declared merge key: name"),
        ({"spec": {"$retainKeys": ["a"], "nodeName": "n"}}, "invalid patch format of retainKeys"),
        ({"spec": {"$setElementOrder/containers": "a"}}, "invalid patch format of setElementOrder list"),
        (pod(A, B, **{"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}), "doesn't match"),
        (
            {"spec": {"containers": [], "$deleteFromPrimitiveList/containers": "x"}},
            "invalid patch format of primitive list",
        ),
        ({"spec": {"none": {"a": 1}}}, None),
    ],
)
def test_what_is_no_patch_is_refused(patch: dict[str, Any], message: str | None) -> None:
    if message is None:
        assert strategic_merge_patch(pod(A), patch, Pod)["spec"]["none"] == {"a": 1}
        return
    with pytest.raises(MergePatchError, match=message.replace("$", r"\$")):
        strategic_merge_patch(pod(A, B), patch, Pod)


@pytest.mark.parity("AMC-11")
def test_three_states_delete_what_went_and_leave_what_others_added() -> None:
    original = {"metadata": {"labels": {"a": "1", "gone": "x"}}, "spec": {"replicas": 1}}
    modified = {"metadata": {"labels": {"a": "2"}}, "spec": {"replicas": 1}}
    current = {"metadata": {"labels": {"a": "1", "gone": "x", "theirs": "y"}}, "spec": {"replicas": 5}}
    patch = create_three_way_merge_patch(original, modified, current, Deployment)
    assert patch == {"metadata": {"labels": {"a": "2", "gone": None}}, "spec": {"replicas": 1}}
    assert strategic_merge_patch(current, patch, Deployment) == {
        "metadata": {"labels": {"a": "2", "theirs": "y"}},
        "spec": {"replicas": 1},
    }
    with pytest.raises(PatchConflictError, match="conflicts with changes made from original to current") as caught:
        create_three_way_merge_patch(original, modified, current, Deployment, overwrite=False)
    assert caught.value.changed["spec"] == {"replicas": 5}
    assert create_three_way_merge_patch(original, modified, original, Deployment, overwrite=False)


def test_three_states_of_a_list_keep_the_items_of_others() -> None:
    patch = create_three_way_merge_patch(pod(A, B), pod(A), pod(A, B, C), Pod)
    assert strategic_merge_patch(pod(A, B, C), patch, Pod) == pod(A, C)


def test_conditions_of_a_node_are_told_apart_by_type() -> None:
    ready = {"type": "Ready", "status": "True"}
    found = create_two_way_merge_patch(
        {"status": {"conditions": [ready]}}, {"status": {"conditions": [{**ready, "status": "False"}]}}, Node
    )
    assert found["status"]["conditions"] == [{"type": "Ready", "status": "False"}]


def test_the_merge_keys_are_those_of_the_api(shared: Path) -> None:
    types = json.loads((shared / "facts" / "types.json").read_text())["types"]

    def said(name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for field in types[name].get("fields", ()):
            if field.get("inline") or not field.get("json"):
                inner = field["type"].lstrip("*")
                found |= said(inner) if inner in types else {}
            elif field.get("patchStrategy") or field.get("patchMergeKey"):
                found[field["json"]] = f"{field.get('patchStrategy', '')} {field.get('patchMergeKey', '')}".strip()
        return found

    for name in types:
        assert dict(MERGE_KEYS.get(name.rpartition(".")[2], {})).items() >= said(name).items(), name


def test_others_stand_where_the_real_server_leaves_them_after_a_deletion() -> None:
    """client-go and kube-apiserver share the code, which places by an order that its own deletion has changed."""
    patch = {
        "spec": {
            "$setElementOrder/containers": [{"name": "b"}],
            "containers": [{"name": "b"}, {"$patch": "delete", "name": "a"}],
        }
    }
    before = {"spec": {"containers": [{"name": "a"}, {"name": "c"}]}}

    assert strategic_merge_patch(before, patch, Pod) == {"spec": {"containers": [{"name": "c"}, {"name": "b"}]}}
