"""Growing waits: steps, caps, jitter, managers, and waits of many keys."""

from __future__ import annotations

from random import Random

import pytest

from kubeclient.flowcontrol import KeyedBackoff, TokenBucket
from kubeclient.retry import DEFAULT_BACKOFF, DEFAULT_RETRY
from kubeclient.wait import Backoff, BackoffManager, Steps, jitter

SECOND = 10**9


def half() -> float:
    return 0.5


@pytest.mark.parity("RET-01")
def test_the_usual_backoffs_are_those_of_client_go() -> None:
    assert Backoff(steps=5, duration=0.01, factor=1.0, jitter=0.1) == DEFAULT_RETRY
    assert Backoff(steps=4, duration=0.01, factor=5.0, jitter=0.1) == DEFAULT_BACKOFF


@pytest.mark.parity("RET-03")
@pytest.mark.parametrize(("factor", "result"), [(0.1, 10.5), (2.0, 20.0), (0.0, 15.0), (-1.0, 15.0)])
def test_jitter_adds_a_share_and_a_factor_that_is_none_means_the_whole(factor: float, result: float) -> None:
    assert jitter(10, factor, half) == pytest.approx(result)


@pytest.mark.parity("RET-03")
def test_a_step_grows_by_the_factor_and_jitter_does_not_add_up() -> None:
    steps = Steps(Backoff(steps=3, duration=1, factor=2, jitter=1), half)
    assert [steps.step() for _ in range(3)] == [1.5, 3.0, 6.0]
    assert (steps.left, steps.duration) == (0, 8)
    assert steps.step() == 12.0, "what is left when no step is"


@pytest.mark.parity("RET-03")
def test_the_cap_ends_the_steps() -> None:
    steps = Steps(Backoff(steps=10, duration=1, factor=3, cap=5), half)
    assert [steps.step(), steps.left] == [1, 9]
    assert [steps.step(), steps.left, steps.duration] == [3, 0, 5]
    assert steps.step() == 5


def test_without_a_factor_every_wait_is_the_same() -> None:
    assert list(Backoff(steps=4, duration=2).delays(half)) == [2, 2, 2]
    steps = Steps(Backoff(steps=2, duration=2), half)
    assert [steps.step() for _ in range(3)] == [2, 2, 2]


@pytest.mark.parity("AMC-10")
def test_a_manager_begins_anew_after_a_calm_time() -> None:
    manager = BackoffManager(1, 10, reset=60, factor=2, random=half)
    assert [manager.next(at * SECOND) for at in (0, 1, 3, 7, 15, 31)] == [1, 2, 4, 8, 10, 10]
    assert manager.next(91 * SECOND) == 10, "sixty seconds are not more than sixty"
    assert manager.next(152 * SECOND) == 1


def test_a_manager_of_one_period_adds_jitter_only() -> None:
    manager = BackoffManager(4, jitter=1.0, random=half)
    assert [manager.next(0), manager.next(10**6 * SECOND)] == [6, 6]


