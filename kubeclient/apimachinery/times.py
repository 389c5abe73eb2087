"""Points in time as the API writes them: RFC 3339 in UTC, seconds (`Time`) or microseconds (`MicroTime`).

Ports apimachinery pkg/apis/meta/v1 Time and MicroTime. They hold whole nanoseconds since 1970 and are their own types, so
that no clock library's fake datetime gets into a model. They never ask what time it is.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final, Self

from .durations import Duration
from .gotext import time_quote

__all__ = ["Duration", "MicroTime", "Time"]

_SECOND: Final = 1_000_000_000
_DAY: Final = 86_400
_EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()
_CYCLE: Final = 146_097  # days in 400 years
_ZERO_NS: Final = (1 - _EPOCH) * _DAY * _SECOND  # 0001-01-01T00:00:00Z, Go's zero time
_SECONDS_LAYOUT: Final = "2006-01-02T15:04:05Z07:00"
_MICRO_LAYOUT: Final = "2006-01-02T15:04:05.000000Z07:00"

# Bound now: a library that freezes time replaces the names in this module later.
_from_ordinal: Final = date.fromordinal
_date: Final = date
_datetime: Final = datetime

_common: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z"
).fullmatch


class _ParseError(ValueError):
    pass


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970; year 0 is allowed."""
    if year == 0:
        return _date(400, month, day).toordinal() - _CYCLE - _EPOCH
    return _date(year, month, day).toordinal() - _EPOCH


def _month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


