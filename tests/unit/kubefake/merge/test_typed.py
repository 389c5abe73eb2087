"""Values with types: sets of them, comparing, merging, taking apart, refusing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubefake.merge import typed
from kubefake.merge.fieldset import FieldSet
from kubefake.schema.node import Node


def _text(fields: FieldSet) -> str:
    return json.dumps(fields.to_fields(), separators=(",", ":"))


def test_a_configuration_owns_its_leaves_and_items(thing: Node) -> None:
    value = {"spec": {"s": "x", "map": [{"k": "b", "v": 1}, {"k": "a"}], "set": ["q", "p"], "plain": ["a"]}}

    fields = typed.to_field_set(thing, value)

    assert fields.to_fields() == {
        "f:spec": {
            "f:map": {
                'k:{"k":"a","p":"TCP"}': {".": {}, "f:k": {}},
                'k:{"k":"b","p":"TCP"}': {".": {}, "f:k": {}, "f:v": {}},
            },
            "f:plain": {},
            "f:s": {},
            "f:set": {'v:"p"': {}, 'v:"q"': {}},
        }
    }


@pytest.mark.parametrize(
    ("spec", "owned"),
    [
        ({"obj": {}}, '{"f:spec":{"f:obj":{}}}'),
        ({"obj": None}, '{"f:spec":{"f:obj":{}}}'),
        ({"set": []}, "{}"),
        ({"plain": []}, '{"f:spec":{"f:plain":{}}}'),
        ({"amap": {"a": "b"}}, '{"f:spec":{"f:amap":{}}}'),
        ({"gran": {"a": "b"}}, '{"f:spec":{"f:gran":{"f:a":{}}}}'),
        ({"free": {"a": {"b": 1}}}, '{"f:spec":{"f:free":{"f:a":{".":{},"f:b":{}}}}}'),
        ({"free": {"a": [1]}}, '{"f:spec":{"f:free":{"f:a":{}}}}'),
    ],
)
def test_what_is_empty_atomic_or_free_is_owned_by_its_kind(thing: Node, spec: dict[str, Any], owned: str) -> None:
    assert _text(typed.to_field_set(thing, {"spec": spec})) == owned


def test_a_comparison_tells_added_modified_and_removed_apart(thing: Node) -> None:
    old = {"spec": {"s": "x", "gran": {"a": "1", "b": "2"}, "map": [{"k": "a", "v": 1}]}}
    new = {"spec": {"s": "y", "gran": {"a": "1", "c": "3"}, "map": [{"k": "a", "v": 1, "w": 2}]}}

    added, modified, removed = typed.compare(thing, old, new)

    assert (
        _text(added) == '{"f:spec":{"f:gran":{"f:c":{}},"f:map":{"k:{\\"k\\":\\"a\\",\\"p\\":\\"TCP\\"}":{"f:w":{}}}}}'
    )
    assert _text(modified) == '{"f:spec":{"f:s":{}}}'
    assert _text(removed) == '{"f:spec":{"f:gran":{"f:b":{}}}}'


def test_what_is_added_as_a_whole_is_a_member_at_every_level(thing: Node) -> None:
    added = typed.compare(thing, {}, {"spec": {"obj": {"a": 1}}}).added

    assert _text(added) == '{"f:spec":{".":{},"f:obj":{".":{},"f:a":{}}}}'


def test_true_is_not_one(thing: Node) -> None:
    changes = typed.compare(thing, {"spec": {"free": {"a": [True]}}}, {"spec": {"free": {"a": [1]}}})

    assert _text(changes.modified) == '{"f:spec":{"f:free":{"f:a":{}}}}'


def test_items_that_share_a_key_are_owned_by_the_key_alone(thing: Node) -> None:
    changes = typed.compare(thing, {"spec": {}}, {"spec": {"set": ["a", "a"]}})

    assert _text(changes.added) == '{"f:spec":{"f:set":{".":{},"v:\\"a\\"":{}}}}'


def test_merging_what_is_there_gives_the_same_object_back(thing: Node) -> None:
    live = {"spec": {"s": "x", "map": [{"k": "a", "v": 1}, {"k": "b"}], "set": ["p"], "plain": ["a"]}}
    config = {"spec": {"map": [{"k": "a", "v": 1}], "set": ["p"], "plain": ["a"]}}

    assert typed.merge(thing, live, config) is live


def test_merging_shares_what_it_does_not_change(thing: Node) -> None:
    live: dict[str, Any] = {"spec": {"s": "x", "obj": {"a": 1}}, "metadata": {"name": "n"}}

    merged = typed.merge(thing, live, {"spec": {"s": "y"}})

    assert merged["spec"] == {"s": "y", "obj": {"a": 1}}
    assert merged["metadata"] is live["metadata"]
    assert live["spec"]["s"] == "x"


@pytest.mark.parametrize(
    ("live", "config", "merged"),
    [
        (["a", "b", "c"], ["c", "a"], ["b", "c", "a"]),
        (["a", "b"], ["x", "b"], ["a", "x", "b"]),
        (["a"], ["x"], ["a", "x"]),
        (["a", "b"], [], ["a", "b"]),
        ([], ["b", "a"], ["b", "a"]),
    ],
)
def test_a_merged_list_follows_the_order_of_the_configuration(
    thing: Node, live: list[str], config: list[str], merged: list[str]
) -> None:
    assert typed.merge(thing, {"spec": {"set": live}}, {"spec": {"set": config}}) == {"spec": {"set": merged}}


def test_null_does_not_take_away_what_is_merged_by_item(thing: Node) -> None:
    live = {"spec": {"gran": {"a": "1"}, "s": "x"}}

    assert typed.merge(thing, live, {"spec": {"gran": None, "s": None}}) == {"spec": {"gran": {"a": "1"}, "s": None}}


def test_removing_the_last_item_leaves_null(thing: Node) -> None:
    fields = FieldSet.from_fields({"f:spec": {"f:set": {'v:"a"': {}}}})

    assert typed.remove_items(thing, {"spec": {"set": ["a"], "s": "x"}}, fields) == {"spec": {"set": None, "s": "x"}}


def test_extracting_keeps_only_what_the_set_says(thing: Node) -> None:
    fields = FieldSet.from_fields({"f:spec": {"f:map": {'k:{"k":"a","p":"TCP"}': {".": {}, "f:k": {}}}, "f:s": {}}})
    value = {"spec": {"s": "x", "map": [{"k": "a", "v": 1}, {"k": "b"}], "set": ["p"]}}

    assert typed.extract_items(thing, value, fields) == {"spec": {"s": "x", "map": [{"k": "a"}]}}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"s": 5}, ".spec.s: expected string, got &value.valueUnstructured{Value:5}"),
        ({"obj": {"a": "x"}}, ".spec.obj.a: expected numeric (int or float), got string"),
        ({"obj": {"a": True}}, ".spec.obj.a: expected numeric (int or float), got bool"),
        ({"set": {"a": 1}}, ".spec.set: expected list, got &{map[a:1]}"),
        ({"obj": "x"}, ".spec.obj: expected map, got &{x}"),
        ({"bogus": 1}, ".spec.bogus: field not declared in schema"),
        ({"set": ["p", "p"]}, '.spec.set: duplicate entries for key [="p"]'),
        ({"map": [{"k": "b"}, {"k": "b", "p": "TCP"}]}, '.spec.map: duplicate entries for key [k="b",p="TCP"]'),
        ({"map": [None]}, ".spec.map: element 0: associative list with keys may not have a null element"),
        ({"map": ["x"]}, ".spec.map: element 0: associative list with keys may not have non-map elements"),
        ({"set": [{}]}, ".spec.set: element 0: associative list without keys has an element that's a map type"),
        ({"set": [[]]}, ".spec.set: element 0: not supported: associative list with lists as elements"),
        ({"set": [None]}, ".spec.set: element 0: associative list without keys has an element that's an explicit null"),
        ({"plain": ["a", 1]}, ".spec.plain[1]: expected string, got &value.valueUnstructured{Value:1}"),
    ],
)
def test_values_of_other_types_are_refused_in_the_servers_words(thing: Node, spec: Any, message: str) -> None:
    with pytest.raises(typed.TypeMismatchError) as caught:
        typed.validate(thing, {"spec": spec})

    assert str(caught.value) == message


def test_several_mistakes_are_listed(thing: Node) -> None:
    with pytest.raises(typed.TypeMismatchError) as caught:
        typed.validate(thing, {"spec": {"s": 1, "gran": {"a": 2}}})

    assert str(caught.value).splitlines()[0] == "errors:"


def test_a_set_is_fitted_to_a_type_that_became_atomic(thing: Node) -> None:
    old = FieldSet.from_fields({"f:spec": {"f:amap": {".": {}, "f:a": {}}, "f:plain": {'v:"x"': {}}, "f:s": {}}})

    assert _text(typed.reconcile(thing, old)) == '{"f:spec":{"f:amap":{},"f:plain":{},"f:s":{}}}'


def test_a_set_that_fits_stays_the_same_object(thing: Node) -> None:
    fields = FieldSet.from_fields({"f:spec": {"f:set": {'v:"x"': {}}}})

    assert typed.reconcile(thing, fields) is fields
