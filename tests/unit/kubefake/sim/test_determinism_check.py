"""The check that a run repeats itself."""

from __future__ import annotations

import itertools

import pytest

from kubefake.sim.determinism import Recorder, check_determinism
from kubefake.sim.errors import Nondeterminism


def test_a_run_that_repeats_returns_its_result() -> None:
    def run(recorder: Recorder) -> int:
        recorder.draw("faults", "0.5")
        recorder.jump(1_000_000_000)
        return 7

    assert check_determinism(run) == 7


def test_the_first_step_that_differs_is_named() -> None:
    numbers = itertools.count()

    def run(recorder: Recorder) -> None:
        recorder.line(b"same\n")
        recorder.step(f"object at {next(numbers)}")
        recorder.step("later")

    with pytest.raises(Nondeterminism) as caught:
        check_determinism(run)
    assert str(caught.value).splitlines() == [
        "two runs of one seed differ at step 1:",
        "  0: event same",
        "  1, first run:  object at 0",
        "  1, second run: object at 1",
    ]


def test_a_run_that_ends_early_differs_too() -> None:
    lengths = iter([2, 1])

    def run(recorder: Recorder) -> None:
        for _ in range(next(lengths)):
            recorder.step("x")

    with pytest.raises(Nondeterminism, match=r"second run: \(the run was over\)"):
        check_determinism(run)
