"""Seeded streams of numbers: one seed, a name for each use, the same numbers on every machine.

A stream depends on its seed and name alone, so that a new stream changes nothing for the others. `hash()` is never used:
it differs from process to process.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, MutableSequence, Sequence
from typing import Any, TypeVar

__all__ = ["DrawLog", "Seeds", "Stream"]

T = TypeVar("T")

DrawLog = Callable[[str, str], None]
"""Called with a stream's name and each number drawn from it, as text."""


class Stream:
    """A source of seeded numbers. Satisfies `kubefake.ports.Random`."""

    __slots__ = ("_bits", "_log", "_random", "name")

    def __init__(self, seed: int, name: str, log: DrawLog | None = None) -> None:
        digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=32).digest()
        # Seeding with an int and drawing through random() and getrandbits() are the parts of the Mersenne Twister that
        # Python keeps unchanged from version to version.
        generator = random.Random(int.from_bytes(digest, "big"))
        self.name = name
        self._log = log
        self._random = generator.random
        self._bits = generator.getrandbits

    def random(self) -> float:
        """A number in [0, 1)."""
        value = self._random()
        if self._log is not None:
            self._log(self.name, repr(value))
        return value

    def randrange(self, stop: int) -> int:
        """A whole number in [0, stop), all equally likely. Raises ValueError when there is none."""
        if stop <= 0:
            raise ValueError(f"no whole number from 0 below {stop}")
        width = (stop - 1).bit_length()
        value = self._bits(width) if width else 0
        while value >= stop:
            value = self._bits(width)
        if self._log is not None:
            self._log(self.name, str(value))
        return value

    def uniform(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return low + (high - low) * self.random()

    def choice(self, items: Sequence[T]) -> T:
        """One of the items. Raises ValueError when there is none."""
        return items[self.randrange(len(items))]

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Brings the items into another order, in place."""
        for last in range(len(items) - 1, 0, -1):
            other = self.randrange(last + 1)
            items[last], items[other] = items[other], items[last]

    def __repr__(self) -> str:
        return f"<Stream {self.name!r}>"


class Seeds:
    """Makes streams from one seed.

    Args:
        seed: the run's seed.
        log: is told of every number drawn from any stream, in order.
        prefix: stands before the names of all streams.
    """

    __slots__ = ("_log", "_prefix", "seed")

    def __init__(self, seed: int, log: DrawLog | None = None, *, prefix: str = "") -> None:
        self.seed = seed
        self._log = log
        self._prefix = prefix

    def stream(self, name: str) -> Stream:
        """A new stream at the beginning of its numbers; two of one name give the same ones."""
        return Stream(self.seed, self._prefix + name, self._log)

    def within(self, name: str) -> Seeds:
        """Seeds for a part that names streams as it likes."""
        return Seeds(self.seed, self._log, prefix=f"{self._prefix}{name}/")

    def __repr__(self) -> str:
        return f"<Seeds {self.seed}{' ' + self._prefix if self._prefix else ''}>"
