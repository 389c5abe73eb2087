"""What only asyncio has: tasks that are cancelled. Nothing may be left of them, and nothing may be lost with them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kubeclient.cache import AsyncReflector, AsyncSharedIndexInformer
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.workqueue import AsyncDelayingQueue, AsyncWorkQueue
from kubefake.faults.latency import Fixed
from kubefake.faults.rules import Delay, Refuse
from tests.twins.support import AsyncSim


async def cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parity("PAIN-15")
@pytest.mark.parametrize("seconds", [0, 0.5, 1.5, 3, 30])
async def test_an_informer_that_is_cancelled_leaves_nothing_running(sim: AsyncSim, seconds: float) -> None:
    sim.config_map("a")
    sim.faults.add(effect=Delay(Fixed(1.0)))  # so that it is cancelled in a list, in opening a watch and in reading it
    informer = AsyncSharedIndexInformer(sim.client().core_v1.config_maps(""), runtime=sim.runtime, resync_period=10)
    handled: list[str] = []

    async def slow(obj: object) -> None:
        await sim.runtime.sleep(1000)
        handled.append("ended")

    informer.add_event_handler(on_add=slow)
    gone = informer.add_event_handler(on_add=slow)
    task = asyncio.create_task(informer.run(sim.runtime.event()))
    await sim.runtime.sleep(seconds)
    informer.remove_event_handler(gone)

    await cancel(task)

    assert (sim.running(), handled, sim.now) == ([], [], seconds)
    assert informer.is_stopped or seconds == 0


@pytest.mark.parity("RFL-23")
async def test_a_reflector_that_is_cancelled_leaves_nothing_running(sim: AsyncSim) -> None:
    store: list[object] = []

    class Sink:
        def replace(self, objects: list[object], resource_version: str) -> None:
            store.extend(objects)

        add = update = delete = store.append

    sim.config_map("a")
    reflector = AsyncReflector[Any](sim.client().core_v1.config_maps("default"), Sink(), runtime=sim.runtime)
    task = asyncio.create_task(reflector.run(sim.runtime.event()))
    await sim.runtime.sleep(1)

    await cancel(task)

    assert (sim.running(), len(store)) == ([], 1)


async def test_a_factory_whose_entering_is_cancelled_leaves_nothing_running(sim: AsyncSim) -> None:
    sim.faults.add(effect=Refuse(403))
    client = sim.client()
    factory = AsyncSharedInformerFactory(client)
    factory.informer(client.core_v1.pods(""))
    task = asyncio.create_task(factory.__aenter__())
    await sim.runtime.sleep(5)

    await cancel(task)

    assert sim.running() == []


async def test_an_item_for_a_worker_that_is_cancelled_goes_to_another(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    first = asyncio.create_task(queue.get())
    second = asyncio.create_task(queue.get())
    await sim.runtime.sleep(1)
    queue.add("a")

    await cancel(first)

    assert await second == "a"


async def test_a_worker_that_watches_the_time_and_is_cancelled_hands_that_on(sim: AsyncSim) -> None:
    queue = AsyncDelayingQueue[str](runtime=sim.runtime)
    queue.add_after("a", 5)
    first = asyncio.create_task(queue.get())
    await sim.runtime.sleep(1)
    second = asyncio.create_task(queue.get())
    await sim.runtime.sleep(1)

    await cancel(first)

    assert (await second, sim.now) == ("a", 5.0)


async def test_a_drain_that_is_cancelled_leaves_the_queue_shut_down(sim: AsyncSim) -> None:
    queue = AsyncWorkQueue[str](runtime=sim.runtime)
    queue.add("a")
    await queue.get()
    drain = asyncio.create_task(queue.shut_down_with_drain())
    await sim.runtime.sleep(1)

    await cancel(drain)

    assert queue.shutting_down
    queue.done("a")
    await queue.shut_down_with_drain()
