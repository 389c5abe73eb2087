"""Clocks, medians and rows of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Any

__all__ = ["Row", "median_per_call", "median_seconds"]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        suite, name: what was measured.
        value, unit: the median.
        goal: what we want of it; empty where it is there for comparison.
        note: what has to be known to read it.
    """

    suite: str
    name: str
    value: float | None
    unit: str = ""
    goal: str = ""
    note: str = ""

    def text(self) -> str:
        """The row as a line of a table."""
        value = "-" if self.value is None else _number(self.value)
        return f"{self.suite:<11}{self.name:<44}{value:>12} {self.unit:<10}{self.goal:<13}{self.note}".rstrip()

    def data(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return asdict(self)


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"


def median_seconds(function: Callable[[], object], rounds: int = 5) -> float:
    """The median time of a call."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return median(times)


def median_per_call(function: Callable[[Any], object], arguments: Iterable[Any], batches: int = 10) -> float:
    """Calls a function with every argument; the median, over batches of calls, of the seconds a call took."""
    items = list(arguments)
    size = max(1, len(items) // batches)
    times = []
    for first in range(0, len(items), size):
        batch = items[first : first + size]
        start = perf_counter()
        for item in batch:
            function(item)
        times.append((perf_counter() - start) / len(batch))
    return median(times)
