# generated from tests/twins/_async/test_event_adapter.py by .ci/twin.py, do not edit
"""Events in the API that the server has."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from kubeclient._sync.event_adapter import EventBroadcasterAdapter
from kubeclient._sync.series_record import SeriesBroadcaster
from kubeclient.api.core_v1 import ConfigMap, ObjectReference
from kubeclient.api.events_v1 import Event as SeriesEvent
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.errors import InternalError
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind
from kubeclient.events import event_field_selector
from kubefake.faults.rules import Refuse
from tests.twins.support import Sim

ABOUT = ConfigMap(metadata=ObjectMeta(name="a", namespace="default", uid="u"))
CORE, SERIES = GroupVersion("", "v1"), GroupVersion("events.k8s.io", "v1")


def events_of(sim: Sim) -> list[dict[str, Any]]:
    return sim.cluster.list("events", namespace="default")


@pytest.mark.parity("EVT-04")
def test_a_server_with_series_gets_series(sim: Sim) -> None:
    events = EventBroadcasterAdapter.of(sim.client())
    recorder = events.new_recorder("web")

    recorder.event(ABOUT, None, "Normal", "Scaled", "Scaling", "scaled to 3")
    events.shut_down()

    assert [(one["reportingComponent"], one["action"], one["message"]) for one in events_of(sim)] == [
        ("web", "Scaling", "scaled to 3")
    ]


@pytest.mark.parity("EVT-04")
def test_a_server_without_series_gets_core_events(sim: Sim) -> None:
    events = EventBroadcasterAdapter(sim.client(), has_series=False)
    recorder = events.new_recorder("web")

    recorder.event(ABOUT, None, "Normal", "Scaled", "Scaling", "scaled to 3", annotations={"x": "1"})
    events.shut_down()

    found = events_of(sim)
    assert [(one["source"]["component"], one["reason"], one["message"]) for one in found] == [
        ("web", "Scaled", "scaled to 3")
    ]
    assert "action" not in found[0]
    assert found[0]["metadata"]["annotations"] == {"x": "1"}


@pytest.mark.parity("EVT-04")
def test_the_server_is_asked_which_events_it_has(sim: Sim) -> None:
    with sim.faults.add(effect=Refuse(code=404), verb="get"):
        events = EventBroadcasterAdapter.of(sim.client())
    assert type(events.new_recorder("web")).__name__.endswith("AdaptedRecorder")
    events.shut_down()

    with sim.faults.add(effect=Refuse(code=500), verb="get"), pytest.raises(InternalError):
        EventBroadcasterAdapter.of(sim.client())


@pytest.mark.parity("EVT-04")
def test_an_event_without_a_namespace_is_not_written(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    broadcaster = SeriesBroadcaster(sim.client().events_v1, runtime=sim.runtime)
    event = SeriesEvent(
        metadata=ObjectMeta(name="lost"), regarding=ObjectReference(name="a"), reason="R", action="A", type="Normal"
    )

    with caplog.at_level(logging.ERROR, "kubeclient.events"):
        broadcaster._offer(event)
        broadcaster.shut_down()

    assert "can't create an event with empty namespace: lost" in caplog.text
    assert events_of(sim) == []


@pytest.mark.parity("EVT-05")
def test_events_about_an_object_are_selected_by_the_fields_of_their_version() -> None:
    kind = GroupVersionKind("apps", "v1", "Deployment")

    beta = GroupVersion("events.k8s.io", "v1beta1")
    for version, field in ((CORE, "involvedObject"), (SERIES, "regarding"), (beta, "regarding")):
        assert event_field_selector(version, regarding=kind, name="web", uid="u") == (
            f"{field}.apiVersion=apps/v1,{field}.kind=Deployment,{field}.name=web,{field}.uid=u"
        )
        assert event_field_selector(version, name="web") == f"{field}.name=web"
        assert event_field_selector(version) == ""
    with pytest.raises(ValueError, match="unknown version apps/v1"):
        event_field_selector(GroupVersion("apps", "v1"))


@pytest.mark.parity("EVT-05")
def test_a_server_understands_both_selectors(sim: Sim) -> None:
    client = sim.client()
    events = EventBroadcasterAdapter.of(client)
    for name in ("a", "b"):
        about = ConfigMap(metadata=ObjectMeta(name=name, namespace="default"))
        events.new_recorder("web").event(about, None, "Normal", "R", "A", name)
    events.shut_down()
    kind = GroupVersionKind("", "v1", "ConfigMap")

    core = client.core_v1.events("default").list(field_selector=event_field_selector(CORE, regarding=kind, name="b"))
    series = client.events_v1.events("default").list(
        field_selector=event_field_selector(SERIES, regarding=kind, name="a")
    )

    assert [one.message for one in core.items] == ["b"]
    assert [one.note for one in series.items] == ["a"]
