"""Events of events.k8s.io/v1: which ones are written, and which ones only counted. It writes nothing itself.

The same event again makes a series, which is written once, then only counted here; it is written again from time to time, and
when nothing was added to it for a while. Ported from client-go tools/events/event_broadcaster.go. Times are nanoseconds
since 1970, of the wall, as events carry them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import msgspec

from kubeclient.api.core_v1 import ObjectReference
from kubeclient.api.events_v1 import Event, EventSeries
from kubeclient.apimachinery.times import MicroTime

from .event_making import event_name

__all__ = ["FINISH_SECONDS", "REFRESH_SECONDS", "EventSeriesCache", "make_series_event", "series_patch"]

FINISH_SECONDS = 6 * 60
REFRESH_SECONDS = 30 * 60

_SECOND = 1_000_000_000


def _about(ref: ObjectReference | None) -> Hashable:
    if ref is None:
        return None
    return ref.kind, ref.namespace, ref.name, ref.uid, ref.api_version, ref.resource_version, ref.field_path


def _key(event: Event) -> Hashable:
    reporter = (event.reporting_controller, event.reporting_instance)
    return event.type, event.action, event.reason, *reporter, _about(event.regarding), _about(event.related)


def make_series_event(
    regarding: ObjectReference,
    related: ObjectReference | None,
    event_type: str,
    reason: str,
    action: str,
    note: str,
    *,
    controller: str,
    instance: str,
    annotations: Mapping[str, str] | None,
    now_ns: int,
    new_uid: Callable[[], str],
) -> Event:
    """An event that was seen once, now."""
    event = Event(
        event_time=MicroTime(now_ns),
        reporting_controller=controller,
        reporting_instance=instance,
        action=action,
        reason=reason,
        regarding=regarding,
        related=related,
        note=note,
        type=event_type,
    )
    event.metadata.name = event_name(regarding.name, now_ns, new_uid)
    event.metadata.namespace = regarding.namespace or "default"
    if annotations:
        event.metadata.annotations = dict(annotations)
    return event


def series_patch(event: Event) -> dict[str, Any]:
    """What brings the event on the server up to the series of this one."""
    series = event.series
    if series is None:
        raise ValueError("the event is not part of a series")
    return {"series": {"count": series.count, "lastObservedTime": str(series.last_observed_time)}}


class EventSeriesCache:
    """The events of the last minutes. Not safe for threads by itself: one worker uses it."""

    __slots__ = ("_events",)

    def __init__(self) -> None:
        self._events: dict[Hashable, Event] = {}

    def __len__(self) -> int:
        return len(self._events)

    def observe(self, event: Event, now_ns: int) -> Event | None:
        """What to write for a new event; None when it was only counted."""
        key = _key(event)
        known = self._events.get(key)
        if known is None:
            self._events[key] = event
            return msgspec.structs.replace(event)
        begins = known.series is None
        count = 2 if known.series is None else known.series.count + 1
        series = EventSeries(count=count, last_observed_time=MicroTime(now_ns))
        known = self._events[key] = msgspec.structs.replace(known, series=series)
        return known if begins else None

    def series(self) -> list[Event]:
        """All series, to be written again every REFRESH_SECONDS."""
        return [event for event in self._events.values() if event.series is not None]

    def silent(self, now_ns: int) -> list[Event]:
        """Series to which nothing was added for FINISH_SECONDS, to be written and forgotten; forgets old single events."""
        before_ns = now_ns - FINISH_SECONDS * _SECOND
        ended: list[Event] = []
        for key, event in list(self._events.items()):
            last = event.event_time if event.series is None else event.series.last_observed_time
            if last is not None and last.ns < before_ns:
                if event.series is None:
                    del self._events[key]
                else:
                    ended.append(event)
        return ended

    def forget(self, event: Event) -> None:
        """A series is over."""
        self._events.pop(_key(event), None)

    def __repr__(self) -> str:
        return f"<EventSeriesCache {len(self._events)} events>"
