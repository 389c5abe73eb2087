"""An asyncio event loop on simulated time: when nothing is ready, time jumps to the next timer.

Guarantees: the same coroutines, on the same seeds, take the same steps. Callbacks run first in, first out, as asyncio
documents; timers of one instant in the order in which they were set. A timer never fires before its instant, neither in
nanoseconds nor in the float that `time()` gives, so that no code can spin on a rounding error.

Not given: sockets, files, subprocesses, executors and signals, which raise `Escape` and name who asked for them.
"""

from __future__ import annotations

import asyncio
import threading
from asyncio import events
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, NoReturn, Protocol, TypeVar

from kubefake.sim.blocked import describe_tasks
from kubefake.sim.clock import VirtualClock, format_ns
from kubefake.sim.errors import Deadlock, Escape, Livelock, call_site
from kubefake.sim.internals import TurnLoop

__all__ = ["SimLoop", "run"]

T = TypeVar("T")

MAX_TURNS_AT_ONE_INSTANT = 1_000_000
"""Turns of the loop without time moving, after which it is a livelock: some seconds of real time."""


class _Random(Protocol):
    def randrange(self, stop: int) -> int: ...


class SimLoop(TurnLoop):
    """A loop whose `time()` is a virtual clock's.

    Args:
        clock: is moved by this loop; a new one by default.
        chaos: shuffles what is ready at each turn. asyncio promises first in, first out, and code may rely on it: this
            finds code that does.
        on_jump: called with the new instant whenever time moves.
    """

    def __init__(
        self,
        clock: VirtualClock | None = None,
        *,
        chaos: _Random | None = None,
        on_jump: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__()
        self.clock = VirtualClock() if clock is None else clock
        self.guests: dict[int, str] = {}
        """Threads that may call in because the loop's own stands still while they run, with their names."""
        self.blocked_in: dict[asyncio.Task[Any], Callable[[], str]] = {}
        """For tasks that stand for something else, where that waits."""
        self._chaos = chaos
        self._on_jump = on_jump
        self._failure: BaseException | None = None
        self._task_count = 0

    def time(self) -> float:
        return self.clock.monotonic_ns() / 1e9

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> events.TimerHandle:
        delay_ns = round(delay * 1e9)
        if delay_ns <= 0:
            delay_ns = 1 if delay > 0 else 0
        return self.set_timer(self.clock.monotonic_ns() + delay_ns, callback, args, context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> events.TimerHandle:
        when_ns = round(when * 1e9)
        while when_ns / 1e9 < when:
            when_ns += 1
        return self.set_timer(max(when_ns, self.clock.monotonic_ns()), callback, args, context)

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> events.Handle:
        """As `call_soon`. Raises Escape for a thread that the simulation does not know."""
        ident = threading.get_ident()
        if ident != self.thread_ident and self.thread_ident is not None and ident not in self.guests:
            name = threading.current_thread().name
            raise Escape(f"thread {name!r} calls into a simulation it is no part of, at {call_site()}")
        return self.call_soon(callback, *args, context=context)

    def create_task(  # type: ignore[override]
        self, coro: Generator[Any, None, T] | Coroutine[Any, Any, T], *, name: str | None = None, **options: Any
    ) -> asyncio.Task[T]:
        """As asyncio's; tasks without a name are numbered by the loop, not by the process, so that traces repeat."""
        if name is None:
            self._task_count += 1
            name = f"task-{self._task_count}"
        return super().create_task(coro, name=name, **options)

    def fail(self, error: BaseException) -> None:
        """Ends the run with that error at the end of the present turn."""
        if self._failure is None:
            self._failure = error

    def _run_once(self) -> None:
        clock, ready = self.clock, self.current_handles()
        turns = 0
        while True:
            now = clock.monotonic_ns()
            due = self.next_timer()
            if not ready and not self.stopping:
                if due is None:
                    raise self._deadlock()
                if due > now:
                    self._jump(due)
                    now, turns = due, 0
            if due is not None and due <= now:
                self.fire_timers(now)
            if self._chaos is not None:
                self._shuffle()
            self.run_turn()
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            if self.stopping:
                return
            turns += 1
            if turns >= MAX_TURNS_AT_ONE_INSTANT:
                raise self._livelock()

    def _jump(self, now_ns: int) -> None:
        self.clock.advance_to(now_ns)
        if self._on_jump is not None:
            self._on_jump(now_ns)

    def _shuffle(self) -> None:
        assert self._chaos is not None
        ready = self.current_handles()
        for last in range(len(ready) - 1, 0, -1):
            other = self._chaos.randrange(last + 1)
            ready[last], ready[other] = ready[other], ready[last]

    def _deadlock(self) -> Deadlock:
        where = describe_tasks(self, self.blocked_in)
        return Deadlock(f"at {format_ns(self.clock.monotonic_ns())}s everybody waits and no timer is set:\n{where}")

    def _livelock(self) -> Livelock:
        where = describe_tasks(self, self.blocked_in)
        at = format_ns(self.clock.monotonic_ns())
        return Livelock(f"{MAX_TURNS_AT_ONE_INSTANT} turns went by at {at}s and time did not move:\n{where}")


def run(main: Coroutine[Any, Any, T], *, loop: SimLoop | None = None) -> T:
    """Runs a coroutine on simulated time, as `asyncio.run`: whatever it leaves behind is cancelled, the loop closed."""
    simulated = SimLoop() if loop is None else loop
    with asyncio.Runner(loop_factory=lambda: simulated) as runner:
        return runner.run(main)


_FORBIDDEN = (
    "add_reader", "add_signal_handler", "add_writer", "connect_accepted_socket", "connect_read_pipe",
    "connect_write_pipe", "create_connection", "create_datagram_endpoint", "create_server", "create_unix_connection",
    "create_unix_server", "getaddrinfo", "getnameinfo", "remove_reader", "remove_signal_handler", "remove_writer",
    "run_in_executor", "sendfile", "set_default_executor", "sock_accept", "sock_connect", "sock_recv",
    "sock_recv_into", "sock_recvfrom", "sock_recvfrom_into", "sock_sendall", "sock_sendfile", "sock_sendto",
    "start_tls", "subprocess_exec", "subprocess_shell",
)  # fmt: skip


def _forbid(operation: str) -> Callable[..., NoReturn]:
    def refuse(_loop: SimLoop, *_args: Any, **_options: Any) -> NoReturn:
        raise Escape(f"loop.{operation}() in a simulation, at {call_site()}: nothing here is real enough for it")

    refuse.__name__ = operation
    return refuse


for _operation in _FORBIDDEN:
    setattr(SimLoop, _operation, _forbid(_operation))
