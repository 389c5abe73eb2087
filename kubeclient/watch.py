"""apimachinery's `watch`: events, who hands them to many, and watches for tests."""

from __future__ import annotations

from kubeclient._async.broadcaster import INCOMING_QUEUE_LENGTH, AsyncBroadcaster, AsyncBroadcastWatch
from kubeclient._async.fake_watch import (
    AsyncFakeWatcher,
    AsyncFilterWatch,
    AsyncProxyWatcher,
    AsyncRaceFreeFakeWatcher,
    AsyncWatchRecorder,
)
from kubeclient._async.fake_watch import empty_watch as async_empty_watch
from kubeclient._async.watch import AsyncWatch
from kubeclient._sync.broadcaster import Broadcaster, BroadcastWatch
from kubeclient._sync.fake_watch import (
    FakeWatcher,
    FilterWatch,
    ProxyWatcher,
    RaceFreeFakeWatcher,
    WatchRecorder,
    empty_watch,
)
from kubeclient._sync.watch import Watch
from kubeclient.apimachinery.watch_event import ADDED, BOOKMARK, DELETED, ERROR, MODIFIED, WatchEvent

__all__ = [
    "ADDED",
    "BOOKMARK",
    "DELETED",
    "ERROR",
    "INCOMING_QUEUE_LENGTH",
    "MODIFIED",
    "AsyncBroadcastWatch",
    "AsyncBroadcaster",
    "AsyncFakeWatcher",
    "AsyncFilterWatch",
    "AsyncProxyWatcher",
    "AsyncRaceFreeFakeWatcher",
    "AsyncWatch",
    "AsyncWatchRecorder",
    "BroadcastWatch",
    "Broadcaster",
    "FakeWatcher",
    "FilterWatch",
    "ProxyWatcher",
    "RaceFreeFakeWatcher",
    "Watch",
    "WatchEvent",
    "WatchRecorder",
    "async_empty_watch",
    "empty_watch",
]
