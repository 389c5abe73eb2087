"""httpx and httpx2 clients reach a door through their own transport seam."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from kubeclient.runtime.aio import AioRuntime
from kubefake.faults.door import Door
from kubefake.faults.latency import Fixed
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import Delay, LoseAnswer, LoseRequest
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds
from kubefake.transport.httpx_ import httpx_async_transport, httpx_transport

pytestmark = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


def client_of(library: Any, door: Door) -> Any:
    return library.Client(transport=httpx_transport(door, library), base_url="https://cluster.test")


def test_a_request_arrives_as_it_was_made(library: Any, server: Any) -> None:
    with client_of(library, Door(server)) as client:
        answer = client.put(
            "/api/v1/namespaces/a%2Fb/pods", params=[("labelSelector", "a in (b,c)"), ("x", "")], json={"kind": "Pod"}
        )

    request = server.requests[0]
    assert answer.json() == {"ok": True}
    assert (request.method, request.path) == ("PUT", "/api/v1/namespaces/a%2Fb/pods")
    assert list(request.query) == [("labelSelector", "a in (b,c)"), ("x", "")]
    assert ("content-type", "application/json") in request.headers


def test_watch_lines_arrive_one_by_one(library: Any, server: Any) -> None:
    with client_of(library, Door(server)) as client, client.stream("GET", "/api/v1/pods?watch=true") as answer:
        lines = answer.iter_lines()
        server.streams[0].push(b'{"n":1}\n')
        assert next(lines) == '{"n":1}'
        threading.Timer(0, lambda: (server.streams[0].push(b'{"n":2}\n'), server.streams[0].end())).start()
        assert list(lines) == ['{"n":2}']

    assert server.streams[0].closed


@pytest.mark.parametrize(
    ("effect", "name"),
    [
        (LoseRequest("connect-failed"), "ConnectError"),
        (LoseAnswer(), "RemoteProtocolError"),
        (LoseAnswer("timed-out"), "ReadTimeout"),
    ],
)
def test_faults_raise_the_librarys_own_exceptions(
    library: Any, server: Any, hand_clock: Any, effect: Any, name: str
) -> None:
    plan = FaultPlan(hand_clock, Seeds(1).stream)
    plan.add(effect=effect)

    with client_of(library, Door(server, plan)) as client, pytest.raises(getattr(library, name)) as caught:
        client.get("/api/v1/pods", timeout=0.001)
    assert caught.value.request.method == "GET"


def test_the_async_client_waits_on_the_runtimes_time(library: ModuleType, server: Any) -> None:
    loop = SimLoop()
    plan = FaultPlan(loop.clock, Seeds(1).stream)
    plan.add(effect=Delay(Fixed(3)))
    transport = httpx_async_transport(Door(server, plan), library, runtime=AioRuntime(loop.clock))
    made: Any = library

    async def lines(answer: Any) -> AsyncIterator[str]:
        async for line in answer.aiter_lines():
            yield line

    async def main() -> list[str]:
        async with (
            made.AsyncClient(transport=transport, base_url="https://cluster.test") as client,
            client.stream("GET", "/api/v1/pods?watch=true") as answer,
        ):
            loop.call_later(60, server.streams[0].end)
            server.streams[0].push(b"one\n", b"two\n")
            return [line async for line in lines(answer)]

    with pytest.raises(made.ReadTimeout):  # the client's own five seconds, of simulated time
        run(main(), loop=loop)
    assert loop.time() == 8.0
