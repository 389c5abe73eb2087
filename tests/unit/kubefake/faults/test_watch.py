"""What a plan does to the events of a watch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient.transport.protocol import ConnectionLost, Request
from kubefake.faults.door import Door
from kubefake.faults.latency import Fixed, Latency, Uniform
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import CutWatch, DelayEvents, DropEvent, DuplicateEvent, ExpireWatch
from kubefake.pipeline.caller import Caller
from kubefake.sim.rng import Seeds

WATCH = Request("GET", "/api/v1/pods", [("watch", "true")])


def frame(name: str, type: str = "ADDED", namespace: str = "shop") -> bytes:
    return json.dumps({"type": type, "object": {"metadata": {"name": name, "namespace": namespace}}}).encode() + b"\n"


class Bench:
    """A plan, a watch under it, and the stream below."""

    def __init__(self, server: Any, clock: Any, **options: Any) -> None:
        self.clock = clock
        self.plan = FaultPlan(clock, Seeds(1).stream, **options)
        self.stream: Any = Door(server, self.plan).handle(WATCH, Caller("scaler"))
        self.below = server.streams[0]

    def drain(self) -> list[bytes]:
        frames = []
        while (piece := self.stream.poll()) is not None:
            frames.append(piece)
        return frames


@pytest.fixture
def bench(server: Any, hand_clock: Any) -> Bench:
    return Bench(server, hand_clock)


def test_without_rules_events_pass(bench: Bench) -> None:
    bench.below.push(b"a\n", b"b\n")

    assert bench.drain() == [b"a\n", b"b\n"]


def test_a_dropped_event_is_missing_and_nothing_tells(bench: Bench) -> None:
    bench.plan.add(effect=DropEvent(), name="web-*", event="MODIFIED")
    bench.below.push(frame("web-1"), frame("web-1", "MODIFIED"), frame("db", "MODIFIED"))

    assert bench.drain() == [frame("web-1"), frame("db", "MODIFIED")]
    assert not bench.stream.ended


def test_a_duplicated_event_comes_twice(bench: Bench) -> None:
    bench.plan.add(effect=DuplicateEvent(), nth=2)
    bench.below.push(b"a\n", b"b\n", b"c\n")

    assert bench.drain() == [b"a\n", b"b\n", b"b\n", b"c\n"]


def test_a_delayed_event_holds_those_behind_it_back(bench: Bench) -> None:
    bench.plan.add(effect=DelayEvents(Fixed(2)), first=1)
    bench.below.push(b"a\n", b"b\n")

    assert bench.drain() == []
    assert bench.stream.wake_at_ns == 2_000_000_000
    bench.clock.advance(2)
    assert bench.drain() == [b"a\n", b"b\n"]


def test_latency_keeps_events_in_order(server: Any, hand_clock: Any) -> None:
    bench = Bench(server, hand_clock, latency=[Latency(events=Uniform(0, 5))])
    frames = [b"%d\n" % number for number in range(20)]
    seen = []
    for piece in frames:
        bench.below.push(piece)
        hand_clock.advance(0.1)
        seen += bench.drain()
    hand_clock.advance(10)

    assert seen + bench.drain() == frames


def test_a_watch_is_cut_at_an_event_and_breaks_off(bench: Bench) -> None:
    bench.plan.add(effect=CutWatch(), nth=2)
    bench.below.push(b"a\n", b"b\n")

    assert bench.stream.poll() == b"a\n"
    with pytest.raises(ConnectionLost):
        bench.stream.poll()
    assert bench.stream.ended
    assert bench.below.closed


def test_a_watch_is_cut_cleanly_after_a_time(bench: Bench) -> None:
    bench.plan.add(effect=CutWatch(after=30, clean=True))

    assert bench.stream.wake_at_ns == 30_000_000_000
    bench.clock.advance(30)
    assert bench.drain() == []
    assert bench.stream.ended


def test_an_ending_that_did_not_strike_does_not_wake_the_watch_again(bench: Bench) -> None:
    bench.plan.add(effect=CutWatch(after=30), probability=0.0)
    bench.clock.advance(31)

    assert bench.drain() == []
    assert bench.stream.wake_at_ns is None
    assert not bench.stream.ended


def test_an_expired_watch_ends_with_an_error_event(bench: Bench) -> None:
    bench.plan.add(effect=ExpireWatch(), nth=1)
    bench.below.push(b"a\n")

    event = json.loads(bench.stream.poll())

    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert bench.stream.ended


def test_rules_are_for_the_watches_of_whom_they_match(bench: Bench) -> None:
    bench.plan.add(effect=DropEvent(), client="other")
    bench.plan.add(effect=DropEvent(), resource="nodes")
    bench.below.push(b"a\n")

    assert bench.drain() == [b"a\n"]


def test_what_is_no_json_never_fits_a_rule_that_reads_events(bench: Bench) -> None:
    bench.plan.add(effect=DropEvent(), name="web")
    bench.below.push(b"k8s\x00proto")

    assert bench.drain() == [b"k8s\x00proto"]


def test_events_held_back_are_delivered_after_the_server_ended_the_watch(bench: Bench) -> None:
    bench.plan.add(effect=DelayEvents(Fixed(1)))
    bench.below.push(b"a\n")
    bench.drain()
    bench.below.end()

    assert not bench.stream.ended
    bench.clock.advance(1)
    assert bench.drain() == [b"a\n"]
    assert bench.stream.ended
