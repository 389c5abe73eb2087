"""What happened to the objects of a collection: deltas, and the queue that hands out all of one object's at once.

Client-go's DeltaFIFO (tools/cache/delta_fifo.go, v0.36), for who writes a controller on queues: objects come out in the order
in which they first had news; two deletions in a row are one. Nothing here waits or locks: `_async.pop_queue` does. The queue
that keeps the order of all news, and is client-go's default, is `real_fifo`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key

from .indexer import KeyFunc
from .store_changes import ObjectKeyError

__all__ = [
    "DeletedFinalStateUnknown",
    "Delta",
    "DeltaFIFO",
    "DeltaType",
    "FIFOClosedError",
    "KnownObjects",
    "deletion_handling_key",
    "known_object",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class DeltaType(Enum):
    """What a delta says of its object."""

    ADDED = "Added"
    UPDATED = "Updated"
    DELETED = "Deleted"
    REPLACED = "Replaced"
    """It is part of a new list: what happened in between was not seen."""
    SYNC = "Sync"
    """Nothing happened; handlers asked to see everything again from time to time."""
    REPLACED_ALL = "ReplacedAll"
    """A whole new list, as one delta."""
    SYNC_ALL = "SyncAll"
    """A sync of everything that is known, as one delta."""
    BOOKMARK = "Bookmark"
    """Nothing happened up to a version."""


class FIFOClosedError(Exception):
    """A queue was closed, and holds nothing any more."""

    def __init__(self) -> None:
        super().__init__("DeltaFIFO: manipulating with closed queue")


@dataclass(frozen=True, slots=True)
class DeletedFinalStateUnknown(Generic[T]):
    """An object that vanished while nobody was watching.

    Attributes:
        key: its key.
        obj: the last state that was known, which may be older than the one that was deleted.
    """

    key: str
    obj: T


class Delta(NamedTuple, Generic[T]):
    """One change of one object."""

    type: DeltaType
    key: str
    obj: T | DeletedFinalStateUnknown[T]


class KnownObjects(Protocol[T_co]):
    """What was popped before; a store is one."""

    def list_keys(self) -> list[str]: ...

    def get_by_key(self, key: str) -> T_co | None: ...


def deletion_handling_key(obj: object, key_func: KeyFunc = meta_namespace_key) -> str:
    """The key of an object or of its tombstone."""
    return obj.key if isinstance(obj, DeletedFinalStateUnknown) else key_func(obj)


def known_object(known: KnownObjects[T], key: str) -> T | None:
    """What is known under a key; None where it cannot be found out."""
    try:
        return known.get_by_key(key)
    except Exception:  # noqa: BLE001  the deletion has to be told of all the same
        return None


class DeltaFIFO(Generic[T]):
    """The deltas of each object, together.

    Args:
        known: what was popped before: says what a `replace` leaves out and what a `resync` is about.
        key_func: the key of an object.
        transform: called with every object that is queued, but for tombstones and syncs; its result is queued. If it
            raises, nothing is queued.
        emit_replaced: whether a `replace` gives REPLACED; else SYNC, as in old times.

    Calls with an object that has no key raise ObjectKeyError.
    """

    def __init__(
        self,
        known: KnownObjects[T] | None = None,
        *,
        key_func: KeyFunc = meta_namespace_key,
        transform: Callable[[T], T] | None = None,
        emit_replaced: bool = True,
    ) -> None:
        self._known = known
        self._key_func = key_func
        self.transform = transform
        self._replaced = DeltaType.REPLACED if emit_replaced else DeltaType.SYNC
        self._deltas: dict[str, list[Delta[T]]] = {}  # in the order in which keys came
        self._populated = False
        self._initial = 0
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._deltas)

    def key_of(self, obj: Any) -> str:
        """The key of an object, of a tombstone, or of the newest of several deltas. Raises ObjectKeyError."""
        if isinstance(obj, list):
            if not obj:
                raise ObjectKeyError(obj, ValueError("0 length Deltas object; can't get key"))
            obj = obj[-1]
        if isinstance(obj, Delta):
            obj = obj.obj
        try:
            return deletion_handling_key(obj, self._key_func)
        except Exception as error:
            raise ObjectKeyError(obj, error) from error

    @property
    def has_synced(self) -> bool:
        """Whether everything of the first list was popped."""
        return self._populated and self._initial == 0

    @property
    def in_initial_list(self) -> bool:
        """Whether what `pop` gives next belongs to the first list."""
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
        """An object is gone; nothing happens when nobody knows of it."""
        key = self.key_of(obj)
        self._populated = True
        if key in self._deltas or (self._known is not None and known_object(self._known, key) is not None):
            self._push(DeltaType.DELETED, obj)

    def replace(self, objects: Iterable[T], resource_version: str = "") -> None:  # noqa: ARG002  a sink is given it
        """These objects are all there is now."""
        present: dict[str, None] = {}
        for obj in objects:
            present[self.key_of(obj)] = None
            self._push(self._replaced, obj, transforms=True)
        gone = [key for key in self._deltas if key not in present]
        known = self._known.list_keys() if self._known is not None else []
        gone += [key for key in known if key not in present and key not in self._deltas]
        for key in gone:
            deltas = self._deltas.get(key)
            last: Any = deltas[-1].obj if deltas else known_object(self._known, key) if self._known else None
            while isinstance(last, DeletedFinalStateUnknown):
                last = last.obj
            self._push(DeltaType.DELETED, DeletedFinalStateUnknown(key, last))
        if not self._populated:
            self._populated = True
            self._initial = len(present) + len(gone)

    def resync(self) -> None:
        """Queues a sync of every known object that has nothing waiting."""
        known = self._known
        for key in known.list_keys() if known is not None else ():
            obj = known_object(known, key) if known is not None else None
            if obj is not None and key not in self._deltas:
                self._push(DeltaType.SYNC, obj)

    def pop(self) -> list[Delta[T]]:
        """Takes all deltas out of the object that has waited longest. Raises IndexError when there are none.

        Nothing is queued again by itself: who cannot handle them adds the object again. Raises FIFOClosedError when the
        queue is empty and closed.
        """
        if not self._deltas:
            if self.is_closed:
                raise FIFOClosedError
            raise IndexError("pop from an empty DeltaFIFO")
        key = next(iter(self._deltas))
        if self._initial:
            self._initial -= 1
        return self._deltas.pop(key)

    def close(self) -> None:
        """Nothing will come any more; what waits can still be popped."""
        self.is_closed = True

    def _push(self, kind: DeltaType, obj: Any, *, transforms: bool = False) -> None:
        key = self.key_of(obj)
        tombstone = isinstance(obj, DeletedFinalStateUnknown)
        if self.transform is not None and not tombstone and (transforms or kind is not DeltaType.SYNC):
            obj = self.transform(obj)
        deltas = self._deltas.setdefault(key, [])
        if kind is DeltaType.DELETED and deltas and deltas[-1].type is DeltaType.DELETED:
            if not isinstance(deltas[-1].obj, DeletedFinalStateUnknown):
                return  # the older one has seen the object
            deltas.pop()
        deltas.append(Delta(kind, key, obj))

    def __repr__(self) -> str:
        return f"<DeltaFIFO {len(self._deltas)} objects{' closed' if self.is_closed else ''}>"