@pytest.mark.parity("FLC-02")
def test_the_wait_of_a_key_doubles_up_to_the_longest() -> None:
    backoff = KeyedBackoff(1 * SECOND, 50 * SECOND)
    seen = [backoff.get("a")]
    for now in range(8):
        backoff.next("a", now * SECOND, now * SECOND)
        seen.append(backoff.get("a") // SECOND)
    assert seen == [0, 1, 2, 4, 8, 16, 32, 50, 50]
    assert backoff.get("b") == 0

    backoff.reset("a")
    backoff.next("a", 9 * SECOND, 9 * SECOND)
    assert backoff.get("a") == 1 * SECOND


@pytest.mark.parity("FLC-02")
def test_a_key_begins_anew_after_twice_the_longest_wait() -> None:
    backoff = KeyedBackoff(1 * SECOND, 5 * SECOND)
    for _ in range(4):
        backoff.next("a", 0, 0)
    assert backoff.get("a") == 5 * SECOND
    backoff.next("a", 10 * SECOND, 10 * SECOND)
    assert backoff.get("a") == 5 * SECOND, "ten seconds are not more than ten"
    backoff.next("a", 21 * SECOND, 21 * SECOND)
    assert backoff.get("a") == 1 * SECOND


@pytest.mark.parity("FLC-02")
def test_a_key_waits_from_an_event_or_from_its_last_failure() -> None:
    backoff = KeyedBackoff(2 * SECOND, 5 * SECOND)
    assert not backoff.is_in_backoff_since("a", 0, 0)
    assert not backoff.is_in_backoff_since_update("a", 0)
    backoff.next("a", 10 * SECOND, 10 * SECOND)

    assert [backoff.is_in_backoff_since("a", 10 * SECOND, now * SECOND) for now in (11, 12)] == [True, False]
    assert [backoff.is_in_backoff_since_update("a", now * SECOND) for now in (10, 11, 12)] == [True, True, False]
    assert not backoff.is_in_backoff_since("a", 21 * SECOND, 21 * SECOND), "expired"


@pytest.mark.parity("FLC-02")
def test_a_key_that_fails_whenever_it_may_waits_longer_and_longer_and_is_forgotten_after_a_calm_time() -> None:
    backoff = KeyedBackoff(1 * SECOND, 10 * SECOND)
    failed_at = []
    for second in [*range(36), 56, 57]:
        if not backoff.is_in_backoff_since_update("a", second * SECOND):
            backoff.next("a", second * SECOND, second * SECOND)
            failed_at.append((second, backoff.get("a") // SECOND))

    assert failed_at == [(0, 1), (1, 2), (3, 4), (7, 8), (15, 10), (25, 10), (35, 10), (56, 1), (57, 2)]


@pytest.mark.parity("FLC-02")
def test_jitter_stays_in_its_range_up_to_the_longest_wait() -> None:
    draw = Random(7).random
    backoff = KeyedBackoff(SECOND // 10, 60 * SECOND, jitter=0.1, random=draw)
    last = 0
    for step in range(11):
        backoff.next("a", step * SECOND // 10, step * SECOND // 10)
        wait, low = backoff.get("a"), 2 * last if last else SECOND // 10
        assert low <= wait <= low + (last or SECOND // 10) // 10 or wait == 60 * SECOND
        last = wait
    assert last == 60 * SECOND


@pytest.mark.parity("FLC-02")
def test_idle_keys_are_collected() -> None:
    backoff = KeyedBackoff(1 * SECOND, 5 * SECOND)
    backoff.next("old", 0, 0)
    backoff.next("new", 6 * SECOND, 6 * SECOND)
    backoff.gc(11 * SECOND)
    assert ("old" in backoff, "new" in backoff, len(backoff)) == (False, True, 1)


def test_who_says_when_a_key_expires_decides_for_all_questions() -> None:
    backoff = KeyedBackoff(1 * SECOND, 5 * SECOND, has_expired=lambda event, last, longest: event - last > longest // 5)
    backoff.next("a", 0, 0)
    backoff.next("a", 2 * SECOND, 2 * SECOND)
    assert backoff.get("a") == 1 * SECOND
    backoff.gc(4 * SECOND)
    assert len(backoff) == 0


@pytest.mark.parity("FLC-02")
def test_jitter_adds_a_share_of_the_last_wait() -> None:
    backoff = KeyedBackoff(4 * SECOND, 100 * SECOND, jitter=1.0, random=half)
    backoff.next("a", 0, 0)
    assert backoff.get("a") == 6 * SECOND
    backoff.next("a", 0, 0)
    assert backoff.get("a") == 15 * SECOND
    with pytest.raises(ValueError, match="source of randomness"):
        KeyedBackoff(1, 2, jitter=1.0)


@pytest.mark.parity("FLC-01")
def test_rates_far_below_one_a_second_are_exact() -> None:
    bucket = TokenBucket(1 / 3600, 1)
    waits = [bucket.reserve(0) for _ in range(3)]
    assert waits == pytest.approx([0, 3600 * SECOND, 7200 * SECOND])
    assert [bucket.try_accept(hour * 3600 * SECOND) for hour in (1, 2, 3, 4)] == [False, False, True, True]


@pytest.mark.parity("FLC-01")
def test_no_more_than_the_burst_is_saved_up() -> None:
    bucket = TokenBucket(10, 2)
    assert [bucket.try_accept(60 * SECOND) for _ in range(3)] == [True, True, False]
    assert sum(bucket.try_accept(60 * SECOND + tick * SECOND // 100) for tick in range(1, 102)) == 10
