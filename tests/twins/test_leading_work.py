"""Work that goes on when leading is over: tasks are cancelled, threads are told of."""

from __future__ import annotations

import asyncio

import pytest

from kubeclient.leaderelection import AsyncLeaderElector, AsyncLeaseLock, LeaderElector, LeaseLock
from kubeclient.runtime.protocol import AsyncEvent, Event
from tests.twins.support import AsyncSim, Sim


def holder(sim: AsyncSim | Sim) -> str:
    lease = sim.cluster.get("leases.coordination.k8s.io/job")
    assert lease is not None
    found: str = lease["spec"]["holderIdentity"]
    return found


@pytest.mark.parity("PAIN-36")
async def test_a_task_that_goes_on_is_cancelled_before_others_may_lead(sim: AsyncSim) -> None:
    cancelled: list[float] = []

    async def work(lost: AsyncEvent) -> None:
        try:
            await sim.runtime.sleep(1000)
        except asyncio.CancelledError:
            cancelled.append(sim.now)
            raise

    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one")
    elector = AsyncLeaderElector(lock, on_started_leading=work, release_on_cancel=True, runtime=sim.runtime)
    stop = sim.runtime.event()
    task = sim.runtime.spawn(elector.run, stop, name="candidate")
    await sim.runtime.sleep(5)
    stop.set()
    await task.join()

    (at,) = cancelled
    assert 5 < at < 4 + 15
    assert holder(sim) == ""


@pytest.mark.parity("LEL-11", "LEL-10", "PAIN-36")
def test_a_lock_is_kept_while_a_thread_still_works(sim: Sim) -> None:
    over = sim.runtime.event()
    stopped: list[float] = []

    def work(lost: Event) -> None:
        over.wait()

    lock = LeaseLock(sim.client(), "default", "job", identity="one")
    elector = LeaderElector(
        lock,
        on_started_leading=work,
        on_stopped_leading=lambda: stopped.append(sim.now),
        release_on_cancel=True,
        runtime=sim.runtime,
    )
    stop = sim.runtime.event()
    task = sim.runtime.spawn(elector.run, stop, name="candidate")
    sim.runtime.sleep(5)
    stop.set()
    assert not task.join(5)
    elector.check()
    assert elector.is_leader()
    sim.runtime.sleep(5)
    assert not elector.is_leader()
    task.join()

    assert stopped == [4 + 15]
    assert holder(sim) == "one"
    over.set()


@pytest.mark.parity("LEL-11")
def test_a_leader_whose_lease_ran_out_is_unhealthy() -> None:
    class Stopped:
        identity = "one"

        def describe(self) -> str:
            return "default/job"

    elector = LeaderElector(Stopped(), on_started_leading=lambda lost: None)  # type: ignore[arg-type]
    election = elector._election
    election.wrote(election.missing(0), elector._runtime.clock.monotonic_ns() - 20_000_000_000)
    elector.check()
    election.leading = True
    elector.check(max_tolerable_expired=30)
    with pytest.raises(RuntimeError, match="failed election to renew leadership on lease default/job"):
        elector.check(max_tolerable_expired=1)
