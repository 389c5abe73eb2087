"""Whether a request is sent again, and after how long. Decides; the driver waits and sends.

The rules are client-go's (rest/with_retry.go): an answer of 429 or 5xx is repeated if its Retry-After names whole
seconds, whatever the verb, as the server then says that nothing happened; a connection that broke is repeated for reads
only, as the server may have acted. At most `max_retries` times; the last answer is then the result. A `RetryPolicy` asks
for other rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kubeclient.machines.response import retry_after_seconds
from kubeclient.transport.protocol import BodyLost, ConnectionLost, HeaderList, TimedOut, TransportError, header

__all__ = ["DEFAULT_MAX_RETRIES", "Retries", "RetryDecision", "RetryPolicy"]

DEFAULT_MAX_RETRIES = 10
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_FLOW_SCHEMA = "x-kubernetes-pf-flowschema-uid"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Other rules than client-go's.

    Attributes:
        unasked: methods whose 5xx are repeated though the server names no time; none by default.
        unasked_seconds: how long to wait then.
        asked: methods that are repeated when the server names a time; all by default, writes too.
    """

    unasked: frozenset[str] = field(default_factory=frozenset)
    unasked_seconds: int = 1
    asked: frozenset[str] | None = None


_CLIENT_GO = RetryPolicy()


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """Send it again after `seconds`; `reason` is for logs."""

    seconds: int
    reason: str


class Retries:
    """The tries of one request. A request that is not `repeatable`, as its body is gone, is tried once."""

    __slots__ = ("attempts", "max_retries", "policy")

    def __init__(
        self,
        max_retries: int = DEFAULT_MAX_RETRIES,
        *,
        repeatable: bool = True,
        policy: RetryPolicy | None = None,
    ) -> None:
        self.max_retries = max(0, max_retries) if repeatable else 0
        self.policy = policy or _CLIENT_GO
        self.attempts = 0

    def after_answer(self, status: int, headers: HeaderList, *, method: str = "") -> RetryDecision | None:
        """What to do after an answer; None: it is the result."""
        self.attempts += 1
        if self.attempts > self.max_retries or (status != _TOO_MANY_REQUESTS and status < _SERVER_ERROR):
            return None
        seconds = retry_after_seconds(headers)
        if seconds is None:
            if status < _SERVER_ERROR or method not in self.policy.unasked:
                return None
            seconds = self.policy.unasked_seconds
        elif self.policy.asked is not None and method not in self.policy.asked:
            return None
        reason = f"retries: {self.attempts}, retry-after: {seconds}s - retry-reason: {status}"
        if status == _TOO_MANY_REQUESTS:
            uid = header(headers, _FLOW_SCHEMA) or ""
            reason = (
                f"retries: {self.attempts}, retry-after: {seconds}s - retry-reason: due to server-side throttling, "
                f'FlowSchema UID: "{uid}"'
            )
        return RetryDecision(max(0, seconds), reason)

    def after_error(self, error: TransportError, *, method: str, watch: bool = False) -> RetryDecision | None:
        """What to do after a request that got no answer; None: the error is the result."""
        self.attempts += 1
        repeatable = isinstance(error, ConnectionLost) and not isinstance(error, BodyLost) and method == "GET"
        if watch:
            repeatable = isinstance(error, ConnectionLost | TimedOut)
        if self.attempts > self.max_retries or not repeatable:
            return None
        reason = f"retries: {self.attempts}, retry-after: 1s - retry-reason: due to retryable error, error: {error}"
        return RetryDecision(1, reason)
