"""Blocking code on simulated time: baton threads and their runtime."""

# ruff: noqa: TID251  the sleeps are simulated

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.runtime.protocol import Runtime
from kubefake.sim.errors import Deadlock, Escape, Stuck
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds
from kubefake.sim.runtime import BatonRuntime, BatonTask
from kubefake.sim.threads import BatonThreads


class World:
    def __init__(self, patience: float = 10.0) -> None:
        self.loop = SimLoop()
        self.threads = BatonThreads(self.loop, patience=patience)
        self.lost: list[tuple[str, BaseException]] = []
        self.runtime = BatonRuntime(
            self.threads, Seeds(1).stream("runtime"), on_error=lambda task, error: self.lost.append((task.name, error))
        )

    def run(self, main: Callable[[], Any]) -> None:
        async def drive() -> None:
            over = asyncio.Event()
            baton = self.threads.start(main, name="main", on_end=lambda _: over.set())
            await over.wait()
            if baton.error is not None:
                raise baton.error

        try:
            run(drive(), loop=self.loop)
        finally:
            self.threads.close()


@pytest.fixture
def world() -> World:
    return World()


def test_the_runtime_has_the_shape_of_the_protocol(world: World) -> None:
    runtime: Runtime = world.runtime

    assert runtime.clock.monotonic_ns() == 0


def test_sleeping_threads_take_turns_on_simulated_time(world: World) -> None:
    log: list[tuple[float, str]] = []

    def sleeper(name: str, seconds: float) -> None:
        for _ in range(2):
            assert world.runtime.sleep(seconds)
            log.append((world.loop.time(), name))

    def main() -> None:
        tasks = [world.runtime.spawn(sleeper, *arguments, name=arguments[0]) for arguments in [("a", 3.0), ("b", 2.0)]]
        for task in tasks:
            task.join()

    world.run(main)
    assert log == [(2.0, "b"), (3.0, "a"), (4.0, "b"), (6.0, "a")]


def test_only_one_thread_runs_at_a_time(world: World) -> None:
    counter = {"value": 0}

    def add() -> None:
        for _ in range(100):
            value = counter["value"]
            sum(range(50))
            counter["value"] = value + 1
            world.runtime.sleep(0)

    def main() -> None:
        for task in [world.runtime.spawn(add, name=f"t{number}") for number in range(5)]:
            task.join()

    world.run(main)
    assert counter["value"] == 500


def test_sleep_ends_early_when_stop_is_set(world: World) -> None:
    def main() -> None:
        stop = world.runtime.event()
        world.loop.call_later(3, stop.set)
        assert not world.runtime.sleep(10, stop)
        assert not world.runtime.sleep(10, stop)
        assert world.loop.time() == 3.0

    world.run(main)


def test_an_event_wakes_all_and_a_wait_may_time_out(world: World) -> None:
    woken: list[str] = []

    def main() -> None:
        event = world.runtime.event()

        def wait(name: str) -> None:
            if event.wait():
                woken.append(name)

        tasks = [world.runtime.spawn(wait, f"w{number}", name=f"w{number}") for number in range(3)]
        assert not event.wait(2)
        event.set()
        for task in tasks:
            task.join()

    world.run(main)
    assert woken == ["w0", "w1", "w2"]
    assert world.loop.time() == 2.0


def test_a_condition_hands_its_lock_on(world: World) -> None:
    items: list[int] = []
    taken: list[int] = []

    def main() -> None:
        condition = world.runtime.condition()

        def consumer() -> None:
            with condition:
                while not items:
                    condition.wait()
                taken.append(items.pop())

        tasks = [world.runtime.spawn(consumer, name=f"c{number}") for number in range(2)]
        for number in range(2):
            world.runtime.sleep(1)
            with condition, condition:
                items.append(number)
                condition.notify()
        for task in tasks:
            task.join()
        with condition:
            assert not condition.wait(5)

    world.run(main)
    assert taken == [0, 1]


def test_a_condition_that_is_not_held_is_refused(world: World) -> None:
    def main() -> None:
        with pytest.raises(RuntimeError, match="not held"):
            world.runtime.condition().notify()

    world.run(main)


