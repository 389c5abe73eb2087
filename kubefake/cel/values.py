"""What expressions compute with, where Python's own values do not do.

null, bool, int, double, string and bytes are None, bool, int, float, str and bytes; lists are lists and maps and objects are
dicts. A map's key that is a bool is kept as `BoolKey`, because Python's True is 1.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = [
    "NONE",
    "BoolKey",
    "CelError",
    "CostExceeded",
    "Duration",
    "MapList",
    "Optional",
    "SetList",
    "Timestamp",
    "Uint",
]


class CelError(Exception):
    """An expression has no value; the text says why."""


class CostExceeded(Exception):
    """An expression costs more than it may."""


class Uint(int):
    """An unsigned number of 64 bits."""

    __slots__ = ()


class Timestamp(int):
    """A moment: nanoseconds since 1970 in UTC."""

    __slots__ = ()


class Duration(int):
    """A span of time in nanoseconds."""

    __slots__ = ()


class BoolKey:
    """A bool as the key of a map."""

    __slots__ = ("value",)

    def __init__(self, value: bool) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoolKey) and self.value == other.value

    def __hash__(self) -> int:
        return hash(("bool", self.value))


class Optional:
    """A value, or none."""

    __slots__ = ("has", "value")

    def __init__(self, value: Any = None, *, has: bool = True) -> None:
        self.value = value
        self.has = has


NONE: Final = Optional(has=False)


class SetList(list[Any]):
    """A list of type set: equal in any order, and joined without doubles."""

    __slots__ = ()


class MapList(list[Any]):
    """A list of type map: equal in any order, and merged by its keys."""

    __slots__ = ("keys",)

    def __init__(self, items: list[Any], keys: tuple[str, ...]) -> None:
        super().__init__(items)
        self.keys = keys
