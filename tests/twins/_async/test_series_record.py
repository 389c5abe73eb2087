"""What becomes of events of events.k8s.io/v1 on the way to the server."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.api.networking_v1 import IPAddress
from kubeclient.events import AsyncSeriesBroadcaster, AsyncSeriesRecorder
from kubefake.faults.rules import LoseRequest
from tests.twins.support import AsyncSim


def subject(name: str = "web") -> ConfigMap:
    obj = ConfigMap()
    obj.metadata.name, obj.metadata.namespace, obj.metadata.uid = name, "default", f"uid of {name}"
    return obj


def stored(sim: AsyncSim) -> list[dict[str, Any]]:
    return sim.cluster.list("events.events.k8s.io", namespace="default")


def begin(sim: AsyncSim) -> tuple[AsyncSeriesBroadcaster, AsyncSeriesRecorder]:
    broadcaster = AsyncSeriesBroadcaster(sim.client().events_v1, runtime=sim.runtime)
    return broadcaster, broadcaster.new_recorder("controller", host="node")


@pytest.mark.parity("EVT-01", "PAIN-41")
async def test_an_event_says_what_was_done_and_why(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    now = sim.runtime.clock.time_ns()
    recorder.event(subject(), subject("db"), "Normal", "Ready", "Starting", "it runs", annotations={"by": "test"})
    await broadcaster.shut_down()

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
async def test_repetition_is_a_series_that_is_written_when_it_begins_and_when_it_ends(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    counts: list[int] = []
    for number in range(5):
        recorder.event(subject(), None, "Warning", "Failed", "Pulling", f"try {number}")
        await sim.runtime.sleep(1)
        (event,) = stored(sim)
        counts.append(event.get("series", {}).get("count", 1))
    assert counts == [1, 2, 2, 2, 2]
    await sim.runtime.sleep(13 * 60)
    assert stored(sim)[0]["series"]["count"] == 5

    recorder.event(subject(), None, "Warning", "Failed", "Pulling", "another day")
    await broadcaster.shut_down()
    assert sorted(event.get("series", {}).get("count", 1) for event in stored(sim)) == [1, 5]


@pytest.mark.parity("EVT-02")
async def test_a_series_that_goes_on_is_written_every_half_hour(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    for _ in range(31):
        recorder.event(subject(), None, "Warning", "Failed", "Pulling", "no image")
        await sim.runtime.sleep(60)
    assert stored(sim)[0]["series"]["count"] >= 29
    await broadcaster.shut_down()

    assert stored(sim)[0]["series"]["count"] == 31


@pytest.mark.parity("EVT-03", "PAIN-40")
async def test_an_event_waits_for_a_server_that_is_away(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    rule = sim.faults.add(effect=LoseRequest("connect-failed"), client="client")
    recorder.event(subject(), None, "Normal", "Ready", "Starting", "it runs")
    recorder.event(subject("db"), None, "Normal", "Ready", "Starting", "it runs")
    await sim.runtime.sleep(60)
    assert stored(sim) == []
    rule.remove()
    await sim.runtime.sleep(13)

    assert len(stored(sim)) == 2
    await broadcaster.shut_down()


async def test_what_can_be_no_event_is_dropped(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(None, None, "Normal", "Ready", "Starting", "it runs")
    recorder.event(subject(), None, "Odd", "Ready", "Starting", "it runs")
    await broadcaster.shut_down()

    assert stored(sim) == []


@pytest.mark.parity("EVT-01")
async def test_an_event_about_something_whose_name_can_be_no_part_of_one(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    address = IPAddress(metadata=ObjectMeta(name="2001:db8::123", uid="u"))
    recorder.event(address, None, "Warning", "IPAddressNotAllocated", "Allocating", "it leaked")
    await broadcaster.shut_down()

    (event,) = stored(sim)
    assert (event["metadata"]["namespace"], len(event["metadata"]["name"])) == ("default", 36)
    assert (event["regarding"]["kind"], event["regarding"]["name"]) == ("IPAddress", "2001:db8::123")
    assert "related" not in event


@pytest.mark.parity("EVT-02")
async def test_only_the_same_about_the_same_is_a_series(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    for regarding, related, reason, action in (
        (subject(), None, "Failed", "Pulling"),
        (subject("db"), None, "Failed", "Pulling"),
        (subject(), subject("db"), "Failed", "Pulling"),
        (subject(), None, "Ready", "Pulling"),
        (subject(), None, "Failed", "Pushing"),
    ):
        recorder.event(regarding, related, "Normal", reason, action, "once")
        await sim.runtime.sleep(1)
    assert (len(stored(sim)), any("series" in event for event in stored(sim))) == (5, False)
    recorder.event(subject(), None, "Normal", "Failed", "Pulling", "and again")
    await broadcaster.shut_down()

    assert [event["series"]["count"] for event in stored(sim) if "series" in event] == [2]
    assert len(stored(sim)) == 5


@pytest.mark.parity("EVT-02")
async def test_a_series_whose_event_is_gone_is_written_anew(sim: AsyncSim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(subject(), None, "Warning", "Failed", "Pulling", "no image")
    await sim.runtime.sleep(1)
    (event,) = stored(sim)
    sim.cluster.delete(f"events.events.k8s.io/{event['metadata']['name']}")
    recorder.event(subject(), None, "Warning", "Failed", "Pulling", "no image")
    await broadcaster.shut_down()

    (again,) = stored(sim)
    assert again["series"]["count"] == 2
