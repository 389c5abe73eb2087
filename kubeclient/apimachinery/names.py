"""Generated names: a base and a random suffix of an alphabet without vowels. Randomness comes from the caller.

Ports apiserver storage/names and apimachinery util/rand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

__all__ = [
    "ALPHABET",
    "MAX_BASE_LENGTH",
    "MAX_NAME_LENGTH",
    "SUFFIX_LENGTH",
    "generate_name",
    "random_text",
    "safe_encode",
    "with_suffix",
]

ALPHABET: Final = "bcdfghjklmnpqrstvwxz2456789"
SUFFIX_LENGTH: Final = 5
MAX_NAME_LENGTH: Final = 63
MAX_BASE_LENGTH: Final = MAX_NAME_LENGTH - SUFFIX_LENGTH


def with_suffix(base: str, suffix: str) -> str:
    """The base, cut so that the name fits into 63 characters, and the suffix of five."""
    return f"{base[:MAX_BASE_LENGTH]}{suffix}"


def random_text(length: int, randrange: Callable[[int], int]) -> str:
    """That many characters of the alphabet. `randrange(n)` gives a whole number in [0, n)."""
    return "".join(ALPHABET[randrange(len(ALPHABET))] for _ in range(length))


def generate_name(base: str, randrange: Callable[[int], int]) -> str:
    """A name for a generateName. `randrange(n)` gives a whole number in [0, n)."""
    return with_suffix(base, random_text(SUFFIX_LENGTH, randrange))


def safe_encode(text: str) -> str:
    """A text (of hexadecimal digits, say) in characters of the alphabet, one for one: pod-template-hash is made so."""
    return "".join(ALPHABET[ord(char) % len(ALPHABET)] for char in text)
