"""The machine's clock, and the runtime of a context."""

from __future__ import annotations

import asyncio

import freezegun

from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.current import current_async_runtime, current_runtime, use_async_runtime, use_runtime
from kubeclient.runtime.threads import ThreadRuntime
from kubefake.sim.loop import run


def test_freezegun_moves_the_wall_clock_and_leaves_the_monotonic_one_running() -> None:
    clock = RealClock()

    with freezegun.freeze_time("2022-02-02"):
        first = clock.monotonic_ns()
        assert clock.time_ns() == 1_643_760_000 * 10**9
        while clock.monotonic_ns() == first:
            continue


def test_timeouts_of_threads_run_out_while_the_wall_is_frozen() -> None:
    runtime = ThreadRuntime()

    with freezegun.freeze_time("2022-02-02"):
        assert not runtime.event().wait(0.001)
        assert runtime.sleep(0.001)


def test_without_an_installed_runtime_the_machines_is_taken() -> None:
    assert isinstance(current_async_runtime(), AioRuntime)
    assert isinstance(current_runtime(), ThreadRuntime)


def test_an_installed_runtime_is_found_in_tasks_and_threads_started_under_it() -> None:
    threads, aio = ThreadRuntime(), AioRuntime()
    found: list[object] = []

    async def look() -> None:
        found.append(current_async_runtime())

    async def main() -> None:
        await asyncio.create_task(look())

    with use_runtime(threads), use_async_runtime(aio):
        run(main())
        threads.spawn(lambda: found.append(current_runtime()), name="looker").join()

    assert found == [aio, threads]
    assert current_runtime() is not threads
