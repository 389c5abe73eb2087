"""The locks that leaders are elected by: a record in a Lease, or in two places at once while one replaces the other.

A lock reads and writes; what the record means is `machines.leader_election`'s. Ported from client-go
tools/leaderelection/resourcelock.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from kubeclient.api.coordination_v1 import Lease
from kubeclient.apimachinery.errors import is_already_exists, is_not_found
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.config.rest import Config
from kubeclient.config.urls import add_user_agent
from kubeclient.machines.leader_election import LeaderElectionRecord, lease_spec, record_of
from kubeclient.runtime.protocol import AsyncRuntime

from .clientset import AsyncClientset

__all__ = [
    "UNKNOWN_LEADER",
    "AsyncLeaseLock",
    "AsyncLock",
    "AsyncMultiLock",
    "ElectionRecorder",
    "new_from_kubeconfig",
    "new_lock",
]

UNKNOWN_LEADER = "leaderelection.k8s.io/unknown"
"""Who holds a lock in two places that name different holders."""

_REMOVED = {
    "endpoints": "endpoints lock is removed, migrate to endpointsleases (using version v0.27.x)",
    "configmaps": "configmaps lock is removed, migrate to configmapsleases (using version v0.27.x)",
    "endpointsleases": "endpointsleases lock is removed, migrate to leases",
    "configmapsleases": "configmapsleases lock is removed, migrate to leases",
}


class ElectionRecorder(Protocol):
    """What a lock needs of an event recorder."""

    def event(self, obj: Any, event_type: str, reason: str, message: str) -> None: ...


class AsyncLock(Protocol):
    """Something that holds one record, and refuses a write that is based on an older one than it holds."""

    @property
    def identity(self) -> str:
        """Who this candidate is; no other one may have the same."""
        ...

    async def get(self) -> tuple[LeaderElectionRecord, Hashable]:
        """The record, and a value that changes whenever a holder writes. Raises NotFound."""
        ...

    async def create(self, record: LeaderElectionRecord) -> None:
        """Creates the lock with a record. Raises AlreadyExists."""
        ...

    async def update(self, record: LeaderElectionRecord) -> None:
        """Replaces the record that was read or written last. Raises Conflict when somebody else was faster."""
        ...

    def record_event(self, text: str) -> None:
        """Tells who watches events what became of the candidate."""
        ...

    def describe(self) -> str:
        """What and where the lock is, for logs."""
        ...


class AsyncLeaseLock:
    """A record in the spec of a Lease.

    Args:
        client: needs get, create and update on leases.
        identity: who this candidate is; must differ from all others, as the name of a pod does.
        labels: put on the Lease at every write, beside those that it has.
        recorder: is told when the candidate becomes leader and when it stops.
    """

    def __init__(
        self,
        client: AsyncClientset,
        namespace: str,
        name: str,
        *,
        identity: str,
        labels: Mapping[str, str] | None = None,
        recorder: ElectionRecorder | None = None,
    ) -> None:
        self.namespace = namespace
        self.name = name
        self._identity = identity
        self._labels = dict(labels or {})
        self.client = client
        self._leases = client.coordination_v1.leases(namespace)
        self._recorder = recorder
        self._lease: Lease | None = None

    @property
    def identity(self) -> str:
        return self._identity

    async def get(self) -> tuple[LeaderElectionRecord, Hashable]:
        """The record of the Lease. Raises NotFound and other StatusErrors."""
        self._lease = lease = await self._leases.get(self.name)
        record = record_of(lease.spec)
        return record, record

    async def create(self, record: LeaderElectionRecord) -> None:
        """Creates the Lease. Raises AlreadyExists and other StatusErrors."""
        lease = Lease(spec=lease_spec(record))
        lease.metadata.name, lease.metadata.namespace = self.name, self.namespace
        lease.metadata.labels = dict(self._labels)
        self._lease = await self._leases.create(lease)

    async def update(self, record: LeaderElectionRecord) -> None:
        """Replaces the spec. Raises Conflict, and RuntimeError when the Lease was neither read nor created before."""
        lease = self._lease
        if lease is None:
            raise RuntimeError("lease not initialized, call get or create first")
        lease.spec = lease_spec(record)
        if self._labels:
            lease.metadata.labels = {**(lease.metadata.labels or {}), **self._labels}
        self._lease = await self._leases.update(lease)

    def record_event(self, text: str) -> None:
        if self._recorder is not None:
            lease = Lease()
            lease.metadata.name, lease.metadata.namespace = self.name, self.namespace
            if self._lease is not None:
                lease.metadata = self._lease.metadata
            self._recorder.event(lease, "Normal", "LeaderElection", f"{self._identity} {text}")

    def describe(self) -> str:
        return f"{self.namespace}/{self.name}"

    def __repr__(self) -> str:
        return f"<AsyncLeaseLock {self.describe()} as {self._identity!r}>"


class AsyncMultiLock:
    """A record in two locks: who holds only one of them is no leader. For moving from one lock to another."""

    def __init__(self, primary: AsyncLock, secondary: AsyncLock) -> None:
        self._primary = primary
        self._secondary = secondary

    @property
    def identity(self) -> str:
        return self._primary.identity

    async def get(self) -> tuple[LeaderElectionRecord, Hashable]:
        """The primary's record, held by UNKNOWN_LEADER when the secondary names somebody else. Raises NotFound."""
        record, evidence = await self._primary.get()
        try:
            second, more = await self._secondary.get()
        except StatusError as error:
            if is_not_found(error) and record.holder_identity != self.identity:
                return record, evidence  # held by a candidate that knows of the primary only
            raise
        if record.holder_identity != second.holder_identity:
            record = LeaderElectionRecord(
                holder_identity=UNKNOWN_LEADER,
                lease_duration_seconds=record.lease_duration_seconds,
                acquire_time=record.acquire_time,
                renew_time=record.renew_time,
                leader_transitions=record.leader_transitions,
            )
        return record, (evidence, more)

    async def create(self, record: LeaderElectionRecord) -> None:
        """Creates what of the two is missing. Raises AlreadyExists when the secondary is there."""
        try:
            await self._primary.create(record)
        except StatusError as error:
            if not is_already_exists(error):
                raise
        await self._secondary.create(record)

    async def update(self, record: LeaderElectionRecord) -> None:
        """Writes both, the primary first. Raises Conflict."""
        await self._primary.update(record)
        try:
            await self._secondary.get()
        except StatusError as error:
            if not is_not_found(error):
                raise
            await self._secondary.create(record)
            return
        await self._secondary.update(record)

    def record_event(self, text: str) -> None:
        self._primary.record_event(text)

    def describe(self) -> str:
        return self._primary.describe()

    def __repr__(self) -> str:
        return f"<AsyncMultiLock {self._primary!r}, {self._secondary!r}>"


