"""The ports outside a simulation: identifiers and randomness from a seed, or from the machine's entropy.

The clock outside a simulation is `kubeclient.runtime.clock.RealClock`, which clients use as well: one time for both.
"""

from __future__ import annotations

import random

__all__ = ["SeededIds", "SeededRandom", "entropy"]

_NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_URL_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class SeededRandom:
    """Implements `ports.Random`; sources of different names are independent of each other.

    Args:
        seed: of the cluster.
        name: of the source, so that what one room draws does not shift what another gets.
    """

    __slots__ = ("_source", "random", "randrange")

    def __init__(self, seed: int | str, name: str = "") -> None:
        self._source = random.Random(f"{seed}/{name}")
        self.random = self._source.random
        self.randrange = self._source.randrange


class SeededIds:
    """Implements `ports.Ids` from a seed."""

    __slots__ = ("_bits", "_source")

    def __init__(self, seed: int | str) -> None:
        self._source = random.Random(f"{seed}/ids")
        self._bits = self._source.getrandbits

    def uid(self) -> str:
        bits = self._bits(128) & ~(0xF000 << 64) | (0x4000 << 64)
        bits = bits & ~(0xC000 << 48) | (0x8000 << 48)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def name_suffix(self) -> str:
        return "".join(self._source.choices(_NAME_ALPHABET, k=5))

    def token(self, length: int) -> str:
        return "".join(self._source.choices(_URL_ALPHABET, k=length))


def entropy() -> int:
    """A seed nobody chose."""
    return random.SystemRandom().getrandbits(64)
