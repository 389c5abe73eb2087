"""Moves the frames of a watch to a connection: pulls while the peer keeps up, sleeps until the stream calls.

The stream's call comes from within a commit, perhaps in another thread: it only schedules a turn of the loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from kubeclient.runtime.protocol import Clock
from kubefake.transport.frames import next_frames, seconds_until
from kubefake.watch.stream import WatchStream

__all__ = ["Pump"]


class Pump:
    """Drains one stream.

    Args:
        stream: what is drained.
        clock: the server's, which `wake_at_ns` speaks of.
        loop: where the connection lives.
        on_frames: takes frames, several at a time.
        on_end: called once when the stream has ended, with what broke it or None.
    """

    def __init__(
        self,
        stream: WatchStream,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        on_frames: Callable[[bytes], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._loop = loop
        self._thread = threading.get_ident()
        self._on_frames = on_frames
        self._on_end = on_end
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._paused = False
        self._over = False

    def start(self) -> None:
        self._stream.on_wake(self._wake)
        self._run()

    def pause(self) -> None:
        """The peer reads too slowly: pull nothing more; what comes stays in the store's log."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self._schedule()

    def finish(self) -> None:
        """Ends the answer in good order, before its time."""
        if not self._over:
            self.close()
            self._on_end(None)

    def close(self) -> None:
        """Forgets the stream without a word. May be called twice."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        self._stream.close()

    def _wake(self) -> None:
        if threading.get_ident() == self._thread:
            self._schedule()
        elif not self._scheduled and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        if not self._scheduled and not self._over:
            self._scheduled = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        self._scheduled = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            while not self._over and not self._paused:
                frames = next_frames(self._stream)
                if frames:
                    self._on_frames(frames)
                elif self._stream.ended:
                    self.finish()
                    return
                else:
                    self._sleep()
                    return
        except Exception as error:  # noqa: BLE001  the connection decides what it means
            self.close()
            self._on_end(error)

    def _sleep(self) -> None:
        delay = seconds_until(self._stream.wake_at_ns, None, self._clock.monotonic_ns())
        if delay is not None:
            self._timer = self._loop.call_later(delay, self._schedule)
