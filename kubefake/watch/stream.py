"""What a watch looks like to a front door: frames that are pulled, and a call when there is something to pull."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kubeclient.transport.protocol import HeaderList

__all__ = ["WatchStream"]


class WatchStream(Protocol):
    """A streaming answer without a colour.

    The front door polls until nothing is ready, then waits for the wake callback or for `wake_at_ns`, whichever comes
    first, and polls again; it stops when `ended` is true and nothing is ready any more.
    """

    status: int
    headers: HeaderList

    @property
    def ended(self) -> bool:
        """True when no frame will become ready any more."""
        ...

    @property
    def wake_at_ns(self) -> int | None:
        """The monotonic clock reading at which to poll again although nobody called (timeouts, bookmarks, latency)."""
        ...

    def poll(self) -> bytes | None:
        """The next frame that is ready, with its line end; None when there is none now."""
        ...

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Sets the one callback that is called, from within a commit, whenever a frame may have become ready."""
        ...

    def close(self) -> None:
        """Forgets the watch. May be called twice."""
        ...
