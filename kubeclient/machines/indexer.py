"""The local copy of a collection, and the indexes over it: client-go's ThreadSafeStore and Indexer in one.

Guarantees: an object is found under its key and under every value its index functions give for it, and under no other;
`replace` swaps the whole content at once; reading never sees half a change, because every operation holds the guard that
the store was made with. Not guaranteed: that objects handed out are copies. They are shared by everybody who reads the
store and must not be changed; copy first.

Follows client-go tools/cache/thread_safe_store.go and store.go, v0.36.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key, namespace_of, resource_version_of

from .store_changes import ObjectKeyError, Transaction, TransactionError, TransactionType

__all__ = [
    "NAMESPACE_INDEX",
    "IndexFunc",
    "Indexer",
    "IndexerError",
    "KeyFunc",
    "index_to_key",
    "meta_namespace_index",
]

T = TypeVar("T")

KeyFunc = Callable[[Any], str]
IndexFunc = Callable[[Any], Iterable[str]]

NAMESPACE_INDEX = "namespace"


def meta_namespace_index(obj: Any) -> list[str]:
    """The index by namespace, which listers use."""
    return [namespace_of(obj)]


class IndexerError(LookupError):
    """An index was asked for that the store does not have, or that it has already."""


def index_to_key(function: IndexFunc) -> KeyFunc:
    """The key of an object from an index function, which has to give one value for it. Raises LookupError else."""

    def key(obj: Any) -> str:
        values = list(function(obj))
        if len(values) != 1:
            raise LookupError(f"expected one index value, got {values} for {obj!r}")
        return values[0]

    return key


class Indexer(Generic[T]):
    """Objects by key, with any number of named indexes.

    Args:
        key_func: the key of an object; `namespace/name` by default.
        indexers: index functions by name; each gives the values under which an object is found.
        transform: called with every object before it is stored by `add`, `update` or `replace`; its result is stored.
        guard: what is held during an operation; a lock where several threads use the store.

    A write whose object has no key raises ObjectKeyError; one whose index function raises leaves the store as it was.
    """

    def __init__(
        self,
        *,
        key_func: KeyFunc = meta_namespace_key,
        indexers: Mapping[str, IndexFunc] | None = None,
        transform: Callable[[T], T] | None = None,
        guard: AbstractContextManager[Any] | None = None,
    ) -> None:
        self.key_func = key_func
        self.transform = transform
        self._last_version = ""
        self._guard: AbstractContextManager[Any] = guard if guard is not None else nullcontext()
        self._items: dict[str, T] = {}
        self._indexers: dict[str, IndexFunc] = dict(indexers or {})
        # index name -> value -> keys; the keys are a dict because their order must not depend on hashing
        self._indices: dict[str, dict[str, dict[str, None]]] = {name: {} for name in self._indexers}
        self._moving = self._find_moving()

    def __len__(self) -> int:
        return len(self._items)

    def add(self, obj: T) -> None:
        """Stores an object under its key, replacing what was there."""
        if self.transform is not None:
            obj = self.transform(obj)
        self.put(self.key_of(obj), obj)

    update = add

    def key_of(self, obj: T) -> str:
        """The key of an object. Raises ObjectKeyError."""
        try:
            return self.key_func(obj)
        except Exception as error:
            raise ObjectKeyError(obj, error) from error

    def put(self, key: str, obj: T, resource_version: str | None = None) -> T | None:
        """Stores an object under a key the caller knows; returns what was there before."""
        with self._guard:
            old = self._items.get(key)
            if old is None or self._moving:
                self._reindex(key, old, obj)
            self._items[key] = obj
            self._note(resource_version if resource_version is not None else _version_of(obj))
            return old

    def delete(self, obj: T) -> None:
        """Removes an object; nothing happens when it is not there."""
        self.remove(self.key_of(obj), _version_of(obj))

    def remove(self, key: str, resource_version: str = "") -> T | None:
        """Removes what is stored under a key and returns it."""
        with self._guard:
            old = self._items.get(key)
            self._note(resource_version)
            if old is not None:
                if self._indexers:
                    self._reindex(key, old, None)
                del self._items[key]
            return old

    def replace(self, objects: Iterable[T], resource_version: str = "") -> None:
        """Makes these objects the whole content, as of that version."""
        transform = self.transform
        if transform is not None:
            objects = [transform(obj) for obj in objects]
        self.replace_items({self.key_of(obj): obj for obj in objects}, resource_version)

    def replace_items(self, items: dict[str, T], resource_version: str = "") -> dict[str, T]:
        """Makes these objects, under their keys, the whole content; the dict is the store's from now on.

        Returns what was there before, for the caller to keep.
        """
        with self._guard:
            indices = {name: _index_over(items, function) for name, function in self._indexers.items()}
            before = self._items
            self._items, self._indices = items, indices
            self._last_version = resource_version
            return before

    def transaction(self, *changes: Transaction) -> None:
        """Makes several changes while nobody reads. Raises TransactionError when some could not be made; the rest are."""
        successful: builtins.list[int] = []
        failed: builtins.list[Exception] = []
        with self._guard:
            for place, change in enumerate(changes):
                try:
                    if change.type is TransactionType.DELETE:
                        self.delete(change.obj)
                    else:
                        self.add(change.obj)
                except Exception as error:  # noqa: BLE001  the others are made all the same
                    failed.append(error)
                else:
                    successful.append(place)
        if failed:
            raise TransactionError(len(changes), successful, failed)

    def resync(self) -> None:
        """Does nothing: a store has nobody to tell."""

    def bookmark(self, resource_version: str) -> None:
        """The content is as of that version, too."""
        with self._guard:
            self._note(resource_version)

    @property
    def last_store_sync_resource_version(self) -> str:
        """The version of the last change, list or bookmark that was stored."""
        return self._last_version

    def _note(self, resource_version: str) -> None:
        if resource_version:
            self._last_version = resource_version

    def get(self, obj: T) -> T | None:
        """The stored object with the key of this one."""
        return self._items.get(self.key_of(obj))

    def get_by_key(self, key: str) -> T | None:
        """The object stored under a key, or None."""
        return self._items.get(key)

    def list(self) -> builtins.list[T]:
        """All objects, in the order in which their keys came first."""
        with self._guard:
            return list(self._items.values())

    def list_keys(self) -> builtins.list[str]:
        """All keys."""
        with self._guard:
            return list(self._items)

    @property
    def indexers(self) -> Mapping[str, IndexFunc]:
        """The index functions by name."""
        return dict(self._indexers)

    def add_indexers(self, indexers: Mapping[str, IndexFunc]) -> None:
        """Adds indexes, also over what is stored already. Raises IndexerError when a name is taken."""
        with self._guard:
            taken = sorted(self._indexers.keys() & indexers.keys())
            if taken:
                raise IndexerError(f"indexer conflict: {', '.join(taken)}")
            indices = {name: _index_over(self._items, function) for name, function in indexers.items()}
            self._indexers.update(indexers)
            self._indices.update(indices)
            self._moving = self._find_moving()

    def index(self, name: str, obj: T) -> builtins.list[T]:
        """The objects that share a value of this index with `obj`."""
        values = list(dict.fromkeys(self._indexer(name)(obj)))
        with self._guard:
            index = self._indices[name]
            keys = dict.fromkeys(key for value in values for key in index.get(value, ()))
            return [self._items[key] for key in keys]

    def by_index(self, name: str, value: str) -> builtins.list[T]:
        """The objects that an index files under a value; the cost depends on their number alone."""
        with self._guard:
            self._indexer(name)
            return [self._items[key] for key in self._indices[name].get(value, ())]

    def index_keys(self, name: str, value: str) -> builtins.list[str]:
        """The keys that an index files under a value, sorted."""
        with self._guard:
            self._indexer(name)
            return sorted(self._indices[name].get(value, ()))

    def list_index_func_values(self, name: str) -> builtins.list[str]:
        """All values that an index has an object for."""
        with self._guard:
            self._indexer(name)
            return list(self._indices[name])

    def _indexer(self, name: str) -> IndexFunc:
        try:
            return self._indexers[name]
        except KeyError:
            raise IndexerError(f"Index with name {name} does not exist; there are {sorted(self._indexers)}") from None

    def _find_moving(self) -> dict[str, IndexFunc]:
        """The index functions whose values may change while a key stays; by namespace does not where that is in the key."""
        fixed = meta_namespace_index if self.key_func is meta_namespace_key else None
        return {name: function for name, function in self._indexers.items() if function is not fixed}

    def _reindex(self, key: str, old: T | None, new: T | None) -> None:
        # All functions are called before anything changes: one that raises leaves the store as it was.
        changes = []
        functions = self._indexers if old is None or new is None else self._moving
        for name, function in functions.items():
            before = _values(function, old) if old is not None else []
            after = _values(function, new) if new is not None else []
            if before != after:
                changes.append((self._indices[name], before, after))
        for index, before, after in changes:
            for value in before:
                keys = index.get(value)
                if keys is not None:
                    keys.pop(key, None)
                    if not keys:  # an empty entry for every value ever seen would be a leak
                        del index[value]
            for value in after:
                index.setdefault(value, {})[key] = None

    def __repr__(self) -> str:
        return f"<Indexer {len(self._items)} objects, indexes {sorted(self._indexers)}>"


def _version_of(obj: Any) -> str:
    """The version of an object; "" for things that have none."""
    try:
        return resource_version_of(obj)
    except TypeError:
        return ""


def _values(function: IndexFunc, obj: Any) -> list[str]:
    values = function(obj)
    return values if values.__class__ is list else list(values)


def _index_over(items: Mapping[str, Any], function: IndexFunc) -> dict[str, dict[str, None]]:
    index: dict[str, dict[str, None]] = {}
    for key, obj in items.items():
        for value in function(obj):
            index.setdefault(value, {})[key] = None
    return index
