"""Sets of numbers as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubefake.scenario.ranges import format_ranges, parse_ranges


@given(st.frozensets(st.integers(min_value=0, max_value=50)))
def test_what_is_written_is_read_back(numbers: frozenset[int]) -> None:
    assert parse_ranges(format_ranges(numbers)) == tuple(sorted(numbers))


def test_neighbours_make_a_range() -> None:
    assert format_ranges([7, 1, 2, 3]) == "1-3,7"


@pytest.mark.parametrize("text", ["x", "1-", "-1", "1,,2"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a number nor a range"):
        parse_ranges(text)
