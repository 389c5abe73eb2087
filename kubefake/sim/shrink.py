"""Delta debugging: from a list that makes something fail, the few items that do.

Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), the minimising form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Shrunk", "shrink"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shrunk(Generic[T]):
    """What shrinking came to.

    Attributes:
        items: those that still make it fail, in their order.
        tries: how often the predicate was asked.
        minimal: whether leaving out any one of them was tried; False when the tries ran out.
    """

    items: tuple[T, ...]
    tries: int
    minimal: bool


def shrink(items: Sequence[T], fails: Callable[[tuple[T, ...]], bool], *, max_tries: int = 1000) -> Shrunk[T]:
    """Leaves out items while `fails` stays true of the rest.

    Args:
        items: what is known to fail; `fails` is not asked about all of them again.
        fails: whether a selection of the items, in their order, still fails. Asked at most once about each.
        max_tries: after so many questions the best so far is returned.
    """
    search = _Search(tuple(range(len(items))), items, fails, max_tries)
    if items and search.ask(()):
        search.kept = ()
    pieces = 2
    while len(search.kept) >= 1 and search.tries < max_tries:
        pieces = min(pieces, len(search.kept))
        if search.drop_one_of(pieces):
            pieces = max(pieces - 1, 2)
        elif pieces >= len(search.kept):
            return Shrunk(search.selected(), search.tries, minimal=True)
        else:
            pieces *= 2
    return Shrunk(search.selected(), search.tries, minimal=not search.kept)


class _Search(Generic[T]):
    """One search: the indexes kept so far, and what has been asked already."""

    def __init__(
        self,
        kept: tuple[int, ...],
        items: Sequence[T],
        fails: Callable[[tuple[T, ...]], bool],
        max_tries: int,
    ) -> None:
        self.kept = kept
        self.tries = 0
        self._items = items
        self._fails = fails
        self._max_tries = max_tries
        self._known: dict[tuple[int, ...], bool] = {}

    def selected(self) -> tuple[T, ...]:
        return tuple(self._items[index] for index in self.kept)

    def ask(self, kept: tuple[int, ...]) -> bool:
        known = self._known.get(kept)
        if known is None:
            self.tries += 1
            known = self._known[kept] = self._fails(tuple(self._items[index] for index in kept))
        return known

    def drop_one_of(self, pieces: int) -> bool:
        """Cuts what is kept into so many pieces and drops the first that is not needed."""
        size, rest = divmod(len(self.kept), pieces)
        start = 0
        for number in range(pieces):
            end = start + size + (number < rest)
            without = self.kept[:start] + self.kept[end:]
            if self.tries >= self._max_tries:
                return False
            if self.ask(without):
                self.kept = without
                return True
            start = end
        return False
