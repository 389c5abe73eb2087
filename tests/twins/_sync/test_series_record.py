# generated from tests/twins/_async/test_series_record.py by .ci/twin.py, do not edit
"""What becomes of events of events.k8s.io/v1 on the way to the server."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.api.networking_v1 import IPAddress
from kubeclient.events import SeriesBroadcaster, SeriesRecorder
from kubefake.faults.rules import LoseRequest
from tests.twins.support import Sim


def subject(name: str = "web") -> ConfigMap:
    obj = ConfigMap()
    obj.metadata.name, obj.metadata.namespace, obj.metadata.uid = name, "default", f"uid of {name}"
    return obj


def stored(sim: Sim) -> list[dict[str, Any]]:
    return sim.cluster.list("events.events.k8s.io", namespace="default")


def begin(sim: Sim) -> tuple[SeriesBroadcaster, SeriesRecorder]:
    broadcaster = SeriesBroadcaster(sim.client().events_v1, runtime=sim.runtime)
    return broadcaster, broadcaster.new_recorder("controller", host="node")


@pytest.mark.parity("EVT-01", "PAIN-41")
def test_an_event_says_what_was_done_and_why(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    now = sim.runtime.clock.time_ns()
    recorder.event(subject(), subject("db"), "Normal", "Ready", "Starting", "it runs", annotations={"by": "test"})
    broadcaster.shut_down()

    (event,) = stored(sim)
    assert event["metadata"]["name"] == f"web.{now:x}"
    assert event["metadata"]["annotations"] == {"by": "test"}
    assert (event["reportingController"], event["reportingInstance"]) == ("controller", "controller-node")
    assert (event["regarding"]["name"], event["related"]["name"]) == ("web", "db")
    assert (event["type"], event["reason"], event["action"], event["note"]) == (
        "Normal",
        "Ready",
        "Starting",
        "it runs",
    )
    assert "series" not in event


@pytest.mark.parity("EVT-02", "PAIN-42")
def test_repetition_is_a_series_that_is_written_when_it_begins_and_when_it_ends(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    counts: list[int] = []
    for number in range(5):
        recorder.event(subject(), None, "Warning", "Failed", "Pulling", f"try {number}")
        sim.runtime.sleep(1)
        (event,) = stored(sim)
        counts.append(event.get("series", {}).get("count", 1))
    assert counts == [1, 2, 2, 2, 2]
    sim.runtime.sleep(13 * 60)
    assert stored(sim)[0]["series"]["count"] == 5

    recorder.event(subject(), None, "Warning", "Failed", "Pulling", "another day")
    broadcaster.shut_down()
    assert sorted(event.get("series", {}).get("count", 1) for event in stored(sim)) == [1, 5]


@pytest.mark.parity("EVT-02")
def test_a_series_that_goes_on_is_written_every_half_hour(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    for _ in range(31):
        recorder.event(subject(), None, "Warning", "Failed", "Pulling", "no image")
        sim.runtime.sleep(60)
    assert stored(sim)[0]["series"]["count"] >= 29
    broadcaster.shut_down()

    assert stored(sim)[0]["series"]["count"] == 31


@pytest.mark.parity("EVT-03", "PAIN-40")
def test_an_event_waits_for_a_server_that_is_away(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    rule = sim.faults.add(effect=LoseRequest("connect-failed"), client="client")
    recorder.event(subject(), None, "Normal", "Ready", "Starting", "it runs")
    recorder.event(subject("db"), None, "Normal", "Ready", "Starting", "it runs")
    sim.runtime.sleep(60)
    assert stored(sim) == []
    rule.remove()
    sim.runtime.sleep(13)

    assert len(stored(sim)) == 2
    broadcaster.shut_down()


def test_what_can_be_no_event_is_dropped(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(None, None, "Normal", "Ready", "Starting", "it runs")
    recorder.event(subject(), None, "Odd", "Ready", "Starting", "it runs")
    broadcaster.shut_down()

    assert stored(sim) == []


@pytest.mark.parity("EVT-01")
def test_an_event_about_something_whose_name_can_be_no_part_of_one(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    address = IPAddress(metadata=ObjectMeta(name="2001:db8::123", uid="u"))
    recorder.event(address, None, "Warning", "IPAddressNotAllocated", "Allocating", "it leaked")
    broadcaster.shut_down()

    (event,) = stored(sim)
    assert (event["metadata"]["namespace"], len(event["metadata"]["name"])) == ("default", 36)
    assert (event["regarding"]["kind"], event["regarding"]["name"]) == ("IPAddress", "2001:db8::123")
    assert "related" not in event


@pytest.mark.parity("EVT-02")
def test_only_the_same_about_the_same_is_a_series(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    for regarding, related, reason, action in (
        (subject(), None, "Failed", "Pulling"),
        (subject("db"), None, "Failed", "Pulling"),
        (subject(), subject("db"), "Failed", "Pulling"),
        (subject(), None, "Ready", "Pulling"),
        (subject(), None, "Failed", "Pushing"),
    ):
        recorder.event(regarding, related, "Normal", reason, action, "once")
        sim.runtime.sleep(1)
    assert (len(stored(sim)), any("series" in event for event in stored(sim))) == (5, False)
    recorder.event(subject(), None, "Normal", "Failed", "Pulling", "and again")
    broadcaster.shut_down()

    assert [event["series"]["count"] for event in stored(sim) if "series" in event] == [2]
    assert len(stored(sim)) == 5


@pytest.mark.parity("EVT-02")
def test_a_series_whose_event_is_gone_is_written_anew(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(subject(), None, "Warning", "Failed", "Pulling", "no image")
    sim.runtime.sleep(1)
    (event,) = stored(sim)
    sim.cluster.delete(f"events.events.k8s.io/{event['metadata']['name']}")
    recorder.event(subject(), None, "Warning", "Failed", "Pulling", "no image")
    broadcaster.shut_down()

    (again,) = stored(sim)
    assert again["series"]["count"] == 2
