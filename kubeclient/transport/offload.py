"""Work that blocks: beside the event loop in the one colour, in place in the other, where a thread may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["async_beside", "beside"]

T = TypeVar("T")


async def async_beside(function: Callable[[], T]) -> T:
    """Calls a function that blocks, in a thread, so that the loop goes on."""
    return await asyncio.to_thread(function)


def beside(function: Callable[[], T]) -> T:
    """Calls a function that blocks, here."""
    return function()
