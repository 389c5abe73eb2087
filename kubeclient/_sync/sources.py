# generated from kubeclient/_async/sources.py by .ci/twin.py, do not edit
"""Where a reflector reads and where it writes: what it asks of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypedDict, TypeVar, Unpack

from kubeclient.machines.options import ListKeywords, WatchKeywords

from .watch import Watch

__all__ = ["ListerWatcher", "SelectorKeywords", "Sink", "WatchErrorHandler"]

T = TypeVar("T")

WatchErrorHandler = Callable[[Exception], None]


class SelectorKeywords(TypedDict, total=False):
    """What narrows a collection down."""

    label_selector: str
    field_selector: str


class ListerWatcher(Protocol[T]):
    """What a reflector reads from; every resource client is one."""

    def list(self, **options: Unpack[ListKeywords]) -> Any:
        """A list with `items` and `metadata`, taking list options as keywords."""
        ...

    def watch(self, **options: Unpack[WatchKeywords]) -> Watch[T]:
        """A watch that was not opened yet, taking watch options as keywords; anything that is iterated and closed will do."""
        ...


class Sink(Protocol[T]):
    """What a reflector writes to."""

    def replace(self, objects: list[T], resource_version: str) -> None: ...

    def add(self, obj: T) -> None: ...

    def update(self, obj: T) -> None: ...

    def delete(self, obj: T) -> None: ...
