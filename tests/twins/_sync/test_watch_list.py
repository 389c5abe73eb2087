# generated from tests/twins/_async/test_watch_list.py by .ci/twin.py, do not edit
"""Lists that come as watches: what is asked for, when the objects are there, and what happens when they do not come."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient import features
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.cache import DataInconsistency, ListWatch, Reflector
from kubeclient.features import set_feature_during_test
from kubeclient.runtime.protocol import Event
from kubeclient.transport.protocol import ConnectFailed
from kubeclient.watch import FakeWatcher
from kubefake.faults.rules import CutWatch
from tests.twins._sync.informing import Running
from tests.twins._sync.test_reflector import Notes, error_frame, follow, frame, page, refusal
from tests.twins.support import Script, Sim


def end_of_list(version: str) -> bytes:
    metadata = {"resourceVersion": version, "annotations": {"k8s.io/initial-events-end": "true"}}
    return json.dumps({"type": "BOOKMARK", "object": {"metadata": metadata}}).encode() + b"\n"


@pytest.mark.parity("RFL-15")
@pytest.mark.parity("RFL-16")
@pytest.mark.parity("WLU-01")
def test_the_objects_come_first_and_the_same_watch_goes_on(sim: Sim) -> None:
    stream = [
        frame("ADDED", "a", "3") + frame("ADDED", "b", "2"),
        frame("MODIFIED", "b", "5") + frame("ADDED", "c", "6") + frame("DELETED", "c", "7"),
        end_of_list("9") + frame("MODIFIED", "a", "10"),
        frame("DELETED", "a", "11"),
    ]
    notes, queries = follow(sim, stream, [frame("ADDED", "d", "12")], watch_list=True)

    assert notes.seen == [("9", ["a", "b"]), ("update", "a"), ("delete", "a"), ("add", "d")]
    assert 300 <= int(queries[0].pop("timeoutSeconds")) < 600
    assert queries[0].pop("timeout").endswith("s")
    assert queries[0] == {
        "allowWatchBookmarks": "true",
        "resourceVersionMatch": "NotOlderThan",
        "sendInitialEvents": "true",
        "watch": "true",
    }
    assert (queries[1]["resourceVersion"], "sendInitialEvents" in queries[1]) == ("11", False)


@pytest.mark.parity("RFL-15")
def test_a_later_stream_is_at_the_last_version(sim: Sim) -> None:
    _, queries = follow(sim, [end_of_list("9"), error_frame(410, "Expired")], [end_of_list("20")], watch_list=True)

    assert [query.get("resourceVersion", "") for query in queries] == ["", "9"]
    assert queries[1]["sendInitialEvents"] == "true"


@pytest.mark.parity("RFL-17")
@pytest.mark.parity("PAIN-02")
def test_a_version_that_is_gone_makes_the_stream_consistent_at_once(sim: Sim) -> None:
    for gone in (refusal(410, "Expired"), [error_frame(410, "Expired")]):
        before = sim.now
        notes, queries = follow(
            sim, [end_of_list("9"), error_frame(410, "Expired")], gone, [end_of_list("20")], watch_list=True
        )
        assert [query.get("resourceVersion", "") for query in queries] == ["", "9", ""]
        assert notes.seen == [("9", []), ("20", [])]
        assert sim.now - before < 2


@pytest.mark.parity("RFL-17")
@pytest.mark.parity("PAIN-05")
def test_a_server_that_knows_no_streams_is_asked_for_a_list(sim: Sim) -> None:
    notes, queries = follow(
        sim,
        refusal(422, "Invalid"),
        page("7", "a"),
        [error_frame(410, "Expired")],
        [frame("ADDED", "a", "7"), end_of_list("20")],
        watch_list=True,
    )

    assert notes.seen == [("7", ["a"]), ("20", ["a"])]
    assert ["sendInitialEvents" in query for query in queries] == [True, False, False, True]
    assert [type(error).__name__ for error in notes.errors] == ["Expired"]


@pytest.mark.parity("RFL-17")
def test_where_nobody_answers_a_stream_is_tried_again(sim: Sim) -> None:
    notes, queries = follow(
        sim, ConnectFailed("refused"), refusal(429, "TooManyRequests"), [end_of_list("20")], watch_list=True
    )

    assert ["sendInitialEvents" in query for query in queries] == [True, True, True]
    assert notes.seen == [("20", [])]
    assert sim.now >= 0.8 + 1.6


@pytest.mark.parity("RFL-17")
@pytest.mark.parity("PAIN-05")
def test_a_stream_that_is_cut_is_begun_again_but_not_for_ever(sim: Sim) -> None:
    cut = [frame("ADDED", "a", "3")]
    notes, queries = follow(sim, cut, cut, cut, page("7", "b"), watch_list=True)

    assert ["sendInitialEvents" in query for query in queries] == [True, True, True, False]
    assert notes.seen == [("7", ["b"])]


def test_a_stream_that_ends_at_once_gives_way_to_a_list(sim: Sim) -> None:
    notes, queries = follow(sim, [], page("7"), watch_list=True)

    assert ["sendInitialEvents" in query for query in queries] == [True, False]
    assert notes.seen == [("7", [])]


class Quiet:
    """A source whose watches never end their list."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim
        self.asked: list[Any] = []

    def list(self, **options: Any) -> Any:
        self.asked.append(("list", self._sim.now))
        return self._sim.client().core_v1.config_maps("default").list(**options)

    def watch(self, **options: Any) -> Any:
        self.asked.append(("stream" if "send_initial_events" in options else "watch", self._sim.now))
        return FakeWatcher[ConfigMap](5, runtime=self._sim.runtime)


