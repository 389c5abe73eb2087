"""What a world promises: lives that end for good, time that is simulated, errors that are noticed."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import freezegun
import pytest

from kubeclient import AsyncClientset, Clientset
from kubeclient.api.core_v1 import ConfigMap, ObjectMeta
from kubeclient.errors import NotFound
from kubeclient.informers import AsyncSharedInformerFactory, SharedInformerFactory
from kubeclient.transport.protocol import ConnectFailed, TransportError
from kubefake import CrashAfterCommit, CrashBefore, LoseAnswer, World
from kubefake.faults.latency import Fixed, Latency
from kubefake.faults.rules import StaleRead
from kubefake.scenario.world import NotSettledError, ProgramFailedError
from kubefake.sim.errors import Deadlock, SimulationError

MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "seen", "namespace": "default"}}


def config_map(name: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name, namespace="default"))


@pytest.fixture
def threads_before() -> Iterator[None]:
    before = threading.enumerate()
    yield
    assert threading.enumerate() == before


# Both colours. A program is written twice, the test once.


async def write_then_wait(client: AsyncClientset, stop: Any) -> None:
    await client.core_v1.config_maps("default").create(config_map("written"))
    await stop.wait()
    await client.core_v1.config_maps("default").create(config_map("stopped"))


def write_then_wait_sync(client: Clientset, stop: Any) -> None:
    client.core_v1.config_maps("default").create(config_map("written"))
    stop.wait()
    client.core_v1.config_maps("default").create(config_map("stopped"))


async def write_at_the_end(client: AsyncClientset, stop: Any) -> None:
    try:
        await stop.wait()
    finally:
        await client.core_v1.config_maps("default").create(config_map("afterlife"))


def write_at_the_end_sync(client: Clientset, stop: Any) -> None:
    try:
        stop.wait()
    finally:
        client.core_v1.config_maps("default").create(config_map("afterlife"))


async def inform(client: AsyncClientset, stop: Any) -> None:
    factory = AsyncSharedInformerFactory(client)
    factory.informer(client.core_v1.config_maps(""))
    async with factory:
        await stop.wait()


def inform_sync(client: Clientset, stop: Any) -> None:
    factory = SharedInformerFactory(client)
    factory.informer(client.core_v1.config_maps(""))
    with factory:
        stop.wait()


async def fail(client: AsyncClientset, stop: Any) -> None:
    await client.core_v1.config_maps("default").list()
    raise ZeroDivisionError("a bug")


def fail_sync(client: Clientset, stop: Any) -> None:
    client.core_v1.config_maps("default").list()
    raise ZeroDivisionError("a bug")


def both(*programs: Any) -> Any:
    return pytest.mark.parametrize("program", programs, ids=["asyncio", "threads"])


@both(write_then_wait, write_then_wait_sync)
def test_a_program_that_is_asked_to_stop_finishes_what_it_does(program: Any, threads_before: None) -> None:
    async def story(world: World) -> None:
        actor = world.start(program, name="writer")
        await world.settle()
        assert actor.running
        actor.stop()
        await world.settle()
        assert not actor.running
        assert actor.lives == 1
        world.expect("configmaps/stopped", {})

    with World() as world:
        world.run(story(world))


@both(write_at_the_end, write_at_the_end_sync)
def test_what_a_killed_program_still_tries_never_reaches_the_server(program: Any, threads_before: None) -> None:
    async def story(world: World) -> None:
        actor = world.start(program, name="writer", restart_after=None)
        await world.sleep(1)
        actor.kill()
        await world.settle()
        assert not actor.running
        world.expect("configmaps/afterlife", None)

    with World() as world:
        world.run(story(world))


@both(inform, inform_sync)
def test_a_killed_program_leaves_no_task_no_thread_and_no_watch(program: Any, threads_before: None) -> None:
    async def story(world: World) -> None:
        actor = world.start(program, name="informer", restart_after=None)
        await world.sleep(1)
        actor.kill()
        await world.sleep(1)
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        lines = len(world.trace)
        await world.apply(MAP)
        await world.sleep(60)
        assert len(world.trace) == lines

    with World() as world:
        world.run(story(world))


@both(write_then_wait, write_then_wait_sync)
def test_a_crash_after_the_commit_starts_another_life(program: Any, threads_before: None) -> None:
    async def story(world: World) -> None:
        world.faults.add(effect=CrashAfterCommit(), verb="create", nth=1)
        actor = world.start(program, name="writer", restart_after="5s")
        await world.sleep(1)
        assert not actor.running
        world.expect("configmaps/written", {})
        await world.delete("configmaps/written")
        await world.sleep(5)
        assert actor.running
        assert actor.lives == 2
        assert actor.errors == []

    with World() as world:
        world.run(story(world))


def test_a_crash_in_a_background_task_ends_the_whole_program() -> None:
    async def main(client: AsyncClientset, stop: Any) -> None:
        async def beat() -> None:
            while True:
                await client.core_v1.config_maps("default").list()
                await client.runtime.sleep(1)

        task = asyncio.get_running_loop().create_task(beat())
        await stop.wait()
        task.cancel()

    async def story(world: World) -> None:
        world.faults.add(effect=CrashBefore(), verb="list", nth=3)
        actor = world.start(main, name="beater", restart_after=None)
        await world.sleep(10)
        assert not actor.running

    with World() as world:
        world.run(story(world))


def test_a_task_that_a_dying_program_starts_never_runs() -> None:
    ran = []

    async def late() -> None:
        ran.append("late")

    async def main(client: AsyncClientset, stop: Any) -> None:
        try:
            await stop.wait()
        finally:
            asyncio.get_running_loop().create_task(late())

    async def story(world: World) -> None:
        actor = world.start(main, name="dying", restart_after=None)
        await world.sleep(1)
        actor.kill()
        await world.sleep(1)

    with World() as world:
        world.run(story(world))
    assert ran == []


def test_a_request_in_flight_when_its_program_is_killed_does_not_arrive() -> None:
    async def story(world: World) -> None:
        actor = world.start(write_then_wait, name="writer", restart_after=None)
        await world.sleep(1)
        actor.kill()
        await world.sleep(60)
        world.expect("configmaps/written", None)

    with World(latency=[Latency(request=Fixed(5))]) as world:
        world.run(story(world))


def test_restart_begins_another_life_at_once() -> None:
    async def story(world: World) -> None:
        actor = world.start(inform, name="informer", restart_after=None)
        await world.sleep(1)
        actor.restart()
        await world.sleep(0)
        assert actor.running
        assert actor.lives == 2

    with World() as world:
        world.run(story(world))


# Errors.


@both(fail, fail_sync)
def test_a_program_that_fails_does_not_go_unnoticed(program: Any, threads_before: None) -> None:
    world = World()
    world.start(program, name="broken", restart_after=None)
    world.run(world.sleep(1))

    with pytest.raises(ProgramFailedError, match="broken: ZeroDivisionError: a bug") as caught:
        world.close()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_error_that_a_test_expects_is_taken_out() -> None:
    with World() as world:
        actor = world.start(fail, restart_after=None)
        world.run(world.sleep(1))
        assert isinstance(actor.errors.pop(), ZeroDivisionError)


def test_errors_can_be_allowed() -> None:
    with World(allow_errors=True) as world:
        world.start(fail, restart_after=1)
        world.run(world.sleep(10))
        assert world.actors["fail"].lives == 10 or world.actors["fail"].lives == 11


def test_a_failing_test_is_not_hidden_by_a_failing_program() -> None:
    async def story(world: World) -> None:
        world.start(fail, restart_after=None)
        await world.sleep(1)
        raise KeyError("of the test")

    with pytest.raises(KeyError, match="of the test"), World() as world:
        world.run(story(world))


@both(partial(fail, stop=None), partial(fail_sync, stop=None))
def test_a_program_may_exit_like_a_process(program: Any) -> None:
    async def leave(client: AsyncClientset, stop: Any) -> None:
        raise SystemExit(3)

    def leave_sync(client: Clientset, stop: Any) -> None:
        raise SystemExit(3)

    main = leave if program.func is fail else leave_sync
    world = World()
    actor = world.start(main, name="leaver", restart_after=None)
    world.run(world.sleep(1))
    assert not actor.running
    with pytest.raises(ProgramFailedError, match="leaver: SystemExit: 3"):
        world.close()


def test_an_error_that_nobody_retrieves_is_noticed() -> None:
    async def lose() -> None:
        raise ZeroDivisionError("lost")

    async def main(client: AsyncClientset, stop: Any) -> None:
        asyncio.get_running_loop().create_task(lose())
        await stop.wait()

    world = World()
    world.start(main, name="loser")
    world.run(world.sleep(1))
    with pytest.raises(ProgramFailedError, match="ZeroDivisionError: lost"):
        world.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its coroutine resists to the last
def test_a_task_that_resists_its_end_is_named() -> None:
    async def resist(client: AsyncClientset, stop: Any) -> None:
        while True:
            try:
                await client.runtime.sleep(1)
            except asyncio.CancelledError:
                continue

    world = World()
    world.start(resist, name="stubborn")
    world.run(world.sleep(1))
    with pytest.raises(SimulationError, match="go on although they were cancelled: stubborn"):
        world.close()
    del world
    gc.collect()


def test_inside_of_a_running_loop_it_says_what_to_do() -> None:
    async def outer() -> None:
        with World() as world:
            world.run(world.sleep(1))

    with pytest.raises(RuntimeError, match=r"loop of its own.*plain `def`.*kubefake\.simulate"):
        asyncio.run(outer())


def test_code_that_leaves_the_simulation_fails_with_its_line() -> None:
    async def main(client: AsyncClientset, stop: Any) -> None:
        time.sleep(0.001)  # noqa: TID251, ASYNC251  the escape

    world = World()
    world.start(main, name="sleeper", restart_after=None)
    world.run(world.sleep(1))
    with pytest.raises(ProgramFailedError, match=r"sleeper: Escape: time.sleep\(\) in a simulation, at .*test_world"):
        world.close()


def test_waiting_for_nothing_is_a_deadlock() -> None:
    async def wait(world: World) -> None:
        await world.runtime.event().wait()

    with pytest.raises(Deadlock), World() as world:
        world.run(wait(world))


# Time and faults.


def test_time_is_simulated_and_creation_timestamps_with_it() -> None:
    async def story(world: World) -> None:
        await world.sleep("24h")
        await world.apply(MAP)
        world.expect("configmaps/seen", {"metadata": {"creationTimestamp": "2030-01-02T00:00:00Z"}})

    with World(start="2030-01-01T00:00:00Z") as world:
        world.run(story(world))


def test_frozen_time_around_a_world_does_not_stop_it() -> None:
    async def story(world: World) -> None:
        await world.sleep(60)
        assert world.clock.monotonic_ns() == 60 * 10**9
        assert datetime.now(UTC) == datetime(2020, 1, 1, tzinfo=UTC)  # noqa: TID251  freezegun's

    with freezegun.freeze_time("2020-01-01"), World(start="2030-01-01T00:00:00Z") as world:
        world.start(inform, name="informer")
        world.run(story(world))


def test_settling_ends_when_nothing_is_written_for_a_while() -> None:
    async def main(client: AsyncClientset, stop: Any) -> None:
        for number in range(5):
            await client.core_v1.config_maps("default").create(config_map(f"n{number}"))
            await client.runtime.sleep(30)

    async def story(world: World) -> None:
        world.start(main, name="writer")
        await world.settle("10m")
        assert world.clock.monotonic_ns() == (4 * 30 + 60) * 10**9

    with World() as world:
        world.run(story(world))


def test_a_world_that_does_not_settle_says_what_was_written_last() -> None:
    async def main(client: AsyncClientset, stop: Any) -> None:
        for number in range(10**6):
            await client.core_v1.config_maps("default").create(config_map(f"n{number}"))
            await client.runtime.sleep(30)

    with World() as world:
        world.start(main, name="writer")
        with pytest.raises(NotSettledError, match="not settled after 10m; last write: configmaps default/n"):
            world.run(world.settle("10m"))


def test_only_the_decisions_asked_for_are_carried_out() -> None:
    outcomes = []

    async def main(client: AsyncClientset, stop: Any) -> None:
        for number in range(4):
            try:
                await client.core_v1.config_maps("default").create(config_map(f"n{number}"))
                outcomes.append("ok")
            except TransportError:
                outcomes.append("lost")

    with World(only=[1, 3]) as world:
        world.faults.add(effect=LoseAnswer(), verb="create")
        world.start(main)
        world.run(world.sleep(1))

    assert outcomes == ["ok", "lost", "ok", "lost"]
    assert [decision.masked for decision in world.faults.decisions] == [True, False, True, False]


def test_stale_reads_can_be_asked_for() -> None:
    with World() as world:
        world.faults.add(effect=StaleRead(), verb="list")


def test_an_expired_watch_is_begun_anew() -> None:
    async def story(world: World) -> None:
        world.start(inform, name="informer")
        await world.sleep(1)
        await world.apply(MAP)
        await world.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}})
        await world.sleep(1)
        world.compact()
        await world.sleep(60)
        streams = [line for line in world.trace.lines if "informer watch configmaps" in line]
        assert len(streams) == 3

    with World() as world:
        world.run(story(world))


def test_the_test_itself_is_not_touched_by_faults() -> None:
    async def story(world: World) -> None:
        with pytest.raises(NotFound):
            await world.client.core_v1.config_maps("default").get("seen")

    with World() as world:
        world.faults.add(effect=LoseAnswer())
        world.run(story(world))


def test_a_client_that_was_closed_by_the_end_of_its_program_refuses() -> None:
    kept: list[AsyncClientset] = []

    async def main(client: AsyncClientset, stop: Any) -> None:
        kept.append(client)
        await stop.wait()

    async def story(world: World) -> None:
        actor = world.start(main, restart_after=None)
        await world.sleep(1)
        actor.kill()
        await world.sleep(1)
        with pytest.raises(ConnectFailed, match="killed"):
            await kept[0].core_v1.config_maps("default").list()

    with World() as world:
        world.run(story(world))
