"""Bytes on their way between a client and a handler, which may be in different threads. Waits for nothing itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["PIPE_BYTES", "Pipe"]

PIPE_BYTES = 64 * 1024
"""A pipe that holds so much takes no more from a handler; from a client it takes the message that fills it."""


class Pipe:
    """One direction of a stream.

    Guarantees: bytes come out in the order in which they went in; each change rings all bells, from whatever thread changed
    it. A pipe whose reader is gone raises BrokenPipeError to writers, as the operating system's do.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._data = bytearray()
        self._ended = False
        self._broken = False
        self._bells: list[Callable[[], None]] = []

    def on_change(self, bell: Callable[[], None]) -> None:
        """Adds what is called at every change."""
        self._bells.append(bell)

    def _ring(self) -> None:
        for bell in self._bells:
            bell()

    def offer(self, data: bytes) -> int:
        """Takes as much as there is room for, and says how much. Raises BrokenPipeError, ValueError after the end."""
        with self._lock:
            self._check()
            taken = min(len(data), max(PIPE_BYTES - len(self._data), 0))
            self._data += data[:taken]
        if taken:
            self._ring()
        return taken

    def push(self, data: bytes) -> None:
        """Takes all of it, whatever is there; who pushes looks at `full` first. What nobody will read is dropped."""
        with self._lock:
            if self._broken or self._ended:
                return
            self._data += data
        self._ring()

    def _check(self) -> None:
        if self._broken:
            raise BrokenPipeError("nobody reads this stream any more")
        if self._ended:
            raise ValueError("this stream has been closed")

    def take(self, limit: int = PIPE_BYTES) -> bytes:
        """What is there, up to `limit` bytes; empty when there is nothing now."""
        with self._lock:
            data = bytes(self._data[:limit])
            del self._data[: len(data)]
        if data:
            self._ring()
        return data

    def peek(self) -> bytes:
        """What is there, left where it is."""
        with self._lock:
            return bytes(self._data)

    def end(self) -> None:
        """Nothing more will be written. May be called twice."""
        if not self._ended:
            self._ended = True
            self._ring()

    def break_(self) -> None:
        """Nothing more will be read. May be called twice."""
        if not self._broken:
            self._broken = True
            with self._lock:
                self._data.clear()
            self._ring()

    @property
    def full(self) -> bool:
        return len(self._data) >= PIPE_BYTES

    @property
    def broken(self) -> bool:
        return self._broken

    @property
    def ended(self) -> bool:
        """Whether its writer has ended it; there may be more to read."""
        return self._ended

    @property
    def over(self) -> bool:
        """Whether everything has been read that ever will be written."""
        return self._broken or (self._ended and not self._data)
