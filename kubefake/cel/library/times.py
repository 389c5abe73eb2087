"""Parts of timestamps and durations.

Follows github.com/google/cel-go/cel/library.go, with UTC where no zone is named.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Final

from kubefake.cel.overloads import Overload, method
from kubefake.cel.values import CelError

__all__ = ["TIMES"]

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_OFFSET: Final = re.compile(r"([+-]?)(\d\d):(\d\d)")

Part = Callable[[dt.datetime, int], int]


def _moment(value: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=int(value) // 10**9)


def _in_zone(value: int, zone: str) -> dt.datetime:
    moment = _moment(value)
    if match := _OFFSET.fullmatch(zone):
        minutes = int(match[2]) * 60 + int(match[3])
        return moment + dt.timedelta(minutes=-minutes if match[1] == "-" else minutes)
    if zone in ("", "UTC"):
        return moment
    try:
        return moment.astimezone(zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise CelError(f"unknown time zone {zone}") from None


_PARTS: Final[tuple[tuple[str, str, Part], ...]] = (
    ("getFullYear", "timestamp_to_year", lambda at, _: at.year),
    ("getMonth", "timestamp_to_month", lambda at, _: at.month - 1),
    ("getDayOfYear", "timestamp_to_day_of_year", lambda at, _: at.timetuple().tm_yday - 1),
    ("getDayOfMonth", "timestamp_to_day_of_month", lambda at, _: at.day - 1),
    ("getDate", "timestamp_to_day_of_month_1_based", lambda at, _: at.day),
    ("getDayOfWeek", "timestamp_to_day_of_week", lambda at, _: (at.weekday() + 1) % 7),
    ("getHours", "timestamp_to_hours", lambda at, _: at.hour),
    ("getMinutes", "timestamp_to_minutes", lambda at, _: at.minute),
    ("getSeconds", "timestamp_to_seconds", lambda at, _: at.second),
    ("getMilliseconds", "timestamp_to_milliseconds", lambda _, rest: rest // 10**6),
)
_SPANS: Final = (
    ("getHours", "duration_to_hours", 3600 * 10**9),
    ("getMinutes", "duration_to_minutes", 60 * 10**9),
    ("getSeconds", "duration_to_seconds", 10**9),
)


def _truncated(value: int, unit: int) -> int:
    return int(value) // unit if value >= 0 else -(-int(value) // unit)


def _declared() -> Iterator[Overload]:
    for name, id, part in _PARTS:
        yield method(name, id, "timestamp -> int", lambda value, part=part: part(_moment(value), int(value) % 10**9))
        yield method(
            name,
            f"{id}_with_tz",
            "timestamp; string -> int",
            lambda value, zone, part=part: part(_in_zone(value, zone), int(value) % 10**9),
        )
    for name, id, unit in _SPANS:
        yield method(name, id, "duration -> int", lambda value, unit=unit: _truncated(value, unit))
    yield method(
        "getMilliseconds", "duration_to_milliseconds", "duration -> int", lambda value: _truncated(value, 10**6)
    )


TIMES: Final[tuple[Overload, ...]] = tuple(_declared())
