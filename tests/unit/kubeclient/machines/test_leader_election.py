"""What a candidate concludes from a lock, without waiting and without a server."""

from __future__ import annotations

import pytest

from kubeclient.apimachinery.times import MicroTime
from kubeclient.machines.leader_election import Election, LeaderElectionRecord, Timings, lease_spec, record_of

SECOND = 1_000_000_000
WALL = 1_700_000_000 * SECOND


def held_by(name: str, *, renewed: int = 0, transitions: int = 0) -> LeaderElectionRecord:
    moment = MicroTime(WALL + renewed)
    return LeaderElectionRecord(name, 15, moment, moment, transitions)


@pytest.mark.parity("LEL-01", "LEL-02")
@pytest.mark.parametrize(
    ("timings", "message"),
    [
        ((10, 10, 2), "leaseDuration must be greater than renewDeadline"),
        ((15, 2.4, 2), "renewDeadline must be greater than retryPeriod*JitterFactor"),
        ((0, -1, -2), "leaseDuration must be greater than zero"),
        ((1, 0, -2), "renewDeadline must be greater than zero"),
        ((2, 1, 0), "retryPeriod must be greater than zero"),
    ],
)
def test_timings_that_cannot_work_are_refused(timings: tuple[float, float, float], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Timings(*timings)
    assert str(caught.value) == message


@pytest.mark.parity("LEL-01")
def test_a_candidate_has_an_identity() -> None:
    with pytest.raises(ValueError, match="Lock identity is empty"):
        Election("", Timings())


@pytest.mark.parity("LEL-05", "PAIN-37")
def test_a_lease_counts_from_when_it_was_seen_to_change_whatever_its_times_say() -> None:
    election = Election("me", Timings())
    long_ago = held_by("other", renewed=-3600 * SECOND)
    assert election.found(long_ago, long_ago, 0, WALL) is None
    assert election.found(long_ago, long_ago, 15 * SECOND - 1, WALL) is None
    again = held_by("other", renewed=-3599 * SECOND)
    assert election.found(again, again, 15 * SECOND - 1, WALL) is None
    assert election.found(again, again, 29 * SECOND, WALL) is None
    claim = election.found(again, again, 30 * SECOND, WALL)
    assert claim is not None
    assert (claim.holder_identity, claim.leader_transitions) == ("me", 1)


@pytest.mark.parity("LEL-07")
def test_a_lock_without_a_holder_is_taken_at_once() -> None:
    election = Election("me", Timings())
    empty = held_by("", transitions=3)
    claim = election.found(empty, empty, 0, WALL)
    assert claim is not None
    assert claim.leader_transitions == 4


@pytest.mark.parity("LEL-06", "LEL-07")
def test_a_holder_renews_without_reading_and_keeps_when_it_began() -> None:
    election = Election("me", Timings())
    assert election.optimistic(0, WALL) is None
    first = election.missing(WALL)
    election.wrote(first, 0)
    renewal = election.optimistic(2 * SECOND, WALL + 2 * SECOND)
    assert renewal is not None
    assert renewal.acquire_time == first.acquire_time
    assert renewal.renew_time == MicroTime(WALL + 2 * SECOND)
    assert election.optimistic(15 * SECOND, WALL) is None


def test_leading_counts_from_the_sending_of_the_last_write() -> None:
    election = Election("me", Timings())
    election.wrote(election.missing(WALL), 3 * SECOND)
    election.leading = True
    assert election.is_leader(13 * SECOND - 1)
    assert not election.is_leader(13 * SECOND)
    assert election.expires_ns == 18 * SECOND
    assert election.overdue_ns(18 * SECOND) == 0


def test_renewals_differ_on_a_wall_that_stands_still() -> None:
    election = Election("me", Timings())
    first = election.missing(WALL)
    election.wrote(first, 0)
    second = election.optimistic(SECOND, WALL)
    assert second is not None
    assert second.renew_time != first.renew_time


def test_a_broken_number_of_seconds_is_written_rounded_up() -> None:
    assert Election("me", Timings(1.5, 1.2, 0.3)).missing(WALL).lease_duration_seconds == 2


@pytest.mark.parity("LEL-10")
def test_only_the_holder_releases_and_transitions_stay() -> None:
    election = Election("me", Timings())
    assert election.released(held_by("other"), WALL) is None
    released = election.released(held_by("me", transitions=2), WALL)
    assert released is not None
    assert (released.holder_identity, released.lease_duration_seconds, released.leader_transitions) == ("", 1, 2)


@pytest.mark.parity("LEL-12")
def test_a_record_survives_a_lease() -> None:
    record = held_by("me", transitions=2)
    assert record_of(lease_spec(record)) == record
