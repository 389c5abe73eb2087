"""One candidate of several leads, stops in time when it cannot renew, and is followed by another."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._async.resource_lock import new_lock
from kubeclient.apimachinery.errors import AlreadyExists, Conflict, NotFound
from kubeclient.leaderelection import UNKNOWN_LEADER, AsyncLeaderElector, AsyncLeaseLock, AsyncMultiLock
from kubeclient.leaderelection import LeaderElectionRecord as Record
from kubeclient.record import FakeRecorder
from kubeclient.runtime.protocol import AsyncEvent, AsyncTask
from kubefake.faults.latency import Fixed
from kubefake.faults.rules import Delay, LoseAnswer, Refuse
from tests.twins.support import AsyncSim


class Candidate:
    """An elector, and what became of it: entries of a name, what happened and when."""

    def __init__(self, sim: AsyncSim, name: str, notes: list[tuple[str, str, float]], **options: Any) -> None:
        self._sim = sim
        self._name = name
        self._notes = notes
        self.stop: AsyncEvent = sim.runtime.event()
        self.heard: list[str] = []
        self.lock = AsyncLeaseLock(sim.client(name), "default", "job", identity=name)
        self.elector = AsyncLeaderElector(
            self.lock,
            on_started_leading=self._lead,
            on_stopped_leading=self._stopped,
            on_new_leader=self.heard.append,
            runtime=sim.runtime,
            **options,
        )

    def start(self) -> AsyncTask:
        return self._sim.runtime.spawn(self.elector.run, self.stop, name=f"candidate {self._name}")

    def start_forever(self) -> AsyncTask:
        return self._sim.runtime.spawn(self.elector.run_forever, self.stop, name=f"candidate {self._name}")

    async def _lead(self, lost: AsyncEvent) -> None:
        self._note("leads")
        await lost.wait()
        self._note("ends")

    def _stopped(self) -> None:
        self._note("stopped")

    def _note(self, what: str) -> None:
        self._notes.append((self._name, what, self._sim.now))


def spec(sim: AsyncSim) -> dict[str, Any]:
    lease = sim.cluster.get("leases.coordination.k8s.io/job")
    assert lease is not None
    found: dict[str, Any] = lease["spec"]
    return found


@pytest.mark.parity("LEL-03", "LEL-07", "LEL-08", "LEL-09", "LEL-12")
async def test_the_first_candidate_creates_the_lock_and_leads_until_it_is_stopped(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one = Candidate(sim, "one", notes)
    task = one.start()
    await sim.runtime.sleep(7)

    assert one.elector.is_leader()
    assert one.heard == ["one"]
    one.elector.check()
    found = spec(sim)
    assert (found["holderIdentity"], found["leaseDurationSeconds"], found["leaseTransitions"]) == ("one", 15, 0)
    assert found["renewTime"] > found["acquireTime"]
    one.stop.set()
    await task.join()
    assert notes == [("one", "leads", 0.0), ("one", "ends", 7.0), ("one", "stopped", 7.0)]
    assert not one.elector.is_leader()
    assert spec(sim)["holderIdentity"] == "one"


@pytest.mark.parity("LEL-10", "LEL-07")
async def test_a_lock_that_is_released_is_taken_at_the_next_try(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one, two = Candidate(sim, "one", notes, release_on_cancel=True), Candidate(sim, "two", notes)
    first, second = one.start(), two.start()
    await sim.runtime.sleep(7)
    leader, other = (one, two) if one.elector.is_leader() else (two, one)
    assert leader is one
    one.stop.set()
    await first.join()
    assert (spec(sim)["holderIdentity"], spec(sim)["leaseDurationSeconds"]) == ("", 1)
    await sim.runtime.sleep(2 + 2 * 1.2)

    assert other.elector.is_leader()
    assert spec(sim)["leaseTransitions"] == 1
    assert other.heard == ["one", "two"]
    two.stop.set()
    await second.join()


@pytest.mark.parity("LEL-04", "LEL-05", "LEL-11", "PAIN-36")
async def test_a_leader_that_is_cut_off_ends_its_work_before_another_one_begins(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one, two = Candidate(sim, "one", notes), Candidate(sim, "two", notes)
    first = one.start()
    await sim.runtime.sleep(1)
    second = two.start()
    await sim.runtime.sleep(9)
    sim.faults.partition("one")
    await first.join()
    await sim.runtime.sleep(30)

    ended = next(at for name, what, at in notes if (name, what) == ("one", "ends"))
    began = next(at for name, what, at in notes if (name, what) == ("two", "leads"))
    assert 10 <= ended <= 20
    assert ended + 4 < began <= 10 + 15 + 2 * (2 + 2.4)
    assert two.elector.leader == "two"
    two.stop.set()
    await second.join()


@pytest.mark.parity("LEL-06")
async def test_a_renewal_whose_answer_is_lost_costs_no_leadership(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one = Candidate(sim, "one", notes)
    task = one.start()
    await sim.runtime.sleep(1)
    rule = sim.faults.add(client="one", verb="update", effect=LoseAnswer())
    await sim.runtime.sleep(6)
    rule.remove()
    await sim.runtime.sleep(20)

    assert one.elector.is_leader()
    assert [what for _, what, _ in notes] == ["leads"]
    assert spec(sim)["leaseTransitions"] == 0
    one.stop.set()
    await task.join()


@pytest.mark.parity("PAIN-38")
async def test_whoever_loses_the_lock_can_go_on_as_a_candidate(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one = Candidate(sim, "one", notes)
    task = one.start_forever()
    await sim.runtime.sleep(1)
    rule = sim.faults.add(client="one", effect=Refuse(500))
    await sim.runtime.sleep(30)
    assert not one.elector.is_leader()
    rule.remove()
    await sim.runtime.sleep(10)

    assert one.elector.is_leader()
    assert [what for _, what, _ in notes] == ["leads", "ends", "stopped", "leads"]
    one.stop.set()
    await task.join()


@pytest.mark.parity("LEL-08")
async def test_a_candidate_that_never_led_is_told_that_it_stopped(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one = Candidate(sim, "one", notes)
    one.stop.set()
    await one.start().join()

    assert notes == [("one", "stopped", 0.0)]


async def test_work_that_fails_ends_leading_and_is_raised(sim: AsyncSim) -> None:
    async def fail(lost: AsyncEvent) -> None:
        await sim.runtime.sleep(3)
        raise LookupError("no work here")

    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one")
    elector = AsyncLeaderElector(lock, on_started_leading=fail, release_on_cancel=True, runtime=sim.runtime)
    with pytest.raises(LookupError, match="no work here"):
        await elector.run(sim.runtime.event())

    assert spec(sim)["holderIdentity"] == ""


@pytest.mark.parity("PAIN-39")
async def test_a_release_that_meets_a_conflict_is_tried_again(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one = Candidate(sim, "one", notes, release_on_cancel=True)
    task = one.start()
    await sim.runtime.sleep(1)
    sim.faults.add(client="one", verb="update", effect=Refuse(409, reason="Conflict"), first=1)
    one.stop.set()
    await task.join()

    assert spec(sim)["holderIdentity"] == ""


async def test_a_slow_lock_delays_no_deadline(sim: AsyncSim) -> None:
    notes: list[tuple[str, str, float]] = []
    one = Candidate(sim, "one", notes)
    task = one.start()
    await sim.runtime.sleep(1)
    sim.faults.add(client="one", effect=Delay(Fixed(100.0)))
    await task.join()

    assert ("one", "ends", 10.0) in notes
    await sim.runtime.sleep(300)


@pytest.mark.parity("LEL-12")
async def test_a_lease_is_read_or_created_before_it_is_changed_and_keeps_its_labels(sim: AsyncSim) -> None:
    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one", labels={"app": "web"})
    with pytest.raises(RuntimeError, match="lease not initialized, call get or create first"):
        await lock.update(Record(holder_identity="one", lease_duration_seconds=15))
    with pytest.raises(NotFound):
        await lock.get()
    await lock.create(Record(holder_identity="one", lease_duration_seconds=15))
    stale = AsyncLeaseLock(sim.client(), "default", "job", identity="two")
    await stale.get()
    await lock.update(Record(holder_identity="one", lease_duration_seconds=15, leader_transitions=4))

    lease = sim.cluster.get("leases.coordination.k8s.io/job")
    assert lease is not None
    assert lease["metadata"]["labels"] == {"app": "web"}
    assert (await lock.get())[0].leader_transitions == 4
    with pytest.raises(Conflict):
        await stale.update(Record(holder_identity="two", lease_duration_seconds=15))


@pytest.mark.parity("LEL-12")
async def test_labels_of_a_lock_are_put_back_and_those_of_others_stay(sim: AsyncSim) -> None:
    leases = sim.client().coordination_v1.leases("default")
    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one", labels={"mine": "a"})
    await lock.create(Record(holder_identity="one", lease_duration_seconds=15))
    lease = await leases.get("job")
    lease.metadata.labels = {"mine": "changed", "other": "b"}
    await leases.update(lease)

    given: list[dict[str, str] | None] = [{"mine": "a"}, None]
    for labels in given:
        lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one", labels=labels)
        await lock.get()
        await lock.update(Record(holder_identity="one", lease_duration_seconds=15))
        assert (await leases.get("job")).metadata.labels == {"mine": "a", "other": "b"}

    lease = await leases.get("job")
    lease.metadata.labels = {}
    await leases.update(lease)
    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one", labels={"mine": "a"})
    await lock.get()
    await lock.update(Record(holder_identity="one", lease_duration_seconds=15))
    assert (await leases.get("job")).metadata.labels == {"mine": "a"}


@pytest.mark.parity("LEL-12")
async def test_a_lock_that_exists_is_not_created_and_one_tells_where_it_is(sim: AsyncSim) -> None:
    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one")
    await lock.create(Record(holder_identity="one", lease_duration_seconds=15))

    assert (lock.describe(), lock.identity) == ("default/job", "one")
    with pytest.raises(AlreadyExists):
        await lock.create(Record(holder_identity="one", lease_duration_seconds=15))


@pytest.mark.parity("LEL-09")
async def test_leading_and_its_end_are_events_of_the_lock_where_somebody_records(sim: AsyncSim) -> None:
    told = FakeRecorder(include_object=True)
    lock = AsyncLeaseLock(sim.client(), "default", "job", identity="one", recorder=told)
    elector = AsyncLeaderElector(
        lock, on_started_leading=lambda lost: lost.wait(), release_on_cancel=True, runtime=sim.runtime
    )
    stop = sim.runtime.event()
    task = sim.runtime.spawn(elector.run, stop, name="candidate")
    await sim.runtime.sleep(3)
    stop.set()
    await task.join()
    AsyncLeaseLock(sim.client(), "default", "job", identity="one").record_event("is heard by nobody")

    about = "involvedObject{kind=Lease,apiVersion=coordination.k8s.io/v1}"
    assert told.events == [
        f"Normal LeaderElection one became leader {about}",
        f"Normal LeaderElection one stopped leading {about}",
    ]


@pytest.mark.parity("LEL-06", "LEL-10")
async def test_a_renewal_reads_nothing_unless_it_fails_and_a_release_reads_first(sim: AsyncSim) -> None:
    one = Candidate(sim, "one", [], release_on_cancel=True)
    task = one.start()
    await sim.runtime.sleep(1)
    reads = sim.faults.add(client="one", verb="get", effect=Delay(Fixed(0.0)))
    writes = sim.faults.add(client="one", verb="update", effect=Delay(Fixed(0.0)))
    await sim.runtime.sleep(5)
    assert (reads.seen, writes.seen) == (0, 2)

    sim.faults.add(client="one", verb="update", effect=Refuse(409, reason="Conflict"), first=1)
    await sim.runtime.sleep(2)
    assert reads.seen == 1
    assert one.elector.is_leader()
    one.stop.set()
    await task.join()

    assert reads.seen == 2
    assert spec(sim)["holderIdentity"] == ""


@pytest.mark.parity("LEL-14")
async def test_a_lock_in_two_places_is_held_by_who_holds_both(sim: AsyncSim) -> None:
    def of(name: str, who: str) -> AsyncLeaseLock:
        return AsyncLeaseLock(sim.client(), "default", name, identity=who)

    both = AsyncMultiLock(of("job", "one"), of("job2", "one"))
    mine = Record(holder_identity="one", lease_duration_seconds=15)
    await both.create(mine)
    assert (await both.get())[0] == mine
    await both.update(Record(holder_identity="one", lease_duration_seconds=15, leader_transitions=1))
    assert (await of("job2", "x").get())[0].leader_transitions == 1

    other = of("job2", "two")
    await other.get()
    await other.update(Record(holder_identity="two", lease_duration_seconds=15))
    assert (await both.get())[0].holder_identity == UNKNOWN_LEADER
    sim.cluster.delete("leases.coordination.k8s.io/job2")
    with pytest.raises(NotFound):
        await both.get()
    await both.update(mine)
    assert (await both.get())[0].holder_identity == "one"


@pytest.mark.parity("LEL-13")
async def test_locks_of_old_types_are_refused(sim: AsyncSim) -> None:
    client = sim.client()
    with pytest.raises(ValueError, match="endpoints lock is removed, migrate to endpointsleases"):
        new_lock("endpoints", client, "default", "job", identity="one")
    with pytest.raises(ValueError, match="configmapsleases lock is removed, migrate to leases"):
        new_lock("configmapsleases", client, "default", "job", identity="one")
    with pytest.raises(ValueError, match="Invalid lock-type files"):
        new_lock("files", client, "default", "job", identity="one")
    assert isinstance(new_lock("leases", client, "default", "job", identity="one"), AsyncLeaseLock)
