"""The simulation's clock: whole nanoseconds, moved by the loop and by nobody else."""

from __future__ import annotations

from typing import Protocol

__all__ = ["DEFAULT_START_NS", "Clock", "VirtualClock", "format_ns"]

DEFAULT_START_NS = 1_767_225_600 * 1_000_000_000
"""2026-01-01T00:00:00Z, where the wall clock of a simulation begins unless it is told otherwise."""


class Clock(Protocol):
    """Two readings of time, as clients' runtimes have them."""

    def monotonic_ns(self) -> int: ...

    def time_ns(self) -> int: ...


class VirtualClock:
    """Monotonic time from 0 and wall time from `start_ns`, in step.

    Integers, because a float of seconds loses nanoseconds after four months and whole timers after a year.
    """

    __slots__ = ("_now", "_start")

    def __init__(self, start_ns: int = DEFAULT_START_NS) -> None:
        self._now = 0
        self._start = start_ns

    def monotonic_ns(self) -> int:
        """Nanoseconds since the simulation began."""
        return self._now

    def time_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return self._start + self._now

    def advance_to(self, now_ns: int) -> None:
        """Moves to an instant. For the loop: whoever else moves time takes it from those who wait for it."""
        assert now_ns >= self._now, f"time went back from {self._now} to {now_ns}"
        self._now = now_ns

    def __repr__(self) -> str:
        return f"<VirtualClock {format_ns(self._now)}s>"


def format_ns(ns: int) -> str:
    """Nanoseconds as seconds with all nine decimals, without going through a float."""
    return f"{ns // 1_000_000_000}.{ns % 1_000_000_000:09d}"
