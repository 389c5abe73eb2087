"""Why a value does not convert to a Go type: the words of the converter that strategic merge patches end in.

That converter goes by reflection where other bodies go by JSON decoding, so it refuses the same values in other words.
Follows k8s.io/apimachinery/pkg/runtime/converter.go (fromUnstructured). It explains what `decode` has refused; it reads nothing.
"""

from __future__ import annotations

from typing import Any, Final

from .builtin import go_fields
from .node import Node

__all__ = ["conversion_problem"]

_KINDS: Final = {dict: "map", list: "slice", str: "string", bool: "bool", int: "int64", float: "float64"}
_SIMPLE: Final = {"string": "string", "boolean": "bool"}


def conversion_problem(node: Node, value: Any) -> str:
    """What the converter says of the first value that does not fit; "" when it leaves the words to a type's own decoder."""
    if value is None:
        return ""
    found = _KINDS[type(value)]
    if node.kind in ("string", "boolean", "integer", "number"):
        return _simple(node, value, found)
    if node.kind == "object":
        if not isinstance(value, dict):
            return f"cannot restore struct from: {found}"
        for field in go_fields(node):
            if field.name in value and (problem := conversion_problem(field.node, value[field.name])):
                return problem
        return ""
    if node.kind == "map":
        if not isinstance(value, dict):
            return f"cannot restore map from {found}"
        return _first(node.values, value.values())
    if node.kind == "list":
        if not isinstance(value, list):
            return f"cannot restore slice from {found}"
        return _first(node.items, value)
    return ""


def _first(node: Node | None, values: Any) -> str:
    assert node is not None
    return next((problem for value in values if (problem := conversion_problem(node, value))), "")


def _simple(node: Node, value: Any, found: str) -> str:
    kind = _SIMPLE.get(node.kind, node.format or "float64")
    if node.kind == "string":
        if found == "int64":  # which Go converts to a string of one character, and the converter therefore forbids
            return f"cannot convert int64 to {node.go_type or kind}"
        return "" if found == "string" else f"unrecognized type: {kind}"
    if node.kind == "boolean":
        return "" if found == "bool" else f"unrecognized type: {kind}"
    if found not in ("int64", "float64"):
        return f"unrecognized type: {kind}"
    if node.kind == "integer" and found == "float64" and not value.is_integer():
        return f"cannot convert float64 to {node.go_type or kind}"
    return ""
