"""Functions of lists and sets.

Follows k8s.io/apiserver/pkg/cel/library/lists.go, and ext/lists.go (version 3) and ext/sets.go of github.com/google/cel-go.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any, Final

from kubefake.cel import operations as do
from kubefake.cel.overloads import Overload, function, method, type_name
from kubefake.cel.values import CelError, Duration, Uint

__all__ = ["LISTS"]

_SUMMABLE: Final = ("int", "uint", "double", "duration")
_COMPARABLE: Final = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_ZEROS: Final[dict[str, Any]] = {"int": 0, "uint": Uint(0), "double": 0.0, "duration": Duration(0)}
_ADDERS: Final[dict[str, Any]] = {
    "int": do.add_int,
    "uint": do.add_uint,
    "double": lambda a, b: a + b,
    "duration": do.add_durations,
}


def _is_sorted(items: list[Any]) -> bool:
    return all(not do.less(b, a) for a, b in itertools.pairwise(items))


def _sum(kind: str, items: list[Any]) -> Any:
    return functools.reduce(_ADDERS[kind], items, _ZEROS[kind])


def _least(items: list[Any]) -> Any:
    if not items:
        raise CelError("min called on empty list")
    return functools.reduce(lambda a, b: b if do.less(b, a) else a, items)


def _greatest(items: list[Any]) -> Any:
    if not items:
        raise CelError("max called on empty list")
    return functools.reduce(lambda a, b: b if do.less(a, b) else a, items)


def _index_of(items: list[Any], wanted: Any) -> int:
    return next((index for index, item in enumerate(items) if do.equal(item, wanted)), -1)


def _last_index_of(items: list[Any], wanted: Any) -> int:
    return next((index for index in range(len(items) - 1, -1, -1) if do.equal(items[index], wanted)), -1)


def _slice(items: list[Any], start: int, end: int) -> list[Any]:
    if start < 0 or end < 0:
        raise CelError(f"cannot slice({start}, {end}), negative indexes not supported")
    if start > end:
        raise CelError(f"cannot slice({start}, {end}), start index must be less than or equal to end index")
    if end > len(items):
        raise CelError(f"cannot slice({start}, {end}), list is length {len(items)}")
    return list(items[start:end])


def _flatten(items: list[Any], level: int = 1) -> list[Any]:
    if level < 0:
        raise CelError("level must be non-negative")
    flat: list[Any] = []
    for item in items:
        if isinstance(item, list) and level > 0:
            flat += _flatten(item, level - 1)
        else:
            flat.append(item)
    return flat


def _distinct(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not any(do.equal(item, other) for other in found):
            found.append(item)
    return found


def _sort(items: list[Any]) -> list[Any]:
    return _sort_by(items, items)


def _sort_by(items: list[Any], keys: list[Any]) -> list[Any]:
    if not items:
        return []
    kind = type_name(keys[0])
    if kind in ("list", "map", "null_type", "type"):
        raise CelError("list elements must be comparable")
    if any(type_name(key) != kind for key in keys):
        raise CelError("list elements must have the same type")
    order = sorted(range(len(items)), key=lambda index: keys[index])
    return [items[index] for index in order]


def _contains(items: list[Any], others: list[Any]) -> bool:
    return all(any(do.equal(item, other) for item in items) for other in others)


def _equivalent(items: list[Any], others: list[Any]) -> bool:
    return _contains(items, others) and _contains(others, items)


def _intersects(items: list[Any], others: list[Any]) -> bool:
    return any(do.equal(item, other) for item in items for other in others)


def _ordered() -> Iterator[Overload]:
    for name in _COMPARABLE:
        yield method("isSorted", f"list_{name}_is_sorted_bool", f"list({name}) -> bool", _is_sorted)
        yield method("max", f"list_{name}_max_{name}", f"list({name}) -> {name}", _greatest)
        yield method("min", f"list_{name}_min_{name}", f"list({name}) -> {name}", _least)
        yield method("sort", f"list_{name}_sort", f"list({name}) -> list({name})", _sort)
        signature = f"list(T); list({name}) -> list(T)"
        yield method("@sortByAssociatedKeys", f"list_{name}_sortByAssociatedKeys", signature, _sort_by)
    for name in _SUMMABLE:
        add = functools.partial(_sum, name)
        yield method("sum", f"list_{name}_sum_{name}", f"list({name}) -> {name}", add)


LISTS: Final[tuple[Overload, ...]] = (
    *_ordered(),
    method("indexOf", "list_a_index_of_int", "list(A); A -> int", _index_of),
    method("lastIndexOf", "list_a_last_index_of_int", "list(A); A -> int", _last_index_of),
    method("slice", "list_slice", "list(T); int; int -> list(T)", _slice),
    method("flatten", "list_flatten", "list(list(T)) -> list(T)", _flatten),
    method("flatten", "list_flatten_int", "list(dyn); int -> list(dyn)", _flatten),
    function("lists.range", "lists_range", "int -> list(int)", lambda count: list(range(count))),
    method("reverse", "list_reverse", "list(T) -> list(T)", lambda items: list(reversed(items))),
    method("distinct", "list_distinct", "list(T) -> list(T)", _distinct),
    function("sets.contains", "list_sets_contains_list", "list(T); list(T) -> bool", _contains),
    function("sets.equivalent", "list_sets_equivalent_list", "list(T); list(T) -> bool", _equivalent),
    function("sets.intersects", "list_sets_intersects_list", "list(T); list(T) -> bool", _intersects),
)
