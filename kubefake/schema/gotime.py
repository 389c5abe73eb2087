"""Reading times as Go's time.Parse does with RFC 3339 layouts, with its errors.

Only the two layouts that API objects use: whole seconds (which tolerates a fraction) and exactly six decimals.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

__all__ = ["LAYOUT", "MICRO_LAYOUT", "parse"]

LAYOUT: Final = "2006-01-02T15:04:05Z07:00"
MICRO_LAYOUT: Final = "2006-01-02T15:04:05.000000Z07:00"

_STEPS: Final = (
    (re.compile(r"\d{4}"), "2006", ""),
    (re.compile("-"), "-", ""),
    (re.compile(r"\d{2}"), "01", "month"),
    (re.compile("-"), "-", ""),
    (re.compile(r"\d{2}"), "02", "day"),
    (re.compile("T"), "T", ""),
    (re.compile(r"\d{1,2}"), "15", "hour"),
    (re.compile(":"), ":", ""),
    (re.compile(r"\d{2}"), "04", "minute"),
    (re.compile(":"), ":", ""),
    (re.compile(r"\d{2}"), "05", "second"),
)
_LIMITS: Final = {"month": (1, 12), "day": (0, 99), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
_FRACTION: Final = re.compile(r"[.,]\d+")
_MICROS: Final = re.compile(r"\.\d{6}")
_OFFSET: Final = re.compile(r"Z|([+-])(\d{2}):(\d{2})")


def parse(text: str, layout: str = LAYOUT) -> tuple[str, int]:
    """The instant in UTC as `2006-01-02T15:04:05`, and its microseconds. Raises ValueError with Go's text."""
    rest = text
    numbers: list[int] = []
    for pattern, element, name in _STEPS:
        match = pattern.match(rest)
        if match is None:
            raise ValueError(_cannot_parse(text, layout, rest, element))
        rest = rest[match.end() :]
        if name or element == "2006":
            numbers.append(int(match.group()))
        if name and not _LIMITS[name][0] <= numbers[-1] <= _LIMITS[name][1]:
            raise ValueError(f"parsing time {_quote(text)}: {name} out of range")
    fraction = (_MICROS if layout == MICRO_LAYOUT else _FRACTION).match(rest)
    if fraction is None and layout == MICRO_LAYOUT:
        raise ValueError(_cannot_parse(text, layout, rest, ".000000"))
    if fraction is not None:
        rest = rest[fraction.end() :]
    zone = _OFFSET.match(rest)
    if zone is None:
        raise ValueError(_cannot_parse(text, layout, rest, "Z07:00"))
    offset = _offset_minutes(text, zone)
    if rest[zone.end() :]:
        raise ValueError(f"parsing time {_quote(text)}: extra text: {_quote(rest[zone.end() :])}")
    micros = int(fraction.group()[1:7].ljust(6, "0")) if fraction else 0
    return _to_utc(text, numbers, offset), micros


def _offset_minutes(text: str, zone: re.Match[str]) -> int:
    if zone.group() == "Z":
        return 0
    hours, minutes = int(zone.group(2)), int(zone.group(3))
    if hours > 24:
        raise ValueError(f"parsing time {_quote(text)}: time zone offset hour out of range")
    if minutes > 60:
        raise ValueError(f"parsing time {_quote(text)}: time zone offset minute out of range")
    return (hours * 60 + minutes) * (-1 if zone.group(1) == "-" else 1)


def _to_utc(text: str, numbers: list[int], offset: int) -> str:
    year, month, day, hour, minute, second = numbers
    if (
        year == 0
    ):  # Python has no year 0; it is the same length as year 4, and an offset that leaves it is nobody's time
        return "0000" + _to_utc(text, [4, *numbers[1:]], offset)[4:]
    try:
        moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        raise ValueError(f"parsing time {_quote(text)}: day out of range") from None
    if offset:
        moment -= dt.timedelta(minutes=offset)
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")


def _cannot_parse(text: str, layout: str, rest: str, element: str) -> str:
    return f"parsing time {_quote(text)} as {_quote(layout)}: cannot parse {_quote(rest)} as {_quote(element)}"


def _quote(text: str) -> str:
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char < " " or char >= "\x80":
            out += [f"\\x{byte:02x}" for byte in char.encode()]
        else:
            out.append(char)
    return '"' + "".join(out) + '"'
