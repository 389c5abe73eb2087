"""A store whose objects are there for a time only. Whether one has expired is looked at when it is read; then it goes.

Ported from client-go tools/cache/expiration_cache.go.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key

from .indexer import Indexer, KeyFunc

__all__ = ["ExpirationCache", "ttl_store"]

T = TypeVar("T")


class ExpirationCache(Generic[T]):
    """Objects by key, with the time at which each was added or updated last.

    Args:
        key_func: the key of an object.
        is_expired: whether an object of that age, in nanoseconds, has expired.
        now_ns: the time, in nanoseconds of a monotonic clock.
        guard: what is held during an operation; a lock where several threads use the cache.
    """

    def __init__(
        self,
        key_func: KeyFunc = meta_namespace_key,
        *,
        is_expired: Callable[[T, int], bool],
        now_ns: Callable[[], int],
        guard: AbstractContextManager[Any] | None = None,
    ) -> None:
        self._is_expired, self._now_ns = is_expired, now_ns
        self._times: dict[str, int] = {}
        self._store: Indexer[T] = Indexer(key_func=key_func, guard=guard)

    def add(self, obj: T) -> None:
        """Stores an object; its time begins anew."""
        key = self._store.key_of(obj)
        self._store.put(key, obj)
        self._times[key] = self._now_ns()

    update = add

    def delete(self, obj: T) -> None:
        """Removes an object."""
        self._times.pop(self._store.key_of(obj), None)
        self._store.delete(obj)

    def replace(self, objects: Iterable[T], resource_version: str = "") -> None:
        """Makes these objects the whole content, all as of now."""
        now = self._now_ns()
        items = {self._store.key_of(obj): obj for obj in objects}
        self._times = dict.fromkeys(items, now)
        self._store.replace_items(items, resource_version)

    def get(self, obj: T) -> T | None:
        """The stored object with the key of this one, unless it has expired."""
        return self.get_by_key(self._store.key_of(obj))

    def get_by_key(self, key: str) -> T | None:
        """The object under a key, unless it has expired."""
        obj = self._store.get_by_key(key)
        if obj is None or not self._is_expired(obj, self._now_ns() - self._times.get(key, 0)):
            return obj
        self._times.pop(key, None)
        self._store.remove(key)
        return None

    def list(self) -> builtins.list[T]:
        """All objects that have not expired."""
        found = [self.get_by_key(key) for key in self._store.list_keys()]
        return [obj for obj in found if obj is not None]

    def list_keys(self) -> builtins.list[str]:
        """All keys, also of what has expired and was not read since."""
        return self._store.list_keys()

    def resync(self) -> None:
        """Does nothing: a store has nobody to tell."""

    def bookmark(self, resource_version: str) -> None:
        """The content is as of that version, too."""
        self._store.bookmark(resource_version)

    @property
    def last_store_sync_resource_version(self) -> str:
        """The version of the last change, list or bookmark."""
        return self._store.last_store_sync_resource_version


def ttl_store(key_func: KeyFunc = meta_namespace_key, *, ttl: float, now_ns: Callable[[], int]) -> ExpirationCache[Any]:
    """A store of objects that expire when they are older than `ttl` seconds; with 0, never."""
    ttl_ns = round(ttl * 1e9)
    return ExpirationCache(key_func, is_expired=lambda _obj, age_ns: 0 < ttl_ns < age_ns, now_ns=now_ns)
