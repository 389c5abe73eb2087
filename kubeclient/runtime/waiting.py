"""The errors with which waiting ends before what was waited for. Their texts are those of Go's wait and context packages."""

from __future__ import annotations

from asyncio import CancelledError

__all__ = ["WaitStoppedError", "WaitTimeoutError", "interrupted"]


class WaitTimeoutError(TimeoutError):
    """The time, or the number of tries, is over."""


class WaitStoppedError(Exception):
    """Somebody set the stop event."""

    def __init__(self) -> None:
        super().__init__("context canceled")


def interrupted(error: BaseException | None) -> bool:
    """Whether waiting was cut short: by its time, by its tries, by a stop event or by cancellation. Go: wait.Interrupted."""
    return isinstance(error, TimeoutError | WaitStoppedError | CancelledError)
