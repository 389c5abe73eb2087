"""Leaders that a coordinator appoints among candidates, what electors tell, and locks over clients of their own."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest

from kubeclient._async.lease_candidate import AsyncCandidate
from kubeclient._async.resource_lock import new_from_kubeconfig
from kubeclient.apimachinery.errors import new_not_found
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.leaderelection import AsyncLeaderElector, AsyncLeaseLock, AsyncLock, LeaderElectionMetrics
from kubeclient.leaderelection import LeaderElectionRecord as Record
from kubeclient.rest import Config
from kubeclient.runtime.protocol import AsyncEvent
from kubefake.faults.rules import Refuse
from tests.twins.support import AsyncSim

CANDIDATES = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
        "name": "leasecandidates.coordination.k8s.io",
        "annotations": {"api-approved.kubernetes.io": "unapproved, stands in for a version that has to be switched on"},
    },
    "spec": {
        "group": "coordination.k8s.io",
        "scope": "Namespaced",
        "names": {"plural": "leasecandidates", "kind": "LeaseCandidate"},
        "versions": [
            {
                "name": "v1beta1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}


class Told(LeaderElectionMetrics):
    """Writes down what an elector tells."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def leader_on(self, name: str) -> None:
        self.lines.append(f"on {name}")

    def leader_off(self, name: str) -> None:
        self.lines.append(f"off {name}")

    def slow_path(self, name: str) -> None:
        self.lines.append(f"slow {name}")


