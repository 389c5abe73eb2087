# generated from kubeclient/_async/flow_control.py by .ci/twin.py, do not edit
"""Rate limiters that callers wait at. Ported from client-go util/flowcontrol/throttle.go."""

from __future__ import annotations

from typing import Protocol

from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime
from kubeclient.runtime.waiting import WaitStoppedError

__all__ = [
    "FakeAlwaysRateLimiter",
    "FakeNeverRateLimiter",
    "RateLimiter",
    "TokenBucketRateLimiter",
]

_SECOND = 1_000_000_000


class RateLimiter(Protocol):
    """What lets so many pass a second."""

    @property
    def qps(self) -> float: ...

    def try_accept(self) -> bool: ...

    def accept(self) -> None: ...

    def wait(self, timeout: float | None = None, stop: Event | None = None) -> None: ...

    def stop(self) -> None: ...


class TokenBucketRateLimiter:
    """At most `qps` a second, after a burst; callers pass in the order in which they came."""

    def __init__(self, qps: float, burst: int, *, runtime: Runtime | None = None) -> None:
        self._bucket = TokenBucket(qps, burst)
        self._runtime = runtime if runtime is not None else current_runtime()
        self._guard = self._runtime.guard()

    @property
    def qps(self) -> float:
        """How many pass a second."""
        return self._bucket.qps

    def try_accept(self) -> bool:
        """Whether one may pass at once; it then has."""
        with self._guard:
            return self._bucket.try_accept(self._runtime.clock.monotonic_ns())

    def accept(self) -> None:
        """Waits for the caller's turn."""
        with self._guard:
            wait_ns = self._bucket.reserve(self._runtime.clock.monotonic_ns())
        if wait_ns:
            self._runtime.sleep(wait_ns / _SECOND)

    def wait(self, timeout: float | None = None, stop: Event | None = None) -> None:
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
        if wait_ns and not self._runtime.sleep(wait_ns / _SECOND, stop):
            with self._guard:
                self._bucket.give_back(self._runtime.clock.monotonic_ns())
            raise WaitStoppedError

    def stop(self) -> None:
        """Nothing runs that could be stopped."""

    def __repr__(self) -> str:
        return f"<TokenBucketRateLimiter over {self._bucket!r}>"


class FakeAlwaysRateLimiter:
    """Lets everybody pass."""

    qps = 1.0

    def try_accept(self) -> bool:
        return True

    def accept(self) -> None:
        """Does not wait."""

    def wait(self, timeout: float | None = None, stop: Event | None = None) -> None:
        """Does not wait."""

    def stop(self) -> None:
        """Nothing runs that could be stopped."""


class FakeNeverRateLimiter:
    """Lets nobody pass before it is stopped."""

    qps = 1.0

    def __init__(self, *, runtime: Runtime | None = None) -> None:
        runtime = runtime if runtime is not None else current_runtime()
        self._stopped = runtime.event()

    def try_accept(self) -> bool:
        return False

    def accept(self) -> None:
        """Waits until the limiter is stopped."""
        self._stopped.wait()

    def wait(self, timeout: float | None = None, stop: Event | None = None) -> None:  # noqa: ARG002
        """Raises RuntimeError."""
        raise RuntimeError("can not be accept")

    def stop(self) -> None:
        """Lets those pass who wait in `accept`."""
        self._stopped.set()
