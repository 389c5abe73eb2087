"""Waiting at work queues: who gets what, when, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.machines.requeue_limiters import ItemExponentialFailureRateLimiter
from kubeclient.workqueue import AsyncDelayingQueue, AsyncRateLimitingQueue, AsyncWorkQueue, QueueShutDown
from tests.twins.support import AsyncSim


class Workers:
    """Workers that note when they got what, and work for a given time."""

    def __init__(self, sim: AsyncSim, queue: AsyncWorkQueue[Any], number: int, seconds: float = 0) -> None:
        self._sim, self._queue, self._seconds = sim, queue, seconds
        self.got: list[tuple[float, Any]] = []
        self.working: list[Any] = []
        self.tasks = [sim.runtime.spawn(self._work, name=f"worker {index}") for index in range(number)]

    async def _work(self) -> None:
        while True:
            try:
                item = await self._queue.get()
            except QueueShutDown:
                return
            assert item not in self.working
            self.working.append(item)
            self.got.append((self._sim.now, item))
            await self._sim.runtime.sleep(self._seconds)
            self.working.remove(item)
            self._queue.done(item)

    async def end(self) -> None:
        self._queue.shut_down()
        for task in self.tasks:
            await task.join()


@pytest.mark.parity("WQ-02")
async def test_a_get_waits_for_an_item_and_items_come_in_order(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 1)
    await sim.runtime.sleep(1)
    for item in ("b", "a", "b"):
        queue.add(item)
    await sim.runtime.sleep(1)
    await workers.end()

    assert workers.got == [(1.0, "b"), (1.0, "a")]


@pytest.mark.parity("WQ-01")
@pytest.mark.parity("WQ-02")
async def test_an_item_is_worked_on_by_one_worker_at_a_time(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 3, seconds=10)
    for _ in range(4):
        queue.add("a")
        queue.add("b")
        await sim.runtime.sleep(2)
    await sim.runtime.sleep(30)
    await workers.end()

    assert workers.got == [(0.0, "a"), (0.0, "b"), (10.0, "a"), (10.0, "b")]


@pytest.mark.parity("WQ-03")
async def test_every_waiting_worker_learns_of_the_end(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](name="pods", runtime=sim.runtime)
    workers = Workers(sim, queue, 20)
    await sim.runtime.sleep(1)

    await workers.end()

    assert queue.shutting_down
    with pytest.raises(QueueShutDown, match="work queue 'pods' is shut down"):
        await queue.get()


@pytest.mark.parity("WQ-03")
async def test_what_is_queued_comes_out_after_the_end_and_nothing_goes_in(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    queue.add("a")
    queue.add_after("later", 5)
    queue.shut_down()
    queue.add("b")
    queue.add_after("c", 1)

    assert await queue.get() == "a"
    await sim.runtime.sleep(10)
    with pytest.raises(QueueShutDown):
        await queue.get()


@pytest.mark.parity("WQ-03")
async def test_a_drain_waits_until_all_work_is_done(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 2, seconds=10)
    for item in "abc":
        queue.add(item)
    await sim.runtime.sleep(1)
    queue.add("a")  # in work now: it is queued again when done

    await queue.shut_down_with_drain()

    assert (sim.now, workers.working, len(workers.got)) == (20.0, [], 4)
    await workers.end()


@pytest.mark.parity("WQ-02")
@pytest.mark.parity("WQ-03")
@pytest.mark.parametrize("drain", [False, True])
async def test_all_that_many_added_is_worked_on_by_few_however_the_queue_ends(sim: AsyncSim, drain: bool) -> None:
    queue = AsyncWorkQueue[Any](runtime=sim.runtime)
    workers = Workers(sim, queue, 3, seconds=0.003)

    async def produce(item: int) -> None:
        for _ in range(10):
            queue.add(item)
            await sim.runtime.sleep(0.001)

    producers = [sim.runtime.spawn(produce, number, name=f"producer {number}") for number in range(10)]
    for producer in producers:
        await producer.join()
    if drain:
        await queue.shut_down_with_drain()
        assert workers.working == []
    else:
        queue.shut_down()
    queue.add("too late")
    await workers.end()

    assert {item for _, item in workers.got} == set(range(10))
    assert len(queue) == 0


@pytest.mark.parity("WQ-03")
async def test_a_plain_end_waits_for_no_work(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    queue.add("a")
    queue.add("b")
    await queue.get()
    await queue.get()

    queue.shut_down()

    assert sim.now == 0
    with pytest.raises(QueueShutDown):
        await queue.get()


@pytest.mark.parity("WQ-03")
async def test_a_drain_of_an_idle_queue_is_over_at_once(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)

    await queue.shut_down_with_drain()
    await queue.shut_down_with_drain()

    assert sim.now == 0


@pytest.mark.parity("WQ-03")
async def test_a_shut_down_ends_every_drain(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    queue.add("a")
    queue.add("never taken")
    await queue.get()
    drains = [sim.runtime.spawn(queue.shut_down_with_drain, name=f"drain {index}") for index in range(2)]
    await sim.runtime.sleep(3)
    assert [drain.done() for drain in drains] == [False, False]

    queue.shut_down()

    assert [await drain.join() for drain in drains] == [True, True]
    assert sim.now == 3


@pytest.mark.parity("WQ-04")
async def test_the_length_counts_what_waits_to_be_taken(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    queue.add("a")
    queue.add("b")
    await queue.get()
    queue.add_after("c", 5)
    lengths = [len(queue)]
    await sim.runtime.sleep(5)
    lengths.append(len(queue))

    assert lengths == [1, 2]


@pytest.mark.parity("WQ-05")
async def test_delayed_items_come_when_they_are_due_in_that_order(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 1)
    for item, seconds in (("c", 3), ("a", 1), ("b", 2), ("now", 0), ("past", -1), ("also a", 1)):
        queue.add_after(item, seconds)
    await sim.runtime.sleep(10)
    await workers.end()

    assert workers.got == [(0.0, "now"), (0.0, "past"), (1.0, "a"), (1.0, "also a"), (2.0, "b"), (3.0, "c")]


@pytest.mark.parity("WQ-05")
async def test_the_earlier_of_two_delays_counts_also_for_who_waits_already(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 2)
    queue.add_after("a", 60)
    await sim.runtime.sleep(1)
    queue.add_after("a", 1)
    queue.add_after("a", 30)
    await sim.runtime.sleep(100)
    await workers.end()

    assert workers.got == [(2.0, "a")]


async def test_somebody_watches_the_time_while_others_are_busy(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 3, seconds=1000)
    await sim.runtime.sleep(1)
    for seconds in (5, 8, 11):
        queue.add_after(f"at {seconds}", seconds)
    await sim.runtime.sleep(2000)
    await workers.end()

    assert workers.got == [(6.0, "at 5"), (9.0, "at 8"), (12.0, "at 11")]


async def test_who_watches_the_time_hands_that_on_when_it_leaves_with_an_item(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    queue.add_after("later", 5)
    workers = Workers(sim, queue, 2, seconds=1000)
    await sim.runtime.sleep(1)
    queue.add("now")
    await sim.runtime.sleep(2000)
    await workers.end()

    assert workers.got == [(1.0, "now"), (5.0, "later")]


async def test_somebody_watches_the_time_after_an_item_that_came_in_between(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    workers = Workers(sim, queue, 2, seconds=1000)
    await sim.runtime.sleep(1)
    queue.add_after("later", 5)
    await sim.runtime.sleep(1)
    queue.add("now")
    await sim.runtime.sleep(2000)
    await workers.end()

    assert workers.got == [(2.0, "now"), (6.0, "later")]


@pytest.mark.parity("WQ-06")
async def test_a_failed_item_waits_as_long_as_its_limiter_says(sim: AsyncSim) -> None:
    queue = AsyncRateLimitingQueue[str](ItemExponentialFailureRateLimiter(1.0, 60.0), runtime=sim.runtime)
    times = []
    queue.add("a")
    for _ in range(4):
        item = await queue.get()
        times.append(sim.now)
        queue.add_rate_limited(item)
        queue.done(item)
    failures = queue.num_requeues("a")
    queue.forget("a")

    assert (times, failures, queue.num_requeues("a")) == ([0, 1, 3, 7], 4, 0)


@pytest.mark.parity("WQ-07")
async def test_a_queue_without_a_limiter_has_that_of_controllers(sim: AsyncSim) -> None:
    queue = AsyncRateLimitingQueue[str](runtime=sim.runtime)
    queue.add_rate_limited("a")
    await queue.get()

    assert sim.now == 0.005


async def test_an_item_is_done_however_its_work_ends(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    queue.add("a")

    async def fail() -> None:
        async with queue.processing() as item:
            queue.add(item)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()

    async with queue.processing() as item:
        assert (item, len(queue)) == ("a", 0)
