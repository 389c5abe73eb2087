"""client-go's util/workqueue: queues for controllers, and the limiters that space retries."""

from __future__ import annotations

from ._async.work_queue import AsyncDelayingQueue, AsyncRateLimitingQueue, AsyncWorkQueue
from ._sync.work_queue import DelayingQueue, RateLimitingQueue, WorkQueue
from .machines.requeue_limiters import (
    BucketRateLimiter,
    ItemExponentialFailureRateLimiter,
    ItemFastSlowRateLimiter,
    MaxOfRateLimiter,
    RateLimiter,
    WithMaxWaitRateLimiter,
    default_controller_rate_limiter,
    default_item_based_rate_limiter,
)
from .machines.work_queue import QueueShutDown

__all__ = [
    "AsyncDelayingQueue",
    "AsyncRateLimitingQueue",
    "AsyncWorkQueue",
    "BucketRateLimiter",
    "DelayingQueue",
    "ItemExponentialFailureRateLimiter",
    "ItemFastSlowRateLimiter",
    "MaxOfRateLimiter",
    "QueueShutDown",
    "RateLimiter",
    "RateLimitingQueue",
    "WithMaxWaitRateLimiter",
    "WorkQueue",
    "default_controller_rate_limiter",
    "default_item_based_rate_limiter",
]
