"""Durations as Go writes them: "1h0m0s", "500ms"; whole nanoseconds inside. Users import `times`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from .gotext import time_quote

__all__ = ["Duration"]

_SECOND: Final = 1_000_000_000
_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # U+00B5, the micro sign
    "μs": 1_000,  # U+03BC, the Greek letter
    "ms": 1_000_000,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_LIMIT: Final = 2**63
_part: Final = re.compile(r"([0-9]*)(\.?)([0-9]*)([^0-9.]*)").match


def _parse(text: str) -> int:
    """time.ParseDuration."""
    rest = text
    negative = rest[:1] == "-"
    if rest[:1] in ("+", "-"):
        rest = rest[1:]
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f"time: invalid duration {time_quote(text)}")
    total = 0
    while rest:
        match = _part(rest)
        assert match is not None  # every group may be empty
        whole, _, fraction, unit = match.groups()
        if not whole and not fraction:
            raise ValueError(f"time: invalid duration {time_quote(text)}")
        if whole and int(whole) > _LIMIT:
            raise ValueError(f"time: invalid duration {time_quote(text)}")
        if not unit:
            raise ValueError(f"time: missing unit in duration {time_quote(text)}")
        factor = _UNITS.get(unit)
        if factor is None:
            raise ValueError(f"time: unknown unit {time_quote(unit)} in duration {time_quote(text)}")
        total += int(whole or "0") * factor
        if fraction:
            total += int(fraction) * factor // 10 ** len(fraction)
        if total > _LIMIT:
            raise ValueError(f"time: invalid duration {time_quote(text)}")
        rest = rest[match.end() :]
    if not negative and total == _LIMIT:
        raise ValueError(f"time: invalid duration {time_quote(text)}")
    return -total if negative else total


def _decimal(value: int, places: int) -> str:
    whole, fraction = divmod(value, 10**places)
    text = f"{fraction:0{places}d}".rstrip("0")
    return f"{whole}.{text}" if text else str(whole)


def _format(ns: int) -> str:
    """time.Duration.String."""
    if ns == 0:
        return "0s"
    sign, ns = ("-", -ns) if ns < 0 else ("", ns)
    if ns < 1_000:
        return f"{sign}{ns}ns"
    if ns < 1_000_000:
        return f"{sign}{_decimal(ns, 3)}µs"
    if ns < _SECOND:
        return f"{sign}{_decimal(ns, 6)}ms"
    minutes, rest = divmod(ns, 60 * _SECOND)
    text = f"{_decimal(rest, 9)}s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}h{minutes}m{text}" if hours else f"{minutes}m{text}"
    return sign + text


class Duration:
    """A span of time in whole nanoseconds. Immutable, ordered, hashable; `str()` is Go's text.

    Args:
        ns: nanoseconds.

    >>> str(Duration.parse("90s")), Duration.from_seconds(1.5).ns
    ('1m30s', 1500000000)
    """

    __slots__ = ("ns",)

    ns: int

    def __init__(self, ns: int = 0) -> None:
        self.ns = ns

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Reads Go's text.

        Raises:
            ValueError: with Go's text.
        """
        return cls(_parse(text))

    @classmethod
    def from_seconds(cls, seconds: float) -> Duration:
        """Rounded to the nearest nanosecond."""
        return cls(seconds * _SECOND if isinstance(seconds, int) else round(seconds * _SECOND))

    @classmethod
    def from_timedelta(cls, delta: timedelta) -> Duration:
        return cls(((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1_000)

    @property
    def seconds(self) -> float:
        return self.ns / _SECOND

    def to_timedelta(self) -> timedelta:
        """Cut to microseconds."""
        return timedelta(microseconds=self.ns // 1_000)

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.ns + other.ns) if isinstance(other, Duration) else NotImplemented

    def __sub__(self, other: Duration) -> Duration:
        return Duration(self.ns - other.ns) if isinstance(other, Duration) else NotImplemented

    def __mul__(self, factor: int) -> Duration:
        return Duration(self.ns * factor) if isinstance(factor, int) else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Duration:
        return Duration(-self.ns)

    def __bool__(self) -> bool:
        return self.ns != 0

    def __eq__(self, other: object) -> bool:
        return self.ns == other.ns if isinstance(other, Duration) else NotImplemented

    def __lt__(self, other: Duration) -> bool:
        return self.ns < other.ns if isinstance(other, Duration) else NotImplemented

    def __le__(self, other: Duration) -> bool:
        return self.ns <= other.ns if isinstance(other, Duration) else NotImplemented

    def __gt__(self, other: Duration) -> bool:
        return self.ns > other.ns if isinstance(other, Duration) else NotImplemented

    def __ge__(self, other: Duration) -> bool:
        return self.ns >= other.ns if isinstance(other, Duration) else NotImplemented

    def __hash__(self) -> int:
        return hash(("Duration", self.ns))

    def __str__(self) -> str:
        return _format(self.ns)

    def __repr__(self) -> str:
        return f"Duration.parse({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Duration, (self.ns,)
