"""What calls cost when they run.

Follows github.com/google/cel-go/interpreter/runtimecost.go and k8s.io/apiserver/pkg/cel/library/cost.go.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .library.formats import Format
from .values import Optional

__all__ = ["call_cost", "equality_cost", "size_of", "traversal"]

Cost = Callable[[Sequence[Any], Any], int]

_TRAVERSE: Final = 0.1
_PATTERN: Final = 0.25


def size_of(value: Any) -> int:
    """How many parts a value has, as costs count them."""
    if isinstance(value, (str, bytes, list, dict)):
        return len(value)
    if isinstance(value, Optional):
        return size_of(value.value) if value.has else 1
    return len(value) if getattr(value, "type_name", "").startswith("net.") else 1


def _part(value: Any, factor: float = _TRAVERSE) -> int:
    return math.ceil(size_of(value) * factor)


def traversal(value: Any) -> int:
    """What looking at all of a value costs."""
    if isinstance(value, str):
        return int(len(value.encode()) * _TRAVERSE)
    if isinstance(value, bytes):
        return int(len(value) * _TRAVERSE)
    if isinstance(value, list):
        return sum(map(traversal, value))
    if isinstance(value, dict):
        return sum(traversal(key) + traversal(item) for key, item in value.items())
    return 1


def equality_cost(a: Any, b: Any) -> int:
    """What comparing two values costs."""
    if hasattr(a, "type_name"):
        return 1
    return math.ceil(min(size_of(a), size_of(b)) * _TRAVERSE)


def _pattern(args: Sequence[Any], _: Any) -> int:
    return math.ceil((1.0 + size_of(args[0])) * _TRAVERSE) * _part(args[1], _PATTERN)


def _validate(args: Sequence[Any], _: Any) -> int:
    size = args[0].size if isinstance(args[0], Format) else 1
    return math.ceil((1.0 + size_of(args[1])) * _TRAVERSE) * math.ceil(size * _PATTERN)


def _contains_ip(args: Sequence[Any], _: Any) -> int:
    cost = math.ceil(2 * size_of(args[0]) * _TRAVERSE)
    return cost + (_part(args[1]) if isinstance(args[1], str) else 0)


def _contains_cidr(args: Sequence[Any], result: Any) -> int:
    return _contains_ip(args, result) + _part(args[0]) + 1


def _ordered(args: Sequence[Any], _: Any) -> int:
    return math.ceil(min(size_of(args[0]), size_of(args[1])) * _TRAVERSE)


def _first(args: Sequence[Any], _: Any) -> int:
    return _part(args[0])


def _twice(args: Sequence[Any], _: Any) -> int:
    return _part(args[0], 2 * _TRAVERSE)


_BY_NAME: Final[Mapping[str, Cost]] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), lambda args, _: traversal(args[0])),
    **dict.fromkeys(("url", "lowerAscii", "upperAscii", "substring", "trim"), _first),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "ip", "quantity", "isQuantity", "semver", "isSemver"), _first),
    **dict.fromkeys(("replace", "split", "ip.isCanonical"), _twice),
    "join": lambda _, result: _part(result, 2 * _TRAVERSE),
    **dict.fromkeys(("find", "findAll"), _pattern),
    "containsIP": _contains_ip,
    "containsCIDR": _contains_cidr,
    "validate": _validate,
}


def _made(_: Sequence[Any], result: Any) -> int:
    return 11 + size_of(result)


def _squared(args: Sequence[Any], _: Any) -> int:
    size = size_of(args[-1])
    text = isinstance(args[-1], list) and bool(args[-1]) and isinstance(args[-1][0], (str, bytes))
    return 11 + math.ceil(size * size * (2.1 if text else 2.0))


def _flattened(args: Sequence[Any], _: Any) -> int:
    return 11 + size_of(args[0]) * (args[1] if len(args) > 1 else 1)


def _sets(args: Sequence[Any], _: Any) -> int:
    return 1 + size_of(args[0]) * size_of(args[1])


_BY_OVERLOAD: Final[Mapping[str, Cost]] = {
    **dict.fromkeys(
        (
            "starts_with_string",
            "ends_with_string",
            "string_to_bytes",
            "bytes_to_string",
            "strings_quote",
            "string_format",
        ),
        _first,
    ),
    "in_list": lambda args, _: size_of(args[1]),
    **dict.fromkeys(
        [
            f"{order}_{kind}"
            for order in ("less", "less_equals", "greater", "greater_equals")
            for kind in ("string", "bytes")
        ],
        _ordered,
    ),
    **dict.fromkeys(
        ("add_string", "add_bytes"), lambda args, _: math.ceil((size_of(args[0]) + size_of(args[1])) * _TRAVERSE)
    ),
    "matches_string": _pattern,
    "contains_string": lambda args, _: _part(args[0]) * _part(args[1]),
    "cidr_ip": lambda _, __: 1,
    **dict.fromkeys(("list_slice", "lists_range", "list_reverse"), _made),
    **dict.fromkeys(("list_flatten", "list_flatten_int"), _flattened),
    **dict.fromkeys(("list_sets_contains_list", "list_sets_intersects_list"), _sets),
    "list_sets_equivalent_list": lambda args, _: 1 + 2 * size_of(args[0]) * size_of(args[1]),
}


def call_cost(function: str, overload: str) -> Cost | None:
    """What a call costs by its arguments and its result; None for 1."""
    if function in ("sort", "distinct", "@sortByAssociatedKeys"):
        return _squared
    return _BY_OVERLOAD.get(overload) or _BY_NAME.get(function)
