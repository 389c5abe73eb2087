"""Watching past the end of a watch, and waiting until something is as it should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient import AsyncClientset
from kubeclient._async.watch_tools import until, until_with_sync, until_without_retry
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.apimachinery.errors import Forbidden, InternalError, StatusError, Unauthorized
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.transport.protocol import ConnectFailed, Response
from kubeclient.watchtools import AsyncInformerWatcher, AsyncRetryWatcher, WatchClosedError
from kubefake.faults.rules import CutWatch, LoseRequest, Refuse
from tests.twins._async.informing import cut_off
from tests.twins.support import AsyncScript, AsyncSim, status_body


def frame(kind: str, version: str) -> bytes:
    meta = {"name": "web", "namespace": "ns", "resourceVersion": version}
    return json.dumps({"type": kind, "object": {"metadata": meta}}).encode() + b"\n"


def error_frame(code: int, reason: str) -> bytes:
    return b'{"type":"ERROR","object":' + status_body(code, reason, "no") + b"}\n"


def refusal(code: int, reason: str) -> Response:
    return Response(code, [("content-type", "application/json")], status_body(code, reason, "refused"))


def watcher(sim: AsyncSim, script: AsyncScript) -> AsyncRetryWatcher[ConfigMap]:
    maps = AsyncClientset(script, runtime=sim.runtime).core_v1.config_maps("ns")
    return AsyncRetryWatcher("5", maps, runtime=sim.runtime)


def asked(script: AsyncScript) -> list[str]:
    return [dict(request.query)["resourceVersion"] for request in script.requests]


@pytest.mark.parity("RTW-01")
@pytest.mark.parametrize("version", ["", "0"])
async def test_a_retry_watcher_begins_at_a_version(sim: AsyncSim, version: str) -> None:
    with pytest.raises(ValueError, match="is not supported due to issues with underlying WATCH"):
        AsyncRetryWatcher(version, sim.client().core_v1.config_maps("ns"), runtime=sim.runtime)


@pytest.mark.parity("RTW-01")
async def test_a_watch_that_ends_goes_on_from_the_last_version_a_second_later(sim: AsyncSim) -> None:
    script = AsyncScript(
        [frame("ADDED", "6"), frame("BOOKMARK", "9")],
        ConnectFailed("no route"),
        refusal(500, "InternalError"),
        [frame("MODIFIED", "10")],
        [error_frame(410, "Gone")],
    )
    seen: dict[str, float] = {}

    async def read() -> None:
        async for event in watcher(sim, script):
            seen[event.type] = sim.now

    with pytest.raises(StatusError) as caught:
        await read()
    assert caught.value.code == 410
    assert seen == {"ADDED": 0.0, "MODIFIED": 3.0}
    assert asked(script) == ["5", "9", "9", "9", "10"]
    assert all(dict(request.query)["allowWatchBookmarks"] == "true" for request in script.requests)


@pytest.mark.parity("RTW-02")
@pytest.mark.parametrize(("code", "reason"), [(403, "Forbidden"), (401, "Unauthorized")])
async def test_a_watch_that_is_not_allowed_ends(sim: AsyncSim, code: int, reason: str) -> None:
    script = AsyncScript(refusal(code, reason))
    watch = watcher(sim, script)
    with pytest.raises(Forbidden if code == 403 else Unauthorized):
        await watch.__anext__()

    with pytest.raises(StopAsyncIteration):
        await watch.__anext__()


@pytest.mark.parity("RTW-02")
@pytest.mark.parametrize(
    "error",
    [
        error_frame(504, "Timeout"),
        error_frame(500, "InternalError"),
        error_frame(429, "TooManyRequests"),
        error_frame(666, "Odd"),
        b'{"type":"ERROR","object":{"kind":"Odd","apiVersion":"v1"}}\n',
    ],
    ids=["timeout", "internal error", "too many requests", "an odd code", "no status"],
)
async def test_errors_of_the_server_end_no_watch(sim: AsyncSim, error: bytes) -> None:
    script = AsyncScript([frame("ADDED", "6"), error, frame("ADDED", "7")], [frame("ADDED", "7")])
    async with watcher(sim, script) as watch:
        seen = [(await watch.__anext__()).object.metadata.resource_version for _ in range(2)]

    assert (seen, asked(script), sim.now) == (["6", "7"], ["5", "6"], 1.0)


@pytest.mark.parity("RTW-01")
async def test_watches_that_end_after_each_event_lose_none_whatever_lies_between_versions(sim: AsyncSim) -> None:
    versions = ["5", "6", "7", "11", "1000"]
    script = AsyncScript(*([frame("ADDED", version)] for version in versions))
    async with watcher(sim, script) as watch:
        seen = [(await watch.__anext__()).object.metadata.resource_version for _ in versions]

    assert seen == versions
    assert asked(script) == ["5", "5", "6", "7", "11"]


async def test_a_watch_ends_with_events_that_nobody_read(sim: AsyncSim) -> None:
    watch = watcher(sim, AsyncScript([frame("ADDED", "6"), frame("ADDED", "7")]))
    await watch.__anext__()
    await watch.aclose()
    await watch.aclose()

    with pytest.raises(StopAsyncIteration):
        await watch.__anext__()


@pytest.mark.parity("RTW-03")
async def test_an_event_without_a_version_ends_the_watch(sim: AsyncSim) -> None:
    with pytest.raises(InternalError, match="no resource version"):
        await watcher(sim, AsyncScript([frame("ADDED", "")])).__anext__()


async def test_who_closes_a_watch_wakes_who_reads_it(sim: AsyncSim) -> None:
    maps = sim.client().core_v1.config_maps("default")
    watch = AsyncRetryWatcher((await maps.list()).metadata.resource_version, maps, runtime=sim.runtime)
    ended: list[float] = []

    async def read() -> None:
        with pytest.raises(StopAsyncIteration):
            await watch.__anext__()
        ended.append(sim.now)

    task = sim.runtime.spawn(read, name="reader")
    await sim.runtime.sleep(1)
    await watch.aclose()
    await task.join()

    assert ended == [1.0]


def of_type(name: str) -> Any:
    return lambda event: event.type == name


def has(value: str) -> Any:
    def condition(event: WatchEvent[ConfigMap]) -> bool:
        return event.object.data is not None and event.object.data.get("v") == value

    return condition


@pytest.mark.parity("RTW-04", "RTW-05")
async def test_waiting_survives_watches_that_break(sim: AsyncSim) -> None:
    sim.config_map("a", v="1")
    maps = sim.client().core_v1.config_maps("default")
    version = (await maps.list()).metadata.resource_version
    sim.faults.add(effect=CutWatch(after=0.5), client="client", first=1)

    async def write() -> None:
        for value in ("2", "3", "4"):
            await sim.runtime.sleep(2)
            sim.config_map("a", v=value)

    task = sim.runtime.spawn(write, name="writer")
    event = await until(version, maps, has("2"), has("3"), timeout=60, runtime=sim.runtime)
    await task.join()

    assert event is not None
    assert (event.type, event.object.data) == ("MODIFIED", {"v": "3"})


@pytest.mark.parity("RTW-04")
async def test_an_event_can_satisfy_several_conditions(sim: AsyncSim) -> None:
    maps = AsyncClientset(AsyncScript([frame("ADDED", "6")]), runtime=sim.runtime).core_v1.config_maps("ns")
    event = await until_without_retry(maps.watch(), lambda _: True, lambda _: True, runtime=sim.runtime)
    assert event is not None

    closed = AsyncClientset(AsyncScript([frame("ADDED", "6")]), runtime=sim.runtime).core_v1.config_maps("ns")
    with pytest.raises(WatchClosedError):
        await until_without_retry(closed.watch(), lambda _: False, runtime=sim.runtime)


@pytest.mark.parity("RTW-04")
async def test_conditions_are_met_in_their_order_and_one_that_raises_ends_the_wait(sim: AsyncSim) -> None:
    frames = [frame("ADDED", "6"), frame("MODIFIED", "7"), frame("DELETED", "8")]
    maps = AsyncClientset(AsyncScript(frames, frames), runtime=sim.runtime).core_v1.config_maps("ns")

    def fail(event: WatchEvent[ConfigMap]) -> bool:
        raise LookupError(f"not {event.type}")

    event = await until_without_retry(maps.watch(), of_type("ADDED"), of_type("DELETED"), runtime=sim.runtime)
    assert event is not None
    assert event.object.metadata.resource_version == "8"
    with pytest.raises(LookupError, match="not ADDED"):
        await until_without_retry(maps.watch(), of_type("ADDED"), fail, runtime=sim.runtime)


@pytest.mark.parity("RTW-04")
async def test_without_a_time_limit_one_waits_until_it_happens(sim: AsyncSim) -> None:
    maps = sim.client().core_v1.config_maps("default")
    watch = maps.watch(resource_version=(await maps.list()).metadata.resource_version)

    async def write() -> None:
        await sim.runtime.sleep(250)
        sim.config_map("a", v="1")

    task = sim.runtime.spawn(write, name="writer")
    event = await until_without_retry(watch, has("1"), runtime=sim.runtime)
    await task.join()

    assert event is not None
    assert sim.now == 250.0


@pytest.mark.parity("RTW-04")
async def test_waiting_ends_after_its_time(sim: AsyncSim) -> None:
    sim.config_map("a", v="1")
    maps = sim.client().core_v1.config_maps("default")
    version = (await maps.list()).metadata.resource_version
    with pytest.raises(TimeoutError, match="timed out waiting for the condition"):
        await until(version, maps, has("2"), timeout=30, runtime=sim.runtime)

    assert sim.now == 30.0


@pytest.mark.parity("RTW-05")
async def test_waiting_with_a_copy_begins_with_what_exists(sim: AsyncSim) -> None:
    sim.config_map("a", v="1")
    maps = sim.client().core_v1.config_maps("default")
    event = await until_with_sync(maps, has("1"), timeout=30, runtime=sim.runtime)
    assert event is not None
    assert event.type == "ADDED"

    there = await until_with_sync(
        maps, has("2"), precondition=lambda store: len(store.list()) == 1, timeout=30, runtime=sim.runtime
    )
    assert there is None
    with pytest.raises(TimeoutError):
        await until_with_sync(maps, has("2"), precondition=lambda store: False, timeout=30, runtime=sim.runtime)


@pytest.mark.parity("RTW-06")
async def test_changes_of_a_copy_are_events(sim: AsyncSim) -> None:
    sim.config_map("a", v="1")
    seen: list[str] = []
    async with AsyncInformerWatcher(sim.client().core_v1.config_maps("default"), runtime=sim.runtime) as events:
        seen.append((await events.__anext__()).type)
        sim.config_map("a", v="2")
        seen.append((await events.__anext__()).type)
        sim.delete("a")
        last = await events.__anext__()

    assert [*seen, last.type] == ["ADDED", "MODIFIED", "DELETED"]
    assert last.object.data == {"v": "2"}


@pytest.mark.parity("RTW-05")
async def test_a_copy_that_cannot_be_made_is_waited_for_before_the_precondition_is_asked(sim: AsyncSim) -> None:
    sim.faults.add(effect=Refuse(500), client="client")
    asked: list[float] = []

    def note(store: Any) -> bool:
        asked.append(sim.now)
        return False

    with pytest.raises(TimeoutError):
        await until_with_sync(
            sim.client().core_v1.config_maps("default"),
            has("1"),
            precondition=note,
            timeout=30,
            runtime=sim.runtime,
        )
    assert (asked, sim.now) == ([], 30.0)


@pytest.mark.parity("RTW-05")
async def test_a_precondition_that_raises_ends_the_wait(sim: AsyncSim) -> None:
    def fail(store: Any) -> bool:
        raise LookupError("no such thing")

    maps = sim.client().core_v1.config_maps("default")
    with pytest.raises(LookupError, match="no such thing"):
        await until_with_sync(maps, has("1"), precondition=fail, timeout=30, runtime=sim.runtime)


@pytest.mark.parity("RTW-06")
async def test_events_of_a_copy_come_in_order_and_may_stay_unread(sim: AsyncSim) -> None:
    for number in range(200):
        sim.config_map(f"c{number:03}")
    async with AsyncInformerWatcher(sim.client().core_v1.config_maps("default"), runtime=sim.runtime) as events:
        names = [(await events.__anext__()).object.metadata.name for _ in range(150)]

    assert names == [f"c{number:03}" for number in range(150)]
    assert sim.running() == []


@pytest.mark.parity("RTW-06")
async def test_what_a_copy_lost_unseen_is_deleted_with_its_last_known_state(sim: AsyncSim) -> None:
    sim.config_map("a", v="1")
    async with AsyncInformerWatcher(sim.client().core_v1.config_maps("default"), runtime=sim.runtime) as events:
        await events.__anext__()
        with sim.faults.add(verb="watch", effect=LoseRequest("connect-failed")):
            cut_off(sim)
            sim.delete("a")
            sim.cluster.compact()
            await sim.runtime.sleep(10)
        last = await events.__anext__()

    assert (last.type, last.object.data) == ("DELETED", {"v": "1"})
