"""What was asked for and not seen yet keeps a controller from asking again."""

from __future__ import annotations

from kubefake.actors.expectations import TIMEOUT_NS, Expectations


def test_creations_count_down_to_satisfaction() -> None:
    expectations = Expectations()
    expectations.expect("a", 0, creations=2)
    expectations.created("a")
    assert not expectations.satisfied("a", 0)
    expectations.created("a")
    assert expectations.satisfied("a", 0)


def test_deletions_are_told_apart_by_uid() -> None:
    expectations = Expectations()
    expectations.expect("a", 0, deletions={"x"})
    expectations.deleted("a", "other")
    assert not expectations.satisfied("a", 0)
    expectations.deleted("a", "x")
    assert expectations.satisfied("a", 0)


def test_an_expectation_is_given_up_in_the_end() -> None:
    expectations = Expectations()
    expectations.expect("a", 0, creations=1)
    assert not expectations.satisfied("a", TIMEOUT_NS)
    assert expectations.satisfied("a", TIMEOUT_NS + 1)
