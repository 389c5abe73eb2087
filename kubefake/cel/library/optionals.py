"""Optional values.

Follows the optional types of github.com/google/cel-go/cel/library.go.
"""

from __future__ import annotations

from typing import Any, Final

from kubefake.cel import operations as do
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.values import NONE, CelError, Optional

__all__ = ["OPTIONALS"]


def value_of(optional: Optional) -> Any:
    """What is inside. Raises CelError when nothing is."""
    if not optional.has:
        raise CelError("optional.none() dereference")
    return optional.value


def _non_zero(value: Any) -> Optional:
    zero = value is None or value is False or (isinstance(value, (int, float, str, bytes, list, dict)) and not value)
    return NONE if zero else Optional(value)


def at_index(items: Any, index: Any) -> Optional:
    """items[?index]."""
    if isinstance(items, Optional):
        return at_index(items.value, index) if items.has else NONE
    if isinstance(items, list):
        inside = isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(items)
        return Optional(items[index]) if inside else NONE
    if not isinstance(items, dict):
        raise CelError("no such overload")
    key = do.map_key(index)
    return Optional(items[key]) if key in items else NONE


def _plain_index(items: Optional, index: Any) -> Optional:
    return at_index(items, index)


def _unwrapped(items: list[Any]) -> list[Any]:
    return [item.value for item in items if item.has]


def _last(items: list[Any]) -> Optional:
    return Optional(items[-1]) if items else NONE


def _first(items: list[Any]) -> Optional:
    return Optional(items[0]) if items else NONE


OPTIONALS: Final[tuple[Overload, ...]] = (
    function("optional.of", "optional_of", "V -> optional(V)", Optional),
    function("optional.ofNonZeroValue", "optional_ofNonZeroValue", "V -> optional(V)", _non_zero),
    function("optional.none", "optional_none", " -> optional(V)", lambda: NONE),
    method("value", "optional_value", "optional(V) -> V", value_of),
    method("hasValue", "optional_hasValue", "optional(V) -> bool", lambda optional: optional.has),
    method("or", "optional_or_optional", "optional(V); optional(V) -> optional(V)", lambda a, b: a if a.has else b),
    method("orValue", "optional_orValue_value", "optional(V); V -> V", lambda a, b: a.value if a.has else b),
    function("_?._", "select_optional_field", "dyn; string -> optional(V)", at_index),
    function("_[?_]", "list_optindex_optional_int", "list(V); int -> optional(V)", at_index),
    function("_[?_]", "optional_list_optindex_optional_int", "optional(list(V)); int -> optional(V)", at_index),
    function("_[?_]", "map_optindex_optional_value", "map(K, V); K -> optional(V)", at_index),
    function("_[?_]", "optional_map_optindex_optional_value", "optional(map(K, V)); K -> optional(V)", at_index),
    function("_[_]", "optional_list_index_int", "optional(list(V)); int -> optional(V)", _plain_index),
    function("_[_]", "optional_map_index_value", "optional(map(K, V)); K -> optional(V)", _plain_index),
    method("last", "list_last", "list(V) -> optional(V)", _last),
    method("first", "list_first", "list(V) -> optional(V)", _first),
    function("optional.unwrap", "optional_unwrap", "list(optional(V)) -> list(V)", _unwrapped),
    method("unwrapOpt", "optional_unwrapOpt", "list(optional(V)) -> list(V)", _unwrapped),
)
