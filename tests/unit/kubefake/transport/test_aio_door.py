"""The asyncio door, on simulated time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from kubeclient.runtime.aio import AioRuntime
from kubeclient.transport.protocol import ConnectionLost, Request, Response, TimedOut, TransportError
from kubefake.faults.door import Door
from kubefake.faults.latency import Fixed
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import CutWatch, Delay, LoseAnswer
from kubefake.pipeline.caller import ADMIN
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds
from kubefake.transport.aio import AsyncInProcessTransport

GET = Request("GET", "/api/v1/pods")
WATCH = Request("GET", "/api/v1/pods", [("watch", "true")])


class World:
    """A loop, and a transport on it into the scripted server."""

    def __init__(self, server: Any) -> None:
        self.loop = SimLoop()
        self.runtime = AioRuntime(self.loop.clock)
        self.plan = FaultPlan(self.loop.clock, Seeds(1).stream)
        self.transport = AsyncInProcessTransport(Door(server, self.plan), self.runtime)

    def run(self, main: Coroutine[Any, Any, Any]) -> Any:
        return run(main, loop=self.loop)

    @property
    def seconds(self) -> float:
        return self.loop.time()


@pytest.fixture
def world(server: Any) -> World:
    return World(server)


def test_a_request_is_answered_for_the_caller_the_door_vouches_for(world: World, server: Any) -> None:
    answer = world.run(world.transport.round_trip(GET))

    assert isinstance(answer, Response)
    assert answer.body == b'{"ok":true}'
    assert server.callers == [ADMIN]


def test_other_tasks_run_between_two_requests(world: World, server: Any) -> None:
    async def client(name: str) -> None:
        for number in range(2):
            await world.transport.round_trip(Request("GET", f"/{name}/{number}"))

    async def main() -> None:
        await asyncio.gather(client("a"), client("b"))

    world.run(main())

    assert [request.path for request in server.requests] == ["/a/0", "/b/0", "/a/1", "/b/1"]


def test_a_delay_takes_simulated_time(world: World) -> None:
    world.plan.add(effect=Delay(Fixed(3600)))

    world.run(world.transport.round_trip(GET))

    assert world.seconds == 3600.0


def test_a_request_gives_up_at_its_timeout(world: World, server: Any) -> None:
    world.plan.add(effect=Delay(Fixed(10)))

    with pytest.raises(TimedOut, match=r"no answer within 2\.5 seconds"):
        world.run(world.transport.round_trip(Request("GET", "/api/v1/pods", timeout=2.5)))
    assert world.seconds == 2.5
    assert server.requests == []


def test_a_watch_hands_frames_on_as_they_come_and_ends_with_the_stream(world: World, server: Any) -> None:
    async def main() -> list[tuple[float, bytes]]:
        stream = await world.transport.open_stream(WATCH)
        loop = asyncio.get_running_loop()
        loop.call_later(1, server.streams[0].push, b"a\n", b"b\n")
        loop.call_later(2, server.streams[0].end)
        return [(loop.time(), chunk) async for chunk in stream]

    assert world.run(main()) == [(1.0, b"a\nb\n")]
    assert server.streams[0].closed


def test_a_stream_is_polled_again_at_the_instant_it_named(world: World, server: Any) -> None:
    async def main() -> float:
        stream = await world.transport.open_stream(WATCH)
        below = server.streams[0]
        below.wake_at_ns = 5_000_000_000
        below.poll = lambda: b"bookmark\n" if world.loop.time() >= 5 else None
        await stream.read()
        return world.seconds

    assert world.run(main()) == 5.0


def test_closing_wakes_the_reader(world: World) -> None:
    async def main() -> bytes | None:
        stream = await world.transport.open_stream(WATCH)
        reader = asyncio.create_task(stream.read())
        asyncio.get_running_loop().call_later(1, asyncio.ensure_future, stream.aclose())
        return await reader

    assert world.run(main()) is None


def test_closing_the_transport_ends_its_streams_and_refuses_requests(world: World, server: Any) -> None:
    async def main() -> None:
        await world.transport.open_stream(WATCH)
        await world.transport.aclose()
        await world.transport.round_trip(GET)

    with pytest.raises(TransportError, match="the transport is closed"):
        world.run(main())
    assert server.streams[0].closed


def test_a_cut_watch_raises_in_its_reader(world: World) -> None:
    world.plan.add(effect=CutWatch(after=7))

    async def main() -> None:
        stream = await world.transport.open_stream(WATCH)
        await stream.read()

    with pytest.raises(ConnectionLost):
        world.run(main())
    assert world.seconds == 7.0


def test_a_round_trip_reads_a_watch_to_its_end(world: World, server: Any) -> None:
    server.first_frames = (b"a\n", b"b\n")

    def end() -> None:
        server.streams[0].end()

    async def main() -> Response:
        asyncio.get_running_loop().call_later(3, end)
        return await world.transport.round_trip(WATCH)

    assert world.run(main()).body == b"a\nb\n"


def test_a_round_trip_of_an_endless_watch_times_out(world: World) -> None:
    with pytest.raises(TimedOut):
        world.run(world.transport.round_trip(Request("GET", "/api/v1/pods", [("watch", "true")], timeout=9)))
    assert world.seconds == 9.0


def test_a_whole_answer_to_a_stream_request_is_one_chunk(world: World) -> None:
    async def main() -> list[bytes]:
        return [chunk async for chunk in await world.transport.open_stream(GET)]

    assert world.run(main()) == [b'{"ok":true}']


def test_a_commit_in_another_thread_wakes_a_reader_on_a_real_loop(server: Any) -> None:
    async def main() -> bytes | None:
        transport = AsyncInProcessTransport(Door(server, lock=threading.RLock()), AioRuntime())
        stream = await transport.open_stream(WATCH)
        committer = threading.Thread(target=lambda: server.streams[0].push(b"a\n"))
        asyncio.get_running_loop().call_soon(committer.start)
        chunk = await stream.read(5)
        committer.join()
        await transport.aclose()
        return chunk

    assert asyncio.run(main()) == b"a\n"


def test_a_timeout_that_a_fault_makes_takes_the_time_the_client_allows(world: World) -> None:
    world.plan.add(effect=LoseAnswer("timed-out"))
    request = Request("PUT", "/api/v1/namespaces/a", body=b"{}", timeout=32)

    with pytest.raises(TimedOut):
        world.run(world.transport.round_trip(request))
    assert world.loop.time() == 32.0
