"""Threads that take turns: blocking code in a simulation, each thread one coroutine to the loop.

Exactly one thread runs at any time, the loop's own or one of these; the baton changes hands only where a thread waits
through the runtime. The order is therefore the loop's, and repeats. Waiting on anything else (a lock of `threading`, a
real sleep) keeps the baton: after `patience` real seconds the run ends with `Stuck` and that thread's stack.

A thread can be killed where it waits: `Killed` is raised there, which is how a simulated process dies, and how what is
left over ends with the simulation.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import traceback
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from kubefake.sim.errors import Escape, Stuck, call_site, is_stdlib
from kubefake.sim.loop import SimLoop

__all__ = ["Baton", "BatonThread", "BatonThreads", "Killed"]

DEFAULT_PATIENCE = 10.0
_HERE = __file__.rpartition("threads")[0]


class Killed(BaseException):
    """Ends a simulated thread from where it waits. Not an `Exception`, so that nothing swallows it."""


class BatonThread(threading.Thread):
    """An operating-system thread that a simulation made; the guard lets these start."""


class Baton:
    """One simulated thread: its operating-system thread, its task on the loop, and what became of it."""

    __slots__ = ("error", "ident", "killed", "name", "over", "resume", "returned", "task", "thread", "waits_for")

    def __init__(self, name: str) -> None:
        self.name = name
        self.resume = threading.Lock()
        self.resume.acquire()
        self.returned = threading.Lock()
        self.returned.acquire()
        self.thread: BatonThread
        self.task: asyncio.Task[None]
        self.ident = 0
        self.waits_for: asyncio.Future[Any] | None = None
        self.error: BaseException | None = None
        self.killed = False
        self.over = False

    def where(self) -> str:
        """Where the thread stands, innermost last."""
        stack = _stack(self.ident)
        own = [
            entry for entry in stack if not is_stdlib(entry.filename) and not entry.filename.startswith(_HERE)
        ] or stack
        names = [f"{entry.name} ({entry.filename}:{entry.lineno})" for entry in own[-3:]]
        return " > ".join(names) or "has not begun"

    def __repr__(self) -> str:
        return f"<Baton {self.name!r} {'over' if self.over else 'running'}>"


def _stack(ident: int) -> traceback.StackSummary:
    frame = sys._current_frames().get(ident)
    return traceback.StackSummary.from_list([]) if frame is None else traceback.extract_stack(frame)


class BatonThreads:
    """The simulated threads of one loop.

    Args:
        loop: whose turns they take.
        patience: real seconds that a thread may keep the baton.
    """

    def __init__(self, loop: SimLoop, *, patience: float = DEFAULT_PATIENCE) -> None:
        self.loop = loop
        self._patience = patience
        self._current: Baton | None = None
        self._batons: dict[Baton, None] = {}
        self._handed_over = 0

    def start(
        self, function: Callable[..., Any], *args: Any, name: str, on_end: Callable[[Baton], None] | None = None
    ) -> Baton:
        """Makes a thread that will run `function(*args)` from the loop's next turn on.

        `on_end` is called on the loop when it is over, also when it was killed before it began.
        """
        baton = Baton(name)
        context = copy_context()

        def body() -> None:
            baton.resume.acquire()
            try:
                if not baton.killed:
                    context.run(function, *args)
            except Killed:
                baton.killed = True
            except BaseException as error:  # noqa: BLE001  kept for who joins
                baton.error = error
            baton.over = True
            baton.returned.release()

        baton.thread = BatonThread(target=body, name=name, daemon=True)
        self._batons[baton] = None
        baton.task = self.loop.create_task(self._drive(baton), name=name)
        self.loop.blocked_in[baton.task] = baton.where

        def ended(task: asyncio.Task[None]) -> None:
            self._batons.pop(baton, None)
            self.loop.blocked_in.pop(task, None)
            baton.over = True
            if not task.cancelled() and (failure := task.exception()) is not None:
                self.loop.fail(failure)
            if on_end is not None:
                on_end(baton)

        baton.task.add_done_callback(ended)
        return baton

    def current(self) -> Baton:
        """The thread that has the baton and calls this. Raises Escape for any other."""
        baton = self._current
        if baton is None or threading.get_ident() != baton.ident:
            thread = threading.current_thread().name
            raise Escape(
                f"thread {thread!r} waits through a simulated runtime that did not start it, at {call_site()}: "
                f"start it with the runtime's spawn(), or use the asyncio runtime from a coroutine"
            )
        return baton

    def park(self, future: asyncio.Future[Any]) -> None:
        """Gives the baton back until the future is done. Raises Killed when the thread is to end."""
        baton = self.current()
        if baton.killed:
            raise Killed(baton.name)
        baton.waits_for = future
        baton.returned.release()
        baton.resume.acquire()
        if baton.killed:
            raise Killed(baton.name)

    def kill(self, baton: Baton) -> None:
        """Ends a thread where it waits, in the loop's next turn; one that has not begun never will."""
        baton.killed = True
        if not baton.over and baton.task is not asyncio.current_task(self.loop):
            baton.task.cancel()

    def close(self) -> None:
        """Kills what is left, once the loop stands still. Raises Stuck for a thread that will not end."""
        for baton in list(self._batons):
            baton.killed = True
            while baton.thread.is_alive() and not self._hand_over(baton):
                pass
            self._batons.pop(baton, None)

    @property
    def switches(self) -> int:
        """How often the baton has been handed to a thread."""
        return self._handed_over

    async def _drive(self, baton: Baton) -> None:
        """The coroutine that stands for the thread: hands it the baton, then waits for what it waits for."""
        if not baton.killed:
            baton.thread.start()
        while baton.thread.ident is not None and not self._hand_over(baton):
            assert baton.waits_for is not None
            try:
                await baton.waits_for
            except asyncio.CancelledError:
                baton.killed = True

    def _hand_over(self, baton: Baton) -> bool:
        """Runs the thread until it waits or ends, and says whether it ended; the loop's own thread stands still."""
        ident = baton.ident = baton.thread.ident or 0
        self._handed_over += 1
        self._current = baton
        self.loop.guests[ident] = baton.name
        baton.resume.release()
        came_back = baton.returned.acquire(timeout=self._patience)
        self._current = None
        if not came_back:
            baton.killed = True
            self._batons.pop(baton, None)
            stack = "".join(_stack(ident).format())
            raise Stuck(
                f"thread {baton.name!r} did not come back to the runtime within {self._patience} real seconds; "
                f"it blocks outside of it (a real lock, sleep or socket?):\n{stack}"
            )
        if baton.over:
            self.loop.guests.pop(ident, None)
            with contextlib.suppress(RuntimeError):
                baton.thread.join(self._patience)
        return baton.over
