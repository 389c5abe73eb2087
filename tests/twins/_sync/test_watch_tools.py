# generated from tests/twins/_async/test_watch_tools.py by .ci/twin.py, do not edit
"""Watching past the end of a watch, and waiting until something is as it should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient import Clientset
from kubeclient._sync.watch_tools import until, until_with_sync, until_without_retry
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.apimachinery.errors import Forbidden, InternalError, StatusError
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.transport.protocol import ConnectFailed, Response
from kubeclient.watchtools import InformerWatcher, RetryWatcher, WatchClosedError
from kubefake.faults.rules import CutWatch
from tests.twins.support import Script, Sim, status_body


def frame(kind: str, version: str) -> bytes:
    meta = {"name": "web", "namespace": "ns", "resourceVersion": version}
    return json.dumps({"type": kind, "object": {"metadata": meta}}).encode() + b"\n"


def error_frame(code: int, reason: str) -> bytes:
    return b'{"type":"ERROR","object":' + status_body(code, reason, "no") + b"}\n"


def refusal(code: int, reason: str) -> Response:
    return Response(code, [("content-type", "application/json")], status_body(code, reason, "refused"))


def watcher(sim: Sim, script: Script) -> RetryWatcher[ConfigMap]:
    maps = Clientset(script, runtime=sim.runtime).core_v1.config_maps("ns")
    return RetryWatcher("5", maps, runtime=sim.runtime)


def asked(script: Script) -> list[str]:
    return [dict(request.query)["resourceVersion"] for request in script.requests]


@pytest.mark.parity("RTW-01")
@pytest.mark.parametrize("version", ["", "0"])
def test_a_retry_watcher_begins_at_a_version(sim: Sim, version: str) -> None:
    with pytest.raises(ValueError, match="is not supported due to issues with underlying WATCH"):
        RetryWatcher(version, sim.client().core_v1.config_maps("ns"), runtime=sim.runtime)


@pytest.mark.parity("RTW-01")
def test_a_watch_that_ends_goes_on_from_the_last_version_a_second_later(sim: Sim) -> None:
    script = Script(
        [frame("ADDED", "6"), frame("BOOKMARK", "9")],
        ConnectFailed("no route"),
        refusal(500, "InternalError"),
        [frame("MODIFIED", "10")],
        [error_frame(410, "Gone")],
    )
    seen: dict[str, float] = {}

    def read() -> None:
        for event in watcher(sim, script):
            seen[event.type] = sim.now

    with pytest.raises(StatusError) as caught:
        read()
    assert caught.value.code == 410
    assert seen == {"ADDED": 0.0, "MODIFIED": 3.0}
    assert asked(script) == ["5", "9", "9", "9", "10"]
    assert all(dict(request.query)["allowWatchBookmarks"] == "true" for request in script.requests)


@pytest.mark.parity("RTW-02")
def test_a_watch_that_is_not_allowed_ends(sim: Sim) -> None:
    script = Script(refusal(403, "Forbidden"))
    watch = watcher(sim, script)
    with pytest.raises(Forbidden):
        watch.__next__()

    with pytest.raises(StopIteration):
        watch.__next__()


@pytest.mark.parity("RTW-02")
def test_errors_of_the_server_end_no_watch(sim: Sim) -> None:
    script = Script([error_frame(504, "Timeout")], [error_frame(429, "TooManyRequests")], [frame("ADDED", "6")])
    with watcher(sim, script) as watch:
        event = watch.__next__()

    assert (event.type, sim.now) == ("ADDED", 2.0)


@pytest.mark.parity("RTW-03")
def test_an_event_without_a_version_ends_the_watch(sim: Sim) -> None:
    with pytest.raises(InternalError, match="no resource version"):
        watcher(sim, Script([frame("ADDED", "")])).__next__()


def test_who_closes_a_watch_wakes_who_reads_it(sim: Sim) -> None:
    maps = sim.client().core_v1.config_maps("default")
    watch = RetryWatcher((maps.list()).metadata.resource_version, maps, runtime=sim.runtime)
    ended: list[float] = []

    def read() -> None:
        with pytest.raises(StopIteration):
            watch.__next__()
        ended.append(sim.now)

    task = sim.runtime.spawn(read, name="reader")
    sim.runtime.sleep(1)
    watch.close()
    task.join()

    assert ended == [1.0]


def has(value: str) -> Any:
    def condition(event: WatchEvent[ConfigMap]) -> bool:
        return event.object.data is not None and event.object.data.get("v") == value

    return condition


@pytest.mark.parity("RTW-04", "RTW-05")
def test_waiting_survives_watches_that_break(sim: Sim) -> None:
    sim.config_map("a", v="1")
    maps = sim.client().core_v1.config_maps("default")
    version = (maps.list()).metadata.resource_version
    sim.faults.add(effect=CutWatch(after=0.5), client="client", first=1)

    def write() -> None:
        for value in ("2", "3", "4"):
            sim.runtime.sleep(2)
            sim.config_map("a", v=value)

    task = sim.runtime.spawn(write, name="writer")
    event = until(version, maps, has("2"), has("3"), timeout=60, runtime=sim.runtime)
    task.join()

    assert event is not None
    assert (event.type, event.object.data) == ("MODIFIED", {"v": "3"})


@pytest.mark.parity("RTW-04")
def test_an_event_can_satisfy_several_conditions(sim: Sim) -> None:
    maps = Clientset(Script([frame("ADDED", "6")]), runtime=sim.runtime).core_v1.config_maps("ns")
    event = until_without_retry(maps.watch(), lambda _: True, lambda _: True, runtime=sim.runtime)
    assert event is not None

    closed = Clientset(Script([frame("ADDED", "6")]), runtime=sim.runtime).core_v1.config_maps("ns")
    with pytest.raises(WatchClosedError):
        until_without_retry(closed.watch(), lambda _: False, runtime=sim.runtime)


@pytest.mark.parity("RTW-04")
def test_waiting_ends_after_its_time(sim: Sim) -> None:
    sim.config_map("a", v="1")
    maps = sim.client().core_v1.config_maps("default")
    version = (maps.list()).metadata.resource_version
    with pytest.raises(TimeoutError, match="timed out waiting for the condition"):
        until(version, maps, has("2"), timeout=30, runtime=sim.runtime)

    assert sim.now == 30.0


@pytest.mark.parity("RTW-05")
def test_waiting_with_a_copy_begins_with_what_exists(sim: Sim) -> None:
    sim.config_map("a", v="1")
    maps = sim.client().core_v1.config_maps("default")
    event = until_with_sync(maps, has("1"), timeout=30, runtime=sim.runtime)
    assert event is not None
    assert event.type == "ADDED"

    there = until_with_sync(
        maps, has("2"), precondition=lambda store: len(store.list()) == 1, timeout=30, runtime=sim.runtime
    )
    assert there is None
    with pytest.raises(TimeoutError):
        until_with_sync(maps, has("2"), precondition=lambda store: False, timeout=30, runtime=sim.runtime)


@pytest.mark.parity("RTW-06")
def test_changes_of_a_copy_are_events(sim: Sim) -> None:
    sim.config_map("a", v="1")
    seen: list[str] = []
    with InformerWatcher(sim.client().core_v1.config_maps("default"), runtime=sim.runtime) as events:
        seen.append((events.__next__()).type)
        sim.config_map("a", v="2")
        seen.append((events.__next__()).type)
        sim.delete("a")
        last = events.__next__()

    assert [*seen, last.type] == ["ADDED", "MODIFIED", "DELETED"]
    assert last.object.data == {"v": "2"}
