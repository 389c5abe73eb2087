"""client-go's util/workqueue: queues for controllers, and the limiters that space retries."""

from __future__ import annotations

from ._async.parallelize import parallelize_until as async_parallelize_until
from ._async.work_queue import AsyncDelayingQueue, AsyncRateLimitingQueue, AsyncWorkQueue
from ._sync.parallelize import parallelize_until
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
from .machines.work_queue import FirstInFirstOut, QueueOrder, QueueShutDown
from .machines.work_queue_metrics import WorkQueueMetrics

__all__ = [
    "AsyncDelayingQueue",
    "AsyncRateLimitingQueue",
    "AsyncWorkQueue",
    "BucketRateLimiter",
    "DelayingQueue",
    "FirstInFirstOut",
    "ItemExponentialFailureRateLimiter",
    "ItemFastSlowRateLimiter",
    "MaxOfRateLimiter",
    "QueueOrder",
    "QueueShutDown",
    "RateLimiter",
    "RateLimitingQueue",
    "WithMaxWaitRateLimiter",
    "WorkQueue",
    "WorkQueueMetrics",
    "async_parallelize_until",
    "default_controller_rate_limiter",
    "default_item_based_rate_limiter",
    "parallelize_until",
]
