"""What operators do: arithmetic that notices overflow, order and equality across types.

Follows github.com/google/cel-go/common/types.
"""

from __future__ import annotations

import math
from typing import Any, Final

from .values import BoolKey, CelError, Duration, MapList, Optional, SetList, Timestamp, Uint

__all__ = ["equal", "find_key", "less", "map_key", "plain_key"]

_NUMBERS: Final = frozenset((int, Uint, float))
_PLAIN: Final = frozenset((bool, int, Uint, float, str, bytes, type(None), Timestamp, Duration))
_INT: Final = (-(2**63), 2**63 - 1)
_SECONDS: Final = (-62135596800, 253402300799)


def equal(a: Any, b: Any) -> bool:
    """Whether two values are the same; values of different types are not, except numbers."""
    kind, other = type(a), type(b)
    if kind is other and kind in _PLAIN:
        return bool(a == b)
    if kind in _NUMBERS and other in _NUMBERS:
        return bool(a == b)
    if isinstance(a, list):
        return isinstance(b, list) and _same_lists(a, b)
    if isinstance(a, dict):
        return (
            isinstance(b, dict)
            and len(a) == len(b)
            and all(key in b and equal(value, b[key]) for key, value in a.items())
        )
    if kind is Optional and other is Optional:
        return bool(a.has == b.has) and (not a.has or equal(a.value, b.value))
    return kind is other and bool(a == b)


def _same_lists(a: list[Any], b: list[Any]) -> bool:
    if len(a) != len(b):
        return False
    if isinstance(a, SetList):
        return all(any(equal(item, other) for other in b) for item in a)
    if isinstance(a, MapList):
        by_key = {_identity(a, item): item for item in a}
        return all((key := _identity(a, item)) in by_key and equal(by_key[key], item) for item in b)
    return all(map(equal, a, b))


def _identity(owner: MapList, item: Any) -> tuple[Any, ...]:
    return tuple(str(item.get(key)) if isinstance(item, dict) else "" for key in owner.keys)


def joined(a: list[Any], b: list[Any]) -> list[Any]:
    """a + b; what is a set or a map stays one."""
    if isinstance(a, SetList):
        return SetList([*a, *(item for item in b if not any(equal(item, other) for other in a))])
    if isinstance(a, MapList):
        places = {_identity(a, item): index for index, item in enumerate(a)}
        merged = list(a)
        for item in b:
            place = places.get(_identity(a, item))
            if place is None:
                merged.append(item)
            else:
                merged[place] = item
        return MapList(merged, a.keys)
    return [*a, *b]


def less(a: Any, b: Any) -> bool:
    """a < b, for two of the same order. Raises CelError."""
    if (isinstance(a, float) and math.isnan(a)) or (isinstance(b, float) and math.isnan(b)):
        raise CelError("NaN values cannot be ordered")
    return bool(a < b)


def map_key(key: Any) -> Any:
    """A key as maps keep it. Raises CelError for what can be no key."""
    kind = type(key)
    if kind is str or kind is int:
        return key
    if kind is bool:
        return BoolKey(key)
    if kind is Uint or (kind is float and key.is_integer()):
        return key
    if kind is float:
        return ("double", key)
    raise CelError("unsupported key type")


def plain_key(key: Any) -> Any:
    """A key of a map as a value."""
    return key.value if type(key) is BoolKey else key


def find_key(of: dict[Any, Any], key: Any) -> Any:
    """The value at a key. Raises CelError when there is none."""
    try:
        return of[map_key(key)]
    except KeyError:
        raise CelError(f"no such key: {shown(key)}") from None


def shown(value: Any) -> str:
    """A value as errors about keys print it."""
    if type(value) is bool:
        return "true" if value else "false"
    return str(value)


def _int(value: int) -> int:
    if not _INT[0] <= value <= _INT[1]:
        raise CelError("integer overflow")
    return value


def _uint(value: int) -> Uint:
    if not 0 <= value < 2**64:
        raise CelError("unsigned integer overflow")
    return Uint(value)


def _duration(value: int) -> Duration:
    if not _INT[0] <= value <= _INT[1]:
        raise CelError("integer overflow")
    return Duration(value)


def _timestamp(value: int) -> Timestamp:
    if not _SECONDS[0] <= value // 10**9 <= _SECONDS[1]:
        raise CelError("timestamp overflow")
    return Timestamp(value)


def add_int(a: int, b: int) -> int:
    return _int(a + b)


def add_uint(a: int, b: int) -> Uint:
    return _uint(int(a) + int(b))


def subtract_int(a: int, b: int) -> int:
    return _int(a - b)


def subtract_uint(a: int, b: int) -> Uint:
    return _uint(int(a) - int(b))


def multiply_int(a: int, b: int) -> int:
    return _int(a * b)


def multiply_uint(a: int, b: int) -> Uint:
    return _uint(int(a) * int(b))


def negate_int(a: int) -> int:
    return _int(-a)


def _divided(a: int, b: int) -> int:
    if b == 0:
        raise CelError("division by zero")
    quotient = abs(int(a)) // abs(int(b))
    return quotient if (a < 0) == (b < 0) else -quotient


def divide_int(a: int, b: int) -> int:
    return _int(_divided(a, b))


def divide_uint(a: int, b: int) -> Uint:
    return _uint(_divided(a, b))


def modulo_int(a: int, b: int) -> int:
    if b == 0:
        raise CelError("modulus by zero")
    if a == _INT[0] and b == -1:
        raise CelError("integer overflow")
    return a - b * _divided(a, b)


def modulo_uint(a: int, b: int) -> Uint:
    return Uint(modulo_int(int(a), int(b)))


def divide_double(a: float, b: float) -> float:
    if b == 0:
        if a == 0 or math.isnan(a):
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


def add_durations(a: Duration, b: Duration) -> Duration:
    return _duration(int(a) + int(b))


def subtract_durations(a: Duration, b: Duration) -> Duration:
    return _duration(int(a) - int(b))


def move_later(a: int, b: int) -> Timestamp:
    return _timestamp(int(a) + int(b))


def move_earlier(a: int, b: int) -> Timestamp:
    return _timestamp(int(a) - int(b))


def time_between(a: int, b: int) -> Duration:
    return _duration(int(a) - int(b))
