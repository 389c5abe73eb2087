"""Values of one type as those of another, with cel-go's errors."""

from __future__ import annotations

import base64
import datetime as dt
import math
import re
from typing import Any, Final

from kubeclient.apimachinery.gotext import float_v
from kubefake.cel.overloads import type_name
from kubefake.cel.types import Type
from kubefake.cel.values import CelError, Duration, Timestamp, Uint

__all__ = ["bool_of", "bytes_of", "double_of", "duration_of", "int_of", "text_of", "timestamp_of", "type_of_value"]

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_TIME: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|([+-])(\d\d):(\d\d))")
_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")
_LIMIT: Final = 2**63
_DOUBLE: Final = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|(?i:inf(?:inity)?|nan))"
)


def type_text(value: Any) -> str:
    """The name of a value's type in errors."""
    return type_name(value)


def type_of_value(value: Any) -> Type:
    """The type of a value, as a value."""
    return Type("type", type_name(value))


def _refused(name: str) -> CelError:
    return CelError(f"type conversion error from 'string' to '{name}'")


def bool_of(text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise _refused("bool")


def int_of(text: str) -> int:
    value = int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else _LIMIT
    if not -_LIMIT <= value < _LIMIT:
        raise _refused("int")
    return value


def uint_of(text: str) -> Uint:
    value = int(text) if re.fullmatch(r"[0-9]+", text) else 2 * _LIMIT
    if value >= 2 * _LIMIT:
        raise _refused("uint")
    return Uint(value)


def double_of(text: str) -> float:
    if not _DOUBLE.fullmatch(text):
        raise _refused("double")
    value = float(text)
    if math.isinf(value) and "n" not in text.lower():
        raise _refused("double")
    return value


def int_of_double(value: float) -> int:
    if not -(2.0**63) < value < 2.0**63:
        raise CelError("integer overflow")
    return int(value)


def int_of_uint(value: int) -> int:
    if value >= _LIMIT:
        raise CelError("integer overflow")
    return int(value)


def uint_of_int(value: int) -> Uint:
    if value < 0:
        raise CelError("unsigned integer overflow")
    return Uint(value)


def uint_of_double(value: float) -> Uint:
    if not 0 <= value < 2.0**64:
        raise CelError("unsigned integer overflow")
    return Uint(value)


def text_of_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise CelError("invalid UTF-8 in bytes, cannot convert to string") from None


def text_of(value: Any) -> str:
    """What string() makes of a scalar."""
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return ("+Inf" if value > 0 else "-Inf") if math.isinf(value) else float_v(value)
    if kind is Duration:
        return duration_text(value)
    if kind is Timestamp:
        return timestamp_text(value)
    return str(value)


def duration_text(value: int) -> str:
    """Seconds, as protobuf writes a duration."""
    return f"{_trimmed(int(value))}s"


def _trimmed(nanoseconds: int) -> str:
    sign = "-" if nanoseconds < 0 else ""
    whole, rest = divmod(abs(nanoseconds), 10**9)
    return f"{sign}{whole}" + (f".{rest:09d}".rstrip("0") if rest else "")


def timestamp_text(value: int) -> str:
    """RFC 3339 in UTC."""
    whole, rest = divmod(int(value), 10**9)
    moment = _EPOCH + dt.timedelta(seconds=whole)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


def nanoseconds_of(text: str) -> int | None:
    """What Go's time.ParseDuration makes of a text; None when it is none."""
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    total, at = 0, 0
    while at < len(rest):
        match = _PART.match(rest, at)
        if match is None:
            return None
        whole, _, fraction = match[1].partition(".")
        unit = _UNITS[match[2]]
        total += int(whole or 0) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        at = match.end()
    if not rest or total >= _LIMIT:
        return None
    return sign * total


def duration_of(text: str) -> Duration:
    value = nanoseconds_of(text)
    if value is None:
        raise _refused("google.protobuf.Duration")
    return Duration(value)


def timestamp_of(text: str) -> Timestamp:
    match = _TIME.fullmatch(text)
    if match is None:
        raise _refused("google.protobuf.Timestamp")
    year, month, day, hour, minute, second = (int(match[index]) for index in range(1, 7))
    offset = 0
    if match[8] != "Z":
        offset = (int(match[10]) * 3600 + int(match[11]) * 60) * (-1 if match[9] == "-" else 1)
    try:
        moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        raise _refused("google.protobuf.Timestamp") from None
    seconds = int((moment - _EPOCH) // dt.timedelta(seconds=1)) - offset
    return Timestamp(seconds * 10**9 + int((match[7] or "")[:9].ljust(9, "0")))


def timestamp_of_seconds(value: int) -> Timestamp:
    if not -62135596800 <= value <= 253402300799:
        raise CelError("timestamp overflow")
    return Timestamp(value * 10**9)


def bytes_of(text: str) -> bytes:
    """The bytes of base64. Raises ValueError."""
    return base64.b64decode(text, validate=True)
