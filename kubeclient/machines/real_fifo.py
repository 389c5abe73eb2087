"""Everything that happened to the objects of a collection, in the order in which it happened.

Client-go's RealFIFO (tools/cache/the_real_fifo.go, v0.36): every change is kept as it came; nothing is merged, so that who
pops sees each state the watch delivered. Nothing here waits or locks: `_async.pop_queue` does.

A `replace` is one delta of the whole list where `atomic`; else one for every object of the list, behind a deletion for every
known object that is missing from it, with the last known state wrapped in `DeletedFinalStateUnknown`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key

from .delta_fifo import (
    DeletedFinalStateUnknown,
    Delta,
    DeltaType,
    FIFOClosedError,
    KnownObjects,
    deletion_handling_key,
    known_object,
)
from .indexer import KeyFunc
from .store_changes import ObjectKeyError

__all__ = ["BookmarkInfo", "RealFIFO", "ReplacedAllInfo", "SyncAllInfo"]

T = TypeVar("T")

BATCH_SIZE: Final = 1_000
_ALONE: Final = frozenset({DeltaType.REPLACED_ALL, DeltaType.SYNC_ALL, DeltaType.BOOKMARK})


@dataclass(frozen=True, slots=True)
class ReplacedAllInfo(Generic[T]):
    """What a REPLACED_ALL delta is about: a list, and its version."""

    resource_version: str
    objects: list[T]


@dataclass(frozen=True, slots=True)
class SyncAllInfo:
    """What a SYNC_ALL delta is about: everything."""


@dataclass(frozen=True, slots=True)
class BookmarkInfo:
    """What a BOOKMARK delta is about: a version."""

    resource_version: str


class RealFIFO(Generic[T]):
    """Deltas in the order in which they came.

    Args:
        known: what was popped before: says what a `replace` leaves out. Required unless `atomic`, and not allowed then.
        key_func: the key of an object; by default that of `known`, or by namespace and name.
        transform: called with every object that is queued, but for tombstones and syncs; its result is queued. If it
            raises, nothing is queued.
        atomic: whether lists, and syncs of everything, are one delta each.
        bookmarks: whether bookmarks are deltas, too; with `atomic` only.
        unlocks: whether a driver lets others write while what was popped is processed; with `atomic` only.
        batch_size: how many deltas `pop_batch` gives at most.

    Raises ValueError for arguments that do not go together. Calls with an object that has no key raise ObjectKeyError.
    """

    def __init__(
        self,
        known: KnownObjects[T] | None = None,
        *,
        key_func: KeyFunc | None = None,
        transform: Callable[[T], T] | None = None,
        atomic: bool = False,
        bookmarks: bool = False,
        unlocks: bool = False,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        if atomic and known is not None:
            raise ValueError("known objects must not be given when events are atomic")
        if not atomic and known is None:
            raise ValueError("known objects must be given when events are not atomic")
        if not atomic and (bookmarks or unlocks):
            raise ValueError("bookmarks, and unlocking while processing, need atomic events")
        self._known = known
        known_key: KeyFunc = getattr(known, "key_func", meta_namespace_key)
        self._key_func = key_func if key_func is not None else known_key
        self.transform = transform
        self.unlocks = unlocks
        self.batch_size = batch_size
        self._atomic, self._bookmarks = atomic, bookmarks
        self._deltas: deque[Delta[T]] = deque()
        self._populated = False
        self._initial = 0  # deltas of the first replace that were not processed yet
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._deltas)

    @property
    def has_synced(self) -> bool:
        """Whether everything of the first list was processed."""
        return self._populated and self._initial == 0

    @property
    def in_initial_list(self) -> bool:
        """Whether the delta that `pop` gives next belongs to the first list."""
        return not self.has_synced

    def add(self, obj: T) -> None:
        """An object appeared."""
        self._populated = True
        self._push(DeltaType.ADDED, obj)

    def update(self, obj: T) -> None:
        """An object changed."""
        self._populated = True
        self._push(DeltaType.UPDATED, obj)

    def delete(self, obj: T | DeletedFinalStateUnknown[T]) -> None:
        """An object is gone."""
        self._populated = True
        self._push(DeltaType.DELETED, obj)

    def bookmark(self, resource_version: str) -> None:
        """Nothing else happened up to that version."""
        if self._bookmarks:
            self._append(DeltaType.BOOKMARK, BookmarkInfo(resource_version))

    def replace(self, objects: Iterable[T], resource_version: str = "") -> None:
        """These objects are all there is now."""
        transform = self.transform
        made = [obj if transform is None else transform(obj) for obj in objects]
        if self._known is None:
            self._append(DeltaType.REPLACED_ALL, ReplacedAllInfo(resource_version, made))
        else:
            self._replace_each(self._known, made)
        if not self._populated:
            self._populated = True
            self._initial = len(self._deltas)

    def _replace_each(self, known: KnownObjects[T], objects: list[T]) -> None:
        present = {self._key_of(obj): obj for obj in objects}
        latest = {delta.key: delta for delta in self._deltas}
        for key in dict.fromkeys([*latest, *known.list_keys()]):
            last = latest.get(key)
            if key in present or (last is not None and last.type is DeltaType.DELETED):
                continue
            obj: Any = last.obj if last is not None else known_object(known, key)
            self._deltas.append(Delta(DeltaType.DELETED, key, DeletedFinalStateUnknown(key, obj)))
        self._deltas.extend(Delta(DeltaType.REPLACED, self._key_of(obj), obj) for obj in objects)

    def resync(self) -> None:
        """Queues a sync of everything; where events are not atomic, of every known object that has no delta waiting."""
        if self._known is None:
            self._append(DeltaType.SYNC_ALL, SyncAllInfo())
            return
        pending = {delta.key for delta in self._deltas}
        for key in self._known.list_keys():
            obj = known_object(self._known, key)
            if obj is not None and key not in pending:
                self._deltas.append(Delta(DeltaType.SYNC, key, obj))

    def take(self) -> Delta[T]:
        """Takes the oldest delta out; `processed` says when that was handled.

        Raises IndexError when there is none, and FIFOClosedError when none will come, either.
        """
        self._check()
        return self._deltas.popleft()

    def take_batch(self) -> list[Delta[T]]:
        """Takes the oldest deltas out, as long as they are of different objects and alike in being of one; or one other.

        Those of the first list are not mixed with others. Raises as `take`.
        """
        self._check()
        most = min(self.batch_size, self._initial) if self._initial else self.batch_size
        keys: set[str] = set()
        for delta in islice(self._deltas, most):
            if delta.type in _ALONE or delta.key in keys:
                break
            keys.add(delta.key)
        return [self._deltas.popleft() for _ in range(max(1, len(keys)))]

    def processed(self, count: int = 1) -> None:
        """What was taken out was handled, or could not be."""
        self._initial = max(0, self._initial - count)

    def pop(self) -> Delta[T]:
        """Takes the oldest delta out, and counts it as handled. Raises as `take`."""
        delta = self.take()
        self.processed()
        return delta

    def close(self) -> None:
        """Nothing will come any more; what waits can still be taken."""
        self.is_closed = True

    def _check(self) -> None:
        if not self._deltas:
            if self.is_closed:
                raise FIFOClosedError
            raise IndexError("pop from an empty RealFIFO")

    def _key_of(self, obj: Any) -> str:
        try:
            return deletion_handling_key(obj, self._key_func)
        except Exception as error:
            raise ObjectKeyError(obj, error) from error

    def _push(self, kind: DeltaType, obj: Any) -> None:
        key = self._key_of(obj)
        if self.transform is not None and not isinstance(obj, DeletedFinalStateUnknown):
            obj = self.transform(obj)
        self._deltas.append(Delta(kind, key, obj))

    def _append(self, kind: DeltaType, info: Any) -> None:
        self._deltas.append(Delta(kind, "", info))

    def __repr__(self) -> str:
        return f"<RealFIFO {len(self._deltas)} deltas{' closed' if self.is_closed else ''}>"
