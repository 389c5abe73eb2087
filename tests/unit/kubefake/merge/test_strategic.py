"""Strategic merge patch."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery.errors import BadRequest, StatusError
from kubefake.merge.strategic import apply_strategic_patch
from kubefake.schema.node import Node

LIVE: dict[str, Any] = {
    "metadata": {"name": "p", "finalizers": ["a", "b"]},
    "spec": {
        "containers": [
            {"name": "one", "image": "i", "env": [{"name": "A", "value": "1"}]},
            {"name": "two", "image": "j"},
        ],
        "nodeSelector": {"x": "1"},
        "tolerations": [{"key": "t"}],
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
}


def _spec(pod: Node, spec: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = apply_strategic_patch(pod, LIVE, {"spec": spec})["spec"]
    return result


def _finalizers(pod: Node, metadata: dict[str, Any]) -> Any:
    return apply_strategic_patch(pod, LIVE, {"metadata": metadata})["metadata"].get("finalizers")


def _names(spec: dict[str, Any]) -> list[str]:
    return [item["name"] for item in spec["containers"]]


def test_items_are_merged_by_their_key(pod: Node) -> None:
    spec = _spec(pod, {"containers": [{"name": "one", "image": "k"}]})

    assert spec["containers"][0] == {"name": "one", "image": "k", "env": [{"name": "A", "value": "1"}]}
    assert spec["containers"][1] is LIVE["spec"]["containers"][1]


def test_new_items_stand_before_those_that_only_the_object_has(pod: Node) -> None:
    assert _names(_spec(pod, {"containers": [{"name": "three"}]})) == ["three", "one", "two"]


def test_items_of_the_patch_take_its_order(pod: Node) -> None:
    assert _names(_spec(pod, {"containers": [{"name": "two"}, {"name": "one"}]})) == ["two", "one"]


def test_an_item_can_be_deleted(pod: Node) -> None:
    assert _names(_spec(pod, {"containers": [{"name": "one", "$patch": "delete"}]})) == ["two"]


def test_a_list_can_be_replaced(pod: Node) -> None:
    spec = _spec(pod, {"containers": [{"$patch": "replace"}, {"name": "new"}]})

    assert spec["containers"] == [{"name": "new"}]


def test_a_map_can_be_replaced_or_emptied(pod: Node) -> None:
    assert _spec(pod, {"nodeSelector": {"$patch": "replace", "z": "3"}})["nodeSelector"] == {"z": "3"}
    assert _spec(pod, {"nodeSelector": {"$patch": "delete"}})["nodeSelector"] == {}


def test_a_directive_for_a_map_that_is_not_there_is_dropped(pod: Node) -> None:
    assert "securityContext" not in _spec(pod, {"securityContext": {"$patch": "replace", "runAsUser": 1}})


def test_lists_without_a_strategy_are_replaced(pod: Node) -> None:
    assert _spec(pod, {"tolerations": [{"key": "u"}]})["tolerations"] == [{"key": "u"}]


def test_null_removes_and_is_not_kept_in_what_is_new(pod: Node) -> None:
    spec = _spec(pod, {"tolerations": None, "affinity": {"nodeAffinity": None, "podAffinity": {}}})

    assert "tolerations" not in spec
    assert spec["affinity"] == {"podAffinity": {}}


def test_an_order_puts_all_items_in_place(pod: Node) -> None:
    order = [{"name": "three"}, {"name": "two"}, {"name": "one"}]

    assert _names(_spec(pod, {"$setElementOrder/containers": order, "containers": [{"name": "three"}]})) == [
        "three",
        "two",
        "one",
    ]


def test_an_order_sees_deletions_where_the_server_made_them(pod: Node) -> None:
    order = [{"name": "one"}, {"name": "three"}]
    patch = [{"name": "one", "image": "z"}, {"name": "three"}, {"name": "one", "$patch": "delete"}]

    assert _names(_spec(pod, {"$setElementOrder/containers": order, "containers": patch})) == ["two", "one", "three"]


def test_keys_that_are_not_retained_go(pod: Node) -> None:
    spec = _spec(pod, {"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/x"}}]})

    assert spec["volumes"] == [{"name": "v", "hostPath": {"path": "/x"}}]


def test_scalars_are_joined_without_repetition(pod: Node) -> None:
    assert _finalizers(pod, {"finalizers": ["c", "a"]}) == ["c", "a", "b"]


def test_scalars_can_be_deleted_and_ordered(pod: Node) -> None:
    assert _finalizers(pod, {"$deleteFromPrimitiveList/finalizers": ["a"]}) == ["b"]
    assert _finalizers(pod, {"$setElementOrder/finalizers": ["c", "b", "a"], "finalizers": ["c"]}) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"containers": [{"image": "k"}]}, "map: map[image:k] does not contain declared merge key: name"),
        ({"containers": [{"name": "one", "$patch": "merge"}]}, "merging lists cannot yet be specified in the patch"),
        (
            {"containers": [{"name": "one", "$patch": "nonsense"}]},
            "unknown patch type: nonsense in map: map[$patch:nonsense name:one]",
        ),
        ({"$patch": "nonsense"}, "unknown patch type: nonsense in map: map[$patch:nonsense]"),
        (
            {"$setElementOrder/containers": [{"name": "one"}], "containers": [{"name": "four", "image": "l"}]},
            "The order in patch list:\n[map[image:l name:four]]\n doesn't match $setElementOrder list:\n[map[name:one]]\n",
        ),
        (
            {"containers": ["x"]},
            "list element types are not identical: [[map[env:[map[name:A value:1]] image:i name:one]",
        ),
    ],
)
def test_directives_that_make_no_sense_fail_in_the_servers_words(pod: Node, spec: dict[str, Any], message: str) -> None:
    with pytest.raises(StatusError) as caught:
        _spec(pod, spec)

    assert str(caught.value).startswith(message)
    assert (caught.value.code, caught.value.reason) == (500, "")


def test_retained_keys_must_name_all_that_is_patched(pod: Node) -> None:
    with pytest.raises(BadRequest) as caught:
        _spec(pod, {"$retainKeys": ["volumes"], "nodeSelector": {"a": "b"}})

    assert str(caught.value) == "invalid patch format of retainKeys"


@pytest.mark.parametrize(("patch", "kind"), [([], "array"), ("x", "string"), (1, "number"), (True, "bool")])
def test_a_patch_that_is_no_object_is_refused(pod: Node, patch: Any, kind: str) -> None:
    with pytest.raises(BadRequest) as caught:
        apply_strategic_patch(pod, LIVE, patch)

    assert str(caught.value) == f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"


def test_null_is_an_empty_patch(pod: Node) -> None:
    assert apply_strategic_patch(pod, LIVE, None) == LIVE
