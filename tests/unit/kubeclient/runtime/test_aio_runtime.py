"""The asyncio runtime, on simulated time, where every instant is exact."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from kubeclient.runtime.aio import AioRuntime, AioTask
from kubeclient.runtime.protocol import AsyncRuntime
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds


class World:
    def __init__(self) -> None:
        self.loop = SimLoop()
        self.lost: list[tuple[str, BaseException]] = []
        self.runtime: AsyncRuntime = AioRuntime(
            self.loop.clock,
            Seeds(1).stream("jitter"),
            on_error=lambda task, error: self.lost.append((task.name, error)),
        )

    def run(self, main: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return run(main(), loop=self.loop)

    @property
    def now(self) -> float:
        return self.loop.time()


@pytest.fixture
def world() -> World:
    return World()


def test_sleep_takes_exactly_its_time(world: World) -> None:
    async def main() -> None:
        assert await world.runtime.sleep(0.1)
        assert await world.runtime.sleep(0.2, world.runtime.event())

    world.run(main)
    assert world.loop.clock.monotonic_ns() == 300_000_000


def test_sleep_ends_as_soon_as_stop_is_set(world: World) -> None:
    async def main() -> None:
        stop = world.runtime.event()
        world.loop.call_later(3, stop.set)
        assert not await world.runtime.sleep(10, stop)
        assert not await world.runtime.sleep(10, stop)

    world.run(main)
    assert world.now == 3.0


def test_sleeping_for_no_time_lets_others_run(world: World) -> None:
    async def main() -> None:
        stop = world.runtime.event()
        world.loop.call_soon(stop.set)
        assert not await world.runtime.sleep(0, stop)

    world.run(main)


def test_random_comes_from_the_source_given(world: World) -> None:
    assert world.runtime.random() == Seeds(1).stream("jitter").random()


def test_an_event_wakes_every_waiter_in_order(world: World) -> None:
    woken: list[int] = []

    async def main() -> None:
        event = world.runtime.event()

        async def wait(number: int) -> None:
            assert await event.wait(10)
            woken.append(number)

        tasks = [world.runtime.spawn(wait, number, name=f"w{number}") for number in range(3)]
        await world.runtime.sleep(1)
        event.set()
        event.clear()
        for task in tasks:
            await task.join()

    world.run(main)
    assert woken == [0, 1, 2]
    assert world.now == 1.0


def test_waiting_for_an_event_times_out(world: World) -> None:
    async def main() -> None:
        assert not await world.runtime.event().wait(2.5)
        assert not await world.runtime.event().wait(0)

    world.run(main)
    assert world.now == 2.5


def test_a_condition_is_held_again_after_its_wait(world: World) -> None:
    log: list[str] = []

    async def main() -> None:
        condition = world.runtime.condition()

        async def waiter() -> None:
            async with condition:
                assert await condition.wait()
                log.append("woken")

        task = world.runtime.spawn(waiter, name="waiter")
        await world.runtime.sleep(1)
        async with condition:
            condition.notify()
            await world.runtime.sleep(1)
            log.append("let go")
        await task.join()
        async with condition:
            assert not await condition.wait(5)

    world.run(main)
    assert log == ["let go", "woken"]
    assert world.now == 7.0


def test_a_wake_up_given_to_a_cancelled_waiter_goes_to_the_next(world: World) -> None:
    woken: list[str] = []

    async def main() -> None:
        condition = world.runtime.condition()

        async def waiter(name: str) -> None:
            async with condition:
                await condition.wait()
                woken.append(name)

        first = world.runtime.spawn(waiter, "first", name="first")
        second = world.runtime.spawn(waiter, "second", name="second")
        await world.runtime.sleep(1)
        async with condition:
            condition.notify()
            first.cancel()
        await second.join(5)
        await first.join()

    world.run(main)
    assert woken == ["second"]


def test_a_condition_that_is_not_held_is_refused(world: World) -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="not held"):
            await world.runtime.condition().wait()
        with pytest.raises(RuntimeError, match="not held"):
            world.runtime.condition().notify_all()

    world.run(main)


def test_a_queue_is_first_in_first_out_and_makes_producers_wait_at_its_bound(world: World) -> None:
    async def main() -> None:
        queue = world.runtime.queue(2)

        async def produce() -> None:
            for number in range(5):
                await queue.put(number)

        producer = world.runtime.spawn(produce, name="producer")
        await world.runtime.sleep(1)
        assert len(queue) == 2
        with pytest.raises(OverflowError, match="bound of 2"):
            queue.put_nowait(9)
        assert [await queue.get() for _ in range(5)] == [0, 1, 2, 3, 4]
        assert await producer.join()

    world.run(main)


def test_getting_times_out_at_its_instant_and_loses_nothing_when_cancelled(world: World) -> None:
    async def main() -> None:
        queue = world.runtime.queue()
        with pytest.raises(TimeoutError):
            await queue.get(timeout=0.3)
        assert world.now == 0.3
        getter = asyncio.create_task(queue.get())
        other = asyncio.create_task(queue.get())
        await world.runtime.sleep(1)
        queue.put_nowait("item")
        getter.cancel()
        assert await other == "item"
        await asyncio.wait([getter])

    world.run(main)


def test_join_raises_what_the_task_raised_and_may_time_out(world: World) -> None:
    async def main() -> None:
        async def fail() -> None:
            await world.runtime.sleep(2)
            raise LookupError("gone")

        task = world.runtime.spawn(fail, name="failing")
        assert not await task.join(1)
        assert not task.done()
        with pytest.raises(LookupError, match="gone"):
            await task.join()
        assert task.done()

    world.run(main)
    assert world.lost == []


def test_an_error_that_nobody_joins_for_is_reported_at_once_and_raised_later(world: World) -> None:
    error = LookupError("gone")

    async def main() -> None:
        async def fail() -> None:
            raise error

        task = world.runtime.spawn(fail, name="failing")
        await world.runtime.sleep(1)
        assert world.lost == [("failing", error)]
        with pytest.raises(LookupError):
            await task.join()

    world.run(main)


def test_a_joiner_that_gives_up_as_the_task_fails_does_not_swallow_the_error(world: World) -> None:
    async def main() -> None:
        async def fail() -> None:
            await world.runtime.sleep(1)
            raise LookupError("gone")

        task = world.runtime.spawn(fail, name="failing")
        joiner = asyncio.create_task(task.join())
        await world.runtime.sleep(0.5)
        world.loop.call_at(1.0, joiner.cancel)
        await asyncio.wait([joiner])
        await world.runtime.sleep(1)

    world.run(main)
    assert [name for name, _ in world.lost] == ["failing"]


def test_a_cancelled_task_joins_without_an_error_and_a_cancelled_joiner_leaves_the_task_alone(world: World) -> None:
    async def main() -> None:
        task = world.runtime.spawn(world.runtime.sleep, 10, name="sleeper")
        joiner = asyncio.create_task(task.join())
        await world.runtime.sleep(1)
        joiner.cancel()
        await asyncio.wait([joiner])
        assert not task.done()
        task.cancel()
        assert await task.join()

    world.run(main)
    assert world.now == 1.0
    assert world.lost == []


def test_lost_errors_are_logged_by_default(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise LookupError("gone")

    async def main() -> None:
        runtime = AioRuntime()
        task = runtime.spawn(fail, name="failing")
        assert isinstance(task, AioTask)
        await asyncio.wait([task._task])

    with caplog.at_level(logging.ERROR):
        run(main())
    assert caplog.messages == ["task 'failing' ended with LookupError and nobody was joining it"]


def test_a_spawned_task_lives_though_nobody_holds_it(world: World) -> None:
    import gc

    ended: list[bool] = []

    async def main() -> None:
        async def long() -> None:
            await world.runtime.event().wait(5)
            ended.append(True)

        world.runtime.spawn(long, name="long")
        await world.runtime.sleep(1)
        gc.collect()
        await world.runtime.sleep(10)

    world.run(main)
    assert ended == [True]


def test_the_guard_is_free(world: World) -> None:
    guard = world.runtime.guard()
    with guard, guard:
        assert world.now == 0.0
