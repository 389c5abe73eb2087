"""client-go's tools/events: events of events.k8s.io/v1, in which repetition is a series."""

from __future__ import annotations

from kubeclient._async.event_adapter import AsyncEventBroadcasterAdapter, SeriesLikeRecorder
from kubeclient._async.series_record import AsyncSeriesBroadcaster, AsyncSeriesRecorder
from kubeclient._sync.event_adapter import EventBroadcasterAdapter
from kubeclient._sync.series_record import SeriesBroadcaster, SeriesRecorder
from kubeclient.machines.event_fields import event_field_selector

__all__ = [
    "AsyncEventBroadcasterAdapter",
    "AsyncSeriesBroadcaster",
    "AsyncSeriesRecorder",
    "EventBroadcasterAdapter",
    "SeriesBroadcaster",
    "SeriesLikeRecorder",
    "SeriesRecorder",
    "event_field_selector",
]