@pytest.mark.parity("RFL-18")
@pytest.mark.parity("PAIN-05")
def test_who_waits_for_a_bookmark_that_does_not_come_says_so_and_lists(
    sim: Sim, caplog: pytest.LogCaptureFixture
) -> None:
    sim.config_map("a")
    source, stop = Quiet(sim), sim.runtime.event()
    notes = Notes(stop)
    reflector = Reflector[ConfigMap](source, notes, runtime=sim.runtime, name="the maps", watch_list=True)
    task = sim.runtime.spawn(reflector.run, stop, name="reflector")
    sim.runtime.sleep(100)
    stop.set()
    task.join()

    assert source.asked[:3] == [("stream", 0.0), ("list", 30.0), ("watch", 30.0)]
    assert [name for _, names in notes.seen[:1] for name in names] == ["a"]
    warnings = [record.getMessage() for record in caplog.records if "waiting for the bookmark" in record.getMessage()]
    assert len(warnings) == 3
    assert warnings[0].startswith(
        "the maps: waiting for the bookmark that ends the initial events; nothing came for 10"
    )
    assert sim.running() == []


@pytest.mark.parity("RFL-19")
@pytest.mark.parity("PAIN-06")
def test_a_source_can_say_that_it_knows_no_streams(sim: Sim) -> None:
    sim.config_map("a")
    client = sim.client().core_v1.config_maps("default")
    asked: list[dict[str, Any]] = []
    seen: dict[bool, int] = {}
    for supported in (True, False):
        asked.clear()
        source = ListWatch.from_client(client, modify=asked.append)
        source._supports_watch_list = supported
        stop = sim.runtime.event()
        reflector = Reflector[ConfigMap](source, Notes(stop), runtime=sim.runtime)
        task = sim.runtime.spawn(reflector.run, stop, name="reflector")
        sim.runtime.sleep(1)
        stop.set()
        task.join()
        seen[supported] = len(asked)
        assert ("send_initial_events" in asked[0]) is supported
    assert seen == {True: 1, False: 2}


@pytest.mark.parity("RFL-15")
def test_the_feature_gate_decides(sim: Sim) -> None:
    sim.config_map("a")
    asked: list[dict[str, Any]] = []
    source = ListWatch.from_client(sim.client().core_v1.config_maps("default"), modify=asked.append)
    assert features.feature_gates().enabled("WatchListClient")
    with set_feature_during_test("WatchListClient", False):
        stop = sim.runtime.event()
        reflector = Reflector[ConfigMap](source, Notes(stop), runtime=sim.runtime)
    task = sim.runtime.spawn(reflector.run, stop, name="reflector")
    sim.runtime.sleep(1)
    stop.set()
    task.join()

    assert ["send_initial_events" in options for options in asked] == [False, False]


