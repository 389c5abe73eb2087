"""The machine's own clock. The only file of kubeclient that asks the operating system what time it is.

The wall clock is read through the `time` module at every call, so that freezegun and time-machine move it. The monotonic
clock is read past them where the system allows it: a frozen wall must not stop a timeout from running out.
"""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["RealClock"]


def _monotonic_reader() -> Callable[[], int]:
    """freezegun replaces `time.monotonic_ns` but not `clock_gettime_ns`, which reads the same clock on POSIX."""
    read = getattr(time, "clock_gettime_ns", None)
    identifier = getattr(time, "CLOCK_MONOTONIC", None)
    if read is None or identifier is None:
        return lambda: time.monotonic_ns()  # noqa: PLW0108, TID251  looked up at call time
    return lambda: int(read(identifier))


class RealClock:
    """`Clock` of the machine this runs on. Stateless: any number of them agree."""

    __slots__ = ("_monotonic",)

    def __init__(self) -> None:
        self._monotonic = _monotonic_reader()

    def monotonic_ns(self) -> int:
        """Nanoseconds since an arbitrary start; runs on while freezegun holds the wall clock still."""
        return self._monotonic()

    def time_ns(self) -> int:
        """Nanoseconds since the Unix epoch, as freezegun or the machine has it."""
        return time.time_ns()  # noqa: TID251

    def __repr__(self) -> str:
        return "RealClock()"
