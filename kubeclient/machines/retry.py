"""Whether a request is sent again, and after how long. Decides; the driver waits and sends.

The rules are client-go's (rest/with_retry.go): an answer of 429 or 5xx is repeated if its Retry-After names whole
seconds, whatever the verb, as the server then says that nothing happened; a connection that broke is repeated for reads
only, as the server may have acted. At most `max_retries` times; the last answer is then the result.
"""

from __future__ import annotations

from dataclasses import dataclass

from kubeclient.machines.response import retry_after_seconds
from kubeclient.transport.protocol import ConnectionLost, HeaderList, TimedOut, TransportError

__all__ = ["DEFAULT_MAX_RETRIES", "Retries", "RetryDecision"]

DEFAULT_MAX_RETRIES = 10
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """Send it again after `seconds`; `reason` is for logs."""

    seconds: int
    reason: str


class Retries:
    """The tries of one request."""

    __slots__ = ("attempts", "max_retries")

    def __init__(self, max_retries: int = DEFAULT_MAX_RETRIES) -> None:
        self.max_retries = max(0, max_retries)
        self.attempts = 0

    def after_answer(self, status: int, headers: HeaderList) -> RetryDecision | None:
        """What to do after an answer; None: it is the result."""
        self.attempts += 1
        if self.attempts > self.max_retries or (status != _TOO_MANY_REQUESTS and status < _SERVER_ERROR):
            return None
        seconds = retry_after_seconds(headers)
        if seconds is None:
            return None
        return RetryDecision(
            max(0, seconds), f"retries: {self.attempts}, retry-after: {seconds}s - retry-reason: {status}"
        )

    def after_error(self, error: TransportError, *, method: str, watch: bool = False) -> RetryDecision | None:
        """What to do after a request that got no answer; None: the error is the result."""
        self.attempts += 1
        repeatable = isinstance(error, ConnectionLost) and method == "GET"
        if watch:
            repeatable = isinstance(error, ConnectionLost | TimedOut)
        if self.attempts > self.max_retries or not repeatable:
            return None
        reason = f"retries: {self.attempts}, retry-after: 1s - retry-reason: due to retryable error, error: {error}"
        return RetryDecision(1, reason)
