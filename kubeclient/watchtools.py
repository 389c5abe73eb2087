"""client-go's tools/watch: watches that are begun again, and waiting for something to become true."""

from __future__ import annotations

from kubeclient._async.watch_tools import AsyncInformerWatcher, AsyncRetryWatcher
from kubeclient._async.watch_tools import until as async_until
from kubeclient._async.watch_tools import until_with_sync as async_until_with_sync
from kubeclient._async.watch_tools import until_without_retry as async_until_without_retry
from kubeclient._sync.watch_tools import InformerWatcher, RetryWatcher, until, until_with_sync, until_without_retry
from kubeclient.machines.retry_watch import WatchClosedError, optional_timeout

__all__ = [
    "AsyncInformerWatcher",
    "AsyncRetryWatcher",
    "InformerWatcher",
    "RetryWatcher",
    "WatchClosedError",
    "async_until",
    "async_until_with_sync",
    "async_until_without_retry",
    "optional_timeout",
    "until",
    "until_with_sync",
    "until_without_retry",
]
