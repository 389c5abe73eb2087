"""A token bucket: how long a request has to wait so that no more than so many leave a second.

The bucket holds at most `burst` tokens and gains `qps` of them a second. A reservation takes a token now, even one that
is not there yet, and says when it will be; so waiting callers stay in order. Ported from golang.org/x/time/rate as used
by client-go util/flowcontrol. Time arrives as an argument, in integer nanoseconds.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["RateLimiter", "TokenBucket"]

_SECOND = 1_000_000_000


class RateLimiter(Protocol):
    """Says when a request may leave. One object may limit several clients together."""

    def reserve(self, now_ns: int) -> int:
        """Books a turn; returns the nanoseconds to wait for it, 0 for none. What it raises is the request's error."""
        ...


class TokenBucket:
    """Not safe for threads by itself: the driver holds its guard around a call."""

    __slots__ = ("_last_ns", "_tokens", "burst", "qps")

    def __init__(self, qps: float, burst: int) -> None:
        if qps <= 0:
            raise ValueError(f"qps must be positive, got {qps}")
        if burst < 1:
            raise ValueError(f"burst is required to be greater than 0 when qps is set, got {burst}")
        self.qps = qps
        self.burst = burst
        self._tokens = float(burst)
        self._last_ns: int | None = None

    def _refill(self, now_ns: int) -> None:
        if self._last_ns is not None and now_ns > self._last_ns:
            gained = (now_ns - self._last_ns) * self.qps / _SECOND
            self._tokens = min(float(self.burst), self._tokens + gained)
        self._last_ns = now_ns if self._last_ns is None else max(self._last_ns, now_ns)

    def reserve(self, now_ns: int) -> int:
        """Takes a token; returns the nanoseconds to wait before it may be used, 0 for at once."""
        self._refill(now_ns)
        self._tokens -= 1
        return 0 if self._tokens >= 0 else int(-self._tokens * _SECOND / self.qps)

    def try_accept(self, now_ns: int) -> bool:
        """Takes a token if one is there."""
        self._refill(now_ns)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def give_back(self, now_ns: int) -> None:
        """Returns a token that was reserved and is not used."""
        self._refill(now_ns)
        self._tokens = min(float(self.burst), self._tokens + 1)

    def __repr__(self) -> str:
        return f"TokenBucket(qps={self.qps}, burst={self.burst}, tokens={self._tokens:.2f})"
