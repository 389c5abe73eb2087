"""What happened to the objects of a collection, in order: the queue between a reflector and an indexer.

Client-go's RealFIFO (tools/cache/the_real_fifo.go, v0.36): every change is kept as it came; nothing is merged, so that
handlers see each state the watch delivered. A `replace` is turned into one delta for every object of the new list and
one deletion for every known object that is missing from it, with the last known state wrapped in
`DeletedFinalStateUnknown`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from .indexer import Indexer, KeyFunc

__all__ = ["DeletedFinalStateUnknown", "Delta", "DeltaType", "RealFIFO", "deletion_handling_key"]

T = TypeVar("T")


class DeltaType(Enum):
    """What a delta says of its object."""

    ADDED = "Added"
    UPDATED = "Updated"
    DELETED = "Deleted"
    REPLACED = "Replaced"
    """It is part of a new list: what happened in between was not seen."""
    SYNC = "Sync"
    """Nothing happened; handlers asked to see everything again from time to time."""


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


def deletion_handling_key(obj: object, key_func: KeyFunc) -> str:
    """The key of an object or of its tombstone."""
    return obj.key if isinstance(obj, DeletedFinalStateUnknown) else key_func(obj)


class RealFIFO(Generic[T]):
    """Deltas in the order in which they came.

    Args:
        known: the indexer that holds what was popped before; says what a `replace` leaves out.
    """

    def __init__(self, known: Indexer[T]) -> None:
        self._known = known
        self._deltas: deque[Delta[T]] = deque()
        self._pending: dict[str, int] = {}  # keys of queued deltas, with their number
        self._populated = False
        self._initial = 0  # deltas of the first replace that were not popped yet

    def __len__(self) -> int:
        return len(self._deltas)

    @property
    def has_synced(self) -> bool:
        """Whether everything of the first list was popped."""
        return self._populated and self._initial == 0

    def add(self, obj: T) -> None:
        """An object appeared."""
        self._populated = True
        self._push(DeltaType.ADDED, self._known.key_func(obj), obj)

    def update(self, obj: T) -> None:
        """An object changed."""
        self._populated = True
        self._push(DeltaType.UPDATED, self._known.key_func(obj), obj)

    def delete(self, obj: T) -> None:
        """An object is gone."""
        self._populated = True
        self._push(DeltaType.DELETED, self._known.key_func(obj), obj)

    def replace(self, objects: Iterable[T]) -> None:
        """These objects are all there is now."""
        present: dict[str, None] = {}
        latest = self._latest_pending()
        for obj in objects:
            key = self._known.key_func(obj)
            present[key] = None
            self._push(DeltaType.REPLACED, key, obj)
        for key in dict.fromkeys([*self._known.list_keys(), *latest]):
            if key in present:
                continue
            last = latest.get(key)
            if last is not None and last.type is DeltaType.DELETED:
                continue
            known = last.obj if last is not None else self._known.get_by_key(key)
            if known is None or isinstance(known, DeletedFinalStateUnknown):
                continue
            self._push(DeltaType.DELETED, key, DeletedFinalStateUnknown(key, known))
        if not self._populated:
            self._populated = True
            self._initial = len(self._deltas)

    def resync(self) -> None:
        """Queues a sync of every known object that has no delta waiting."""
        for key in self._known.list_keys():
            obj = self._known.get_by_key(key)
            if obj is not None and key not in self._pending:
                self._push(DeltaType.SYNC, key, obj)

    def pop(self) -> Delta[T]:
        """Takes the oldest delta out. Raises IndexError when there is none."""
        delta = self._deltas.popleft()
        left = self._pending[delta.key] - 1
        if left:
            self._pending[delta.key] = left
        else:
            del self._pending[delta.key]
        if self._initial:
            self._initial -= 1
        return delta

    @property
    def in_initial_list(self) -> bool:
        """Whether the delta that `pop` gives next belongs to the first list."""
        return not self._populated or self._initial > 0

    def _push(self, kind: DeltaType, key: str, obj: T | DeletedFinalStateUnknown[T]) -> None:
        self._deltas.append(Delta(kind, key, obj))
        self._pending[key] = self._pending.get(key, 0) + 1

    def _latest_pending(self) -> dict[str, Delta[T]]:
        return {delta.key: delta for delta in self._deltas}
