"""What wakes a handler or a client that waits for a stream: an event, set from any thread. The one place where colours differ."""

from __future__ import annotations

import asyncio
import threading

from kubeclient.runtime.protocol import AsyncRuntime, Runtime

__all__ = ["AsyncBell", "Bell"]


class AsyncBell:
    """For a coroutine. Made on the loop where it waits."""

    def __init__(self, runtime: AsyncRuntime) -> None:
        self._event = runtime.event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def ring(self) -> None:
        if threading.get_ident() == self._thread:
            self._event.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    def clear(self) -> None:
        self._event.clear()

    async def wait(self, timeout: float | None = None) -> bool:
        return await self._event.wait(timeout)


class Bell:
    """For a thread."""

    def __init__(self, runtime: Runtime) -> None:
        self._event = runtime.event()

    def ring(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    def wait(self, timeout: float | None = None) -> bool:
        return self._event.wait(timeout)
