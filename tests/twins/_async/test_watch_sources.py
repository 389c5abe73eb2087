"""Broadcasters, and watches that are fed by hand or made of others."""

from __future__ import annotations

import pytest

from kubeclient._async.broadcaster import AsyncBroadcaster, AsyncBroadcastWatch
from kubeclient._async.fake_watch import (
    AsyncFakeWatcher,
    AsyncFilterWatch,
    AsyncProxyWatcher,
    AsyncRaceFreeFakeWatcher,
    AsyncSource,
    AsyncWatchRecorder,
    empty_watch,
)
from kubeclient.apimachinery.watch_event import ADDED, DELETED, MODIFIED, WatchEvent
from tests.twins.support import AsyncSim


async def rest(watch: AsyncSource[str]) -> list[str]:
    """The objects of the events that are left."""
    return [event.object async for event in watch]


@pytest.mark.parity("AMC-01")
async def test_every_watcher_gets_every_event_in_order(sim: AsyncSim) -> None:
    broadcaster: AsyncBroadcaster[str] = AsyncBroadcaster(10, runtime=sim.runtime)
    watches = [await broadcaster.watch() for _ in range(3)]
    for name in ("a", "b"):
        await broadcaster.action(ADDED, name)
    await broadcaster.shutdown()

    assert [await rest(watch) for watch in watches] == [["a", "b"]] * 3
    await broadcaster.shutdown()


@pytest.mark.parity("AMC-01")
async def test_a_watcher_gets_what_comes_after_it_and_its_prefix_first(sim: AsyncSim) -> None:
    broadcaster: AsyncBroadcaster[str] = AsyncBroadcaster(1, drop_if_full=True, runtime=sim.runtime)
    await broadcaster.action(ADDED, "before")
    watch = await broadcaster.watch([WatchEvent(ADDED, "x"), WatchEvent(ADDED, "y")])
    await broadcaster.action(ADDED, "after")
    await broadcaster.shutdown()

    assert await rest(watch) == ["x", "y", "after"]


@pytest.mark.parity("AMC-01")
async def test_a_full_queue_drops_or_makes_all_wait(sim: AsyncSim) -> None:
    dropping: AsyncBroadcaster[str] = AsyncBroadcaster(1, drop_if_full=True, runtime=sim.runtime)
    slow = await dropping.watch()
    for name in ("a", "b"):
        await dropping.action(ADDED, name)
    await dropping.shutdown()
    assert await rest(slow) == ["a"]

    waiting: AsyncBroadcaster[str] = AsyncBroadcaster(1, runtime=sim.runtime)
    slow, quick = await waiting.watch(), await waiting.watch()
    seen: list[tuple[str, float]] = []

    async def read(watch: AsyncBroadcastWatch[str]) -> None:
        async for event in watch:
            seen.append((event.object, sim.now))  # noqa: PERF401 - an async comprehension has no twin

    task = sim.runtime.spawn(read, quick, name="quick")
    for name in ("a", "b", "c"):
        await waiting.action(ADDED, name)
    await sim.runtime.sleep(5)
    assert [name for name, _ in seen] == ["a"], "the second waits for who is slow"
    assert (await slow.__anext__()).object == "a"
    await slow.aclose()
    await waiting.shutdown()
    await task.join()
    assert seen == [("a", 0.0), ("b", 5.0), ("c", 5.0)]


@pytest.mark.parity("AMC-01")
async def test_who_does_not_want_to_wait_is_told_that_an_event_was_dropped(sim: AsyncSim) -> None:
    broadcaster: AsyncBroadcaster[str] = AsyncBroadcaster(0, incoming_length=2, runtime=sim.runtime)
    watch = await broadcaster.watch()
    await sim.runtime.sleep(1)
    sent = []
    for name in ("a", "b", "c", "d"):
        sent.append(await broadcaster.action_or_drop(ADDED, name))
        await sim.runtime.sleep(1)
    assert sent == [True, True, True, False], "one is being handed out, two wait"
    assert [(await watch.__anext__()).object for _ in range(3)] == ["a", "b", "c"]
    await broadcaster.shutdown()
    with pytest.raises(RuntimeError, match="broadcaster already stopped"):
        await broadcaster.action_or_drop(ADDED, "e")


