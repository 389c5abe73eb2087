"""Lets one body of tests drive a blocking client: what blocks in it is shown as if it were awaited.

Which methods are to be awaited is not guessed: the blocking client is a twin of the asyncio one, and the method of that
name there is asked. The calls block the event loop, as blocking calls do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Self

__all__ = ["Awaitable", "awaitable"]

_TWINS = "kubeclient._sync"


def awaitable(value: Any) -> Any:
    """The value, behind an `Awaitable` if it is one of the twins; models and plain values stay as they are."""
    return Awaitable(value) if type(value).__module__.startswith(_TWINS) else value


@cache
def _source(twin: type) -> Any:
    """The asyncio class that a blocking class was made from."""
    module = import_module(twin.__module__.replace("_sync", "_async", 1))
    return getattr(module, f"Async{twin.__name__}")


class Awaitable:
    """A blocking object with the face of its asyncio twin."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        source = getattr(_source(type(self._target)), "aclose" if name == "aclose" else name, None)
        value = getattr(self._target, "close" if name == "aclose" else name)
        if not callable(value):
            return awaitable(value)
        return _awaited(value) if inspect.iscoroutinefunction(source) else _called(value)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return next(self._target)
        except StopIteration:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Any:
        return awaitable(self._target.__enter__())

    async def __aexit__(self, *exc_info: object) -> Any:
        return self._target.__exit__(*exc_info)

    def __repr__(self) -> str:
        return f"<awaitable {self._target!r}>"


def _awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        return awaitable(function(*args, **kwargs))

    return call


def _called(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return awaitable(function(*args, **kwargs))

    return call
