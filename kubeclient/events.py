"""client-go's tools/events: events of events.k8s.io/v1, in which repetition is a series."""

from __future__ import annotations

from kubeclient._async.series_record import AsyncSeriesBroadcaster, AsyncSeriesRecorder
from kubeclient._sync.series_record import SeriesBroadcaster, SeriesRecorder

__all__ = ["AsyncSeriesBroadcaster", "AsyncSeriesRecorder", "SeriesBroadcaster", "SeriesRecorder"]
