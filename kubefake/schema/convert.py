"""Why a value does not convert to a Go type: the words of the converter that strategic merge patches end in.

That converter goes by reflection where other bodies go by JSON decoding, so it refuses the same values in other words.
Follows k8s.io/apimachinery/pkg/runtime/converter.go (fromUnstructured). It explains what `decode` has refused; it reads nothing.
"""

from __future__ import annotations

from typing import Any, Final

from .builtin import go_fields
from .node import Node

__all__ = ["conversion_problem", "with_go_numbers"]

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


def with_go_numbers(node: Node, value: Any) -> Any:
    """The value with its numbers as the converter leaves them: whole ones lose their point, too large ones overflow."""
    if node.kind == "object" and isinstance(value, dict):
        fields = node.fields
        return {key: with_go_numbers(fields[key], item) if key in fields else item for key, item in value.items()}
    if node.kind == "map" and isinstance(value, dict):
        assert node.values is not None
        return {key: with_go_numbers(node.values, item) for key, item in value.items()}
    if node.kind == "list" and isinstance(value, list):
        assert node.items is not None
        return [with_go_numbers(node.items, item) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if node.kind == "integer":
        return _go_integer(value, 32 if node.format == "int32" else 64)
    if node.kind == "int-or-string" and isinstance(value, float) and value.is_integer() and abs(value) < _EXPONENT:
        return int(value)
    return value


_EXPONENT: Final = 1e21
"""From here on Go writes a whole float64 with an exponent."""


def _go_integer(value: float, bits: int) -> int:
    """A number converted as Go does on amd64: floats by way of int64, whose least value stands for what does not fit."""
    number = int(value)
    if not -(1 << 63) <= number < 1 << 63:
        number = -(1 << 63)
    wrapped = number & ((1 << bits) - 1)
    return wrapped - (1 << bits) if wrapped >> (bits - 1) else wrapped
