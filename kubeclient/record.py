"""client-go's tools/record: events about objects, counted, combined and limited before they are written."""

from __future__ import annotations

from kubeclient._async.record import AsyncEventBroadcaster, AsyncEventRecorder, AsyncEventSink
from kubeclient._sync.record import EventBroadcaster, EventRecorder, EventSink, FakeRecorder
from kubeclient.machines.event_correlator import CorrelatorOptions, EventCorrelator

__all__ = [
    "AsyncEventBroadcaster",
    "AsyncEventRecorder",
    "AsyncEventSink",
    "CorrelatorOptions",
    "EventBroadcaster",
    "EventCorrelator",
    "EventRecorder",
    "EventSink",
    "FakeRecorder",
]
