"""The leaves of builtin types: from what JSON says to the form in which Go would write it again.

Every function takes a value that is not null, and raises ValueError when it does not fit: with Go's text where the value's
own UnmarshalJSON speaks (quantities, times, base64), bare where Go's JSON package does, whose text depends on the path.
"""

from __future__ import annotations

import binascii
import functools
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from . import gotime

__all__ = [
    "INTEGER_RANGES",
    "base64_text",
    "canonical_json",
    "duration",
    "int_or_string",
    "micro_time",
    "number",
    "quantity",
    "time",
]

INTEGER_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint16": (0, 2**16 - 1),
}
_LOW, _HIGH = INTEGER_RANGES["int32"]
_BAD_QUANTITY: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_ALPHABET: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_DURATION: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS: Final[Mapping[str, int]] = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}


def number(value: Any) -> int | float:
    """A float64; whole ones as integers, because Go writes them so."""
    kind = type(value)
    if kind is int:
        return value if -(2**53) <= value <= 2**53 else _whole(float(value))
    if kind is float:
        return _whole(value)
    raise ValueError


def _whole(value: float) -> int | float:
    if not math.isfinite(value):
        raise ValueError
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    return int(value) if abs(value) < 2**53 else int(Decimal(repr(value)))  # the shortest digits, as Go writes them


def int_or_string(value: Any) -> int | str:
    """Text, or a number that fits int32."""
    if type(value) is str or (type(value) is int and _LOW <= value <= _HIGH):
        return value
    raise ValueError


def quantity(value: Any) -> str:
    """A quantity in canonical form."""
    kind = type(value)
    if kind is str:
        return _quantity(value)
    if kind is int or kind is float:
        return _quantity(str(value) if kind is int else _literal(value))
    raise ValueError(_BAD_QUANTITY)


def _literal(value: float) -> str:
    """The likeliest spelling of a float in JSON: 1.5, 1e3."""
    text = repr(value)
    return text.removesuffix(".0").replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


@functools.lru_cache(maxsize=4096)
def _quantity(text: str) -> str:
    from kubeclient.apimachinery.quantity import Quantity

    return str(Quantity(text.strip()))


def time(value: Any) -> str | None:
    """A metav1.Time: UTC, whole seconds; null for Go's zero time."""
    if type(value) is not str:
        raise ValueError
    return _time(value)


@functools.lru_cache(maxsize=1024)
def _time(text: str) -> str | None:
    moment, _ = gotime.parse(text)
    return None if moment == "0001-01-01T00:00:00" else moment + "Z"


def micro_time(value: Any) -> str:
    """A metav1.MicroTime: UTC, six decimals."""
    if type(value) is not str:
        raise ValueError
    moment, micros = gotime.parse(value, gotime.MICRO_LAYOUT)
    return f"{moment}.{micros:06d}Z"


def duration(value: Any) -> str:
    """A metav1.Duration ("90s") in Go's canonical form ("1m30s")."""
    if type(value) is not str:
        raise ValueError
    sign, body = ("-", value[1:]) if value.startswith("-") else ("", value.removeprefix("+"))
    if body == "0":
        return "0s"
    total, position = 0, 0
    for match in _DURATION.finditer(body):
        if match.start() != position:
            break
        total += round(float(match.group(1)) * _UNITS[match.group(2)])
        position = match.end()
    if not body or position != len(body):
        raise ValueError(f'time: invalid duration "{value}"')
    return sign + _duration_text(total) if total else "0s"


def _duration_text(nanoseconds: int) -> str:
    for unit, size in (("ns", 1), ("µs", 1_000), ("ms", 1_000_000)):
        if nanoseconds < size * 1000:
            return f"{nanoseconds / size:.9g}{unit}"
    minutes, rest = divmod(nanoseconds, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest / 1_000_000_000:.11g}s"
    return f"{hours}h{minutes}m{seconds}" if hours else f"{minutes}m{seconds}" if minutes else seconds


def base64_text(value: Any) -> str:
    """Bytes as standard base64; an array of small integers is taken too, as Go takes it."""
    if type(value) is list:
        numbers = [0 if item is None else item for item in value]
        if not all(type(item) is int and 0 <= item <= 255 for item in numbers):
            raise ValueError
        return binascii.b2a_base64(bytes(numbers), newline=False).decode()
    if type(value) is not str:
        raise ValueError
    if not value:
        return value
    if "\n" in value or "\r" in value:
        value = value.replace("\n", "").replace("\r", "")
    try:
        text = binascii.b2a_base64(binascii.a2b_base64(value, strict_mode=True), newline=False).decode()
    except ValueError:
        text = ""
    if len(text) != len(value):
        raise ValueError(f"illegal base64 data at input byte {_bad_byte(value.encode())}")
    return text


def _bad_byte(data: bytes) -> int:
    """Where Go's decoder gives up: at the byte that does not belong, or at the start of an unfinished quantum."""
    position = 0
    while True:
        for index in range(4):
            if position == len(data):
                return position - index
            byte = data[position]
            position += 1
            if byte in _ALPHABET:
                continue
            if byte != ord("=") or index < 2:
                return position - 1
            if index == 2:
                if position == len(data):
                    return len(data)
                if data[position] != ord("="):
                    return position - 1
                position += 1
            return position


def canonical_json(value: Any) -> Any:
    """Free JSON as Go has it after a round through `interface{}`: keys sorted, whole floats as integers."""
    kind = type(value)
    if kind is dict:
        return {key: canonical_json(item) for key, item in sorted(value.items())}
    if kind is list:
        return [canonical_json(item) for item in value]
    if kind is float:
        return _whole(value)
    if kind is int and not -(2**63) <= value < 2**63:
        return _whole(float(value))
    return value