@pytest.mark.parity("PAIN-06")
def test_the_fake_server_ends_its_lists_with_the_bookmark(sim: Sim) -> None:
    for name in "abc":
        sim.config_map(name)
    running = Running(sim)
    notes = running.notes()
    running.start()
    assert running.informer.wait_for_sync(1)
    sim.runtime.sleep(1)
    assert (notes.heard, running.errors) == ([("first", "a"), ("first", "b"), ("first", "c")], [])
    running.end()


@pytest.mark.parity("RFL-26")
@pytest.mark.parity("INF-17")
def test_streamed_objects_are_transformed_once_as_they_come(sim: Sim) -> None:
    calls: list[str] = []

    def note(obj: ConfigMap) -> ConfigMap:
        calls.append(obj.metadata.name)
        obj.data = {}
        return obj

    sim.config_map("a", key="value")
    running = Running(sim, transform=note)
    running.start()
    assert running.informer.wait_for_sync(1)
    assert [obj.data for obj in running.informer.store.list()] == [{}]
    sim.config_map("b", key="value")
    sim.runtime.sleep(1)
    running.end()

    assert calls == ["a", "b"]


@pytest.mark.parity("RFL-20")
@pytest.mark.parity("CDT-01")
def test_what_was_streamed_can_be_compared_with_a_list(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    good = page("9", "a")
    stream = [frame("ADDED", "a", "1"), end_of_list("9")]
    notes, queries = follow(sim, stream, refusal(500, "InternalError"), good, watch_list=True, check_consistency=True)
    assert queries[1] == queries[2] == {"resourceVersion": "9", "resourceVersionMatch": "Exact"}
    assert notes.seen == [("9", ["a"])]
    assert "takes another request" in caplog.text

    stops: list[Event] = []

    class Sink(Notes):
        def __init__(self, stop: Event, script: Script | None = None) -> None:
            super().__init__(stop, script)
            stops.append(stop)

    with pytest.raises(DataInconsistency, match="data inconsistency detected for test: -ns/a, \\+ns/b"):
        follow(sim, stream, page("9", "b"), sink=Sink, watch_list=True, check_consistency=True)
    stops[0].set()
    sim.runtime.sleep(1)


@pytest.mark.parity("PAIN-01")
@pytest.mark.parity("PAIN-04")
@pytest.mark.parity("PAIN-10")
@pytest.mark.parametrize("streams", [True, False])
def test_a_server_whose_versions_are_always_gone_is_not_asked_in_a_tight_loop(
    sim: Sim, streams: bool, caplog: pytest.LogCaptureFixture
) -> None:
    script = [refusal(410, "Expired") for _ in range(40)]
    notes, queries = follow(sim, *script, watch_list=streams)

    assert sim.now > 60
    assert any("resourceVersion" not in query for query in queries)
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
    assert len(notes.errors) >= 10


@pytest.mark.parity("PAIN-03")
def test_the_version_to_go_on_from_is_the_lists_and_never_an_items(sim: Sim) -> None:
    for streams in (True, False):
        first: Any = [frame("ADDED", "a", "999"), end_of_list("7")] if streams else page("7", "a")
        steps = [first] if streams else [first, [frame("BOOKMARK", "", "8")]]
        _, queries = follow(sim, *steps, [frame("BOOKMARK", "", "8")], watch_list=streams)
        assert queries[1]["resourceVersion"] == "7"


@pytest.mark.parity("PAIN-09")
@pytest.mark.parity("PAIN-11")
def test_an_error_event_is_never_taken_for_an_object(sim: Sim) -> None:
    for reason, code in (("Expired", 410), ("InternalError", 500), ("Forbidden", 403)):
        notes, _ = follow(sim, page("7", "a"), [error_frame(code, reason)], page("8", "a"), watch_list=False)
        assert notes.seen == [("7", ["a"]), ("8", ["a"])]
        assert [type(error).__name__ for error in notes.errors] == [reason]


@pytest.mark.parity("PAIN-08")
def test_a_watch_that_breaks_is_begun_again_and_misses_nothing(sim: Sim) -> None:
    sim.faults.add(effect=CutWatch(after=3.0))
    running = Running(sim)
    running.start()
    for number in range(20):
        sim.config_map(f"map-{number}")
        sim.runtime.sleep(1)
    sim.runtime.sleep(60)
    assert len(running.informer.store.list_keys()) == 20
    running.end()
