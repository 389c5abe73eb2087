"""Sets of whole numbers as people write them: `3,17-20`."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["format_ranges", "parse_ranges"]


def parse_ranges(text: str) -> tuple[int, ...]:
    """The numbers of a text like `3,17-20`, in order, each once; none for an empty text. Raises ValueError."""
    numbers: dict[int, None] = {}
    for part in text.split(",") if text.strip() else ():
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ValueError(f"{part!r} is neither a number nor a range like 17-20")
        numbers.update(dict.fromkeys(range(int(first), int(last or first) + 1)))
    return tuple(sorted(numbers))


def format_ranges(numbers: Iterable[int]) -> str:
    """The shortest text that `parse_ranges` reads as these numbers."""
    spans: list[list[int]] = []
    for number in sorted(frozenset(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
