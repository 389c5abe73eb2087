# generated from tests/twins/_async/test_record.py by .ci/twin.py, do not edit
"""What becomes of the events that a program tells, on the way to the server."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap, Node
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.record import EventBroadcaster, EventRecorder, FakeRecorder
from kubefake.faults.rules import LoseAnswer, LoseRequest, Refuse
from tests.twins.support import Sim


def subject(name: str = "web", uid: str = "u1") -> ConfigMap:
    obj = ConfigMap()
    obj.metadata.name, obj.metadata.namespace, obj.metadata.uid = name, "default", uid
    return obj


def stored(sim: Sim) -> list[dict[str, Any]]:
    return sim.cluster.list("events", namespace="default")


def begin(sim: Sim) -> tuple[EventBroadcaster, EventRecorder]:
    broadcaster = EventBroadcaster(runtime=sim.runtime)
    broadcaster.start_recording_to_sink(sim.client().core_v1.events(""))
    return broadcaster, broadcaster.new_recorder("controller", host="node")


@pytest.mark.parity("REC-02", "REC-09", "PORT-05")
def test_an_event_says_what_happened_to_which_object(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    now = sim.runtime.clock.time_ns()
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3", annotations={"by": "test"})
    broadcaster.shut_down()

    (event,) = stored(sim)
    assert event["metadata"]["name"] == f"web.{now:x}"
    assert event["metadata"]["annotations"] == {"by": "test"}
    about = {"kind": "ConfigMap", "apiVersion": "v1", "name": "web", "namespace": "default", "uid": "u1"}
    assert event["involvedObject"] == about
    assert (event["type"], event["reason"], event["message"]) == ("Normal", "Scaled", "scaled to 3")
    assert (event["count"], event["firstTimestamp"]) == (1, event["lastTimestamp"])
    assert event["source"] == {"component": "controller", "host": "node"}
    assert (event["reportingComponent"], event["reportingInstance"]) == ("controller", "node")


@pytest.mark.parity("REC-05")
def test_the_same_event_again_is_counted(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    for _ in range(3):
        recorder.event(subject(), "Warning", "Failed", "no image")
        sim.runtime.sleep(1)
    (event,) = stored(sim)
    assert event["count"] == 3
    assert event["lastTimestamp"] > event["firstTimestamp"]

    sim.cluster.delete(f"events/{event['metadata']['name']}")
    recorder.event(subject(), "Warning", "Failed", "no image")
    broadcaster.shut_down()
    (again,) = stored(sim)
    assert (again["count"], again["metadata"]["name"]) == (4, event["metadata"]["name"])


@pytest.mark.parity("REC-04")
def test_from_the_tenth_message_on_similar_events_are_combined(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    for number in range(12):
        recorder.event(subject(), "Normal", "Pulled", f"image {number}")
        sim.runtime.sleep(1)
    broadcaster.shut_down()

    messages = {event["message"]: event["count"] for event in stored(sim)}
    assert len(messages) == 10
    assert messages["(combined from similar events): image 11"] == 3


@pytest.mark.parity("REC-06")
def test_a_flood_about_one_object_stops_after_25_events(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    for _ in range(40):
        recorder.event(subject(), "Normal", "Tick", "again")
        recorder.event(subject("other", "u2"), "Normal", "Tock", "again") if _ < 3 else None
        sim.runtime.sleep(1)
    counts = {event["reason"]: event["count"] for event in stored(sim)}
    assert counts == {"Tick": 25, "Tock": 3}
    sim.runtime.sleep(300)
    recorder.event(subject(), "Normal", "Tick", "again")
    broadcaster.shut_down()

    assert next(event["count"] for event in stored(sim) if event["reason"] == "Tick") == 41


@pytest.mark.parity("REC-08")
def test_an_event_waits_for_a_server_that_is_away(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    rule = sim.faults.add(effect=LoseRequest("connect-failed"), client="client")
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    sim.runtime.sleep(60)
    assert stored(sim) == []
    rule.remove()
    sim.runtime.sleep(10)

    assert len(stored(sim)) == 1
    broadcaster.shut_down()


@pytest.mark.parity("REC-08")
def test_an_event_is_tried_twelve_times(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    rule = sim.faults.add(effect=LoseRequest("timed-out"), client="client")
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    sim.runtime.sleep(500)

    assert rule.seen == 12
    broadcaster.shut_down()


@pytest.mark.parity("REC-08")
def test_an_event_that_the_server_refuses_is_given_up(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    sim.faults.add(effect=Refuse(403, reason="Forbidden"), client="client", first=1)
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    sim.runtime.sleep(100)
    assert stored(sim) == []
    sim.faults.add(effect=LoseAnswer(), client="client", first=1)
    recorder.event(subject(), "Normal", "Scaled", "scaled to 4")
    sim.runtime.sleep(100)

    assert [event["message"] for event in stored(sim)] == ["scaled to 4"]
    broadcaster.shut_down()


@pytest.mark.parity("REC-09")
def test_a_shut_down_does_not_wait_for_a_server_that_is_away(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    sim.faults.add(effect=LoseRequest("connect-failed"), client="client")
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    sim.runtime.sleep(1)
    before = sim.now
    broadcaster.shut_down()

    assert sim.now == before
    with pytest.raises(RuntimeError, match="shut down"):
        broadcaster.start_event_watcher(print)


@pytest.mark.parity("REC-01")
def test_what_can_be_no_event_is_dropped(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(subject(), "Odd", "Scaled", "scaled to 3")
    recorder.event(None, "Normal", "Scaled", "scaled to 3")
    recorder.event(object(), "Normal", "Scaled", "scaled to 3")
    broadcaster.shut_down()

    assert stored(sim) == []


@pytest.mark.parity("REC-02")
def test_an_object_whose_name_cannot_be_part_of_one_gets_an_event_all_the_same(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(subject("Not A Name"), "Normal", "Scaled", "scaled to 3")
    broadcaster.shut_down()

    (event,) = stored(sim)
    assert len(event["metadata"]["name"]) == 36


@pytest.mark.parity("REC-03", "REC-09")
def test_a_slow_watcher_loses_what_exceeds_a_thousand_and_delays_nobody(sim: Sim) -> None:
    broadcaster = EventBroadcaster(runtime=sim.runtime)
    seen: list[str] = []
    release = sim.runtime.event()

    def slow(event: Any) -> None:
        release.wait()
        seen.append(event.message)

    broadcaster.start_event_watcher(slow)
    recorder = broadcaster.new_recorder("controller")
    recorder.event(subject(), "Normal", "Tick", "first")
    sim.runtime.sleep(1)
    for number in range(1010):
        recorder.event(subject(), "Normal", "Tick", f"{number}")
    release.set()
    broadcaster.shut_down()

    assert seen == ["first", *map(str, range(1000))]


@pytest.mark.parity("REC-09")
def test_events_can_be_logged(sim: Sim) -> None:
    lines: list[str] = []
    broadcaster = EventBroadcaster(runtime=sim.runtime)
    broadcaster.start_logging(lambda text, *args: lines.append(text % args))
    broadcaster.new_recorder("controller").event(subject(), "Normal", "Scaled", "scaled to 3")
    broadcaster.shut_down()

    assert lines == ["Event(ConfigMap default/web): type: 'Normal' reason: 'Scaled' scaled to 3"]


@pytest.mark.parity("REC-10")
def test_a_fake_recorder_writes_lines_down(sim: Sim) -> None:
    recorder = FakeRecorder()
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    recorder.event(subject(), "Normal", "Scaled", "scaled to 4", annotations={"a": "b"})
    full = FakeRecorder(include_object=True)
    full.event(subject(), "Warning", "Failed", "no image")

    assert recorder.events == ["Normal Scaled scaled to 3", "Normal Scaled scaled to 4 map[a:b]"]
    assert full.events == ["Warning Failed no image involvedObject{kind=ConfigMap,apiVersion=v1}"]


@pytest.mark.parity("REC-02")
def test_an_event_about_something_of_no_namespace_is_in_the_default_one(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    node = Node(metadata=ObjectMeta(name="node-1", uid="u"))
    recorder.event(node, "Normal", "Ready", "it runs")
    broadcaster.shut_down()

    (event,) = stored(sim)
    assert (event["metadata"]["namespace"], event["involvedObject"]["kind"]) == ("default", "Node")
    assert "namespace" not in event["involvedObject"]


@pytest.mark.parity("REC-02")
def test_every_name_of_an_event_is_a_name(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    names = ["test-pod", "x" * 300, "test.POD", "test.pod/invalid!chars?", "--test.pod/invalid!chars?"]
    for name in names:
        recorder.event(subject(name), "Normal", "Scaled", name[:20])
    broadcaster.shut_down()

    made = {event["message"]: event["metadata"]["name"] for event in stored(sim)}
    assert made["test-pod"].startswith("test-pod.")
    assert [len(made[name[:20]]) for name in names[1:]] == [36] * 4


@pytest.mark.parity("REC-08")
def test_many_events_reach_a_server_that_fails_again_and_again_in_order(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    lines: list[str] = []
    broadcaster.start_logging(lambda text, *args: lines.append(text % args))
    sim.faults.add(effect=LoseRequest("connect-failed"), client="client", every=2)
    for number in range(100):
        recorder.event(subject(f"web-{number}"), "Normal", f"Reason{number}", f"{number}")
    sim.runtime.sleep(2000)
    broadcaster.shut_down()

    events = sorted(stored(sim), key=lambda event: int(event["metadata"]["resourceVersion"]))
    assert [event["message"] for event in events] == [str(number) for number in range(100)]
    assert len(lines) == 100


@pytest.mark.parity("REC-05", "REC-09")
def test_each_sink_counts_for_itself(sim: Sim) -> None:
    broadcaster, recorder = begin(sim)
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    sim.runtime.sleep(1)
    broadcaster.start_recording_to_sink(sim.client().core_v1.events(""))
    recorder.event(subject(), "Normal", "Scaled", "scaled to 3")
    broadcaster.shut_down()

    assert sorted(event["count"] for event in stored(sim)) == [1, 2]
