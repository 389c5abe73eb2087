"""Work that blocks: beside the event loop in the one colour, in place in the other, where a thread may wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["AsyncLock", "Lock", "async_beside", "beside"]

T = TypeVar("T")

AsyncLock = asyncio.Lock
"""Held with `async with` by one task at a time."""

Lock = threading.Lock
"""Held with `with` by one thread at a time."""


async def async_beside(function: Callable[[], T]) -> T:
    """Calls a function that blocks, in a thread, so that the loop goes on."""
    return await asyncio.to_thread(function)


def beside(function: Callable[[], T]) -> T:
    """Calls a function that blocks, here."""
    return function()
