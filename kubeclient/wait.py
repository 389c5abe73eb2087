"""apimachinery's `util/wait`: polling, backing off, and doing something again and again."""

from __future__ import annotations

from kubeclient._async.wait import backoff_until as async_backoff_until
from kubeclient._async.wait import exponential_backoff as async_exponential_backoff
from kubeclient._async.wait import forever as async_forever
from kubeclient._async.wait import jitter_until as async_jitter_until
from kubeclient._async.wait import non_sliding_until as async_non_sliding_until
from kubeclient._async.wait import poll_until_context_cancel as async_poll_until_context_cancel
from kubeclient._async.wait import poll_until_context_timeout as async_poll_until_context_timeout
from kubeclient._async.wait import until as async_until
from kubeclient._sync.wait import (
    backoff_until,
    exponential_backoff,
    forever,
    jitter_until,
    non_sliding_until,
    poll_until_context_cancel,
    poll_until_context_timeout,
    until,
)
from kubeclient.machines.backoff import Backoff, BackoffManager, Steps
from kubeclient.machines.backoff import jittered as jitter
from kubeclient.runtime.waiting import WaitStoppedError, WaitTimeoutError, interrupted

__all__ = [
    "Backoff",
    "BackoffManager",
    "Steps",
    "WaitStoppedError",
    "WaitTimeoutError",
    "async_backoff_until",
    "async_exponential_backoff",
    "async_forever",
    "async_jitter_until",
    "async_non_sliding_until",
    "async_poll_until_context_cancel",
    "async_poll_until_context_timeout",
    "async_until",
    "backoff_until",
    "exponential_backoff",
    "forever",
    "interrupted",
    "jitter",
    "jitter_until",
    "non_sliding_until",
    "poll_until_context_cancel",
    "poll_until_context_timeout",
    "until",
]
