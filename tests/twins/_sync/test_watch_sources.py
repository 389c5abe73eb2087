# generated from tests/twins/_async/test_watch_sources.py by .ci/twin.py, do not edit
"""Broadcasters, and watches that are fed by hand or made of others."""

from __future__ import annotations

import pytest

from kubeclient._sync.broadcaster import Broadcaster, BroadcastWatch
from kubeclient._sync.fake_watch import (
    FakeWatcher,
    FilterWatch,
    ProxyWatcher,
    RaceFreeFakeWatcher,
    Source,
    WatchRecorder,
    empty_watch,
)
from kubeclient.apimachinery.watch_event import ADDED, DELETED, MODIFIED, WatchEvent
from tests.twins.support import Sim


def rest(watch: Source[str]) -> list[str]:
    """The objects of the events that are left."""
    return [event.object for event in watch]


@pytest.mark.parity("AMC-01")
def test_every_watcher_gets_every_event_in_order(sim: Sim) -> None:
    broadcaster: Broadcaster[str] = Broadcaster(10, runtime=sim.runtime)
    watches = [broadcaster.watch() for _ in range(3)]
    for name in ("a", "b"):
        broadcaster.action(ADDED, name)
    broadcaster.shutdown()

    assert [rest(watch) for watch in watches] == [["a", "b"]] * 3
    broadcaster.shutdown()


@pytest.mark.parity("AMC-01")
def test_a_watcher_gets_what_comes_after_it_and_its_prefix_first(sim: Sim) -> None:
    broadcaster: Broadcaster[str] = Broadcaster(1, drop_if_full=True, runtime=sim.runtime)
    broadcaster.action(ADDED, "before")
    watch = broadcaster.watch([WatchEvent(ADDED, "x"), WatchEvent(ADDED, "y")])
    broadcaster.action(ADDED, "after")
    broadcaster.shutdown()

    assert rest(watch) == ["x", "y", "after"]


@pytest.mark.parity("AMC-01")
def test_a_full_queue_drops_or_makes_all_wait(sim: Sim) -> None:
    dropping: Broadcaster[str] = Broadcaster(1, drop_if_full=True, runtime=sim.runtime)
    slow = dropping.watch()
    for name in ("a", "b"):
        dropping.action(ADDED, name)
    dropping.shutdown()
    assert rest(slow) == ["a"]

    waiting: Broadcaster[str] = Broadcaster(1, runtime=sim.runtime)
    slow, quick = waiting.watch(), waiting.watch()
    seen: list[tuple[str, float]] = []

    def read(watch: BroadcastWatch[str]) -> None:
        for event in watch:
            seen.append((event.object, sim.now))  # noqa: PERF401 - an async comprehension has no twin

    task = sim.runtime.spawn(read, quick, name="quick")
    for name in ("a", "b", "c"):
        waiting.action(ADDED, name)
    sim.runtime.sleep(5)
    assert [name for name, _ in seen] == ["a"], "the second waits for who is slow"
    assert (slow.__next__()).object == "a"
    slow.close()
    waiting.shutdown()
    task.join()
    assert seen == [("a", 0.0), ("b", 5.0), ("c", 5.0)]


@pytest.mark.parity("AMC-01")
def test_who_does_not_want_to_wait_is_told_that_an_event_was_dropped(sim: Sim) -> None:
    broadcaster: Broadcaster[str] = Broadcaster(0, incoming_length=2, runtime=sim.runtime)
    watch = broadcaster.watch()
    sim.runtime.sleep(1)
    sent = []
    for name in ("a", "b", "c", "d"):
        sent.append(broadcaster.action_or_drop(ADDED, name))
        sim.runtime.sleep(1)
    assert sent == [True, True, True, False], "one is being handed out, two wait"
    assert [(watch.__next__()).object for _ in range(3)] == ["a", "b", "c"]
    broadcaster.shutdown()
    with pytest.raises(RuntimeError, match="broadcaster already stopped"):
        broadcaster.action_or_drop(ADDED, "e")


