"""Any watch, read in batches: what has come is taken at once, which costs a fraction of taking event after event.

The watches of clients can do that themselves. Those of tests and of programs are iterated, one event at a time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, Protocol, TypeVar

from kubeclient.apimachinery import errors, watch_event
from kubeclient.apimachinery.watch_event import WatchEvent

from .watch import AsyncWatch

__all__ = ["AsyncBatches", "in_batches"]

T = TypeVar("T")


class AsyncBatches(Protocol[T]):
    """A watch that was not opened yet."""

    around_decoding: AbstractContextManager[Any]

    async def open(self) -> Any: ...

    async def ready(self) -> bool: ...

    def take(self) -> list[WatchEvent[T]]: ...

    async def aclose(self) -> None: ...


def in_batches(watch: Any) -> AsyncBatches[Any]:
    """The watch itself where it gives batches, or one that gives them of one event."""
    return watch if isinstance(watch, AsyncWatch) else _OneByOne(watch)


class _OneByOne(Generic[T]):
    """Batches of one."""

    def __init__(self, watch: Any) -> None:
        self.around_decoding: AbstractContextManager[Any] = nullcontext()
        self._watch = watch
        self._events = watch.__aiter__()
        self._next: list[WatchEvent[T]] = []

    async def open(self) -> None:
        opens = getattr(self._watch, "open", None)
        if opens is not None:
            await opens()

    async def ready(self) -> bool:
        if not self._next:
            try:
                self._next.append(await self._events.__anext__())
            except StopAsyncIteration:
                return False
        return True

    def take(self) -> list[WatchEvent[T]]:
        """The event. Raises the StatusError that an ERROR event stands for."""
        events, self._next = self._next, []
        for event in events:
            if event.type == watch_event.ERROR:
                raise errors.from_object(event.object)
        return events

    async def aclose(self) -> None:
        await self._watch.aclose()
