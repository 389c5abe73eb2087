"""The only file that knows how asyncio's event loop is built inside; checked on CPython 3.11 to 3.13.

`BaseEventLoop` keeps ready handles in `_ready`, runs them in `_run_once` until `_stopping`, and counts cancelled timers
through `_timer_handle_cancelled`. A loop on simulated time replaces that one step and the timer heap; tasks, futures,
context variables, exception handling and asynchronous generators remain asyncio's own.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
from asyncio import events
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

__all__ = ["TurnLoop", "awaiting_frames", "lost_error"]

_COMPACT_AT = 256


class TurnLoop(asyncio.BaseEventLoop):
    """An event loop without a selector, whose timers are integers and fire in the order (instant, when they were set)."""

    _ready: deque[events.Handle]
    _stopping: bool
    _thread_id: int | None

    def __init__(self) -> None:
        super().__init__()
        self._timers: list[tuple[int, int, events.TimerHandle]] = []
        self._timer_count = 0
        self._cancelled_timers = 0

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> events.Handle:  # type: ignore[override]
        handle = events.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def set_timer(
        self, when_ns: int, callback: Callable[..., Any], args: tuple[Any, ...], context: Context | None
    ) -> events.TimerHandle:
        """Arranges a call at an instant of the loop's own clock."""
        handle = events.TimerHandle(when_ns / 1e9, callback, args, self, context)
        handle._scheduled = True  # type: ignore[attr-defined]
        self._timer_count += 1
        heapq.heappush(self._timers, (when_ns, self._timer_count, handle))
        return handle

    def next_timer(self) -> int | None:
        """The instant of the next timer that was not cancelled."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
            self._cancelled_timers -= 1
        return timers[0][0] if timers else None

    def fire_timers(self, now_ns: int) -> None:
        """Makes the timers ready that are due."""
        timers = self._timers
        while timers and timers[0][0] <= now_ns:
            handle = heapq.heappop(timers)[2]
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle._cancelled:
                self._cancelled_timers -= 1
            else:
                self._ready.append(handle)

    def run_turn(self) -> None:
        """Runs what is ready now, but not what becomes ready by it."""
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def current_handles(self) -> deque[events.Handle]:
        """What is ready, in order; may be reordered in place."""
        return self._ready

    @property
    def stopping(self) -> bool:
        return self._stopping

    @property
    def thread_ident(self) -> int | None:
        """The thread that runs the loop; None while it does not run."""
        return self._thread_id

    def _timer_handle_cancelled(self, handle: events.TimerHandle) -> None:
        if not handle._scheduled:  # type: ignore[attr-defined]
            return
        self._cancelled_timers += 1
        if self._cancelled_timers > _COMPACT_AT and self._cancelled_timers * 2 > len(self._timers):
            # The handle being cancelled is marked only after this call: it stays, and is still counted.
            self._timers = [timer for timer in self._timers if not timer[2]._cancelled]
            heapq.heapify(self._timers)
            self._cancelled_timers = 1

    def _process_events(self, event_list: Any) -> None:
        raise NotImplementedError("a loop without a selector has no events")

    def _write_to_self(self) -> None:
        """Wakes a selector; there is none."""

    def __del__(self, *_: Any) -> None:
        """asyncio warns of loops that were not closed, for the sake of their sockets; there are none."""

    def close(self) -> None:
        super().close()
        self._timers.clear()


def awaiting_frames(coroutine: Any) -> list[tuple[str, int, str]]:
    """The chain of what a suspended coroutine awaits, outermost first: file, line, qualified name."""
    frames: list[tuple[str, int, str]] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        frame = frame or getattr(coroutine, "ag_frame", None)
        if frame is not None:
            frames.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname))
        awaited = getattr(coroutine, "cr_await", None)
        if awaited is None:
            awaited = getattr(coroutine, "gi_yieldfrom", None)
        if awaited is None:
            awaited = getattr(coroutine, "ag_await", None)
        coroutine = awaited if inspect.isawaitable(awaited) or hasattr(awaited, "gi_frame") else None
    return frames


def lost_error(task: asyncio.Task[Any]) -> BaseException | None:
    """What ended a task and was never asked for, without asking for it: asking would count as having been told.

    asyncio itself says so when the task is collected as garbage, which is at another moment in every version.
    """
    unasked: bool = task._log_traceback
    error: BaseException | None = task._exception if unasked else None
    return error
