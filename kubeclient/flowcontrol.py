"""client-go's `util/flowcontrol`: rate limiters, and growing waits for each of many keys."""

from __future__ import annotations

from kubeclient._async.flow_control import (
    AsyncFakeAlwaysRateLimiter,
    AsyncFakeNeverRateLimiter,
    AsyncRateLimiter,
    AsyncTokenBucketRateLimiter,
)
from kubeclient._sync.flow_control import (
    FakeAlwaysRateLimiter,
    FakeNeverRateLimiter,
    RateLimiter,
    TokenBucketRateLimiter,
)
from kubeclient.machines.keyed_backoff import KeyedBackoff
from kubeclient.machines.rate_limiter import TokenBucket

__all__ = [
    "AsyncFakeAlwaysRateLimiter",
    "AsyncFakeNeverRateLimiter",
    "AsyncRateLimiter",
    "AsyncTokenBucketRateLimiter",
    "FakeAlwaysRateLimiter",
    "FakeNeverRateLimiter",
    "KeyedBackoff",
    "RateLimiter",
    "TokenBucket",
    "TokenBucketRateLimiter",
]
