"""One's own writes laid over a copy that does not show them yet, so that one reads what one wrote.

The newer of both is read, by resource version. Entries go when the copy has caught up, when their object was deleted, when
they are old, and when there are too many. Ported from client-go tools/cache/mutation_cache.go; what was deleted is forgotten
at once here (client-go showed it until its time was over).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, NamedTuple, TypeVar

from kubeclient.apimachinery.meta import resource_version_of

from .delta_fifo import DeletedFinalStateUnknown, deletion_handling_key
from .indexer import Indexer, KeyFunc

__all__ = ["MutationCache"]

T = TypeVar("T")


class _Mutation(NamedTuple, Generic[T]):
    obj: T
    until_ns: int
    was_known: bool


class MutationCache(Generic[T]):
    """Reads from a store and from what `mutation` was told of.

    Args:
        backing: the copy.
        indexer: where indexes are; None: `by_index` raises.
        ttl: seconds for which a write is remembered.
        include_adds: whether objects are shown that the copy does not have yet.
        now_ns: the time, in nanoseconds of a monotonic clock.
        size: how many writes are remembered at most.
        guard: what is held during an operation; a lock where several threads use the cache.
    """

    def __init__(
        self,
        backing: Any,
        indexer: Indexer[T] | None = None,
        *,
        ttl: float,
        now_ns: Callable[[], int],
        include_adds: bool = False,
        size: int = 100,
        key_func: KeyFunc | None = None,
        guard: AbstractContextManager[Any] | None = None,
    ) -> None:
        self._backing, self._indexer = backing, indexer
        self._ttl_ns, self._now_ns = round(ttl * 1e9), now_ns
        self._include_adds, self._size = include_adds, size
        self._key_func: KeyFunc = key_func if key_func is not None else backing.key_func
        self._guard: AbstractContextManager[Any] = guard if guard is not None else nullcontext()
        self._mutations: dict[str, _Mutation[T]] = {}  # the one that was used longest ago first

    def mutation(self, obj: T) -> None:
        """Remembers what a write brought, unless something newer is remembered."""
        key = deletion_handling_key(obj, self._key_func)
        with self._guard:
            known = self._mutations.get(key)
            if known is not None and _version(obj) < _version(known.obj):
                return
            self._mutations.pop(key, None)
            was_known = self._backing.get_by_key(key) is not None
            self._mutations[key] = _Mutation(obj, self._now_ns() + self._ttl_ns, was_known)
            while len(self._mutations) > self._size:
                del self._mutations[next(iter(self._mutations))]

    def deleted(self, obj: T | DeletedFinalStateUnknown[T]) -> None:
        """Forgets an object; for an informer's `on_delete`."""
        with self._guard:
            self._mutations.pop(deletion_handling_key(obj, self._key_func), None)

    def get_by_key(self, key: str) -> T | None:
        """The newest state of an object that is known here; None when it is not there."""
        with self._guard:
            return self._newest(key, self._backing.get_by_key(key))

    def by_index(self, name: str, value: str) -> list[T]:
        """The newest states of the objects under an index value. Raises LookupError without an indexer."""
        if self._indexer is None:
            raise LookupError("no indexer has been provided to the mutation cache")
        with self._guard:
            keys = self._indexer.index_keys(name, value)
            found = [self._newest(key, self._indexer.get_by_key(key)) for key in keys]
            objects = [obj for obj in found if obj is not None]
            function = self._indexer.indexers[name]
            for key in [key for key in self._mutations if key not in set(keys)] if self._include_adds else ():
                obj = self._newest(key, self._backing.get_by_key(key))
                if obj is not None and value in _values(function, obj):
                    objects.append(obj)
            return objects

    def _newest(self, key: str, backing: T | None) -> T | None:
        mutation = self._live(key)
        if mutation is None:
            return backing
        if backing is None:
            if mutation.was_known:  # then it was deleted since
                del self._mutations[key]
                return None
            return mutation.obj if self._include_adds else None
        if _version(backing) >= _version(mutation.obj):
            del self._mutations[key]
            return backing
        self._mutations[key] = self._mutations.pop(key)._replace(was_known=True)
        return mutation.obj

    def _live(self, key: str) -> _Mutation[T] | None:
        mutation = self._mutations.get(key)
        if mutation is not None and self._now_ns() >= mutation.until_ns:
            del self._mutations[key]
            return None
        return mutation

    def __len__(self) -> int:
        return len(self._mutations)


def _version(obj: Any) -> int:
    return int(resource_version_of(obj) or 0)


def _values(function: Callable[[Any], Any], obj: Any) -> list[str]:
    try:
        return list(function(obj))
    except Exception:  # noqa: BLE001  what cannot be filed is not found
        return []
