# generated from tests/twins/_async/test_informer_rules.py by .ci/twin.py, do not edit
"""What informers and reflectors promise besides their copies: versions to wait for, settings, metrics, sources, resyncs."""

from __future__ import annotations

import json
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.cache import (
    CacheMutatedError,
    DeltaFIFO,
    FIFOClosedError,
    FunctionHandler,
    InformerMetrics,
    ListWatch,
    PopQueue,
    RealFIFO,
    Reflector,
    SharedIndexInformer,
    deletion_handling_key,
    wait_for_cache_sync,
)
from kubeclient.informers import SharedInformerFactory
from kubeclient.testing import FakeControllerSource
from kubeclient.transport.protocol import Response
from kubefake.faults.latency import Fixed
from kubefake.faults.rules import Delay, LoseRequest, Refuse
from tests.twins._sync.informing import Notes, Running, cut_off
from tests.twins._sync.test_reflector import Notes as SinkNotes
from tests.twins._sync.test_reflector import follow, frame, page
from tests.twins.support import Sim, status_body


class Metrics(InformerMetrics):
    """Counts what it is told."""

    def __init__(self) -> None:
        self.told: dict[str, list[Any]] = {"queued": [], "processed": [], "backlog": [], "stored": []}

    def queued(self, items: int) -> None:
        self.told["queued"].append(items)

    def processed(self, seconds: float) -> None:
        self.told["processed"].append(seconds)

    def backlog(self, handler: str, notifications: int) -> None:
        self.told["backlog"].append((handler, notifications))

    def stored(self, resource_version: str) -> None:
        self.told["stored"].append(resource_version)


@pytest.mark.parity("PAIN-12")
@pytest.mark.parity("STO-05")
def test_who_has_written_can_wait_until_the_copy_shows_it(sim: Sim) -> None:
    sim.config_map("a", key="value")
    maps = sim.client().core_v1.config_maps("default")
    running = Running(sim)
    running.start()
    running.informer.wait_for_sync()
    refusal = sim.faults.add(verb="watch", effect=LoseRequest("connect-failed"))
    cut_off(sim)
    changed = maps.patch("a", {"data": {"key": "other"}})
    wanted = changed.metadata.resource_version

    assert not running.informer.wait_for_resource_version(wanted, 0.5)
    refusal.remove()
    assert running.informer.wait_for_resource_version(wanted, 60)
    assert running.informer.lister.namespace("default").get("a").data == {"key": "other"}
    assert running.informer.last_store_sync_resource_version == wanted
    assert running.informer.wait_for_resource_version(wanted)
    with pytest.raises(ValueError, match="not well formed"):
        running.informer.wait_for_resource_version("soon")
    waiting = sim.runtime.spawn(running.informer.wait_for_resource_version, "999999", name="waiting")
    sim.runtime.sleep(1)
    running.stop.set()
    waiting.join()
    running.end()


@pytest.mark.parity("RFL-27")
@pytest.mark.parity("STO-05")
def test_bookmarks_and_versions_go_to_sinks_that_want_them(sim: Sim) -> None:
    seen: list[Any] = []

    class Sink(SinkNotes):
        def bookmark(self, resource_version: str) -> None:
            seen.append(("bookmark", resource_version))

        def update_resource_version(self, resource_version: str) -> None:
            seen.append(("version", resource_version))

    follow(sim, page("7"), [frame("MODIFIED", "a", "8"), frame("BOOKMARK", "", "20")], sink=Sink)

    assert seen == [("version", "8"), ("bookmark", "20"), ("version", "20")]


