"""Simulated time: switches between tasks, and between threads that pass the baton."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from measure import Row, median_seconds

from kubefake import World
from kubefake.sim.loop import SimLoop
from kubefake.sim.rng import Seeds
from kubefake.sim.runtime import BatonRuntime
from kubefake.sim.threads import BatonThreads

SUITE = "simulation"


def run(*, quick: bool) -> Iterator[Row]:
    turns = 10_000 if quick else 50_000
    yield Row(SUITE, "task switches, sleep(0), 4 tasks", _switches(turns, 0), "/s", ">=300,000")
    yield Row(SUITE, "task switches, timers, 4 tasks", _switches(turns, 0.001), "/s")
    yield Row(
        SUITE, "task switches of asyncio itself", _asyncio(turns), "/s", note="the machine's loop, for comparison"
    )
    yield Row(SUITE, "baton switches, 2 threads", _batons(turns // 10), "/s")
    yield Row(SUITE, "a world, made and closed", median_seconds(lambda: World().close(), 20) * 1e3, "ms")


async def _turn(count: int, seconds: float) -> None:
    for _ in range(count):
        await asyncio.sleep(seconds)  # noqa: TID251  the loop's own time is what is measured


async def _tasks(count: int, seconds: float) -> float:
    began = perf_counter()
    await asyncio.gather(*(_turn(count, seconds) for _ in range(4)))
    return 4 * count / (perf_counter() - began)


def _switches(turns: int, seconds: float) -> float:
    rates = []
    for _ in range(3):
        loop = SimLoop()
        rates.append(loop.run_until_complete(_tasks(turns, seconds)))
        loop.close()
    return median(rates)


def _asyncio(turns: int) -> float:
    return median([asyncio.run(_tasks(turns, 0)) for _ in range(3)])


def _batons(turns: int) -> float:
    """Two threads that sleep in turns; every sleep hands the baton to the loop and gets it back."""
    rates = []
    for _ in range(3):
        loop = SimLoop()
        threads = BatonThreads(loop)
        runtime = BatonRuntime(threads, Seeds(0).stream("bench"))

        def body(runtime: BatonRuntime = runtime) -> None:
            for _ in range(turns):
                runtime.sleep(0.001)

        async def main(threads: BatonThreads = threads) -> float:
            began = perf_counter()
            await asyncio.gather(*(threads.start(body, name=name).task for name in ("one", "two")))
            return 2 * turns / (perf_counter() - began)

        rates.append(loop.run_until_complete(main()))
        threads.close()
        loop.close()
    return median(rates)
