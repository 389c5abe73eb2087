"""The door every request passes: obeys a fault plan around a server, without waiting itself.

An exchange is a generator. It yields `Wait` where the answer or the request is delayed, and the front door waits in its
own manner; it returns the answer, or raises what the client is to see. While no rule is there, front doors skip the
generator and call `handle`, which is the server's own method when no lock is needed.

Must not wait, draw numbers or read a clock: the plan has those.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from kubeclient.transport.protocol import HeaderList, Request, Response
from kubefake.containers.opening import Opening
from kubefake.faults.exchange import Answer, Exchange, Handle, Wait
from kubefake.faults.plan import FaultPlan
from kubefake.pipeline.caller import Caller
from kubefake.watch.stream import WatchStream

__all__ = ["Answer", "Door", "Exchange", "Handler", "Wait"]


class Handler(Protocol):
    """The server as a door sees it: a plain call that runs to completion."""

    def handle(self, request: Request, caller: Caller) -> Answer: ...


class Door:
    """Hands requests to a server, with the faults that the plan decides on.

    Args:
        server: answers requests.
        plan: decides on faults; None for a door that never has any.
        lock: entered around every call into the server and its streams; needed as soon as several threads come in.
    """

    def __init__(
        self,
        server: Handler,
        plan: FaultPlan | None = None,
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        self.server = server
        self.plan = plan
        self.lock = lock
        self._unlocked: Handle = server.handle if plan is None else self._handle_watched
        self.handle: Handle = self._unlocked if lock is None else self._handle_locked
        """Hands a request straight to the server; what may be called while the door is quiet."""

    @property
    def quiet(self) -> bool:
        """True when no rule and no latency could touch a request: `handle` may be called in place of `exchange`."""
        return self.plan is None or self.plan.idle

    def exchange(self, request: Request, caller: Caller) -> Exchange:
        """Carries out one exchange, yielding the waits in it.

        Raises ConnectFailed, ConnectionLost or TimedOut when a fault says so, and `Crash` when the caller is to die.
        """
        plan = self.plan
        if plan is None or plan.idle:
            return self.handle(request, caller)
        exchange = plan.exchange(request, caller, self._unlocked)
        if self.lock is None:
            return (yield from exchange)
        return (yield from self._locked_steps(exchange, self.lock))

    @staticmethod
    def _locked_steps(exchange: Exchange, lock: AbstractContextManager[Any]) -> Exchange:
        """The same exchange, with the lock held while it goes on and let go while it waits."""
        try:
            while True:
                with lock:
                    wait = next(exchange)
                yield wait
        except StopIteration as end:
            answer: Answer = end.value
        finally:
            exchange.close()
        return answer if isinstance(answer, Response) else _LockedStream(answer, lock)

    def _handle_watched(self, request: Request, caller: Caller) -> Answer:
        answer = self.server.handle(request, caller)
        assert self.plan is not None
        if isinstance(answer, Response):
            if isinstance(answer, Opening):
                self.plan.connected(answer, request, caller)
            return answer
        return self.plan.watch(answer, request, caller)

    def _handle_locked(self, request: Request, caller: Caller) -> Answer:
        assert self.lock is not None
        with self.lock:
            answer = self._unlocked(request, caller)
        return answer if isinstance(answer, Response) else _LockedStream(answer, self.lock)


class _LockedStream:
    """A watch stream whose polls keep out of the way of commits in other threads."""

    __slots__ = ("_lock", "_stream", "headers", "status")

    def __init__(self, stream: WatchStream, lock: AbstractContextManager[Any]) -> None:
        self._stream = stream
        self._lock = lock
        self.status: int = stream.status
        self.headers: HeaderList = stream.headers

    @property
    def ended(self) -> bool:
        with self._lock:
            return self._stream.ended

    @property
    def wake_at_ns(self) -> int | None:
        with self._lock:
            return self._stream.wake_at_ns

    def poll(self) -> bytes | None:
        with self._lock:
            return self._stream.poll()

    def on_wake(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._stream.on_wake(callback)

    def close(self) -> None:
        with self._lock:
            self._stream.close()
