# generated from kubeclient/_async/event_adapter.py by .ci/twin.py, do not edit
"""Events of events.k8s.io/v1 where the server has them, and of the core group where it has not.

    events = await EventBroadcasterAdapter.of(client)
    recorder = events.new_recorder("web-controller")
    recorder.event(deployment, None, "Normal", "Scaled", "Scaling", "scaled to 3")
    events.shut_down()

For programs that move from one API to the other. Ported from client-go tools/events/event_broadcaster.go and
tools/record/event.go (NewEventRecorderAdapter).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from kubeclient.apimachinery.errors import NotFound

from .clientset import Clientset
from .record import EventBroadcaster, EventRecorder
from .series_record import SeriesBroadcaster

__all__ = ["AdaptedRecorder", "EventBroadcasterAdapter", "SeriesLikeRecorder"]


class SeriesLikeRecorder(Protocol):
    """What both recorders of an adapter have in common."""

    def event(
        self,
        regarding: Any,
        related: Any,
        event_type: str,
        reason: str,
        action: str,
        note: str,
        *,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Says that something was done because of an object; see SeriesRecorder."""
        ...


class AdaptedRecorder:
    """A recorder of core events that is called as one of events.k8s.io. What core events do not say is left out."""

    def __init__(self, recorder: EventRecorder) -> None:
        self._recorder = recorder

    def event(
        self,
        regarding: Any,
        related: Any,  # noqa: ARG002  core events name one object
        event_type: str,
        reason: str,
        action: str,  # noqa: ARG002  and no action
        note: str,
        *,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Says that something happened to `regarding`, for the reason, in the words of the note."""
        self._recorder.event(regarding, event_type, reason, note, annotations=annotations)


class EventBroadcasterAdapter:
    """Broadcasters of both kinds of events, of which recorders use the newer one that the server has.

    Args:
        client: writes the events.
        has_series: whether the server has events.k8s.io/v1; `of` asks it.
    """

    def __init__(self, client: Clientset, *, has_series: bool) -> None:
        self._client = client
        self._core = EventBroadcaster(runtime=client.runtime)
        self._core.start_recording_to_sink(client.core_v1.events(""))
        self._series: SeriesBroadcaster | None = None
        if has_series:
            self._series = SeriesBroadcaster(client.events_v1, runtime=client.runtime)

    @classmethod
    def of(cls, client: Clientset) -> Self:
        """Asks the server which events it has. Raises what discovery raises, unless it says that they are not there."""
        try:
            client.discovery.server_resources_for_group_version("events.k8s.io/v1")
        except NotFound:
            return cls(client, has_series=False)
        return cls(client, has_series=True)

    def new_recorder(self, name: str) -> SeriesLikeRecorder:
        """A recorder whose events say that they come from `name`."""
        if self._series is not None:
            return self._series.new_recorder(name)
        return AdaptedRecorder(self.new_legacy_recorder(name))

    def new_legacy_recorder(self, name: str) -> EventRecorder:
        """A recorder of core events, whatever the server has."""
        return self._core.new_recorder(name)

    def shut_down(self) -> None:
        """Takes no more events; those that wait are written, each tried once."""
        self._core.shut_down()
        if self._series is not None:
            self._series.shut_down()
