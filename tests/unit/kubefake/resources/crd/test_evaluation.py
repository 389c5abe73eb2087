"""Validation rules on objects: what they say, of which changes, and what they forgive."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.resources.crd.evaluation import compile_validations
from kubefake.schema.node import UNSET


def problems(rules: list[dict[str, Any]], value: Any, old: Any = UNSET, **schema: Any) -> tuple[list[str], list[str]]:
    """What rules on `spec.v` say, and what they forgive."""
    place = {"type": "integer", **schema, "x-kubernetes-validations": rules}
    validator = compile_validations(
        {"type": "object", "properties": {"spec": {"type": "object", "properties": {"v": place}}}}
    )
    assert validator is not None
    before = old if old is UNSET else {"spec": {"v": old}}
    found, forgiven = validator.problems({"spec": {"v": value}}, before)
    return [f"{problem.field}: {problem.message}" for problem in found], forgiven


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"rule": "self > 5"}, "spec.v: Invalid value: 1: failed rule: self > 5"),
        ({"rule": "self > 5", "message": "small"}, "spec.v: Invalid value: 1: small"),
        (
            {"rule": "self > 5", "messageExpression": "string(self) + ' is small'"},
            "spec.v: Invalid value: 1: 1 is small",
        ),
        ({"rule": "self > 5", "messageExpression": "string(1 / 0)", "message": "m"}, "spec.v: Invalid value: 1: m"),
        ({"rule": "self > 5", "reason": "FieldValueForbidden", "message": "m"}, "spec.v: Forbidden: m"),
        ({"rule": "self > 5", "reason": "FieldValueRequired", "message": "m"}, "spec.v: Required value: m"),
        ({"rule": "self > 5", "reason": "FieldValueDuplicate"}, "spec.v: Duplicate value: 1"),
        (
            {"rule": "1 / (self - 1) == 1"},
            'spec.v: Invalid value: "integer": division by zero evaluating rule: 1 / (self - 1) == 1',
        ),
    ],
)
def test_a_rule_that_does_not_hold_is_told(rule: dict[str, Any], error: str) -> None:
    assert problems([rule], 1) == ([error], [])


def test_a_rule_about_changes_is_asked_of_changes_only() -> None:
    rule = {"rule": "self >= oldSelf", "message": "may not fall"}
    assert problems([rule], 1) == ([], [])
    assert problems([rule], 1, 2) == (["spec.v: Invalid value: 1: may not fall"], [])


def test_an_optional_old_value_is_asked_always() -> None:
    rule = {"rule": "oldSelf.hasValue() || self == 0", "optionalOldSelf": True, "message": "starts at 0"}
    assert problems([rule], 1) == (["spec.v: Invalid value: 1: starts at 0"], [])
    assert problems([rule], 1, 1) == ([], [])


def test_what_was_so_before_is_forgiven_with_a_warning() -> None:
    rule = {"rule": "self > 5", "message": "small"}
    assert problems([rule], 1, 1) == ([], ["spec.v: Invalid value: 1: small"])
    assert problems([rule], 2, 1) == (["spec.v: Invalid value: 2: small"], [])


def test_items_of_a_list_of_type_map_are_compared_by_their_keys() -> None:
    items = {
        "type": "object",
        "properties": {
            "k": {"type": "string"},
            "n": {"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf", "message": "fell"}]},
        },
    }
    options = {"type": "array", "items": items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}
    old = [{"k": "a", "n": 1}, {"k": "b", "n": 5}]
    new = [{"k": "b", "n": 4}, {"k": "a", "n": 2}]
    assert problems([], new, old, **options) == (["spec.v[0].n: Invalid value: 4: fell"], [])


def test_a_null_is_not_asked_about() -> None:
    assert problems([{"rule": "self > 5"}], None, nullable=True) == ([], [])