@pytest.mark.parity("AMC-01")
def test_after_the_end_nobody_watches_and_nothing_happens(sim: Sim) -> None:
    broadcaster: Broadcaster[str] = Broadcaster(1, runtime=sim.runtime)
    with broadcaster.watch() as watch:
        assert not watch.stopped
    broadcaster.action(ADDED, "nobody")
    broadcaster.shutdown()

    assert (watch.stopped, rest(watch)) == (True, [])
    for call in (broadcaster.watch, lambda: broadcaster.action(ADDED, "x")):
        with pytest.raises(RuntimeError, match="broadcaster already stopped"):
            call()


@pytest.mark.parity("AMC-02")
def test_an_event_of_a_fake_waits_for_its_reader(sim: Sim) -> None:
    watch: FakeWatcher[str] = FakeWatcher(runtime=sim.runtime)
    said: list[float] = []

    def say() -> None:
        watch.add("a")
        said.append(sim.now)
        watch.modify("b")
        watch.delete("c")
        watch.error("d")
        watch.close()

    task = sim.runtime.spawn(say, name="speaker")
    sim.runtime.sleep(3)
    assert said == []
    events = [(event.type, event.object) for event in watch]
    task.join()

    assert events == [("ADDED", "a"), ("MODIFIED", "b"), ("DELETED", "c"), ("ERROR", "d")]
    assert (said, watch.is_stopped) == ([3.0], True)
    with pytest.raises(RuntimeError, match="the watch is closed"):
        watch.add("e")


@pytest.mark.parity("AMC-02")
def test_a_fake_with_room_is_read_later_and_can_be_opened_again(sim: Sim) -> None:
    watch: FakeWatcher[str] = FakeWatcher(2, runtime=sim.runtime)
    watch.add("a")
    watch.add("b")
    watch.close()
    assert rest(watch) == ["a", "b"]
    watch.reset()
    watch.add("c")
    assert ((watch.__next__()).object, watch.is_stopped) == ("c", False)


@pytest.mark.parity("AMC-02")
def test_a_race_free_fake_takes_a_hundred_events_and_says_nothing_when_closed(sim: Sim) -> None:
    watch: RaceFreeFakeWatcher[str] = RaceFreeFakeWatcher(runtime=sim.runtime)
    for number in range(100):
        watch.add(str(number))
    with pytest.raises(OverflowError, match="channel full"):
        watch.add("too many")
    watch.close()
    watch.add("late")
    assert len(rest(watch)) == 100


@pytest.mark.parity("AMC-02")
def test_a_proxy_gives_what_its_function_gives_until_it_is_closed(sim: Sim) -> None:
    left = ["a", "b", "c"]

    def give() -> WatchEvent[str] | None:
        return WatchEvent(ADDED, left.pop(0)) if left else None

    watch: ProxyWatcher[str] = ProxyWatcher(give, runtime=sim.runtime)
    assert ((watch.__next__()).object, watch.stopping) == ("a", False)
    assert not watch.wait_stopped(1)
    watch.close()
    assert (rest(watch), left, watch.stopping) == ([], ["b", "c"], True)
    assert watch.wait_stopped()
    assert rest(ProxyWatcher(give, runtime=sim.runtime)) == ["b", "c"]
    assert rest(empty_watch(runtime=sim.runtime)) == []


@pytest.mark.parity("AMC-02")
def test_a_filter_keeps_changes_or_drops_and_a_recorder_writes_down(sim: Sim) -> None:
    source: FakeWatcher[str] = FakeWatcher(5, runtime=sim.runtime)
    for name in ("a", "bb", "c"):
        source.add(name)

    def short(event: WatchEvent[str]) -> WatchEvent[str] | None:
        return WatchEvent(MODIFIED, event.object.upper()) if len(event.object) == 1 else None

    recorder = WatchRecorder(FilterWatch(source, short))
    recorder.__next__()
    assert recorder.events == [WatchEvent(MODIFIED, "A")]
    source.delete("d")
    recorder.close()
    assert rest(recorder) == ["C", "D"]
    assert (source.is_stopped, len(recorder.events), DELETED) == (True, 3, "DELETED")
