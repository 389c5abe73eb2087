"""Who leads: what a candidate concludes from the lock it reads and writes. It neither waits nor asks.

Ported from client-go tools/leaderelection. A foreign record counts as valid for its lease duration after this candidate saw
it change, on this candidate's monotonic clock; times in records come from other machines and are never compared with a
local clock. Two rules are stricter than client-go's, so that no two candidates lead at once as long as their clocks run at
the same rate: the renew deadline and the lease count from when the last successful write was sent, and a lease duration
that is no whole number of seconds is written rounded up.

It is no fencing: a process that was suspended wakes as a leader and needs a moment to see that it is none any more.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace

from kubeclient.api.coordination_v1 import LeaseSpec
from kubeclient.apimachinery.times import MicroTime

__all__ = [
    "JITTER_FACTOR",
    "Election",
    "LeaderElectionMetrics",
    "LeaderElectionRecord",
    "Timings",
    "lease_spec",
    "record_of",
]

JITTER_FACTOR = 1.2

_SECOND = 1_000_000_000
_MICROSECOND = 1_000


class LeaderElectionMetrics:
    """Hooks that an elector calls. A subclass overrides those it wants; each returns at once and raises nothing."""

    def leader_on(self, name: str) -> None:
        """This candidate leads from now on."""

    def leader_off(self, name: str) -> None:
        """This candidate does not lead: it has just begun to run for leader, or leads no longer."""

    def slow_path(self, name: str) -> None:
        """A leader had to read its lock before it could renew it."""


@dataclass(frozen=True, slots=True)
class LeaderElectionRecord:
    """What a lock holds. An empty holder means that nobody leads."""

    holder_identity: str = ""
    lease_duration_seconds: int = 0
    acquire_time: MicroTime | None = None
    renew_time: MicroTime | None = None
    leader_transitions: int = 0
    strategy: str = ""
    preferred_holder: str = ""


def record_of(spec: LeaseSpec) -> LeaderElectionRecord:
    """The record that a Lease holds."""
    return LeaderElectionRecord(
        holder_identity=spec.holder_identity or "",
        lease_duration_seconds=spec.lease_duration_seconds or 0,
        acquire_time=spec.acquire_time,
        renew_time=spec.renew_time,
        leader_transitions=spec.lease_transitions or 0,
        strategy=spec.strategy or "",
        preferred_holder=spec.preferred_holder or "",
    )


def lease_spec(record: LeaderElectionRecord) -> LeaseSpec:
    """The spec of a Lease that holds a record."""
    return LeaseSpec(
        holder_identity=record.holder_identity,
        lease_duration_seconds=record.lease_duration_seconds,
        acquire_time=record.acquire_time,
        renew_time=record.renew_time,
        lease_transitions=record.leader_transitions,
        strategy=record.strategy or None,
        preferred_holder=record.preferred_holder or None,
    )


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds. Raises ValueError, in client-go's words, for what cannot work.

    Attributes:
        lease_duration: so long others wait, after the last change they saw, before they take the lock.
        renew_deadline: so long after the sending of the last successful renewal a leader goes on leading.
        retry_period: the pause between tries.
    """

    lease_duration: float = 15.0
    renew_deadline: float = 10.0
    retry_period: float = 2.0

    def __post_init__(self) -> None:
        if self.lease_duration <= self.renew_deadline:
            raise ValueError("leaseDuration must be greater than renewDeadline")
        if self.renew_deadline <= JITTER_FACTOR * self.retry_period:
            raise ValueError("renewDeadline must be greater than retryPeriod*JitterFactor")
        if self.lease_duration <= 0:
            raise ValueError("leaseDuration must be greater than zero")
        if self.renew_deadline <= 0:
            raise ValueError("renewDeadline must be greater than zero")
        if self.retry_period <= 0:
            raise ValueError("retryPeriod must be greater than zero")


