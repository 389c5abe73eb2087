"""The garbage collector and large trees: it rests while they grow, and need not walk them over and over afterwards.

What is read from a body or put together for an answer is a tree in which nothing is garbage, but the number of its parts
makes the collector look at everything that lives, again and again. Knows nothing of what is read.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Rests", "resting"]

_YOUNG = 700
"""About as many objects survive at most what the collector looks at first."""
_MANY = 100_000

_FEW = 1000
"""Python 3.12 freezes some hundred objects of its own as it starts; thawing them does no harm."""


@contextmanager
def resting() -> Iterator[None]:
    """The collector rests; what was made meanwhile then counts as old at once, so that it is walked once and not thrice.

    It does nothing where the collector was off before. Where somebody froze objects they stay frozen, and what was made
    grows old as usual.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() < _FEW:
            gc.freeze()
            gc.unfreeze()  # what comes out of the ice belongs to the oldest generation
        gc.enable()


class Rests:
    """As `resting`, for who rests often and shortly, as when every batch of a stream of events replaces what is there.

    What grew old without having been walked is counted; when that was much and the memory in use has grown by a quarter,
    everything is collected once, so that nobody's garbage stays. One of these is used by one thread at a time, and is not
    entered twice.

    Args:
        growing: nothing is collected, as everything that is made is there to stay.
    """

    __slots__ = ("_aged", "_blocks", "_growing", "_let_alone", "_rests")

    def __init__(self, *, growing: bool = False) -> None:
        self._growing = growing
        self._aged = 0
        self._blocks = sys.getallocatedblocks()
        self._let_alone = False  # somebody froze objects, and looking how many costs more than a rest brings
        self._rests = False

    def __enter__(self) -> None:
        self._rests = gc.isenabled()
        if self._rests:
            gc.disable()

    def __exit__(self, *_error: object) -> None:
        if not self._rests:
            return
        if not self._let_alone:
            young, middle, _ = gc.get_count()
            if gc.get_freeze_count():
                self._let_alone = True
            else:
                self._aged += young + middle * _YOUNG
                gc.freeze()
                gc.unfreeze()
        gc.enable()
        if self._aged >= _MANY and not self._growing:
            self._aged = 0
            self._collect_if_grown()

    def settle(self) -> None:
        """Takes what is there now for needed: growth counts from here."""
        self._aged, self._blocks = 0, sys.getallocatedblocks()

    def _collect_if_grown(self) -> None:
        blocks = sys.getallocatedblocks()
        if not blocks or blocks > self._blocks + max(_MANY, self._blocks // 4):
            gc.collect()
            self._blocks = sys.getallocatedblocks()
        else:
            self._blocks = min(self._blocks, blocks)
