"""Decoded JSON values as Go sees them: how fmt prints them, what type they are, when two are equal. No decisions."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from kubeclient.apimachinery.gotext import float_v

__all__ = ["format_s", "format_v", "go_json_kind", "kind_of", "same"]

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_encode_as_is: Final = msgspec.json.Encoder().encode  # a third of the time; most keys stand in the same order

_KINDS: Final = (
    (bool, "bool"),
    (str, "string"),
    (int, "int64"),
    (float, "float64"),
    (dict, "map[string]interface {}"),
    (list, "[]interface {}"),
)


def format_v(value: Any) -> str:
    """A value as the verb %v writes it: `map[a:1 b:[x y]]`, `<nil>`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_v(value)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{format_v(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(format_v, value)) + "]"
    return str(value) if _fits(value) else float_v(float(value))


def _fits(value: Any) -> bool:
    """Whether a value is no number that Go would have read as a float64 because it is too large."""
    return not isinstance(value, int) or -(1 << 63) <= value < 1 << 63


def format_s(value: Any) -> str:
    """A value as the verb %s writes it, which complains of what is no text: `%!s(int64=1)`."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{format_s(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(format_s, value)) + "]"
    return "%!s(<nil>)" if value is None else f"%!s({kind_of(value)}={format_v(value)})"


def kind_of(value: Any) -> str:
    """The Go type that a value was decoded into: `string`, `map[string]interface {}`, `<nil>`."""
    if value is None:
        return "<nil>"
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return type(value).__name__


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal, at any depth; true is not 1, as it is to Python."""
    if left is right:
        return True
    if left != right:
        return False
    cls = left.__class__
    if cls is dict or cls is list:
        return _written_alike(left, right) or _same_below(left, right)
    return (cls is bool) is (right.__class__ is bool)


def _written_alike(left: Any, right: Any) -> bool:
    """Whether two equal values have the same JSON, which settles it at a fraction of the cost of a walk."""
    try:
        return _encode_as_is(left) == _encode_as_is(right) or _encode(left) == _encode(right)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _same_below(left: Any, right: Any) -> bool:
    if left.__class__ is dict:
        return all(same(value, right[key]) for key, value in left.items())
    return all(map(same, left, right))


def go_json_kind(value: Any) -> str:
    """What encoding/json calls a JSON value that does not fit: `object`, `array`, `number`, `string`, `bool`."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else "number"
