"""JSON patch and JSON merge patch, as the server carries them out."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery.errors import BadRequest, Invalid, RequestEntityTooLarge
from kubefake.merge.json_patch import MAX_COPIED_BYTES, apply_json_patch
from kubefake.merge.merge_patch import apply_merge_patch, diff_merge_patch

DOCUMENT = {"data": {"k": "v"}, "list": ["a", "b"], "nothing": None, "number": 1}


@pytest.mark.parametrize(
    ("operation", "key", "expected"),
    [
        ({"op": "add", "path": "/data/n", "value": "x"}, "data", {"k": "v", "n": "x"}),
        ({"op": "add", "path": "/data/n"}, "data", {"k": "v", "n": None}),
        ({"op": "add", "path": "ignored/data/n", "value": 1}, "data", {"k": "v", "n": 1}),
        ({"op": "add", "path": "/data/a~1b~0c", "value": 1}, "data", {"k": "v", "a/b~c": 1}),
        ({"op": "add", "path": "/list/-", "value": "c"}, "list", ["a", "b", "c"]),
        ({"op": "add", "path": "/list/-1", "value": "c"}, "list", ["a", "b", "c"]),
        ({"op": "add", "path": "/list/01", "value": "c"}, "list", ["a", "c", "b"]),
        ({"op": "remove", "path": "/list/-1"}, "list", ["a"]),
        ({"op": "replace", "path": "/data/new", "value": 1}, "data", {"k": "v", "new": 1}),
        ({"op": "replace", "path": "/list/0", "value": "z"}, "list", ["z", "b"]),
        ({"op": "move", "from": "/list/0", "path": "/list/1"}, "list", ["b", "a"]),
        ({"op": "copy", "from": "/data/none", "path": "/data/n"}, "data", {"k": "v", "n": None}),
        ({"op": "test", "path": "/data/none", "value": None}, "data", {"k": "v"}),
        ({"op": "test", "path": "/list/+1", "value": "b"}, "list", ["a", "b"]),
        ({"op": "replace", "path": "", "value": {"data": 1}}, "data", 1),
    ],
)
def test_operations_do_what_the_servers_library_does(operation: dict[str, Any], key: str, expected: Any) -> None:
    assert apply_json_patch(DOCUMENT, [operation])[key] == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/data/k", "value": "no"},
        {"op": "test", "path": "/number", "value": 1.0},
        {"op": "test", "path": "/number", "value": True},
        {"op": "test", "path": "/data/k"},
        {"op": "test", "path": "/list/-", "value": "b"},
        {"op": "add", "path": "", "value": {}},
        {"op": "add", "path": "data", "value": {}},
        {"op": "add", "path": "/no/n", "value": 1},
        {"op": "add", "path": "/nothing/n", "value": 1},
        {"op": "add", "path": "/data/k/n", "value": 1},
        {"op": "add", "path": "/list/3", "value": 1},
        {"op": "add", "path": "/list/-4", "value": 1},
        {"op": "add", "path": "/list/x", "value": 1},
        {"op": "replace", "path": "/list/2", "value": 1},
        {"op": "replace", "path": "/list/-", "value": 1},
        {"op": "replace", "path": "", "value": "text"},
        {"op": "remove", "path": "/data/none"},
        {"op": "remove", "path": "/list/2"},
        {"op": "remove", "path": ""},
        {"op": "move", "from": "/data/none", "path": "/data/n"},
        {"op": "move", "from": "/data", "path": "/data/x"},
        {"op": "move", "path": "/data/n"},
        {"op": "copy", "from": "/no/n", "path": "/data/n"},
        {"op": "nonsense", "path": "/data"},
        {"op": None, "path": "/data"},
        {"path": "/data"},
        {"op": "add"},
        None,
    ],
)
def test_an_operation_that_fails_is_answered_without_a_reason(operation: Any) -> None:
    with pytest.raises(Invalid) as caught:
        apply_json_patch(DOCUMENT, [operation])

    assert str(caught.value) == "the server rejected our request due to an error in our request"
    assert caught.value.code == 422


@pytest.mark.parametrize(
    ("patch", "validation", "message"),
    [
        (
            {},
            "Warn",
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        ),
        ({}, "Ignore", "json: cannot unmarshal object into Go value of type jsonpatch.Patch"),
        (
            [1],
            "Strict",
            "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp",
        ),
        ([1], "Ignore", "json: cannot unmarshal number into Go value of type jsonpatch.Operation"),
        (
            [{"op": 1}],
            "Strict",
            "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
        ),
    ],
)
def test_a_body_that_is_no_list_of_operations_is_refused(patch: Any, validation: Any, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        apply_json_patch(DOCUMENT, patch, validation)

    assert str(caught.value) == message


def test_more_than_ten_thousand_operations_are_too_many() -> None:
    with pytest.raises(RequestEntityTooLarge) as caught:
        apply_json_patch(DOCUMENT, [{"op": "test", "path": "/data/k", "value": "v"}] * 10_001)

    assert str(caught.value).endswith("The allowed maximum operations in a JSON patch is 10000, got 10001")


def test_copies_are_limited_by_their_size() -> None:
    document = {"big": "x" * (MAX_COPIED_BYTES // 2)}
    copies = [{"op": "copy", "from": "/big", "path": f"/{number}"} for number in range(3)]

    with pytest.raises(Invalid):
        apply_json_patch(document, copies)


def test_null_is_an_empty_list_of_operations() -> None:
    assert apply_json_patch(DOCUMENT, None) == DOCUMENT


def test_a_value_that_was_added_can_be_changed_without_changing_the_patch() -> None:
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/new", "value": {"a": []}},
        {"op": "add", "path": "/new/a/-", "value": 1},
    ]

    patched = apply_json_patch(DOCUMENT, patch)

    assert patched["new"] == {"a": [1]}
    assert patch[0]["value"] == {"a": []}
    assert "new" not in DOCUMENT


def test_a_patch_shares_what_it_does_not_change() -> None:
    patched = apply_json_patch(DOCUMENT, [{"op": "add", "path": "/data/n", "value": 1}])

    assert patched["list"] is DOCUMENT["list"]
    assert patched["data"] is not DOCUMENT["data"]


@pytest.mark.parametrize(
    ("document", "patch", "merged"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({}, {"a": [{"b": None}, None]}, {"a": [{}, None]}),
        ({"a": {}}, {"a": [{"b": None}]}, {"a": [{"b": None}]}),
    ],
)
def test_merge_patches_follow_the_rfc_and_the_servers_library(document: Any, patch: Any, merged: Any) -> None:
    assert apply_merge_patch(document, patch) == merged


@pytest.mark.parametrize(
    ("patch", "validation", "message"),
    [
        (
            [],
            "Warn",
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "x",
            "Strict",
            "error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}",
        ),
        (
            True,
            "Warn",
            "error decoding patch: json: cannot unmarshal bool into Go value of type map[string]interface {}",
        ),
        (1, "Ignore", "Invalid JSON Patch"),
        (None, "Strict", "Invalid JSON Patch"),
    ],
)
def test_a_merge_patch_that_is_no_object_is_refused(patch: Any, validation: Any, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        apply_merge_patch({}, patch, validation)

    assert str(caught.value) == message


def test_a_list_replaces_the_object_when_nobody_validates() -> None:
    assert apply_merge_patch({"a": 1}, [1, None, {"a": None}], "Ignore") == [1, None, {}]


def test_a_difference_says_what_changed() -> None:
    assert diff_merge_patch({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"c": True, "d": 2}}) == {
        "a": None,
        "b": {"c": True},
    }
