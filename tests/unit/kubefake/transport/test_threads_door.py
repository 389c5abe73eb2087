"""The door for threads: on simulated threads, and woken from real ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.runtime.threads import ThreadRuntime
from kubeclient.transport.protocol import ConnectionLost, Request, Response, TimedOut, TransportError
from kubefake.faults.door import Door
from kubefake.faults.latency import Fixed
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import Delay, LoseAnswer
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds
from kubefake.sim.runtime import BatonRuntime
from kubefake.sim.threads import BatonThreads
from kubefake.transport.threads import InProcessTransport

GET = Request("GET", "/api/v1/pods")
WATCH = Request("GET", "/api/v1/pods", [("watch", "true")])


class World:
    """A loop, and a blocking transport of its simulated threads."""

    def __init__(self, server: Any) -> None:
        self.loop = SimLoop()
        self.threads = BatonThreads(self.loop)
        self.runtime = BatonRuntime(self.threads, Seeds(1).stream("runtime"))
        self.plan = FaultPlan(self.loop.clock, Seeds(1).stream)
        self.transport = InProcessTransport(Door(server, self.plan), self.runtime)

    def run(self, function: Callable[[], Any]) -> Any:
        results: list[Any] = []

        async def main() -> None:
            over = asyncio.Event()
            baton = self.threads.start(lambda: results.append(function()), name="main", on_end=lambda _: over.set())
            await over.wait()
            if baton.error is not None:
                raise baton.error

        try:
            run(main(), loop=self.loop)
        finally:
            self.threads.close()
        return results[0]


@pytest.fixture
def world(server: Any) -> World:
    return World(server)


def test_a_delay_takes_simulated_time(world: World) -> None:
    world.plan.add(effect=Delay(Fixed(3600)))

    answer = world.run(lambda: world.transport.round_trip(GET))

    assert answer.status == 200
    assert world.loop.time() == 3600.0


def test_a_request_gives_up_at_its_timeout(world: World) -> None:
    world.plan.add(effect=Delay(Fixed(10)))

    with pytest.raises(TimedOut):
        world.run(lambda: world.transport.round_trip(Request("GET", "/api/v1/pods", timeout=2.5)))
    assert world.loop.time() == 2.5


def test_a_lost_answer_raises(world: World) -> None:
    world.plan.add(effect=LoseAnswer())

    with pytest.raises(ConnectionLost):
        world.run(lambda: world.transport.round_trip(GET))


def test_a_watch_blocks_until_frames_come(world: World, server: Any) -> None:
    def watcher() -> list[tuple[float, bytes]]:
        stream = world.transport.open_stream(WATCH)
        world.loop.call_later(1, server.streams[0].push, b"a\n")
        world.loop.call_later(2, server.streams[0].end)
        return [(world.loop.time(), chunk) for chunk in stream]

    assert world.run(watcher) == [(1.0, b"a\n")]


def test_a_closed_transport_refuses_and_has_ended_its_streams(world: World, server: Any) -> None:
    def main() -> None:
        world.transport.open_stream(WATCH)
        world.transport.close()
        world.transport.round_trip(GET)

    with pytest.raises(TransportError, match="closed"):
        world.run(main)
    assert server.streams[0].closed


def test_on_real_threads_a_commit_elsewhere_wakes_the_reader(server: Any) -> None:
    transport = InProcessTransport(Door(server, lock=threading.RLock()), ThreadRuntime())
    stream = transport.open_stream(WATCH)
    chunks: list[bytes] = []
    reader = threading.Thread(target=lambda: chunks.extend(stream))
    reader.start()

    server.streams[0].push(b"a\n")
    server.streams[0].end()
    reader.join(5)

    assert chunks == [b"a\n"]


def test_on_real_threads_closing_from_elsewhere_ends_the_reader(server: Any) -> None:
    transport = InProcessTransport(Door(server), ThreadRuntime())
    stream = transport.open_stream(WATCH)
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()

    stream.close()
    reader.join(5)

    assert not reader.is_alive()


def test_a_locked_door_keeps_its_lock_around_every_call(server: Any) -> None:
    held: list[str] = []

    class Lock:
        def __enter__(self) -> None:
            held.append("in")

        def __exit__(self, *exc_info: object) -> None:
            held.append("out")

    door = Door(server, lock=Lock())

    assert isinstance(door.handle(GET, door_caller()), Response)
    stream = door.handle(WATCH, door_caller())
    assert not isinstance(stream, Response)
    stream.poll()

    assert held == ["in", "out"] * 3


def door_caller() -> Any:
    from kubefake.pipeline.caller import ADMIN

    return ADMIN


def test_a_timeout_that_a_fault_makes_takes_the_time_the_client_allows(world: World) -> None:
    world.plan.add(effect=LoseAnswer("timed-out"))
    request = Request("PUT", "/api/v1/namespaces/a", body=b"{}", timeout=32)

    with pytest.raises(TimedOut):
        world.run(lambda: world.transport.round_trip(request))
    assert world.loop.time() == 32.0
