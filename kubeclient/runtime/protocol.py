"""The ports through which drivers wait, run side by side, and learn what time it is.

A driver is written once, against `AsyncRuntime`; its generated twin uses `Runtime`, whose names are the same without
`Async`. Three implementations exist: asyncio, threads, and the simulated worlds of kubefake. Cancellation is a `stop`
event, as client-go's stop channel: whatever can wait for long takes one, or can be closed.

Durations are float seconds here and integer nanoseconds in `machines` and in clocks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

__all__ = [
    "AsyncCondition",
    "AsyncEvent",
    "AsyncQueue",
    "AsyncRuntime",
    "AsyncTask",
    "Clock",
    "Condition",
    "Event",
    "Queue",
    "Runtime",
    "Task",
]

T = TypeVar("T")


class Clock(Protocol):
    """Two readings of time. Waiting is the runtime's, so that a clock never advances without who waits knowing."""

    def monotonic_ns(self) -> int:
        """Nanoseconds since an arbitrary start; never goes back."""
        ...

    def time_ns(self) -> int:
        """Nanoseconds since the Unix epoch, UTC; what a person would read off the wall."""
        ...


class AsyncEvent(Protocol):
    """A flag that tasks can wait for."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...

    def clear(self) -> None: ...

    async def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is set, or for `timeout` seconds. Returns whether it is set."""
        ...


class AsyncCondition(Protocol):
    """A lock with a waiting room: enter it to hold the lock; `wait` gives it up while it sleeps."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def wait(self, timeout: float | None = None) -> bool:
        """Sleeps until notified, or for `timeout` seconds. Returns False when the time ran out."""
        ...

    def notify(self, n: int = 1) -> None: ...

    def notify_all(self) -> None: ...


class AsyncQueue(Protocol, Generic[T]):
    """First in, first out, with an optional bound."""

    def __len__(self) -> int: ...

    async def put(self, item: T) -> None: ...

    def put_nowait(self, item: T) -> None:
        """Raises OverflowError when the queue is at its bound."""
        ...

    async def get(self, timeout: float | None = None) -> T:
        """Raises TimeoutError after `timeout` seconds without an item."""
        ...


class AsyncTask(Protocol):
    """Something that runs beside its maker."""

    name: str

    def done(self) -> bool: ...

    def cancel(self) -> None:
        """Asks the task to end. Tasks that hold a stop event are asked through it; a thread cannot be interrupted."""
        ...

    async def join(self, timeout: float | None = None) -> bool:
        """Waits for its end; False when `timeout` seconds passed first. Raises what the task raised."""
        ...


class AsyncRuntime(Protocol):
    """Everything a driver needs from the world it runs in."""

    clock: Clock

    def random(self) -> float:
        """A number in [0, 1), for jitter; in a simulation it comes from the seed."""
        ...

    async def sleep(self, seconds: float, stop: AsyncEvent | None = None) -> bool:
        """Sleeps; returns True after the whole time, False as soon as `stop` is set."""
        ...

    def event(self) -> AsyncEvent: ...

    def condition(self) -> AsyncCondition: ...

    def queue(self, bound: int = 0) -> AsyncQueue[Any]:
        """A queue; a bound of 0 means no bound and must be justified where it is used."""
        ...

    def guard(self) -> AbstractContextManager[Any]:
        """A plain `with` lock for sections that do not wait: nothing under asyncio, a re-entrant lock under threads."""
        ...

    def spawn(self, function: Callable[..., Awaitable[Any]], *args: Any, name: str) -> AsyncTask:
        """Runs `function(*args)` beside the caller. An exception nobody joins for is reported, never swallowed."""
        ...


class Event(Protocol):
    """As AsyncEvent, for threads."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...

    def clear(self) -> None: ...

    def wait(self, timeout: float | None = None) -> bool: ...


class Condition(Protocol):
    """As AsyncCondition, for threads."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def wait(self, timeout: float | None = None) -> bool: ...

    def notify(self, n: int = 1) -> None: ...

    def notify_all(self) -> None: ...


class Queue(Protocol, Generic[T]):
    """As AsyncQueue, for threads."""

    def __len__(self) -> int: ...

    def put(self, item: T) -> None: ...

    def put_nowait(self, item: T) -> None: ...

    def get(self, timeout: float | None = None) -> T: ...


class Task(Protocol):
    """As AsyncTask, for threads."""

    name: str

    def done(self) -> bool: ...

    def cancel(self) -> None: ...

    def join(self, timeout: float | None = None) -> bool: ...


class Runtime(Protocol):
    """As AsyncRuntime, for threads."""

    clock: Clock

    def random(self) -> float: ...

    def sleep(self, seconds: float, stop: Event | None = None) -> bool: ...

    def event(self) -> Event: ...

    def condition(self) -> Condition: ...

    def queue(self, bound: int = 0) -> Queue[Any]: ...

    def guard(self) -> AbstractContextManager[Any]: ...

    def spawn(self, function: Callable[..., Any], *args: Any, name: str) -> Task: ...
