"""A store that hands all its objects to a function whenever they change. Ported from client-go tools/cache/undelta_store.go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key

from .indexer import Indexer, KeyFunc

__all__ = ["UndeltaStore"]

T = TypeVar("T")


class UndeltaStore(Indexer[T]):
    """A sink for a reflector whose reader wants to see everything, and not what has changed.

    Args:
        push: called with all objects after every change; not after a resync.
        key_func: the key of an object.
    """

    def __init__(self, push: Callable[[list[T]], None], key_func: KeyFunc = meta_namespace_key) -> None:
        super().__init__(key_func=key_func)
        self._push = push

    def add(self, obj: T) -> None:
        """Stores an object, and tells."""
        super().add(obj)
        self._push(self.list())

    update = add

    def delete(self, obj: T) -> None:
        """Removes an object, and tells."""
        super().delete(obj)
        self._push(self.list())

    def replace(self, objects: Iterable[T], resource_version: str = "") -> None:
        """Makes these objects the whole content, and tells."""
        super().replace(objects, resource_version)
        self._push(self.list())
