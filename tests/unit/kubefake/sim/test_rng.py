"""Seeded streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubefake.sim.rng import Seeds


def test_the_numbers_of_a_seed_and_a_name_are_fixed_for_ever() -> None:
    stream = Seeds(42).stream("faults")

    assert [stream.randrange(1000) for _ in range(5)] == [920, 351, 215, 809, 400]
    assert stream.random() == 0.37776178176763053


@given(seed=st.integers(), stop=st.integers(1, 10**9))
def test_whole_numbers_lie_in_their_range(seed: int, stop: int) -> None:
    assert 0 <= Seeds(seed).stream("x").randrange(stop) < stop


def test_streams_do_not_disturb_each_other() -> None:
    seeds = Seeds(1)
    alone = [seeds.stream("a").random()]
    seeds.stream("b").random()

    assert [seeds.stream("a").random()] == alone
    assert seeds.stream("b").random() != alone[0]


def test_a_part_has_names_of_its_own() -> None:
    assert Seeds(1).within("world").stream("a").random() == Seeds(1).stream("world/a").random()


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        Seeds(1).stream("x").randrange(0)


def test_a_shuffle_keeps_the_items() -> None:
    items = list(range(20))
    Seeds(1).stream("x").shuffle(items)

    assert items != list(range(20))
    assert sorted(items) == list(range(20))


def test_every_draw_can_be_logged() -> None:
    draws: list[tuple[str, str]] = []
    stream = Seeds(1, lambda name, value: draws.append((name, value))).stream("x")

    drawn = [repr(stream.random()), str(stream.randrange(10)), stream.choice("abc")]

    assert [value for _, value in draws[:2]] == drawn[:2]
    assert len(draws) == 3
