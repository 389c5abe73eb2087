"""Shrinking."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kubefake.sim.shrink import shrink


@given(total=st.integers(1, 60), data=st.data())
def test_what_is_needed_is_found(total: int, data: st.DataObject) -> None:
    needed = data.draw(st.sets(st.integers(0, total - 1), min_size=1, max_size=4))

    result = shrink(range(total), lambda kept: needed <= set(kept))

    assert result.items == tuple(sorted(needed))
    assert result.minimal


def test_nothing_is_needed_when_it_fails_anyway() -> None:
    assert shrink([1, 2, 3], lambda _: True).items == ()


def test_no_selection_is_asked_about_twice() -> None:
    asked: list[tuple[int, ...]] = []

    def fails(kept: tuple[int, ...]) -> bool:
        asked.append(kept)
        return {3, 11} <= set(kept)

    shrink(range(16), fails)

    assert len(asked) == len(set(asked))


def test_the_best_so_far_is_returned_when_the_tries_run_out() -> None:
    result = shrink(range(1000), lambda kept: {1, 500, 999} <= set(kept), max_tries=10)

    assert result.tries == 10
    assert not result.minimal
    assert {1, 500, 999} <= set(result.items)


@given(st.lists(st.integers(-5, 5), max_size=12))
def test_leaving_out_any_one_item_of_a_minimum_succeeds(items: list[int]) -> None:
    def fails(kept: tuple[int, ...]) -> bool:
        return sum(kept) >= 4

    if not fails(tuple(items)):
        return
    kept = shrink(items, fails).items
    assert fails(kept)
    assert not any(fails(kept[:index] + kept[index + 1 :]) for index in range(len(kept)))