class _Scanner:
    """time.Parse for the two layouts, with its leniencies (an hour of one digit, any fraction) and its error texts."""

    __slots__ = ("layout", "rest", "text")

    def __init__(self, text: str, layout: str) -> None:
        self.text = text
        self.layout = layout
        self.rest = text

    def bad(self, element: str, at: str) -> _ParseError:
        return _ParseError(
            f"parsing time {time_quote(self.text)} as {time_quote(self.layout)}: cannot parse {time_quote(at)} as {time_quote(element)}"
        )

    def out_of_range(self, what: str) -> _ParseError:
        return _ParseError(f"parsing time {time_quote(self.text)}: {what} out of range")

    def literal(self, char: str) -> None:
        if not self.rest.startswith(char):
            raise self.bad(char, self.rest)
        self.rest = self.rest[1:]

    def number(self, element: str, what: str, low: int, high: int, *, fixed: bool = True) -> int:
        rest = self.rest
        if not _digit(rest, 0) or (fixed and not _digit(rest, 1)):
            raise self.bad(element, rest)
        width = 2 if _digit(rest, 1) else 1
        value = int(rest[:width])
        self.rest = rest[width:]
        if not low <= value <= high:
            raise self.out_of_range(what)
        return value

    def year(self) -> int:
        head = self.rest[:4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            raise self.bad("2006", self.rest)
        self.rest = self.rest[4:]
        return int(head)

    def fraction(self, *, exact: bool) -> int:
        """Nanoseconds. `exact`: six digits must be there; else any number of them may."""
        rest = self.rest
        if exact:
            digits = rest[1:7]
            if len(rest) < 7 or rest[0] not in ".," or not (digits.isascii() and digits.isdigit()):
                raise self.bad(".000000", rest)
            self.rest = rest[7:]
            return int(digits) * 1_000
        if rest[:1] not in (".", ",") or not _digit(rest, 1):
            return 0
        end = 2
        while _digit(rest, end):
            end += 1
        self.rest = rest[end:]
        return int(rest[1:end][:9].ljust(9, "0"))

    def zone(self) -> int:
        """Seconds east of UTC."""
        rest = self.rest
        if rest.startswith("Z"):
            self.rest = rest[1:]
            return 0
        if (
            len(rest) < 6
            or rest[3] != ":"
            or not (rest[1:3] + rest[4:6]).isascii()
            or not (rest[1:3] + rest[4:6]).isdigit()
        ):
            raise self.bad("Z07:00", rest)
        hours, minutes = int(rest[1:3]), int(rest[4:6])
        if hours > 24:
            raise self.out_of_range("time zone offset hour")
        if minutes > 60:
            raise self.out_of_range("time zone offset minute")
        if rest[0] not in "+-":
            raise self.bad("Z07:00", rest)
        self.rest = rest[6:]
        offset = (hours * 60 + minutes) * 60
        return -offset if rest[0] == "-" else offset

    def scan(self) -> int:
        year = self.year()
        self.literal("-")
        month = self.number("01", "month", 1, 12)
        self.literal("-")
        day = self.number("02", "day", 0, 99)
        self.literal("T")
        hour = self.number("15", "hour", 0, 23, fixed=False)
        self.literal(":")
        minute = self.number("04", "minute", 0, 59)
        self.literal(":")
        second = self.number("05", "second", 0, 59)
        ns = self.fraction(exact=self.layout == _MICRO_LAYOUT)
        offset = self.zone()
        if self.rest:
            raise _ParseError(f"parsing time {time_quote(self.text)}: extra text: {time_quote(self.rest)}")
        if not 1 <= day <= _month_days(year, month):
            raise self.out_of_range("day")
        seconds = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second - offset
        return seconds * _SECOND + ns


def _digit(text: str, index: int) -> bool:
    return "0" <= text[index : index + 1] <= "9"


def _parse(text: str, layout: str) -> int:
    match = _common(text)
    if match is not None:
        year, month, day, hour, minute, second, fraction = match.groups()
        y, mo, d, h, mi, s = int(year), int(month), int(day), int(hour), int(minute), int(second)
        date_fits = 0 < mo < 13 and 0 < d <= _month_days(y, mo)
        digits_fit = layout == _SECONDS_LAYOUT or (fraction is not None and len(fraction) == 6)
        if date_fits and digits_fit and h < 24 and mi < 60 and s < 60:
            ns = int(fraction.ljust(9, "0")) if fraction else 0
            return (_days(y, mo, d) * _DAY + h * 3600 + mi * 60 + s) * _SECOND + ns
    return _Scanner(text, layout).scan()


def _format(seconds: int) -> str:
    """`2006-01-02T15:04:05`, for the years 0 to 9999."""
    days, rest = divmod(seconds, _DAY)
    ordinal = days + _EPOCH
    if ordinal > 0:
        day = _from_ordinal(ordinal).isoformat()
    else:
        shifted = _from_ordinal(ordinal + _CYCLE)
        day = f"{shifted.year - 400:04d}-{shifted.month:02d}-{shifted.day:02d}"
    minutes, second = divmod(rest, 60)
    return f"{day}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"


class _Moment:
    """What Time and MicroTime share: a whole number of nanoseconds since 1970, cut to the precision of the type."""

    __slots__ = ("ns",)

    ns: int
    _precision: ClassVar[int]
    _layout: ClassVar[str]

    def __init__(self, ns: int) -> None:
        self.ns = ns - ns % self._precision

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads RFC 3339 as Go does.

        Raises:
            ValueError: with Go's text.
        """
        return cls(_parse(text, cls._layout))

    @classmethod
    def from_datetime(cls, moment: datetime) -> Self:
        """From an aware datetime, or one of a library that looks like it. Naive ones are refused.

        Raises:
            ValueError: when the datetime has no time zone.
        """
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError("a datetime without a time zone does not say which moment it means; give it one (UTC)")
        days = _days(moment.year, moment.month, moment.day)
        seconds = days * _DAY + moment.hour * 3600 + moment.minute * 60 + moment.second
        shift = ((offset.days * _DAY + offset.seconds) * 1_000_000 + offset.microseconds) * 1_000
        return cls(seconds * _SECOND + moment.microsecond * 1_000 - shift)

    @classmethod
    def from_unix(cls, seconds: int, ns: int = 0) -> Self:
        """From seconds since 1970, and nanoseconds on top."""
        return cls(seconds * _SECOND + ns)

    @classmethod
    def zero(cls) -> Self:
        """Go's zero time, 0001-01-01T00:00:00Z; JSON has null for it."""
        return cls(_ZERO_NS)

    @property
    def is_zero(self) -> bool:
        """True for Go's zero time."""
        return self.ns == _ZERO_NS

    @property
    def unix(self) -> int:
        """Whole seconds since 1970."""
        return self.ns // _SECOND

    def to_datetime(self) -> datetime:
        """An aware datetime in UTC."""
        return _datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.ns // 1_000)

    def add(self, duration: Duration | timedelta) -> Self:
        """The moment that much later, cut to the precision of the type."""
        delta = duration if isinstance(duration, Duration) else Duration.from_timedelta(duration)
        return type(self)(self.ns + delta.ns)

    def sub(self, other: _Moment) -> Duration:
        """The time from the other moment to this one."""
        return Duration(self.ns - other.ns)

    def __eq__(self, other: object) -> bool:
        return self.ns == other.ns if isinstance(other, _Moment) else NotImplemented

    def __lt__(self, other: _Moment) -> bool:
        return self.ns < other.ns if isinstance(other, _Moment) else NotImplemented

    def __le__(self, other: _Moment) -> bool:
        return self.ns <= other.ns if isinstance(other, _Moment) else NotImplemented

    def __gt__(self, other: _Moment) -> bool:
        return self.ns > other.ns if isinstance(other, _Moment) else NotImplemented

    def __ge__(self, other: _Moment) -> bool:
        return self.ns >= other.ns if isinstance(other, _Moment) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.ns)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.parse({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.ns,)


class Time(_Moment):
    """A moment in whole seconds. Immutable, ordered, hashable; `str()` is its RFC 3339 text.

    A Time and a MicroTime of one moment are equal.

    >>> str(Time.parse("2026-11-20T18:53:12.9+01:00"))
    '2026-11-20T17:53:12Z'
    """

    __slots__ = ()
    _precision = _SECOND
    _layout = _SECONDS_LAYOUT

    def __str__(self) -> str:
        return f"{_format(self.ns // _SECOND)}Z"


class MicroTime(_Moment):
    """A moment in whole microseconds. Immutable, ordered, hashable; `str()` is its RFC 3339 text with six digits.

    >>> str(MicroTime.parse("2026-11-20T18:53:12.000001Z"))
    '2026-11-20T18:53:12.000001Z'
    """

    __slots__ = ()
    _precision = 1_000
    _layout = _MICRO_LAYOUT

    def __str__(self) -> str:
        seconds, ns = divmod(self.ns, _SECOND)
        return f"{_format(seconds)}.{ns // 1_000:06d}Z"
