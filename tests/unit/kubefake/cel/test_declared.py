"""The types and sizes that schemas declare, and the costs that follow."""

from __future__ import annotations

import pytest

from kubefake.cel.convert import converter
from kubefake.cel.declared import declare, escape
from kubefake.cel.rules import compile_rules
from kubefake.cel.values import MapList, SetList, Timestamp


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("a", "a"),
        ("a-b", "a__dash__b"),
        ("a.b/c", "a__dot__b__slash__c"),
        ("a__b", "a__underscores__b"),
        ("if", "__if__"),
    ],
)
def test_a_name_is_escaped(name: str, escaped: str) -> None:
    assert escape(name) == escaped


@pytest.mark.parametrize("name", ["", "1a", "a b", "é"])
def test_a_name_that_cannot_be_escaped_is_none(name: str) -> None:
    assert escape(name) is None


def test_a_root_has_the_fields_that_every_resource_has() -> None:
    declared = declare({"type": "object"}, is_root=True)
    assert declared is not None
    assert sorted(declared.fields) == ["apiVersion", "kind", "metadata"]
    assert sorted(declared.fields["metadata"].fields) == ["generateName", "name"]


def test_what_has_no_type_is_not_declared() -> None:
    declared = declare({"type": "object", "properties": {"any": {"x-kubernetes-preserve-unknown-fields": True}}})
    assert declared is not None
    assert not declared.fields


@pytest.mark.parametrize(
    ("schema", "rule", "cost"),
    [
        ({"type": "integer"}, "self > 0", 2),
        ({"type": "string", "maxLength": 10}, "self.startsWith('abc')", 2),
        ({"type": "string", "maxLength": 10}, "self.contains('abc')", 5),
        ({"type": "array", "maxItems": 10, "items": {"type": "integer"}}, "self.all(x, x > 0)", 52),
    ],
)
def test_a_rule_may_cost_what_its_sizes_allow(schema: dict[str, object], rule: str, cost: int) -> None:
    declared = declare(schema)
    assert declared is not None
    assert compile_rules([{"rule": rule}], declared)[0].cost == cost


def test_formats_and_lists_mean_what_the_schema_says() -> None:
    schema = {
        "type": "object",
        "properties": {
            "at": {"type": "string", "format": "date-time"},
            "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
            "map": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "properties": {"k": {"type": "string"}}},
            },
        },
    }
    convert = converter(schema)
    assert convert is not None
    found = convert({"at": "1970-01-01T00:00:01Z", "set": ["a"], "map": [{"k": "a"}]})
    assert found["at"] == Timestamp(10**9)
    assert isinstance(found["set"], SetList)
    assert isinstance(found["map"], MapList)


def test_plain_json_is_used_as_it_is() -> None:
    assert converter({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}) is None


def test_a_rule_that_does_not_compile_says_why() -> None:
    declared = declare({"type": "integer"})
    assert declared is not None
    found = compile_rules(
        [{"rule": "self"}, {"rule": "int('x') == 1"}, {"rule": "self > 1", "messageExpression": "1"}], declared
    )
    assert found[0].error == "cel expression must evaluate to a bool"
    assert found[1].error == "program instantiation failed: type conversion error from 'string' to 'int'"
    assert found[2].message_error == "messageExpression must evaluate to a string"
