"""The garbage collector and large trees: it rests while they grow, and need not walk them over and over afterwards.

What is read from a body or put together for an answer is a tree in which nothing is garbage, but the number of its parts
makes the collector look at everything that lives, again and again. Knows nothing of what is read.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["resting"]

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
