# generated from tests/twins/_async/test_wait.py by .ci/twin.py, do not edit
"""Polling, backing off, and doing something again and again, on simulated time."""

from __future__ import annotations

import pytest

from kubeclient._sync.wait import (
    exponential_backoff,
    forever,
    jitter_until,
    non_sliding_until,
    poll_until_context_cancel,
    poll_until_context_timeout,
    until,
)
from kubeclient.machines.backoff import Backoff
from kubeclient.runtime.protocol import Event
from kubeclient.wait import WaitStoppedError, WaitTimeoutError, interrupted
from tests.twins.support import Sim


class Questions:
    """A condition that is true from the given question on, and takes as long as it is told to."""

    def __init__(self, sim: Sim, true_at: int = 100, *, seconds: float = 0.0) -> None:
        self.sim, self.true_at, self.seconds, self.asked = sim, true_at, seconds, list[float]()

    def __call__(self) -> bool:
        self.asked.append(self.sim.now)
        if self.seconds:
            self.sim.runtime.sleep(self.seconds)
        return len(self.asked) >= self.true_at


def stop_after(sim: Sim, seconds: float) -> Event:
    stop = sim.runtime.event()

    def wait() -> None:
        sim.runtime.sleep(seconds)
        stop.set()

    sim.runtime.spawn(wait, name="stopper")
    return stop


@pytest.mark.parity("AMC-10")
@pytest.mark.parametrize(("immediate", "asked"), [(True, [0.0, 2.0, 4.0]), (False, [2.0, 4.0, 6.0])])
def test_a_condition_is_asked_every_interval_until_it_is_true(sim: Sim, immediate: bool, asked: list[float]) -> None:
    condition = Questions(sim, 3)
    poll_until_context_timeout(condition, interval=2, timeout=60, immediate=immediate, runtime=sim.runtime)

    assert condition.asked == asked


@pytest.mark.parity("AMC-10")
def test_polling_ends_with_its_time(sim: Sim) -> None:
    condition = Questions(sim)
    with pytest.raises(WaitTimeoutError, match="context deadline exceeded") as caught:
        poll_until_context_timeout(condition, interval=2, timeout=5, runtime=sim.runtime)

    assert (condition.asked, sim.now, interrupted(caught.value)) == ([2.0, 4.0], 5.0, True)


def test_an_immediate_question_is_asked_however_little_time_there_is(sim: Sim) -> None:
    poll_until_context_timeout(lambda: True, interval=2, timeout=0, immediate=True, runtime=sim.runtime)
    with pytest.raises(WaitTimeoutError):
        poll_until_context_timeout(lambda: True, interval=2, timeout=0, runtime=sim.runtime)


def test_questions_that_were_due_while_one_was_answered_are_left_out(sim: Sim) -> None:
    condition = Questions(sim, 3, seconds=5)
    poll_until_context_cancel(condition, interval=2, runtime=sim.runtime)

    assert condition.asked == [2.0, 7.0, 12.0]


@pytest.mark.parity("AMC-10")
def test_a_stop_ends_polling_and_counts_as_an_interruption(sim: Sim) -> None:
    condition = Questions(sim)
    with pytest.raises(WaitStoppedError, match="context canceled") as caught:
        poll_until_context_cancel(condition, interval=2, stop=stop_after(sim, 5), runtime=sim.runtime)

    assert (condition.asked, sim.now, interrupted(caught.value)) == ([2.0, 4.0], 5.0, True)


def test_what_a_condition_raises_ends_polling(sim: Sim) -> None:
    def broken() -> bool:
        raise KeyError("web")

    with pytest.raises(KeyError) as caught:
        poll_until_context_cancel(broken, interval=1, runtime=sim.runtime)
    assert not interrupted(caught.value)
    with pytest.raises(KeyError):
        exponential_backoff(broken, Backoff(steps=3, duration=1), runtime=sim.runtime)


@pytest.mark.parity("AMC-10")
def test_a_backoff_asks_as_often_as_it_has_steps(sim: Sim) -> None:
    condition = Questions(sim)
    with pytest.raises(WaitTimeoutError, match="timed out waiting for the condition"):
        exponential_backoff(condition, Backoff(steps=4, duration=1, factor=2), runtime=sim.runtime)

    assert (condition.asked, sim.now) == ([0.0, 1.0, 3.0, 7.0], 7.0)
    exponential_backoff(lambda: True, Backoff(steps=1, duration=1), runtime=sim.runtime)
    with pytest.raises(WaitTimeoutError):
        exponential_backoff(lambda: True, Backoff(steps=0, duration=1), runtime=sim.runtime)


@pytest.mark.parity("RET-03")
def test_a_backoff_that_reaches_its_cap_asks_no_more(sim: Sim) -> None:
    condition = Questions(sim)
    with pytest.raises(WaitTimeoutError):
        exponential_backoff(condition, Backoff(steps=9, duration=1, factor=3, cap=2), runtime=sim.runtime)

    assert condition.asked == [0.0]


def test_a_backoff_can_be_stopped(sim: Sim) -> None:
    stop = stop_after(sim, 2)
    with pytest.raises(WaitStoppedError):
        exponential_backoff(lambda: False, Backoff(steps=4, duration=3), stop=stop, runtime=sim.runtime)
    with pytest.raises(WaitStoppedError):
        exponential_backoff(lambda: True, Backoff(steps=4, duration=3), stop=stop, runtime=sim.runtime)
    assert sim.now == 2.0


@pytest.mark.parity("AMC-10")
def test_a_period_slides_or_does_not(sim: Sim) -> None:
    work = Questions(sim, seconds=1)
    until(work, period=2, stop=stop_after(sim, 8), runtime=sim.runtime)
    assert work.asked == [0.0, 3.0, 6.0]

    begun = sim.now
    work = Questions(sim, seconds=1)
    non_sliding_until(work, period=2, stop=stop_after(sim, 5), runtime=sim.runtime)
    assert [at - begun for at in work.asked] == [0.0, 2.0, 4.0]


@pytest.mark.parity("AMC-10")
def test_jitter_makes_periods_longer_and_never_shorter(sim: Sim) -> None:
    work = Questions(sim)
    jitter_until(work, period=1, jitter_factor=0.5, stop=stop_after(sim, 20), runtime=sim.runtime)

    gaps = [later - earlier for earlier, later in zip(work.asked, work.asked[1:], strict=False)]
    assert all(0.999 <= gap <= 1.501 for gap in gaps)
    assert len(set(gaps)) > 1


def test_what_goes_on_for_ever_ends_by_raising(sim: Sim) -> None:
    rounds: list[float] = []

    def work() -> None:
        rounds.append(sim.now)
        if len(rounds) == 3:
            raise LookupError("enough")

    with pytest.raises(LookupError):
        forever(work, period=4, runtime=sim.runtime)
    assert rounds == [0.0, 4.0, 8.0]