def test_a_bounded_queue_makes_its_producer_wait(world: World) -> None:
    def main() -> None:
        queue = world.runtime.queue(1)

        def produce() -> None:
            for number in range(3):
                queue.put(number)

        producer = world.runtime.spawn(produce, name="producer")
        world.runtime.sleep(1)
        assert len(queue) == 1
        with pytest.raises(OverflowError):
            queue.put_nowait(9)
        assert [queue.get(), queue.get(), queue.get()] == [0, 1, 2]
        producer.join()
        with pytest.raises(TimeoutError):
            queue.get(timeout=4)

    world.run(main)
    assert world.loop.time() == 5.0


def test_join_raises_what_the_thread_raised_and_may_time_out(world: World) -> None:
    def main() -> None:
        def fail() -> None:
            world.runtime.sleep(2)
            raise LookupError("gone")

        task = world.runtime.spawn(fail, name="failing")
        assert not task.join(1)
        with pytest.raises(LookupError, match="gone"):
            task.join()

    world.run(main)
    assert world.lost == []


def test_an_error_that_nobody_joins_for_is_reported(world: World) -> None:
    error = LookupError("gone")

    def fail() -> None:
        raise error

    def main() -> None:
        world.runtime.spawn(fail, name="failing")
        world.runtime.sleep(1)

    world.run(main)
    assert world.lost == [("failing", error)]


def test_cancel_does_nothing_as_with_a_real_thread(world: World) -> None:
    def main() -> None:
        task = world.runtime.spawn(world.runtime.sleep, 5, name="sleeper")
        task.cancel()
        assert task.join()
        assert world.loop.time() == 5.0

    world.run(main)


def test_a_killed_thread_ends_where_it_waits_and_gives_its_lock_back(world: World) -> None:
    log: list[str] = []

    def main() -> None:
        condition = world.runtime.condition()

        def victim() -> None:
            try:
                with condition:
                    condition.wait()
            finally:
                log.append("finally")
            log.append("after")

        task = world.runtime.spawn(victim, name="victim")
        world.runtime.sleep(1)
        assert isinstance(task, BatonTask)
        task.kill()
        task.join()
        with condition:
            log.append("free")

    world.run(main)
    assert log == ["finally", "free"]


def test_a_thread_that_blocks_outside_of_the_runtime_is_stuck() -> None:
    world = World(patience=0.05)
    real = threading.Event()

    with pytest.raises(Stuck, match=r"'main' did not come back[\s\S]*real\.wait"):
        world.run(lambda: real.wait(30))  # real.wait holds the baton
    real.set()


def test_a_deadlock_says_where_threads_wait(world: World) -> None:
    def wait_for_nobody() -> None:
        world.runtime.event().wait()

    with pytest.raises(Deadlock, match=r"main: .*wait_for_nobody"):
        world.run(wait_for_nobody)


def test_what_is_left_over_is_killed_at_the_end(world: World) -> None:
    ended: list[str] = []

    def straggler() -> None:
        try:
            world.runtime.event().wait(10**6)
        finally:
            ended.append("straggler")

    def main() -> None:
        world.runtime.spawn(straggler, name="straggler")
        world.runtime.sleep(1)

    before = threading.active_count()
    world.run(main)
    assert ended == ["straggler"]
    assert threading.active_count() == before


def test_waiting_from_outside_is_refused(world: World) -> None:
    async def main() -> None:
        world.runtime.event().wait()

    with pytest.raises(Escape, match="use the asyncio runtime from a coroutine"):
        run(main(), loop=world.loop)


def test_coroutines_and_threads_wake_each_other(world: World) -> None:
    log: list[str] = []

    async def drive() -> None:
        there, back = world.runtime.event(), asyncio.Event()

        def thread() -> None:
            there.wait()
            log.append("thread")
            world.loop.call_soon_threadsafe(back.set)

        world.runtime.spawn(thread, name="thread")
        await asyncio.sleep(1)
        log.append("coroutine")
        there.set()
        await back.wait()
        log.append("coroutine again")

    run(drive(), loop=world.loop)
    assert log == ["coroutine", "thread", "coroutine again"]


def test_waiting_costs_no_real_time(world: World) -> None:
    before = time.perf_counter()
    world.run(lambda: world.runtime.sleep(10**6))
    assert time.perf_counter() - before < 5