@pytest.mark.parity("RFL-04")
@pytest.mark.parity("RFL-08")
def test_tables_are_refused(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    table = page("7")
    body = json.dumps({**json.loads(table.body), "kind": "Table", "apiVersion": "meta.k8s.io/v1"}).encode()
    event = (
        b'{"type":"ADDED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"8"}}}\n'
    )
    notes, _ = follow(sim, Response(200, table.headers, body), page("7"), [event, frame("ADDED", "a", "9")])

    assert [str(error) for error in notes.errors] == [
        "unsupported list gvk: meta.k8s.io/v1 Table, type: core_v1.ConfigMap"
    ]
    assert notes.seen == [("7", []), ("add", "a")]
    assert "the watch sent a ADDED event of ConfigMap" in caplog.text


@pytest.mark.parity("RFL-14")
def test_every_round_is_followed_by_a_wait_even_one_that_went_well(sim: Sim) -> None:
    times: list[float] = []
    maps = sim.client().core_v1.config_maps("default")

    def list(**options: Any) -> Any:
        times.append(sim.now)
        return maps.list(**options)

    sim.faults.add(verb="watch", effect=Refuse(403))
    stop = sim.runtime.event()
    reflector = Reflector[ConfigMap](
        ListWatch(list, maps.watch), SinkNotes(stop), runtime=sim.runtime, watch_list=False
    )
    task = sim.runtime.spawn(reflector.run, stop, name="reflector")
    sim.runtime.sleep(10)
    stop.set()
    task.join()

    waits = [later - earlier for earlier, later in pairwise(times)]
    assert all(wait >= least for wait, least in zip(waits, (0.8, 1.6, 3.2), strict=False))
    assert len(waits) >= 2


@pytest.mark.parity("RFL-21")
def test_a_sink_is_resynced_and_its_error_ends_the_watch(sim: Sim) -> None:
    resyncs: list[float] = []
    wanted = [True]

    class Sink(SinkNotes):
        def resync(self) -> None:
            resyncs.append(sim.now)
            if len(resyncs) == 3:
                raise ValueError("no resync")

    stop = sim.runtime.event()
    sink = Sink(stop)
    reflector = Reflector[ConfigMap](
        sim.client().core_v1.config_maps("default"),
        sink,
        runtime=sim.runtime,
        resync_period=10,
        should_resync=lambda: wanted[0],
        on_watch_error=sink.errors.append,
    )
    task = sim.runtime.spawn(reflector.run, stop, name="reflector")
    sim.runtime.sleep(45)
    wanted[0] = False
    sim.runtime.sleep(30)
    stop.set()
    task.join()

    assert resyncs == [10.0, 20.0, 30.0, 40.0]
    assert [str(error) for error in sink.errors] == ["no resync"]
    assert len(sink.seen) == 2
    assert sim.running() == []


@pytest.mark.parity("RFL-11")
def test_internal_errors_are_tried_again_at_once_for_a_time(sim: Sim) -> None:
    error = b'{"type":"ERROR","object":' + status_body(500, "InternalError", "broken") + b"}\n"
    _, queries = follow(sim, page("7"), [error], page("8"), internal_error_retry=0)
    assert ["watch" in query for query in queries] == [False, True, False]
    _, queries = follow(sim, page("7"), [error], [error], [frame("ADDED", "a", "8")], internal_error_retry=5)
    assert ["watch" in query for query in queries] == [False, True, True, True]


@pytest.mark.parity("RFL-24")
def test_a_slow_list_is_reported(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    sim.config_map("a")
    sim.faults.add(effect=Delay(Fixed(11.0)), first=1)
    with caplog.at_level("INFO", logger="kubeclient.reflector"):
        running = Running(sim, watch_list=False)
        running.start()
        assert running.informer.wait_for_sync(20)
    running.end()

    assert "informer maps: it took 11.0 seconds to list and store 1 objects" in caplog.text


@pytest.mark.parity("RFL-25")
def test_a_reflector_says_what_it_reads_and_how_far_it_is(sim: Sim) -> None:
    client = sim.client()
    stop = sim.runtime.event()
    reflector = Reflector[Any](client.core_v1.config_maps("default"), SinkNotes(stop), runtime=sim.runtime)
    untyped = Reflector[Any](
        client.dynamic.resource("v1", "configmaps").namespace("default"),
        SinkNotes(stop),
        runtime=sim.runtime,
        name="mine",
    )
    source = Reflector[Any](FakeControllerSource[Any](runtime=sim.runtime), SinkNotes(stop), runtime=sim.runtime)

    assert (untyped.type_description, untyped.name) == ("v1, Resource=configmaps", "mine")
    assert source.type_description == FakeControllerSource.__name__
    assert (reflector.type_description, reflector.name) == ("core_v1.ConfigMap", "reflector of core_v1.ConfigMap")
    assert reflector.last_sync_resource_version == ""
    assert untyped is None or (untyped.name == "mine")


@pytest.mark.parity("INF-06")
def test_transform_and_error_handler_can_be_set_until_it_starts(sim: Sim) -> None:
    def empty(obj: ConfigMap) -> ConfigMap:
        obj.data = {}
        return obj

    errors: list[Exception] = []
    sim.config_map("a", key="value")
    sim.faults.add(effect=Refuse(403), first=2)
    running = Running(sim)
    running.informer.set_transform(empty)
    running.informer.set_watch_error_handler(errors.append)
    running.start()
    assert running.informer.wait_for_sync(10)
    with pytest.raises(RuntimeError, match="informer maps has already started"):
        running.informer.set_transform(None)
    with pytest.raises(RuntimeError, match="informer maps has already started"):
        running.informer.set_watch_error_handler(None)
    running.end()

    assert [obj.data for obj in running.informer.store.list()] == [{}]
    assert len(errors) == 1
    assert running.errors == []


@pytest.mark.parity("INF-02")
def test_a_new_list_is_stored_at_once_and_then_told_deletions_first(sim: Sim) -> None:
    for name in ("a", "b", "c"):
        sim.config_map(name)
    running = Running(sim)
    sizes: list[int] = []
    store = running.informer.store
    running.informer.add_event_handler(
        on_update=lambda _old, _new: sizes.append(len(store)), on_delete=lambda _obj: sizes.append(len(store))
    )
    notes = running.notes()
    running.start()
    running.informer.wait_for_sync()
    away = sim.faults.add(effect=LoseRequest("connect-failed"))
    cut_off(sim)
    sim.delete("a")
    sim.delete("b")
    sim.config_map("c", key="new")
    sim.config_map("d")
    sim.cluster.compact()
    sim.runtime.sleep(1)
    away.remove()
    sim.runtime.sleep(60)
    running.end()

    assert sorted(notes.heard[3:5]) == [("lost", "a"), ("lost", "b")]
    assert sorted(notes.heard[5:]) == [("add", "d"), ("update", "c")]
    assert sizes == [2, 2, 2]


@pytest.mark.parity("INF-03")
@pytest.mark.parity("PAIN-13")
@pytest.mark.parity("PAIN-21")
def test_what_comes_at_once_is_stored_before_anybody_is_told_and_one_bad_object_spoils_nothing(
    sim: Sim, caplog: pytest.LogCaptureFixture
) -> None:
    def by_key(obj: ConfigMap) -> list[str]:
        return [(obj.data or {})["key"]]

    running = Running(sim, indexers={"key": by_key})
    store, seen = running.informer.store, []
    running.informer.add_event_handler(on_add=lambda obj: seen.append((obj.metadata.name, len(store))))
    running.start()
    running.informer.wait_for_sync()
    snapshot = store.list()
    with running.informer.batch():
        running.informer.add(made("a", "1", key="x"))
        with pytest.raises(KeyError):
            running.informer.add(made("bad", "2"))
        running.informer.add(made("b", "3", key="x"))
        await_nothing = list(seen)
    sim.runtime.sleep(1)
    assert (await_nothing, seen, snapshot) == ([], [("a", 2), ("b", 2)], [])
    sim.config_map("bad")
    sim.runtime.sleep(1)
    assert "was not taken over" in caplog.text
    sim.config_map("good", key="y")
    sim.runtime.sleep(1)
    assert store.index_keys("key", "y") == ["default/good"]
    running.end()


def made(name: str, version: str, **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name, namespace="default", resource_version=version), data=data)


@pytest.mark.parity("INF-18")
@pytest.mark.parity("INF-04")
@pytest.mark.parity("INF-21")
def test_an_informer_is_its_own_controller(sim: Sim) -> None:
    sim.config_map("a")
    running = Running(sim)
    assert (running.informer.has_synced(), running.informer.last_sync_resource_version) == (False, "")
    sim.faults.add(effect=Refuse(403), first=2)
    running.start()
    running.informer.wait_for_sync(30)
    assert running.informer.last_sync_resource_version == running.informer.last_store_sync_resource_version
    assert [type(error).__name__ for error in running.errors] == ["Forbidden"]
    running.end()


@pytest.mark.parity("INF-28")
def test_a_source_for_tests_is_listed_and_watched_without_a_server(sim: Sim) -> None:
    source: FakeControllerSource[dict[str, Any]] = FakeControllerSource(runtime=sim.runtime)
    source.add(thing("a"))
    stop = sim.runtime.event()
    heard: list[tuple[str, str]] = []
    errors: list[Exception] = []
    informer: SharedIndexInformer[dict[str, Any]] = SharedIndexInformer(
        source, name="things", runtime=sim.runtime, on_watch_error=errors.append
    )
    informer.add_event_handler(
        on_add=lambda obj: heard.append(("add", obj["metadata"]["name"])),
        on_update=lambda _old, new: heard.append(("update", new["metadata"]["name"])),
        on_delete=lambda obj: heard.append(("delete", deletion_handling_key(obj))),
    )
    source.list_error = ValueError("not now")
    task = sim.runtime.spawn(informer.run, stop, name="informer")
    assert not informer.wait_for_sync(0.5)
    source.list_error = None
    assert informer.wait_for_sync(10)
    source.modify(thing("a"))
    source.add(thing("b"))
    source.delete(thing("a"))
    sim.runtime.sleep(1)
    assert heard == [("add", "a"), ("update", "a"), ("add", "b"), ("delete", "a")]
    source.delete_drop_watch(thing("b"))
    source.add_drop_watch(thing("c"))
    source.modify_drop_watch(thing("c"))
    sim.runtime.sleep(1)
    assert len(heard) == 4
    source.reset_watch()
    sim.runtime.sleep(60)
    stop.set()
    task.join()

    assert sorted(heard[4:]) == [("add", "c"), ("delete", "b")]
    assert [type(error).__name__ for error in errors] == ["ValueError", "Expired"]
    assert informer.store.list_keys() == ["c"]
    assert sim.running() == []


def thing(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


@pytest.mark.parity("STO-20")
def test_a_source_can_be_made_of_functions(sim: Sim) -> None:
    sim.config_map("a")
    sim.config_map("b")
    maps = sim.client().core_v1.config_maps("default")
    asked: list[dict[str, Any]] = []
    found: list[Any] = []

    def listing(**options: Any) -> Any:
        asked.append(options)
        return maps.list(**options)

    whole = ListWatch(listing, maps.watch, disable_chunking=True, supports_watch_list=False)
    some = ListWatch.from_client(maps, field_selector="metadata.name=b")
    for source in (whole, some):
        stop = sim.runtime.event()
        informer: SharedIndexInformer[ConfigMap] = SharedIndexInformer(source, runtime=sim.runtime)
        task = sim.runtime.spawn(informer.run, stop, name="informer")
        assert informer.wait_for_sync(5)
        sim.config_map("b", seen=str(len(found)))
        sim.config_map("a", seen=str(len(found)))
        sim.runtime.sleep(1)
        found.append([(obj.metadata.name, obj.data) for obj in informer.store.list()])
        stop.set()
        task.join()

    assert asked == [{"resource_version": "0"}]
    assert found == [[("a", {"seen": "0"}), ("b", {"seen": "0"})], [("b", {"seen": "1"})]]


@pytest.mark.parity("DFO-07")
@pytest.mark.parity("DFO-08")
def test_who_pops_waits_for_what_comes_and_for_the_end(sim: Sim) -> None:
    queue = PopQueue(DeltaFIFO[Any](), runtime=sim.runtime)
    popped: list[Any] = []

    def pop() -> None:
        try:
            while True:
                queue.pop(lambda deltas, initial: popped.append((deltas[0].obj["metadata"]["name"], initial)))
        except FIFOClosedError:
            popped.append("closed")

    task = sim.runtime.spawn(pop, name="pop")
    sim.runtime.sleep(1)
    queue.add(thing("a"))
    sim.runtime.sleep(1)
    queue.update(thing("b"))
    queue.delete(thing("b"))
    queue.close()
    task.join()
    assert popped == [("a", False), ("b", False), "closed"]
    assert queue.is_closed

    broken = PopQueue(DeltaFIFO[Any](), runtime=sim.runtime)
    broken.add(thing("a"))

    def refuse(_deltas: Any, _initial: bool) -> None:
        raise ValueError("cannot process this")

    with pytest.raises(ValueError, match="cannot process this"):
        broken.pop(refuse)
    assert len(broken) == 0


@pytest.mark.parity("RFO-02")
@pytest.mark.parity("RFO-05")
@pytest.mark.parity("RFO-08")
def test_a_reflector_fills_a_queue_that_tells_of_itself(sim: Sim) -> None:
    for name in "ab":
        sim.config_map(name)
    metrics, stop = Metrics(), sim.runtime.event()
    queue = PopQueue(RealFIFO[Any](atomic=True, bookmarks=True), runtime=sim.runtime, metrics=metrics)
    reflector = Reflector[Any](sim.client().core_v1.config_maps("default"), queue, runtime=sim.runtime)
    task = sim.runtime.spawn(reflector.run, stop, name="reflector")
    first = queue.pop()
    assert (first.type.value, [obj.metadata.name for obj in first.obj.objects]) == ("ReplacedAll", ["a", "b"])
    assert queue.has_synced()
    sim.config_map("c")
    sim.config_map("d")
    sim.runtime.sleep(1)
    batch: list[Any] = []
    queue.pop_batch(lambda deltas, _initial: batch.extend(deltas))
    stop.set()
    task.join()

    assert [delta.key for delta in batch] == ["default/c", "default/d"]
    assert metrics.told["queued"] == [1, 0, 1, 2, 0]
    assert len(metrics.told["processed"]) == 2


@pytest.mark.parity("RFO-06")
@pytest.mark.parity("DFO-12")
def test_slow_processing_is_reported_when_much_waits(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    clock = Slow()
    runtime: Any = SimpleNamespace(clock=clock, guard=sim.runtime.guard, event=sim.runtime.event)
    for queue in (DeltaFIFO[Any](), RealFIFO[Any](atomic=True, unlocks=True)):
        waiting = PopQueue(queue, runtime=runtime)
        for number in range(12):
            waiting.add(thing(f"n{number:02}"))
        waiting.pop(lambda _taken, _initial: clock.sleep(0.2))
        waiting.pop(lambda _taken, _initial: clock.sleep(0.2))
    warnings = [record.getMessage() for record in caplog.records]
    assert warnings == [
        f"{kind}: slow event handlers block the queue: one call took 0.2 seconds and 11 wait"
        for kind in ("DeltaFIFO", "RealFIFO")
    ]


class Slow:
    def __init__(self) -> None:
        self.now = 0

    def monotonic_ns(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)


@pytest.mark.parity("INF-25")
@pytest.mark.parity("PAIN-14")
def test_an_informer_tells_of_its_backlog_and_its_version(sim: Sim) -> None:
    metrics = Metrics()
    running = Running(sim, metrics=metrics)
    running.notes(seconds=10)
    running.start()
    running.informer.wait_for_sync()
    for name in "abc":
        sim.config_map(name)
    sim.runtime.sleep(1)
    running.end()

    name = f"informer maps handler 1 {Notes.__module__}.Notes"
    assert {handler for handler, _ in metrics.told["backlog"]} == {name}
    assert max(waiting for _, waiting in metrics.told["backlog"]) >= 2
    assert metrics.told["stored"][-1] == running.informer.last_store_sync_resource_version
    assert metrics.told["processed"]


@pytest.mark.parity("PAIN-15")
@pytest.mark.parity("PAIN-16")
@pytest.mark.parity("PAIN-17")
def test_what_is_removed_or_stopped_leaves_nothing_and_says_that_it_has_ended(sim: Sim) -> None:
    running = Running(sim)
    running.notes()
    first = running.registration
    running.start()
    running.informer.wait_for_sync()
    before = len(sim.running())
    for _ in range(5):
        running.notes()
        running.informer.remove_event_handler(running.registration)
        sim.runtime.sleep(1)
    assert len(sim.running()) == before
    running.informer.remove_event_handler(first)
    sim.runtime.sleep(1)
    assert len(sim.running()) == before - 1
    running.end()
    with pytest.raises(RuntimeError, match="can run once"):
        running.informer.run(running.stop)


@pytest.mark.parity("PAIN-18")
@pytest.mark.parity("STO-19")
def test_an_informer_can_look_for_those_who_change_its_objects(sim: Sim) -> None:
    sim.config_map("a", key="value")
    running = Running(sim, detect_mutations=True)
    running.start()
    running.informer.wait_for_sync()
    sim.runtime.sleep(5)
    running.informer.store.list()[0].data["key"] = "mine"
    sim.runtime.sleep(2)
    running.stop.set()
    assert running.task is not None
    with pytest.raises(CacheMutatedError, match="'value' became 'mine'"):
        running.task.join()


@pytest.mark.parity("INF-16")
def test_several_caches_can_be_waited_for(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    running = Running(sim)
    running.start()
    with caplog.at_level("INFO", logger="kubeclient.informer"):
        assert wait_for_cache_sync(running.informer, lambda: sim.now >= 3, name="me", timeout=10, runtime=sim.runtime)
        assert not wait_for_cache_sync(running.informer, lambda: False, name="me", timeout=1, runtime=sim.runtime)
        running.stop.set()
        assert not wait_for_cache_sync(lambda: False, stop=running.stop, runtime=sim.runtime)
    running.end()
    texts = [record.getMessage() for record in caplog.records]
    assert "Waiting for caches to sync: me" in texts
    assert "Caches are synced: me" in texts
    assert any(text.startswith("Caches did not sync: me is still waiting for") for text in texts)


@pytest.mark.parity("INF-20")
def test_functions_can_hear_whether_an_object_was_there_before(sim: Sim) -> None:
    heard: list[tuple[str, bool]] = []

    def added(obj: ConfigMap, *, is_initial_list: bool) -> None:
        heard.append((obj.metadata.name, is_initial_list))

    sim.config_map("a")
    running = Running(sim)
    running.informer.add_event_handler(FunctionHandler(on_detailed_add=added))
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("b")
    sim.runtime.sleep(1)
    running.end()
    assert heard == [("a", True), ("b", False)]


@pytest.mark.parity("PAIN-07")
def test_one_informer_of_a_factory_can_be_stopped(sim: Sim) -> None:
    client = sim.client()
    factory = SharedInformerFactory(client)
    with factory:
        old = factory.informer(client.core_v1.config_maps(""))
        factory.informer(client.core_v1.secrets(""))
        factory.start()
        assert factory.wait_for_cache_sync(5)
        assert factory.release(client.core_v1.config_maps(""))
        assert not factory.release(client.core_v1.config_maps(""))
        assert old.is_stopped
        new = factory.informer(client.core_v1.config_maps(""))
        assert new is not old
        factory.start()
        assert factory.wait_for_cache_sync(5)
        assert new.has_synced()
    assert sim.running() == []


@pytest.mark.parity("INF-22")
def test_a_factory_can_resync_each_kind_in_its_time_and_count_its_informers(sim: Sim) -> None:
    sim.config_map("a")
    counted: dict[str, Metrics] = {}

    def metrics(resource: str) -> Metrics | None:
        return counted.setdefault(resource, Metrics()) if resource == "configmaps" else None

    client = sim.client()
    factory = SharedInformerFactory(client, custom_resync={ConfigMap: 10}, metrics=metrics)
    maps = Notes(sim)
    secrets: Any = Notes(sim)
    factory.informer(client.core_v1.config_maps("default")).add_event_handler(maps)
    factory.informer(client.core_v1.secrets("default")).add_event_handler(secrets)
    with factory:
        sim.runtime.sleep(25)

    assert (maps.heard, secrets.heard) == ([("first", "a"), ("same", "a"), ("same", "a")], [])
    assert list(counted) == ["configmaps"]
    assert counted["configmaps"].told["stored"]
    with pytest.raises(RuntimeError, match="was shut down"):
        factory.start()
