"""What a reflector asks the server for, and what it makes of the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient import AsyncClientset
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.apimachinery.errors import Forbidden, StatusError
from kubeclient.cache import AsyncReflector
from kubeclient.machines.reflector import VeryShortWatchError
from kubeclient.runtime.protocol import AsyncEvent
from kubeclient.transport.protocol import ConnectFailed, Response
from kubefake.faults.latency import Fixed
from kubefake.faults.rules import CutWatch, Delay, LoseRequest
from tests.twins.support import AsyncScript, AsyncSim, status_body


def _object(name: str, version: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "ns", "resourceVersion": version}}


def page(version: str, *names: str, continue_: str = "") -> Response:
    body = {"metadata": {"resourceVersion": version, "continue": continue_}, "items": [_object(n, "1") for n in names]}
    return Response(200, [("content-type", "application/json")], json.dumps(body).encode())


def refusal(code: int, reason: str) -> Response:
    return Response(code, [("content-type", "application/json")], status_body(code, reason, "refused"))


def frame(kind: str, name: str, version: str) -> bytes:
    return json.dumps({"type": kind, "object": _object(name, version)}).encode() + b"\n"


def error_frame(code: int, reason: str) -> bytes:
    return b'{"type":"ERROR","object":' + status_body(code, reason, "too old") + b"}\n"


class Notes:
    """A sink that notes what it is given, and stops the reflector when there is nothing left to come."""

    def __init__(self, stop: AsyncEvent, script: AsyncScript | None = None) -> None:
        self._stop, self._script = stop, script
        self.seen: list[Any] = []
        self.errors: list[Exception] = []
        self.refuse: set[str] = set()

    def replace(self, objects: list[ConfigMap], resource_version: str) -> None:
        if "list" in self.refuse:
            self.refuse.discard("list")
            raise ValueError("no such list")
        self.seen.append((resource_version, [obj.metadata.name for obj in objects]))

    def add(self, obj: ConfigMap) -> None:
        self._note("add", obj)

    def update(self, obj: ConfigMap) -> None:
        self._note("update", obj)

    def delete(self, obj: ConfigMap) -> None:
        self._note("delete", obj)

    def failed(self, error: Exception) -> None:
        if self._script is not None and isinstance(error, IndexError):  # the script is over
            self._stop.set()
            return
        self.errors.append(error)

    def _note(self, kind: str, obj: ConfigMap) -> None:
        if obj.metadata.name in self.refuse:
            raise ValueError("no such object")
        self.seen.append((kind, obj.metadata.name))


async def follow(
    sim: AsyncSim, *steps: Any, refuse: str = "", sink: type[Notes] = Notes, **options: Any
) -> tuple[Notes, list[dict[str, str]]]:
    """Runs a reflector until the script is over; what its sink saw and the queries it sent."""
    script = AsyncScript(*steps)
    client = AsyncClientset(script, runtime=sim.runtime, max_retries=0)
    notes = sink(sim.runtime.event(), script)
    notes.refuse = set(refuse.split())
    reflector = AsyncReflector(
        client.core_v1.config_maps("ns"),
        notes,
        runtime=sim.runtime,
        name="test",
        on_watch_error=notes.failed,
        **{"watch_list": False, **options},
    )
    await reflector.run(notes._stop)
    assert sim.running() == []
    return notes, [dict(request.query) for request in script.requests[: len(steps)]]


@pytest.mark.parity("RFL-01")
@pytest.mark.parity("RFL-06")
async def test_it_lists_any_state_and_watches_from_there(sim: AsyncSim) -> None:
    notes, queries = await follow(sim, page("7", "a", "b"), [frame("ADDED", "c", "8")])

    assert notes.seen == [("7", ["a", "b"]), ("add", "c")]
    assert queries[0] == {"resourceVersion": "0", "limit": "500"}
    assert 300 <= int(queries[1].pop("timeoutSeconds")) < 600
    assert queries[1].pop("timeout").endswith("s")
    assert queries[1] == {"resourceVersion": "7", "allowWatchBookmarks": "true", "watch": "true"}


@pytest.mark.parity("RFL-07")
@pytest.mark.parity("RFL-11")
async def test_it_goes_on_from_the_last_event_or_bookmark(sim: AsyncSim) -> None:
    notes, queries = await follow(
        sim,
        page("7", "a"),
        [frame("MODIFIED", "a", "8"), frame("DELETED", "a", "9")],
        [frame("BOOKMARK", "", "20")],
        [frame("ADDED", "b", "21")],
    )

    assert notes.seen == [("7", ["a"]), ("update", "a"), ("delete", "a"), ("add", "b")]
    assert [query["resourceVersion"] for query in queries] == ["0", "7", "9", "20"]
    assert notes.errors == []
    assert sim.now < 1


@pytest.mark.parity("RFL-02")
@pytest.mark.parity("PGR-02")
async def test_it_reads_all_pages_of_a_list(sim: AsyncSim) -> None:
    notes, queries = await follow(
        sim,
        page("7", "a", continue_="one"),
        page("7", "b", continue_="two"),
        page("7", "c"),
        [frame("ADDED", "d", "8")],
    )

    assert notes.seen[0] == ("7", ["a", "b", "c"])
    assert queries[1:3] == [{"limit": "500", "continue": "one"}, {"limit": "500", "continue": "two"}]


@pytest.mark.parity("PGR-03")
async def test_pages_that_expire_half_way_are_thrown_away_for_a_list_in_one(sim: AsyncSim) -> None:
    notes, queries = await follow(
        sim, page("7", "a", continue_="one"), refusal(410, "Expired"), page("9", "b"), [frame("ADDED", "c", "10")]
    )

    assert notes.seen == [("9", ["b"]), ("add", "c")]
    assert queries[2] == {"resourceVersion": "0"}
    assert notes.errors == []


@pytest.mark.parity("RFL-03")
async def test_a_list_at_a_version_that_is_gone_is_made_consistent_at_once(sim: AsyncSim) -> None:
    notes, queries = await follow(
        sim,
        page("7"),
        [error_frame(410, "Expired")],
        refusal(410, "Expired"),
        page("20", "a"),
        [frame("ADDED", "b", "21")],
    )

    assert notes.seen == [("7", []), ("20", ["a"]), ("add", "b")]
    assert [query.get("resourceVersion") for query in queries] == ["0", "7", "7", None, "20"]
    assert 0.8 <= sim.now < 1.6


@pytest.mark.parity("RFL-09")
@pytest.mark.parity("RFL-22")
async def test_it_tells_of_every_error(sim: AsyncSim) -> None:
    notes, queries = await follow(
        sim,
        refusal(403, "Forbidden"),
        page("7"),
        [error_frame(500, "InternalError")],
        page("8"),
        [frame("ADDED", "a", "9")],
    )

    assert [type(error) for error in notes.errors[:1]] == [Forbidden]
    assert isinstance(notes.errors[1], StatusError)
    assert [query.get("resourceVersion") for query in queries] == ["0", "0", "7", "7", "8"]


@pytest.mark.parity("RFL-10")
async def test_a_watch_that_finds_nobody_is_tried_again_without_a_list(sim: AsyncSim) -> None:
    notes, queries = await follow(sim, page("7"), ConnectFailed("nobody"), [frame("ADDED", "a", "8")])

    assert [query.get("watch") for query in queries] == [None, "true", "true"]
    assert 0.8 <= sim.now < 1.6
    assert notes.seen == [("7", []), ("add", "a")]


@pytest.mark.parity("RFL-12")
async def test_a_watch_that_ends_at_once_without_an_event_is_an_error(sim: AsyncSim) -> None:
    notes, queries = await follow(sim, page("7"), [], page("7"), [frame("ADDED", "a", "8")])

    assert [type(error) for error in notes.errors] == [VeryShortWatchError]
    assert queries[2] == {"resourceVersion": "7"}


@pytest.mark.parity("RFL-07")
async def test_a_list_without_a_version_is_followed_by_events_in_no_order(sim: AsyncSim) -> None:
    _, queries = await follow(
        sim, page("", "a"), [frame("ADDED", "a", "5"), frame("ADDED", "b", "3"), frame("MODIFIED", "b", "6")], []
    )

    assert "resourceVersion" not in queries[1]
    assert queries[2]["resourceVersion"] == "6"


async def test_a_list_that_the_sink_refuses_is_tried_again(sim: AsyncSim) -> None:
    notes, _ = await follow(sim, page("7", "a"), page("8", "b"), [frame("ADDED", "c", "9")], refuse="list")

    assert notes.seen == [("8", ["b"]), ("add", "c")]
    assert [str(error) for error in notes.errors] == ["no such list"]


@pytest.mark.parity("RFL-08")
async def test_an_event_that_the_sink_refuses_is_lost_and_the_watch_goes_on(
    sim: AsyncSim, caplog: pytest.LogCaptureFixture
) -> None:
    notes, queries = await follow(
        sim,
        page("7"),
        [frame("ADDED", "bad", "8"), frame("ADDED", "b", "9"), frame("MODIFIED", "bad", "10")],
        [],
        refuse="bad",
    )

    assert notes.seen == [("7", []), ("add", "b")]
    assert queries[2]["resourceVersion"] == "10"
    assert "a ADDED event at 8 was not taken over" in caplog.text


async def test_selectors_narrow_every_request(sim: AsyncSim) -> None:
    _, queries = await follow(
        sim,
        page("7", continue_="one"),
        page("7"),
        [frame("ADDED", "a", "8")],
        options={"label_selector": "app=web", "field_selector": "metadata.name=a"},
    )

    assert all(query["labelSelector"] == "app=web" for query in queries)
    assert all(query["fieldSelector"] == "metadata.name=a" for query in queries)


@pytest.mark.parity("RFL-22")
async def test_errors_are_logged_by_default_and_expiry_only_for_debugging(
    sim: AsyncSim, caplog: pytest.LogCaptureFixture
) -> None:
    client = AsyncClientset(
        AsyncScript(refusal(403, "Forbidden"), page("7"), [error_frame(410, "Expired")]),
        runtime=sim.runtime,
        max_retries=0,
    )
    stop = sim.runtime.event()
    reflector = AsyncReflector(
        client.core_v1.config_maps("ns"), Notes(stop), runtime=sim.runtime, name="maps", watch_list=False
    )
    with caplog.at_level("DEBUG", logger="kubeclient.reflector"):
        task = sim.runtime.spawn(reflector.run, stop, name="reflector")
        await sim.runtime.sleep(2)
        stop.set()
        await task.join()

    levels = {record.getMessage(): record.levelname for record in caplog.records}
    assert levels["maps: failed to list core_v1.ConfigMap: Forbidden: refused"] == "WARNING"
    assert levels["maps: failed to watch core_v1.ConfigMap: Expired: too old"] == "DEBUG"


async def test_a_handler_of_errors_that_raises_stops_nothing(sim: AsyncSim, caplog: pytest.LogCaptureFixture) -> None:
    client = AsyncClientset(AsyncScript(refusal(403, "Forbidden"), page("7")), runtime=sim.runtime, max_retries=0)
    stop = sim.runtime.event()
    notes = Notes(stop)

    def raising(error: Exception) -> None:
        raise RuntimeError("cannot be told")

    reflector = AsyncReflector(
        client.core_v1.config_maps("ns"), notes, runtime=sim.runtime, on_watch_error=raising, watch_list=False
    )
    task = sim.runtime.spawn(reflector.run, stop, name="reflector")
    await sim.runtime.sleep(2)
    stop.set()
    await task.join()

    assert notes.seen == [("7", [])]
    assert "cannot be told" in caplog.text


async def started(sim: AsyncSim) -> tuple[Notes, Any]:
    notes = Notes(sim.runtime.event())
    reflector = AsyncReflector(
        sim.client().core_v1.config_maps("default"),
        notes,
        runtime=sim.runtime,
        name="maps",
        on_watch_error=notes.failed,
        watch_list=False,
    )
    return notes, sim.runtime.spawn(reflector.run, notes._stop, name="reflector")


@pytest.mark.parity("RFL-23")
async def test_a_stop_ends_a_quiet_watch_at_once_and_without_an_error(sim: AsyncSim) -> None:
    notes, task = await started(sim)
    await sim.runtime.sleep(5)
    notes._stop.set()
    await task.join()

    assert (sim.now, sim.running(), notes.errors) == (5.0, [], [])


@pytest.mark.parity("RFL-23")
@pytest.mark.parametrize("verb", ["list", "watch"])
async def test_a_request_on_its_way_when_stopped_brings_nothing(sim: AsyncSim, verb: str) -> None:
    sim.config_map("a")
    sim.faults.add(verb=verb, effect=Delay(Fixed(5.0)))
    notes, task = await started(sim)
    await sim.runtime.sleep(1)
    before = list(notes.seen)
    notes._stop.set()
    await task.join()

    assert (sim.now, sim.running(), notes.seen, notes.errors) == (5.0, [], before, [])


@pytest.mark.parity("RFL-23")
async def test_a_stop_ends_a_wait(sim: AsyncSim) -> None:
    sim.faults.add(effect=LoseRequest("connect-failed"))
    notes, task = await started(sim)
    await sim.runtime.sleep(20)
    notes._stop.set()
    await task.join()

    assert (sim.now, len(notes.errors)) == (20.0, 5)


async def test_a_watch_that_breaks_goes_on_where_it_was(sim: AsyncSim) -> None:
    sim.faults.add(verb="watch", effect=CutWatch(after=3.0))
    notes, task = await started(sim)
    for number in range(10):
        await sim.runtime.sleep(1)
        sim.config_map(f"map-{number}")
    await sim.runtime.sleep(1)
    notes._stop.set()
    await task.join()

    assert notes.seen[1:] == [("add", f"map-{number}") for number in range(10)]
    assert len([seen for seen in notes.seen if seen[0] != "add"]) == 1
