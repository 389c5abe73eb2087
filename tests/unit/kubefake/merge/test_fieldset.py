"""Sets of fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubefake.merge.fieldset import FieldSet, path_text

SPEC = ("f:spec",)
IMAGE = ("f:spec", "f:containers", 'k:{"name":"a"}', "f:image")


def test_a_set_of_paths_does_not_hold_their_parents() -> None:
    fields = FieldSet.from_paths([IMAGE])

    assert fields.has(IMAGE)
    assert not fields.has(SPEC)
    assert not fields.has(())


def test_the_document_of_a_set_is_what_the_server_writes() -> None:
    fields = FieldSet.from_paths([("f:data", "f:k"), ("f:data",), ("f:data", "f:b")])

    assert json.dumps(fields.to_fields()) == '{"f:data": {".": {}, "f:b": {}, "f:k": {}}}'


def test_elements_stand_in_the_order_of_what_they_hold() -> None:
    unsorted: dict[str, Any] = {
        "v:true": {},
        "v:10": {},
        'v:"a"': {},
        "i:10": {},
        "i:9": {},
        "v:9": {},
        'k:{"p":1}': {},
        "f:z": {},
    }

    fields = FieldSet.from_fields(unsorted)

    assert list(fields.to_fields()) == ["f:z", 'k:{"p":1}', "v:9", "v:10", 'v:"a"', "v:true", "i:9", "i:10"]


def test_keys_are_read_in_any_form_and_kept_in_one() -> None:
    fields = FieldSet.from_fields({'k:{ "protocol": "TCP", "port": 80 }': {}})

    assert list(fields.to_fields()) == ['k:{"port":80,"protocol":"TCP"}']


def test_characters_of_html_are_escaped_in_keys() -> None:
    assert list(FieldSet.from_fields({'v:"a<b>"': {}}).to_fields()) == ['v:"a\\u003cb\\u003e"']


def test_elements_of_unknown_kinds_are_dropped() -> None:
    assert FieldSet.from_fields({"q:x": {"f:a": {}}, "f:b": {}}).to_fields() == {"f:b": {}}


def test_nobody_owns_the_whole_object() -> None:
    assert FieldSet.from_fields({".": {}, "f:a": {}}).to_fields() == {"f:a": {}}


def test_a_list_of_fields_cannot_be_read() -> None:
    with pytest.raises(ValueError):
        FieldSet.from_fields({"f:a": []})


@pytest.mark.parametrize("text", ["f", "kx", "k:[]", "k:nonsense", "i:x"])
def test_broken_elements_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError):
        FieldSet.from_fields({text: {}})


def test_a_difference_keeps_the_children_of_what_it_takes() -> None:
    fields = FieldSet.from_paths([("f:a",), ("f:a", "f:b")])

    assert fields.difference(FieldSet.from_paths([("f:a",)])) == FieldSet.from_paths([("f:a", "f:b")])


def test_a_recursive_difference_takes_the_children_along() -> None:
    fields = FieldSet.from_paths([("f:a",), ("f:a", "f:b"), ("f:c",)])

    assert fields.recursive_difference(FieldSet.from_paths([("f:a",)])) == FieldSet.from_paths([("f:c",)])


def test_leaves_have_nothing_below_them() -> None:
    fields = FieldSet.from_paths([("f:a",), ("f:a", "f:b"), ("f:c",)])

    assert fields.leaves() == FieldSet.from_paths([("f:a", "f:b"), ("f:c",)])


def test_members_are_listed_level_by_level() -> None:
    fields = FieldSet.from_paths([("f:b",), ("f:a", "f:x"), ("f:a", "f:y", "f:z")])

    assert list(fields.iterate()) == [("f:b",), ("f:a", "f:x"), ("f:a", "f:y", "f:z")]


def test_a_pattern_may_stand_for_any_item() -> None:
    fields = FieldSet.from_paths([IMAGE, ("f:spec", "f:replicas"), ("f:spec", "f:containers", 'k:{"name":"b"}')])

    included = fields.included({"f:spec": {"f:containers": {"*": {"f:image": {}}}}})

    assert included.has(IMAGE)
    assert not included.has(("f:spec", "f:replicas"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (IMAGE, '.spec.containers[name="a"].image'),
        (("f:ports", 'k:{"port":80,"protocol":"TCP"}'), '.ports[port=80,protocol="TCP"]'),
        (("f:set", 'v:"x"'), '.set[="x"]'),
        (("f:set", "v:true"), ".set[=true]"),
        (("f:list", "i:3"), ".list[3]"),
    ],
)
def test_paths_are_printed_as_conflicts_print_them(path: tuple[str, ...], text: str) -> None:
    assert path_text(path) == text
