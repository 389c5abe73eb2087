"""Rate limiters that callers wait at, on simulated time."""

from __future__ import annotations

import pytest

from kubeclient._async.flow_control import (
    AsyncFakeAlwaysRateLimiter,
    AsyncFakeNeverRateLimiter,
    AsyncTokenBucketRateLimiter,
)
from kubeclient.runtime.waiting import WaitStoppedError
from tests.twins.support import AsyncSim


@pytest.mark.parity("FLC-01")
async def test_a_burst_passes_and_then_so_many_a_second(sim: AsyncSim) -> None:
    limiter = AsyncTokenBucketRateLimiter(2, 3, runtime=sim.runtime)
    assert [limiter.try_accept() for _ in range(4)] == [True, True, True, False]
    for _ in range(4):
        await limiter.accept()

    assert (sim.now, limiter.qps) == (2.0, 2)
    limiter.stop()
    assert not limiter.try_accept()


@pytest.mark.parity("FLC-01")
async def test_callers_that_wait_pass_one_after_another(sim: AsyncSim) -> None:
    limiter = AsyncTokenBucketRateLimiter(1, 1, runtime=sim.runtime)
    passed: list[tuple[int, float]] = []

    async def caller(number: int) -> None:
        await limiter.accept()
        passed.append((number, sim.now))

    tasks = [sim.runtime.spawn(caller, number, name=f"caller {number}") for number in range(4)]
    for task in tasks:
        await task.join()

    assert [at for _, at in passed] == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parity("FLC-01")
async def test_who_has_too_little_time_is_told_at_once_and_takes_no_turn(sim: AsyncSim) -> None:
    limiter = AsyncTokenBucketRateLimiter(0.1, 1, runtime=sim.runtime)
    await limiter.wait(timeout=1)
    with pytest.raises(TimeoutError, match=r"Wait\(n=1\) would exceed context deadline"):
        await limiter.wait(timeout=9)
    assert sim.now == 0.0
    await limiter.wait(timeout=11)
    assert sim.now == 10.0


@pytest.mark.parity("FLC-01")
async def test_who_is_stopped_gives_the_turn_back(sim: AsyncSim) -> None:
    limiter = AsyncTokenBucketRateLimiter(0.1, 1, runtime=sim.runtime)
    await limiter.accept()
    stop = sim.runtime.event()

    async def stopper() -> None:
        await sim.runtime.sleep(2)
        stop.set()

    task = sim.runtime.spawn(stopper, name="stopper")
    with pytest.raises(WaitStoppedError):
        await limiter.wait(stop=stop)
    await task.join()
    with pytest.raises(WaitStoppedError):
        await limiter.wait(stop=stop)

    await limiter.wait()
    assert sim.now == 10.0


@pytest.mark.parity("FLC-01")
async def test_fakes_let_everybody_or_nobody_pass(sim: AsyncSim) -> None:
    always, never = AsyncFakeAlwaysRateLimiter(), AsyncFakeNeverRateLimiter(runtime=sim.runtime)
    await always.accept()
    await always.wait()
    assert (always.try_accept(), never.try_accept(), always.qps, never.qps) == (True, False, 1, 1)
    with pytest.raises(RuntimeError, match="can not be accept"):
        await never.wait()

    passed: list[float] = []

    async def caller() -> None:
        await never.accept()
        passed.append(sim.now)

    task = sim.runtime.spawn(caller, name="caller")
    await sim.runtime.sleep(5)
    assert passed == []
    never.stop()
    await task.join()
    assert passed == [5.0]
