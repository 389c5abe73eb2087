"""Calling what a user handed in: plain functions in both worlds, `async def` ones under asyncio only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutine
from typing import Any, TypeVar

__all__ = ["async_call", "call"]

R = TypeVar("R")


async def async_call(function: Callable[..., R | Awaitable[R]], *args: Any, **kwargs: Any) -> R:
    """Calls a function and waits for its result if it has to be waited for."""
    result = function(*args, **kwargs)
    if result is not None and isawaitable(result):
        return await result
    return result


def call(function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Calls a function. Raises TypeError when it is an `async def` one, which a thread cannot wait for."""
    result = function(*args, **kwargs)
    if result is not None and iscoroutine(result):
        result.close()
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(f"{name} is an async function: give it to an Async client, or hand in a plain function here")
    return result
