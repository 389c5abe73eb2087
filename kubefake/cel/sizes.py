"""Ranges of sizes and costs: whole numbers that stop at the largest of 64 bits."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

__all__ = ["MOST", "UNKNOWN", "Size", "fixed"]

MOST: Final = 2**64 - 1


class Size(NamedTuple):
    """From `min` to `max`."""

    min: int
    max: int

    def __add__(self, other: Size) -> Size:  # type: ignore[override]
        return Size(min(self.min + other.min, MOST), min(self.max + other.max, MOST))

    def __mul__(self, other: Size) -> Size:  # type: ignore[override]
        return Size(min(self.min * other.min, MOST), min(self.max * other.max, MOST))

    def __or__(self, other: Size) -> Size:
        return Size(min(self.min, other.min), max(self.max, other.max))

    def scaled(self, factor: float) -> Size:
        """Times a factor, rounded up."""
        return Size(_scaled(self.min, factor), _scaled(self.max, factor))


def _scaled(value: int, factor: float) -> int:
    product = float(value) * factor
    return MOST if product >= 2.0**64 else math.ceil(product)


UNKNOWN: Final = Size(0, MOST)


def fixed(value: int) -> Size:
    """A size that is known."""
    return Size(value, value)
