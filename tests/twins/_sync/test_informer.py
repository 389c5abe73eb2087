# generated from tests/twins/_async/test_informer.py by .ci/twin.py, do not edit
"""Shared informers: what handlers hear, when, and what is left when they are stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.apimachinery.meta import set_annotation
from kubeclient.cache import (
    FilteringHandler,
    FunctionHandler,
    IndexerError,
)
from kubefake.faults.rules import CutWatch, DuplicateEvent, LoseRequest, Refuse
from tests.twins._sync.informing import Notes, Running, cut_off
from tests.twins.support import Sim


@pytest.mark.parity("INF-01")
@pytest.mark.parity("INF-16")
def test_a_handler_hears_of_what_was_there_and_of_what_happens(sim: Sim) -> None:
    sim.config_map("a")
    running = Running(sim)
    notes = running.notes()
    running.start()
    assert running.informer.wait_for_sync(10)
    sim.config_map("b")
    sim.config_map("a", key="value")
    sim.delete("b")
    sim.runtime.sleep(1)
    running.end()

    assert notes.heard == [("first", "a"), ("add", "b"), ("update", "a"), ("delete", "b")]
    assert running.informer.store.list_keys() == ["default/a"]
    assert running.informer.last_sync_resource_version == str(sim.cluster.server.store.revision)


@pytest.mark.parity("INF-01")
def test_the_copy_is_changed_before_a_handler_hears_of_it(sim: Sim) -> None:
    running = Running(sim)
    seen: list[bool] = []
    store: Any = running.informer.store
    running.informer.add_event_handler(
        on_add=lambda obj: seen.append(store.get(obj) is obj),
        on_update=lambda old, new: seen.append(store.get(old) is new),
        on_delete=lambda obj: seen.append(store.get(obj) is None),
    )
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a")
    sim.runtime.sleep(1)
    sim.config_map("a", key="value")
    sim.runtime.sleep(1)
    sim.delete("a")
    sim.runtime.sleep(1)
    running.end()

    assert seen == [True, True, True]


@pytest.mark.parity("INF-09")
def test_a_handler_that_comes_late_misses_nothing_and_hears_nothing_twice(sim: Sim) -> None:
    running = Running(sim)
    running.start()

    def write() -> None:
        for number in range(100):
            sim.config_map(f"map-{number % 20}", number=str(number))
            sim.runtime.sleep(0.01)

    writer = sim.runtime.spawn(write, name="writer")
    late = []
    for _ in range(9):
        sim.runtime.sleep(0.1)
        late.append((running.informer.store.list_keys(), running.notes()))
    writer.join()
    sim.runtime.sleep(1)
    running.end()

    for known, notes in late:
        assert notes.heard[: len(known)] == [("first", key.removeprefix("default/")) for key in known]
        live = [name for _, name in notes.heard[len(known) :]]
        last = int(live[-1].removeprefix("map-"))
        assert live == [f"map-{number % 20}" for number in range(100 - len(live), 100)]
        assert last == 19


@pytest.mark.parity("INF-10")
def test_a_handler_has_synced_when_it_has_handled_all_that_was_there(sim: Sim) -> None:
    for name in "abc":
        sim.config_map(name)
    running = Running(sim)
    running.notes(seconds=2)
    early = running.registration
    running.start()
    running.informer.wait_for_sync()
    states = [(running.informer.has_synced(), early.has_synced())]
    running.notes(seconds=1)
    in_time = early.wait_for_sync(1)
    done = (running.registration.wait_for_sync(), sim.now, early.wait_for_sync(), sim.now)
    running.notes()
    states.append((running.informer.has_synced(), early.has_synced()))
    running.end()

    assert states == [(True, False), (True, True)]
    assert (in_time, done) == (False, (True, 3.0, True, 6.0))


@pytest.mark.parity("INF-10")
def test_with_nothing_there_a_handler_syncs_with_its_informer(sim: Sim) -> None:
    running = Running(sim)
    running.notes()
    before = running.registration.has_synced()
    running.start()

    assert (before, running.registration.wait_for_sync(10), sim.now) == (False, True, 0.0)
    running.end()


@pytest.mark.parity("INF-11")
@pytest.mark.parity("INF-12")
def test_a_slow_handler_hears_everything_in_order_and_delays_nobody(sim: Sim) -> None:
    running = Running(sim)
    slow, fast = running.notes(seconds=10), running.notes()
    slow_registration = running.informer._registrations[0]
    running.start()
    running.informer.wait_for_sync()
    for name in "abc":
        sim.config_map(name)
    sim.runtime.sleep(1)
    backlog = slow_registration.backlog
    sim.runtime.sleep(40)
    running.end()

    assert (slow.times, fast.times, backlog) == ([0, 10, 20], [0, 0, 0], 2)
    assert slow.heard == fast.heard


@pytest.mark.parity("INF-11")
def test_a_handler_with_a_long_backlog_and_slow_calls_is_reported(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(1100):
        sim.config_map(f"map-{number}")
    running = Running(sim)
    slow = running.notes(seconds=1)
    running.notes()
    running.start()
    sim.runtime.sleep(99.5)
    running.end()

    assert len(slow.heard) == 100
    reports = [record.getMessage() for record in caplog.records]
    assert reports == [
        f"handler informer maps handler 1 {Notes.__module__}.Notes is slow: a call took 1.0 seconds and 1099 notifications are waiting for it"
    ]


@pytest.mark.parity("INF-13", "PORT-08")
def test_a_handler_that_raises_hears_the_next_thing_a_second_later(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    for name in "abc":
        sim.config_map(name)
    running = Running(sim)
    notes = running.notes(refuse="b")
    running.start()
    synced = running.registration.wait_for_sync(10)
    running.end()

    assert (notes.heard, notes.times) == ([("first", "a"), ("first", "b"), ("first", "c")], [0, 0, 1])
    assert synced
    assert f"handler informer maps handler 1 {Notes.__module__}.Notes raised an error" in caplog.text


@pytest.mark.parity("INF-14")
@pytest.mark.parity("INF-15")
def test_a_resync_tells_those_who_asked_for_it_of_everything_again(sim: Sim) -> None:
    sim.config_map("a")
    sim.config_map("b")
    running = Running(sim)
    often, seldom, never = (running.notes(resync_period=period) for period in (10, 25, 0))
    running.start()
    sim.runtime.sleep(34)
    running.end()

    assert often.heard == [("first", "a"), ("first", "b"), *[("same", "a"), ("same", "b")] * 3]
    assert often.times == [0, 0, 10, 10, 20, 20, 30, 30]
    assert seldom.times == [0, 0, 25, 25]
    assert never.times == [0, 0]


@pytest.mark.parity("INF-14")
def test_a_handler_that_comes_late_brings_its_own_resync(sim: Sim) -> None:
    sim.config_map("a")
    running = Running(sim, resync_period=100)
    first = running.notes()
    running.start()
    sim.runtime.sleep(20)
    late = running.notes(resync_period=7)
    sim.runtime.sleep(20)
    running.informer.remove_event_handler(running.registration)
    sim.runtime.sleep(100)
    running.end()

    assert (first.times, late.times) == ([0, 100], [20, 27, 34])


@pytest.mark.parity("INF-14")
def test_nobody_resyncs_more_often_than_once_a_second(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    sim.config_map("a")
    running = Running(sim)
    notes = running.notes(resync_period=0.01)
    running.start()
    sim.runtime.sleep(2.5)
    running.end()

    assert notes.times == [0, 1, 2]
    assert "a resync period of 0.01 seconds is too short" in caplog.text


def test_without_handlers_nothing_resyncs(sim: Sim) -> None:
    running = Running(sim, resync_period=5)
    running.start()
    sim.runtime.sleep(20)
    names = sim.running()
    running.end()

    assert [name for name in names if "resync" in name] == []


@pytest.mark.parity("RFL-10")
@pytest.mark.parity("DFO-05")
def test_what_vanishes_unseen_is_deleted_with_its_last_known_state(sim: Sim) -> None:
    sim.config_map("a")
    sim.config_map("b")
    sim.config_map("kept")
    running = Running(sim)
    notes = running.notes()
    running.start()
    running.informer.wait_for_sync()
    with sim.faults.add(verb="watch", effect=LoseRequest("connect-failed")):
        cut_off(sim)
        sim.runtime.sleep(1)
        sim.delete("a")
        sim.config_map("b", key="value")
        sim.config_map("c")
        sim.cluster.compact()
        sim.runtime.sleep(10)
    sim.runtime.sleep(120)
    running.end()

    assert notes.heard[:3] == [("first", "a"), ("first", "b"), ("first", "kept")]
    assert sorted(notes.heard[3:]) == [("add", "c"), ("lost", "a"), ("same", "kept"), ("update", "b")]
    assert sorted(running.informer.store.list_keys()) == ["default/b", "default/c", "default/kept"]


@pytest.mark.parity("INF-15")
def test_after_a_resync_of_others_a_new_list_of_the_same_is_no_news(sim: Sim) -> None:
    sim.config_map("a")
    running = Running(sim)
    asked, quiet = running.notes(resync_period=5), running.notes()
    running.start()
    sim.runtime.sleep(6)
    sim.config_map("b")
    with sim.faults.add(verb="watch", effect=LoseRequest("connect-failed")):
        cut_off(sim)
        sim.cluster.compact()
        sim.runtime.sleep(1)
    sim.runtime.sleep(20)
    running.end()

    assert quiet.heard == [("first", "a"), ("add", "b")]
    assert ("same", "a") in asked.heard


def test_an_event_that_comes_twice_is_an_update_to_the_same_and_a_second_deletion_is_none(sim: Sim) -> None:
    sim.faults.add(effect=DuplicateEvent())
    running = Running(sim)
    notes = running.notes()
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a")
    sim.config_map("a", key="value")
    sim.delete("a")
    sim.runtime.sleep(1)
    running.end()

    assert notes.heard == [("add", "a"), ("same", "a"), ("update", "a"), ("same", "a"), ("delete", "a")]


@pytest.mark.parity("INF-17")
def test_what_a_transform_returns_is_stored_and_told(sim: Sim) -> None:
    def mark(obj: ConfigMap) -> ConfigMap:
        set_annotation(obj, "seen", "yes")
        return obj

    sim.config_map("a")
    running = Running(sim, transform=mark)
    marks: list[Any] = []
    note: Callable[[Any], None] = lambda obj: marks.append(obj.metadata.annotations)  # noqa: E731
    running.informer.add_event_handler(on_add=note, on_update=lambda _, new: note(new), on_delete=note)
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a", key="value")
    sim.delete("a")
    sim.runtime.sleep(1)
    running.end()

    assert marks == [{"seen": "yes"}] * 3


@pytest.mark.parity("INF-17")
def test_an_event_that_a_transform_refuses_is_lost(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    def choosy(obj: ConfigMap) -> ConfigMap:
        if obj.data:
            raise ValueError("no data, please")
        return obj

    running = Running(sim, transform=choosy)
    notes = running.notes()
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a", key="value")
    sim.config_map("b")
    sim.runtime.sleep(1)
    running.end()

    assert notes.heard == [("add", "b")]
    assert "no data, please" in caplog.text


@pytest.mark.parity("INF-17")
def test_a_list_that_a_transform_refuses_is_tried_again(sim: Sim) -> None:
    sim.config_map("a")
    tries: list[float] = []

    def fails_twice(obj: ConfigMap) -> ConfigMap:
        tries.append(sim.now)
        if len(tries) <= 2:
            raise ValueError("not yet")
        return obj

    running = Running(sim, transform=fails_twice)
    notes = running.notes()
    running.start()
    assert running.informer.wait_for_sync(30)
    running.end()

    assert (notes.heard, len(tries), len(running.errors)) == ([("first", "a")], 3, 2)
    assert tries[2] >= 0.8 + 1.6


def test_an_index_function_that_raises_keeps_its_object_out_and_the_informer_alive(
    sim: Sim, caplog: pytest.LogCaptureFixture
) -> None:
    def by_key(obj: ConfigMap) -> list[str]:
        return [obj.data["key"]]

    sim.config_map("bad")
    sim.config_map("good", key="1")
    running = Running(sim, indexers={"key": by_key})
    notes = running.notes()
    running.start()
    assert running.informer.wait_for_sync(10)
    sim.config_map("good", key="2")
    sim.config_map("bad", key="2")
    sim.runtime.sleep(1)
    running.end()

    assert notes.heard == [("first", "good"), ("update", "good"), ("add", "bad")]
    assert running.informer.store.index_keys("key", "2") == ["default/bad", "default/good"]
    assert "default/bad of a new list was not taken over" in caplog.text


@pytest.mark.parity("INF-07")
@pytest.mark.parity("INF-23")
def test_indexes_can_be_added_while_it_runs_and_namespaces_are_one_always(sim: Sim) -> None:
    sim.config_map("a", key="1")
    running = Running(sim)
    running.start()
    running.informer.wait_for_sync()
    running.informer.add_indexers({"key": lambda obj: list(obj.data or ())})

    assert running.informer.store.index_keys("key", "key") == ["default/a"]
    assert running.informer.store.index_keys("namespace", "default") == ["default/a"]
    with pytest.raises(IndexerError, match="indexer conflict: key"):
        running.informer.add_indexers({"key": lambda obj: []})
    running.end()
    with pytest.raises(RuntimeError, match="was stopped: no indexer can be added"):
        running.informer.add_indexers({"new": lambda obj: []})


@pytest.mark.parity("INF-05")
@pytest.mark.parity("INF-08")
@pytest.mark.parity("INF-19")
def test_a_stopped_informer_has_nothing_running_and_cannot_be_used_again(sim: Sim) -> None:
    running = Running(sim, resync_period=5)
    running.notes(seconds=30)
    running.notes()
    running.start()
    sim.config_map("a")
    sim.config_map("b")
    sim.runtime.sleep(1)
    slow = running.informer._registrations[0]
    with pytest.raises(RuntimeError, match="has started already"):
        running.informer.run(running.stop)

    running.end()

    assert (sim.now, running.informer.is_stopped, slow.backlog > 0) == (30.0, True, True)
    with pytest.raises(RuntimeError, match="no handler can be added"):
        running.notes()
    with pytest.raises(RuntimeError, match="has started already"):
        running.informer.run(running.stop)


def test_who_waits_for_a_sync_learns_that_it_will_not_come(sim: Sim) -> None:
    sim.faults.add(verb="list", effect=Refuse(403))
    running = Running(sim, watch_list=False)
    running.notes()
    running.start()
    assert not running.informer.wait_for_sync(5)
    waiting = [
        sim.runtime.spawn(running.informer.wait_for_sync, name="one"),
        sim.runtime.spawn(running.registration.wait_for_sync, name="two"),
    ]
    sim.runtime.sleep(20)
    assert not any(task.done() for task in waiting)
    running.stop.set()
    for task in waiting:
        task.join()
    running.end()

    assert (sim.now, running.informer.has_synced()) == (25.0, False)


def test_an_informer_that_is_stopped_before_it_runs_ends_at_once(sim: Sim) -> None:
    running = Running(sim)
    notes = running.notes()
    running.stop.set()
    running.start()
    running.end()

    assert (notes.heard, running.informer.wait_for_sync()) == ([], False)


def test_a_handler_that_is_taken_away_hears_nothing_more(sim: Sim) -> None:
    running = Running(sim)
    notes = running.notes(seconds=5)
    registration = running.registration
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a")
    sim.config_map("b")
    sim.runtime.sleep(1)
    running.informer.remove_event_handler(registration)
    running.informer.remove_event_handler(registration)
    sim.config_map("c")
    sim.runtime.sleep(1)
    ends_with_it = any(name.startswith("informer maps handler 1 ") for name in sim.running())
    running.end()

    assert (notes.heard, ends_with_it, sim.now) == ([("add", "a")], True, 5.0)


def test_a_registration_is_of_one_handler_and_one_informer(sim: Sim) -> None:
    one, other = Running(sim), Running(sim)
    heard: list[str] = []

    def note(obj: ConfigMap) -> None:
        heard.append(obj.metadata.name)

    first, second = (one.informer.add_event_handler(on_add=note) for _ in range(2))
    assert first is not second
    one.start()
    one.informer.wait_for_sync()
    sim.config_map("a")
    sim.runtime.sleep(1)
    assert heard == ["a", "a"]

    other.informer.remove_event_handler(first)
    one.informer.remove_event_handler(second)
    one.informer.remove_event_handler(second)
    sim.config_map("b")
    sim.runtime.sleep(1)
    one.end()

    assert heard == ["a", "a", "b"]


def test_a_handler_can_take_itself_away(sim: Sim) -> None:
    running = Running(sim)
    heard: list[str] = []

    def once(obj: ConfigMap) -> None:
        heard.append(obj.metadata.name)
        running.informer.remove_event_handler(registration)

    registration = running.informer.add_event_handler(on_add=once)
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a")
    sim.config_map("b")
    sim.runtime.sleep(1)
    running.end()

    assert heard == ["a"]


@pytest.mark.parity("INF-20")
def test_a_filter_makes_adds_and_deletes_of_what_begins_and_ceases_to_pass(sim: Sim) -> None:
    running = Running(sim)
    notes = Notes(sim)
    running.informer.add_event_handler(FilteringHandler[ConfigMap](lambda obj: bool(obj.data), notes))
    running.start()
    running.informer.wait_for_sync()
    for change in ({}, {"key": "1"}, {"key": "2"}, {}, {"key": "3"}):
        sim.config_map("a", **change)
    sim.delete("a")
    sim.config_map("b")
    sim.delete("b")
    sim.runtime.sleep(1)
    running.end()

    assert notes.heard == [("add", "a"), ("update", "a"), ("delete", "a"), ("add", "a"), ("delete", "a")]


@pytest.mark.parity("INF-20")
def test_functions_can_be_left_out_but_not_given_beside_a_handler(sim: Sim) -> None:
    running = Running(sim)
    heard: list[Any] = []
    running.informer.add_event_handler(on_delete=lambda obj: heard.append("delete"))
    running.start()
    running.informer.wait_for_sync()
    sim.config_map("a")
    sim.config_map("a", key="value")
    sim.delete("a")
    sim.runtime.sleep(1)
    running.end()

    assert heard == ["delete"]
    with pytest.raises(ValueError, match="not both"):
        running.informer.add_event_handler(FunctionHandler(), on_add=heard.append)


def test_watches_that_break_all_the_time_lose_nothing(sim: Sim) -> None:
    sim.faults.add(effect=CutWatch(after=1.5))
    sim.faults.add(effect=CutWatch(clean=True), every=7)
    running = Running(sim)
    notes = running.notes()
    running.start()
    for number in range(50):
        sim.config_map("a", number=str(number))
        sim.runtime.sleep(0.2)
    sim.runtime.sleep(5)
    running.end()

    assert next(kind for kind, _ in notes.heard if kind != "same") in ("first", "add")
    assert len([kind for kind, _ in notes.heard if kind == "update"]) == 49


@pytest.mark.parametrize("when", ["first list", "events"])
def test_who_hears_or_tells_of_much_lets_others_have_their_turns(sim: Sim, when: str) -> None:
    running = Running(sim)
    notes: list[str] = []
    running.informer.add_event_handler(on_add=lambda obj: notes.append(obj.metadata.name))
    if when == "events":
        running.start()
        running.informer.wait_for_sync()
    for number in range(2000):
        sim.config_map(f"map-{number}")
    if when == "first list":
        running.start()
    progress = []
    while len(notes) < 2000:
        sim.runtime.sleep(0)
        progress.append(len(notes))
    running.end()

    assert len(set(progress)) >= 2000 // 256
