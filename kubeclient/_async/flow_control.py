"""Rate limiters that callers wait at. Ported from client-go util/flowcontrol/throttle.go."""

from __future__ import annotations

from typing import Protocol

from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime
from kubeclient.runtime.waiting import WaitStoppedError

__all__ = [
    "AsyncFakeAlwaysRateLimiter",
    "AsyncFakeNeverRateLimiter",
    "AsyncRateLimiter",
    "AsyncTokenBucketRateLimiter",
]

_SECOND = 1_000_000_000


class AsyncRateLimiter(Protocol):
    """What lets so many pass a second."""

    @property
    def qps(self) -> float: ...

    def try_accept(self) -> bool: ...

    async def accept(self) -> None: ...

    async def wait(self, timeout: float | None = None, stop: AsyncEvent | None = None) -> None: ...

    def stop(self) -> None: ...


class AsyncTokenBucketRateLimiter:
    """At most `qps` a second, after a burst; callers pass in the order in which they came."""

    def __init__(self, qps: float, burst: int, *, runtime: AsyncRuntime | None = None) -> None:
        self._bucket = TokenBucket(qps, burst)
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._guard = self._runtime.guard()

    @property
    def qps(self) -> float:
        """How many pass a second."""
        return self._bucket.qps

    def try_accept(self) -> bool:
        """Whether one may pass at once; it then has."""
        with self._guard:
            return self._bucket.try_accept(self._runtime.clock.monotonic_ns())

    async def accept(self) -> None:
        """Waits for the caller's turn."""
        with self._guard:
            wait_ns = self._bucket.reserve(self._runtime.clock.monotonic_ns())
        if wait_ns:
            await self._runtime.sleep(wait_ns / _SECOND)

    async def wait(self, timeout: float | None = None, stop: AsyncEvent | None = None) -> None:
        """Waits for the caller's turn, which is given up when it would come too late or `stop` is set.

        Raises TimeoutError, at once and without taking a turn, when it would come after `timeout` seconds, and
        WaitStoppedError.
        """
        if stop is not None and stop.is_set():
            raise WaitStoppedError
        with self._guard:
            now_ns = self._runtime.clock.monotonic_ns()
            wait_ns = self._bucket.reserve(now_ns)
            if timeout is not None and wait_ns > timeout * _SECOND:
                self._bucket.give_back(now_ns)
                raise TimeoutError("rate: Wait(n=1) would exceed context deadline")
        if wait_ns and not await self._runtime.sleep(wait_ns / _SECOND, stop):
            with self._guard:
                self._bucket.give_back(self._runtime.clock.monotonic_ns())
            raise WaitStoppedError

    def stop(self) -> None:
        """Nothing runs that could be stopped."""

    def __repr__(self) -> str:
        return f"<AsyncTokenBucketRateLimiter over {self._bucket!r}>"


class AsyncFakeAlwaysRateLimiter:
    """Lets everybody pass."""

    qps = 1.0

    def try_accept(self) -> bool:
        return True

    async def accept(self) -> None:
        """Does not wait."""

    async def wait(self, timeout: float | None = None, stop: AsyncEvent | None = None) -> None:
        """Does not wait."""

    def stop(self) -> None:
        """Nothing runs that could be stopped."""


class AsyncFakeNeverRateLimiter:
    """Lets nobody pass before it is stopped."""

    qps = 1.0

    def __init__(self, *, runtime: AsyncRuntime | None = None) -> None:
        runtime = runtime if runtime is not None else current_async_runtime()
        self._stopped = runtime.event()

    def try_accept(self) -> bool:
        return False

    async def accept(self) -> None:
        """Waits until the limiter is stopped."""
        await self._stopped.wait()

    async def wait(self, timeout: float | None = None, stop: AsyncEvent | None = None) -> None:  # noqa: ARG002
        """Raises RuntimeError."""
        raise RuntimeError("can not be accept")

    def stop(self) -> None:
        """Lets those pass who wait in `accept`."""
        self._stopped.set()