def new_lock(
    lock_type: str,
    client: AsyncClientset,
    namespace: str,
    name: str,
    *,
    identity: str,
    recorder: ElectionRecorder | None = None,
) -> AsyncLeaseLock:
    """The lock of a type as configuration files name it: "leases". Raises ValueError for others."""
    if lock_type in _REMOVED:
        raise ValueError(_REMOVED[lock_type])
    if lock_type != "leases":
        raise ValueError(f"Invalid lock-type {lock_type}")
    return AsyncLeaseLock(client, namespace, name, identity=identity, recorder=recorder)


def new_from_kubeconfig(
    lock_type: str,
    config: Config,
    namespace: str,
    name: str,
    *,
    identity: str,
    renew_deadline: float,
    recorder: ElectionRecorder | None = None,
    runtime: AsyncRuntime | None = None,
) -> AsyncLeaseLock:
    """A lock over a client of its own, whose requests end in time for another try before the renew deadline.

    The config stays as it is; requests time out after half the deadline, but not under a second, and their user agent says
    what they are for. Raises ValueError for another lock type than "leases", and for what is not usable in the config.
    """
    timely = replace(config, timeout=max(1.0, renew_deadline / 2))
    client = AsyncClientset.from_config(add_user_agent(timely, "leader-election"), runtime=runtime)
    return new_lock(lock_type, client, namespace, name, identity=identity, recorder=recorder)