@pytest.mark.parity("AMC-01")
async def test_after_the_end_nobody_watches_and_nothing_happens(sim: AsyncSim) -> None:
    broadcaster: AsyncBroadcaster[str] = AsyncBroadcaster(1, runtime=sim.runtime)
    async with await broadcaster.watch() as watch:
        assert not watch.stopped
    await broadcaster.action(ADDED, "nobody")
    await broadcaster.shutdown()

    assert (watch.stopped, await rest(watch)) == (True, [])
    for call in (broadcaster.watch, lambda: broadcaster.action(ADDED, "x")):
        with pytest.raises(RuntimeError, match="broadcaster already stopped"):
            await call()


@pytest.mark.parity("AMC-02")
async def test_an_event_of_a_fake_waits_for_its_reader(sim: AsyncSim) -> None:
    watch: AsyncFakeWatcher[str] = AsyncFakeWatcher(runtime=sim.runtime)
    said: list[float] = []

    async def say() -> None:
        await watch.add("a")
        said.append(sim.now)
        await watch.modify("b")
        await watch.delete("c")
        await watch.error("d")
        await watch.aclose()

    task = sim.runtime.spawn(say, name="speaker")
    await sim.runtime.sleep(3)
    assert said == []
    events = [(event.type, event.object) async for event in watch]
    await task.join()

    assert events == [("ADDED", "a"), ("MODIFIED", "b"), ("DELETED", "c"), ("ERROR", "d")]
    assert (said, watch.is_stopped) == ([3.0], True)
    with pytest.raises(RuntimeError, match="the watch is closed"):
        await watch.add("e")


@pytest.mark.parity("AMC-02")
async def test_a_fake_with_room_is_read_later_and_can_be_opened_again(sim: AsyncSim) -> None:
    watch: AsyncFakeWatcher[str] = AsyncFakeWatcher(2, runtime=sim.runtime)
    await watch.add("a")
    await watch.add("b")
    await watch.aclose()
    assert await rest(watch) == ["a", "b"]
    await watch.reset()
    await watch.add("c")
    assert ((await watch.__anext__()).object, watch.is_stopped) == ("c", False)


@pytest.mark.parity("AMC-02")
async def test_a_race_free_fake_takes_a_hundred_events_and_says_nothing_when_closed(sim: AsyncSim) -> None:
    watch: AsyncRaceFreeFakeWatcher[str] = AsyncRaceFreeFakeWatcher(runtime=sim.runtime)
    for number in range(100):
        await watch.add(str(number))
    with pytest.raises(OverflowError, match="channel full"):
        await watch.add("too many")
    await watch.aclose()
    await watch.add("late")
    assert len(await rest(watch)) == 100


@pytest.mark.parity("AMC-02")
async def test_a_proxy_gives_what_its_function_gives_until_it_is_closed(sim: AsyncSim) -> None:
    left = ["a", "b", "c"]

    async def give() -> WatchEvent[str] | None:
        return WatchEvent(ADDED, left.pop(0)) if left else None

    watch: AsyncProxyWatcher[str] = AsyncProxyWatcher(give, runtime=sim.runtime)
    assert ((await watch.__anext__()).object, watch.stopping) == ("a", False)
    assert not await watch.wait_stopped(1)
    await watch.aclose()
    assert (await rest(watch), left, watch.stopping) == ([], ["b", "c"], True)
    assert await watch.wait_stopped()
    assert await rest(AsyncProxyWatcher(give, runtime=sim.runtime)) == ["b", "c"]
    assert await rest(empty_watch(runtime=sim.runtime)) == []


@pytest.mark.parity("AMC-02")
async def test_a_filter_keeps_changes_or_drops_and_a_recorder_writes_down(sim: AsyncSim) -> None:
    source: AsyncFakeWatcher[str] = AsyncFakeWatcher(5, runtime=sim.runtime)
    for name in ("a", "bb", "c"):
        await source.add(name)

    def short(event: WatchEvent[str]) -> WatchEvent[str] | None:
        return WatchEvent(MODIFIED, event.object.upper()) if len(event.object) == 1 else None

    recorder = AsyncWatchRecorder(AsyncFilterWatch(source, short))
    await recorder.__anext__()
    assert recorder.events == [WatchEvent(MODIFIED, "A")]
    await source.delete("d")
    await recorder.aclose()
    assert await rest(recorder) == ["C", "D"]
    assert (source.is_stopped, len(recorder.events), DELETED) == (True, 3, "DELETED")