class Appointing:
    """A lock whose holder the test appoints. Servers keep neither strategy nor preferred holder unless they are told to."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.record: Record | None = None

    def appoint(self, holder: str, **more: Any) -> None:
        """Writes the record as a coordinator does."""
        self.record = Record(
            holder_identity=holder,
            lease_duration_seconds=15,
            strategy="OldestEmulationVersion",
            leader_transitions=3,
            **more,
        )

    async def get(self) -> tuple[Record, Hashable]:
        if self.record is None:
            raise new_not_found(GroupResource("coordination.k8s.io", "leases"), "job")
        return self.record, self.record

    async def create(self, record: Record) -> None:
        raise AssertionError("candidates make no lease")

    async def update(self, record: Record) -> None:
        self.record = record

    def record_event(self, text: str) -> None:
        """Nobody listens."""

    def describe(self) -> str:
        return "default/job"


class Elected:
    """An elector of the lock "job" that writes down when it leads."""

    def __init__(self, sim: AsyncSim, name: str, lock: AsyncLock | None = None, **options: Any) -> None:
        self.sim = sim
        self.notes: list[tuple[str, float]] = []
        self.stop: AsyncEvent = sim.runtime.event()
        if lock is None:
            lock = AsyncLeaseLock(sim.client(name), "default", "job", identity=name)
        self.elector = AsyncLeaderElector(
            lock, on_started_leading=self._lead, runtime=sim.runtime, name="job", **options
        )
        self.task = sim.runtime.spawn(self.elector.run, self.stop, name=name)

    async def _lead(self, lost: AsyncEvent) -> None:
        self.notes.append(("leads", self.sim.now))
        await lost.wait()
        self.notes.append(("ends", self.sim.now))

    async def end(self) -> None:
        self.stop.set()
        await self.task.join()


@pytest.mark.parity("LEL-16")
async def test_a_candidate_never_makes_a_lease_nor_takes_one_that_ran_out(sim: AsyncSim) -> None:
    lock = Appointing("one")
    one = Elected(sim, "one", lock, coordinated=True)
    await sim.runtime.sleep(10)
    lock.appoint("somebody")
    await sim.runtime.sleep(60)
    await one.end()

    assert one.notes == []
    assert lock.record is not None
    assert lock.record.holder_identity == "somebody"


@pytest.mark.parity("LEL-16")
async def test_who_is_appointed_leads_and_renews(sim: AsyncSim) -> None:
    lock = Appointing("one")
    lock.appoint("one")
    one = Elected(sim, "one", lock, coordinated=True)
    await sim.runtime.sleep(60)

    assert one.elector.is_leader()
    await one.end()
    assert [what for what, _ in one.notes] == ["leads", "ends"]
    assert lock.record is not None
    assert (lock.record.strategy, lock.record.leader_transitions) == ("OldestEmulationVersion", 3)
    assert lock.record.renew_time is not None


@pytest.mark.parity("LEL-16")
async def test_a_leader_ends_its_term_when_somebody_else_is_preferred(sim: AsyncSim) -> None:
    lock = Appointing("one")
    lock.appoint("one")
    one = Elected(sim, "one", lock, coordinated=True)
    await sim.runtime.sleep(5)
    assert one.elector.is_leader()

    lock.appoint("one", preferred_holder="two")
    await sim.runtime.sleep(15)

    assert [what for what, _ in one.notes] == ["leads", "ends"]
    assert one.notes[1][1] <= 5 + 10
    await one.end()


@pytest.mark.parity("LEL-18")
async def test_an_elector_tells_when_it_leads(sim: AsyncSim) -> None:
    told = Told()
    one = Elected(sim, "one", metrics=told)
    await sim.runtime.sleep(5)
    assert told.lines == ["off job", "on job"]

    with sim.faults.add(effect=Refuse(code=409), verb="update", resource="leases"):
        await sim.runtime.sleep(2.5)
    await one.end()

    assert told.lines[2] == "slow job"
    assert told.lines[-1] == "off job"


@pytest.mark.parity("LEL-17")
async def test_leading_is_no_fence(sim: AsyncSim) -> None:
    """What a leader sent before it lost the lock may arrive after another one leads: writes need checks of their own."""
    one = Elected(sim, "one")
    await sim.runtime.sleep(1)
    maps = sim.client("one").core_v1.config_maps("default")
    sim.config_map("shared", by="nobody")
    seen = await maps.get("shared")
    await one.end()

    two = Elected(sim, "two")
    await sim.runtime.sleep(30)
    assert two.elector.is_leader()
    seen.data = {"by": "one"}
    late = await maps.update(seen)
    await two.end()

    assert late.data == {"by": "one"}


@pytest.mark.parity("LEL-16")
async def test_a_candidate_is_made_renewed_and_answers_pings(sim: AsyncSim) -> None:
    sim.cluster.load(CANDIDATES)
    client = sim.client("one")
    candidate = AsyncCandidate(client, "default", "one", "job", binary_version="1.2.0")
    stop = sim.runtime.event()
    task = sim.runtime.spawn(candidate.run, stop, name="candidate")
    found = client.coordination_v1beta1.lease_candidates("default")

    await sim.runtime.sleep(1)
    first = await found.get("one")
    await sim.runtime.sleep(300)
    second = await found.get("one")
    await found.patch("one", {"spec": {"pingTime": "2099-01-01T00:00:00.000000Z"}})
    await sim.runtime.sleep(1)
    third = await found.get("one")
    stop.set()
    await task.join()

    assert (first.spec.lease_name, first.spec.strategy) == ("job", "OldestEmulationVersion")
    assert (first.spec.binary_version, first.spec.emulation_version) == ("1.2.0", "1.2.0")
    times = [one.spec.renew_time for one in (first, second, third)]
    assert times[0] is not None
    assert times[1] is not None
    assert times[2] is not None
    assert times[0] < times[1] < times[2]


@pytest.mark.parity("LEL-16")
async def test_a_candidate_that_cannot_be_made_is_tried_again(sim: AsyncSim) -> None:
    sim.cluster.load(CANDIDATES)
    client = sim.client("one")
    stop = sim.runtime.event()
    with sim.faults.add(effect=Refuse(code=500), verb="create"):
        task = sim.runtime.spawn(
            AsyncCandidate(client, "default", "one", "job", binary_version="1.2.0").run, stop, name="candidate"
        )
        await sim.runtime.sleep(1)
    await sim.runtime.sleep(10)
    stop.set()
    await task.join()

    found = await client.coordination_v1beta1.lease_candidates("default").get("one")
    assert found.metadata.name == "one"


@pytest.mark.parity("LEL-15")
@pytest.mark.parametrize(("renew_deadline", "timeout"), [(10.0, 5.0), (1.0, 1.0)])
async def test_a_lock_of_a_config_has_a_client_whose_requests_end_in_time(
    sim: AsyncSim, renew_deadline: float, timeout: float
) -> None:
    config = Config(host="http://127.0.0.1:1", user_agent="web", timeout=99.0)

    lock = new_from_kubeconfig(
        "leases", config, "default", "job", identity="one", renew_deadline=renew_deadline, runtime=sim.runtime
    )

    rest = lock.client.rest_client
    assert rest.timeout == timeout
    agent = dict(rest.headers.bare)["user-agent"]
    assert agent.endswith("/leader-election")
    assert (config.user_agent, config.timeout) == ("web", 99.0)
    await lock.client.aclose()


@pytest.mark.parity("LEL-15")
async def test_a_lock_of_another_type_is_refused(sim: AsyncSim) -> None:
    with pytest.raises(ValueError, match="endpoints lock is removed"):
        new_from_kubeconfig(
            "endpoints",
            Config(host="http://127.0.0.1:1"),
            "default",
            "job",
            identity="one",
            renew_deadline=10,
            runtime=sim.runtime,
        )
