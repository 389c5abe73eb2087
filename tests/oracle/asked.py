"""One request that two servers are both asked, and who chooses what is in it."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

__all__ = ["Asked", "Chooser", "Drawn", "Seeded"]

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """One request. `$(rv3)` and `$(next3)` stand for the version and the continue token of the answer to request 3."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    type: str = "application/json"
    accept: str = ""

    @property
    def is_watch(self) -> bool:
        return ("watch", "1") in self.query

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}?{query} [{self.type}] {self.accept} {self.body!r}"


class Chooser(Protocol):
    """What the content of requests depends on."""

    def pick(self, values: Sequence[T]) -> T:
        """One of them; the first is the simplest."""
        ...

    def maybe(self, share: float) -> bool:
        """True in that share of cases; False is simpler."""
        ...


class Seeded:
    """Chooses by a seed."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def pick(self, values: Sequence[T]) -> T:
        return values[self._random.randrange(len(values))]

    def maybe(self, share: float) -> bool:
        return self._random.random() < share


@functools.cache
def _below(limit: int) -> st.SearchStrategy[int]:
    return st.integers(0, limit - 1)


class Drawn:
    """Chooses as hypothesis does, so that what fails can be shrunk."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def pick(self, values: Sequence[T]) -> T:
        return values[self._draw(_below(len(values)))]

    def maybe(self, share: float) -> bool:
        return self._draw(_below(100)) >= 100 - round(share * 100)
