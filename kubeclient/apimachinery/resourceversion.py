"""Resource versions compared: which of two objects of one resource is the newer one.

Ports apimachinery pkg/util/resourceversion. Only versions of the same resource can be compared.
"""

from __future__ import annotations

__all__ = ["compare", "is_well_formed"]


def is_well_formed(text: str) -> bool:
    """True for a positive number without leading zeros, of any length. "0" is a special value, never a live version."""
    return text.isascii() and text.isdigit() and text[0] != "0"


def compare(a: str, b: str) -> int:
    """-1, 0 or 1, as the first is older than, the same as or newer than the second.

    Raises:
        ValueError: with Go's text, when one of them is not well formed.
    """
    for text in (a, b):
        if not is_well_formed(text):
            raise ValueError(f"resource version is not well formed: {text}")
    left, right = (len(a), a), (len(b), b)
    return (left > right) - (left < right)
