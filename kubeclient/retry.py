"""client-go's `util/retry`: doing something again while it fails in a way that passes."""

from __future__ import annotations

from kubeclient._async.retry import on_error as async_on_error
from kubeclient._async.retry import retry_on_conflict as async_retry_on_conflict
from kubeclient._sync.retry import on_error, retry_on_conflict
from kubeclient.machines.backoff import DEFAULT_BACKOFF, DEFAULT_RETRY, Backoff

__all__ = [
    "DEFAULT_BACKOFF",
    "DEFAULT_RETRY",
    "Backoff",
    "async_on_error",
    "async_retry_on_conflict",
    "on_error",
    "retry_on_conflict",
]