class Election:
    """What one candidate knows. Times are nanoseconds: `now_ns` of its monotonic clock, `wall_ns` for records only."""

    __slots__ = ("_evidence", "_observed_ns", "_renewed_ns", "_timings", "identity", "leading", "observed")

    def __init__(self, identity: str, timings: Timings) -> None:
        if not identity:
            raise ValueError("Lock identity is empty")
        self.identity = identity
        self.observed: LeaderElectionRecord | None = None
        self.leading = False
        self._timings = timings
        self._evidence: Hashable = None
        self._observed_ns = 0
        self._renewed_ns: int | None = None

    @property
    def holder(self) -> str:
        """Who led when the lock was last seen; "" when nobody did."""
        return self.observed.holder_identity if self.observed is not None else ""

    @property
    def deadline_ns(self) -> int:
        """When leading ends unless a renewal succeeds."""
        return self._after_renewal(self._timings.renew_deadline)

    @property
    def expires_ns(self) -> int:
        """When another candidate may lead at the earliest."""
        return self._after_renewal(self._timings.lease_duration)

    def _after_renewal(self, seconds: float) -> int:
        return 0 if self._renewed_ns is None else self._renewed_ns + int(seconds * _SECOND)

    def holds(self, now_ns: int) -> bool:
        """Whether the last successful write is recent enough to lead by it."""
        return self._renewed_ns is not None and self.holder == self.identity and now_ns < self.deadline_ns

    def is_leader(self, now_ns: int) -> bool:
        """Whether this candidate leads at that time."""
        return self.leading and self.holds(now_ns)

    def overdue_ns(self, now_ns: int) -> int:
        """How long ago the lease of this candidate, if it thinks it leads, ran out; negative while it has not."""
        return now_ns - self.expires_ns if self.leading else -1

    def optimistic(self, now_ns: int, wall_ns: int) -> LeaderElectionRecord | None:
        """What to write without reading the lock first: a renewal by who holds a valid lease."""
        if self.observed is None or self.holder != self.identity or not self._valid(now_ns):
            return None
        return self._renewal(self.observed, wall_ns)

    def missing(self, wall_ns: int) -> LeaderElectionRecord:
        """What to write where there is no lock."""
        return self._claim(wall_ns)

    def found(
        self, record: LeaderElectionRecord, evidence: Hashable, now_ns: int, wall_ns: int
    ) -> LeaderElectionRecord | None:
        """What to write now that the lock was read; None while somebody else's lease is valid."""
        self._see(record, evidence, now_ns)
        if record.holder_identity == self.identity:
            return self._renewal(record, wall_ns)
        if record.holder_identity and self._valid(now_ns):
            return None
        return replace(self._claim(wall_ns), leader_transitions=record.leader_transitions + 1)

    def appointed(
        self, record: LeaderElectionRecord, evidence: Hashable, now_ns: int, wall_ns: int
    ) -> LeaderElectionRecord | None:
        """What to write now that the lock was read, where a coordinator appoints leaders and candidates only renew.

        None when the lease ran out, was given to somebody else, or is to go to somebody else.
        """
        self._see(record, evidence, now_ns)
        if record.holder_identity != self.identity or record.preferred_holder or not self._valid(now_ns):
            return None
        return replace(self._renewal(record, wall_ns), strategy=record.strategy)

    def wrote(self, record: LeaderElectionRecord, sent_ns: int) -> None:
        """A write that was sent at that time succeeded."""
        self._observe(record, sent_ns)
        self._renewed_ns = sent_ns

    def released(self, record: LeaderElectionRecord, wall_ns: int) -> LeaderElectionRecord | None:
        """What to write so that others need not wait; None when somebody else holds the lock already."""
        if record.holder_identity != self.identity:
            return None
        moment = self._moment(wall_ns)
        return LeaderElectionRecord(
            lease_duration_seconds=1,
            acquire_time=moment,
            renew_time=moment,
            leader_transitions=record.leader_transitions,
        )

    def gave_up(self, record: LeaderElectionRecord, now_ns: int) -> None:
        """The lock was given back with that record."""
        self._observe(record, now_ns)
        self._renewed_ns = None

    def _see(self, record: LeaderElectionRecord, evidence: Hashable, now_ns: int) -> None:
        """Notes a record that was read; one that nobody has written since is no news."""
        if evidence != self._evidence or self.observed is None:
            self._evidence = evidence
            self._observe(record, now_ns)

    def _observe(self, record: LeaderElectionRecord, now_ns: int) -> None:
        self.observed = record
        self._observed_ns = now_ns

    def _valid(self, now_ns: int) -> bool:
        record = self.observed
        return record is not None and now_ns < self._observed_ns + record.lease_duration_seconds * _SECOND

    def _moment(self, wall_ns: int) -> MicroTime:
        """The wall's time in whole microseconds, as records hold them; never that of the record seen before.

        On a wall that stands still, as in a test that freezes it, each renewal must be a change all the same.
        """
        moment = MicroTime(wall_ns - wall_ns % _MICROSECOND)
        seen = self.observed.renew_time if self.observed is not None else None
        return moment if moment != seen else MicroTime(moment.ns + _MICROSECOND)

    def _claim(self, wall_ns: int) -> LeaderElectionRecord:
        moment = self._moment(wall_ns)
        return LeaderElectionRecord(
            holder_identity=self.identity,
            lease_duration_seconds=math.ceil(self._timings.lease_duration),
            acquire_time=moment,
            renew_time=moment,
        )

    def _renewal(self, record: LeaderElectionRecord, wall_ns: int) -> LeaderElectionRecord:
        claim = self._claim(wall_ns)
        return replace(claim, acquire_time=record.acquire_time, leader_transitions=record.leader_transitions)

    def __repr__(self) -> str:
        return f"<Election {self.identity!r} {'leads' if self.leading else 'waits'}, holder {self.holder!r}>"
