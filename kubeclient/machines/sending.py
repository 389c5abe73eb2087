"""What holds for the sending of one request: its limits and who is told. A value; the driver obeys it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kubeclient.machines.rate_limiter import RateLimiter
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.retry import DEFAULT_MAX_RETRIES, Retries, RetryPolicy
from kubeclient.machines.url_backoff import URLBackoff

__all__ = ["SendRules"]


@dataclass(slots=True)
class SendRules:
    """The rules of a client, or of one of its requests.

    Attributes:
        limiter: says when an attempt may leave; None: at once.
        backoff: how long a server that has too much to do is left alone; None: not at all.
        max_retries: how often a request is sent again.
        timeout: seconds for all attempts of a request that is not a stream; None: no limit.
        on_warning: is told of the warnings of answers; None: nobody is.
        policy: which requests are sent again; None: client-go's rules.
        repeatable: whether the body is there for another attempt.
    """

    limiter: RateLimiter | None = None
    backoff: URLBackoff | None = None
    max_retries: int = DEFAULT_MAX_RETRIES
    timeout: float | None = None
    on_warning: Callable[[WarningHeader], None] | None = None
    policy: RetryPolicy | None = None
    repeatable: bool = True

    def retries(self) -> Retries:
        """The tries of a new request."""
        return Retries(self.max_retries, repeatable=self.repeatable, policy=self.policy)
