"""How long an item that failed has to wait before it is worked on again.

The formulae are client-go's (util/workqueue/default_rate_limiters.go, v0.36). Delays are float seconds. A limiter serves
one queue, which guards it: limiters themselves are not safe for several threads.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

from .rate_limiter import TokenBucket

__all__ = [
    "BucketRateLimiter",
    "ItemExponentialFailureRateLimiter",
    "ItemFastSlowRateLimiter",
    "MaxOfRateLimiter",
    "RateLimiter",
    "WithMaxWaitRateLimiter",
    "default_controller_rate_limiter",
    "default_item_based_rate_limiter",
]

T_contra = TypeVar("T_contra", bound=Hashable, contravariant=True)
T = TypeVar("T", bound=Hashable)


class MonotonicClock(Protocol):
    """What a limiter needs of a clock; every `runtime.protocol.Clock` is one."""

    def monotonic_ns(self) -> int: ...


class RateLimiter(Protocol[T_contra]):
    """Decides how long an item waits."""

    def when(self, item: T_contra) -> float:
        """Seconds until the item may be tried again; counts as a failure of the item."""
        ...

    def forget(self, item: T_contra) -> None:
        """The item succeeded, or is given up: its failures no longer count."""
        ...

    def num_requeues(self, item: T_contra) -> int:
        """How often the item failed since it was last forgotten."""
        ...


class ItemExponentialFailureRateLimiter(Generic[T]):
    """`base_delay * 2**failures` seconds for each item, at most `max_delay`."""

    def __init__(self, base_delay: float = 0.005, max_delay: float = 1000.0) -> None:
        self._base_delay = base_delay
        self._max_delay = max_delay
        self._failures: dict[T, int] = {}

    def when(self, item: T) -> float:
        failures = self._failures.get(item, 0)
        self._failures[item] = failures + 1
        # 2**1024 is no float; any such delay is beyond every bound
        return min(self._base_delay * 2.0**failures, self._max_delay) if failures < 1000 else self._max_delay

    def forget(self, item: T) -> None:
        self._failures.pop(item, None)

    def num_requeues(self, item: T) -> int:
        return self._failures.get(item, 0)


class ItemFastSlowRateLimiter(Generic[T]):
    """`fast_delay` seconds for the first `max_fast_attempts` failures of an item, `slow_delay` after that."""

    def __init__(self, fast_delay: float, slow_delay: float, max_fast_attempts: int) -> None:
        self._fast_delay = fast_delay
        self._slow_delay = slow_delay
        self._max_fast_attempts = max_fast_attempts
        self._failures: dict[T, int] = {}

    def when(self, item: T) -> float:
        failures = self._failures[item] = self._failures.get(item, 0) + 1
        return self._fast_delay if failures <= self._max_fast_attempts else self._slow_delay

    def forget(self, item: T) -> None:
        self._failures.pop(item, None)

    def num_requeues(self, item: T) -> int:
        return self._failures.get(item, 0)


class BucketRateLimiter(Generic[T]):
    """A token bucket over all items: `qps` a second on average, `burst` at once. Items are not told apart."""

    def __init__(self, clock: MonotonicClock, *, qps: float = 10.0, burst: int = 100) -> None:
        self._clock = clock
        self._bucket = TokenBucket(qps, burst)

    def when(self, item: T) -> float:  # noqa: ARG002
        return self._bucket.reserve(self._clock.monotonic_ns()) * 1e-9

    def forget(self, item: T) -> None:
        """Does nothing: a token that was spent is spent."""

    def num_requeues(self, item: T) -> int:  # noqa: ARG002
        return 0


class MaxOfRateLimiter(Generic[T]):
    """The longest delay that any of several limiters asks for."""

    def __init__(self, *limiters: RateLimiter[T]) -> None:
        self._limiters = limiters

    def when(self, item: T) -> float:
        # every limiter is asked, also when an earlier one already gave the longest delay: asking counts the failure
        return max([limiter.when(item) for limiter in self._limiters], default=0.0)

    def forget(self, item: T) -> None:
        for limiter in self._limiters:
            limiter.forget(item)

    def num_requeues(self, item: T) -> int:
        return max([limiter.num_requeues(item) for limiter in self._limiters], default=0)


class WithMaxWaitRateLimiter(Generic[T]):
    """Another limiter, but never more than `max_delay` seconds."""

    def __init__(self, limiter: RateLimiter[T], max_delay: float) -> None:
        self._limiter = limiter
        self._max_delay = max_delay

    def when(self, item: T) -> float:
        return min(self._limiter.when(item), self._max_delay)

    def forget(self, item: T) -> None:
        self._limiter.forget(item)

    def num_requeues(self, item: T) -> int:
        return self._limiter.num_requeues(item)


def default_controller_rate_limiter(clock: MonotonicClock) -> RateLimiter[Hashable]:
    """What controllers use: 5 ms doubling to 1000 s for each item, and 10 a second with a burst of 100 over all."""
    return MaxOfRateLimiter[Hashable](ItemExponentialFailureRateLimiter(0.005, 1000.0), BucketRateLimiter(clock))


def default_item_based_rate_limiter() -> RateLimiter[Hashable]:
    """1 ms doubling to 1000 s for each item."""
    return ItemExponentialFailureRateLimiter[Hashable](0.001, 1000.0)
