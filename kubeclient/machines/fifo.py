"""Two more queues of objects by key: the newest state of each in turn, and the least first.

Client-go's FIFO and Heap (tools/cache/{fifo,heap}.go, v0.36). Nothing here waits or locks: `_async.pop_queue` does.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key

from .delta_fifo import FIFOClosedError
from .indexer import KeyFunc
from .store_changes import ObjectKeyError

__all__ = ["FIFO", "Heap", "HeapClosedError"]

T = TypeVar("T")


def _key(key_func: KeyFunc, obj: Any) -> str:
    try:
        return key_func(obj)
    except Exception as error:
        raise ObjectKeyError(obj, error) from error


class FIFO(Generic[T]):
    """Objects in the order in which their keys came, each as it was added last. What is deleted is not popped."""

    def __init__(self, key_func: KeyFunc = meta_namespace_key) -> None:
        self._key_func = key_func
        self._items: dict[str, T] = {}
        self._populated = False
        self._initial: set[str] = set()  # keys of the first replace that were neither popped nor deleted
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._items)

    @property
    def has_synced(self) -> bool:
        """Whether everything of the first list was popped or deleted."""
        return self._populated and not self._initial

    @property
    def in_initial_list(self) -> bool:
        """Whether what `pop` gives next belongs to the first list."""
        return not self.has_synced

    def add(self, obj: T) -> None:
        """Queues an object, or puts it in the place of what waits under its key."""
        self._items[_key(self._key_func, obj)] = obj
        self._populated = True

    update = add

    def delete(self, obj: T) -> None:
        """Takes an object out."""
        key = _key(self._key_func, obj)
        self._items.pop(key, None)
        self._initial.discard(key)
        self._populated = True

    def replace(self, objects: Iterable[T], resource_version: str = "") -> None:  # noqa: ARG002  a sink is given it
        """These objects are all that waits; what waits already keeps its place."""
        items = {_key(self._key_func, obj): obj for obj in objects}
        kept = {key: items[key] for key in self._items if key in items}
        self._items = {**kept, **items}
        if not self._populated:
            self._populated = True
            self._initial = set(items)

    def resync(self) -> None:
        """Does nothing: whatever is here waits already."""

    def pop(self) -> T:
        """The object that has waited longest. Raises IndexError when there is none; FIFOClosedError when none will come."""
        if not self._items:
            if self.is_closed:
                raise FIFOClosedError
            raise IndexError("pop from an empty FIFO")
        key = next(iter(self._items))
        self._initial.discard(key)
        return self._items.pop(key)

    def close(self) -> None:
        """Nothing will come any more; what waits can still be popped."""
        self.is_closed = True


class HeapClosedError(Exception):
    """A heap was closed."""

    def __init__(self) -> None:
        super().__init__("heap is closed")


class Heap(Generic[T]):
    """Objects by key, the least of them first.

    Args:
        key_func: the key of an object.
        less: whether the first goes before the second.

    Everything that adds or pops raises HeapClosedError once it was closed and, for `pop`, is empty.
    """

    def __init__(self, key_func: KeyFunc, less: Callable[[T, T], bool]) -> None:
        self._key_func, self._less = key_func, less
        self._entries: dict[str, _Entry[T]] = {}
        self._heap: list[_Entry[T]] = []
        self._made = 0
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, obj: T) -> None:
        """Puts an object in, in the place of what is there under its key."""
        self._check()
        key = _key(self._key_func, obj)
        old = self._entries.get(key)
        if old is not None:
            old.live = False
        self._made += 1
        entry = self._entries[key] = _Entry(key, obj, self._less, self._made)
        heappush(self._heap, entry)
        if len(self._heap) > 2 * len(self._entries) + 16:  # mostly what was replaced or deleted
            self._heap = sorted(self._entries.values())

    update = add

    def bulk_add(self, objects: Iterable[T]) -> None:
        """Puts several in."""
        for obj in objects:
            self.add(obj)

    def add_if_not_present(self, obj: T) -> None:
        """Puts an object in unless something is there under its key."""
        self._check()
        if _key(self._key_func, obj) not in self._entries:
            self.add(obj)

    def delete(self, obj: T) -> None:
        """Takes an object out. Raises KeyError when it is not there."""
        entry = self._entries.pop(_key(self._key_func, obj), None)
        if entry is None:
            raise KeyError("object not found")
        entry.live = False

    def pop(self) -> T:
        """The least object. Raises IndexError when there is none."""
        if not self._entries:
            self._check()
            raise IndexError("pop from an empty heap")
        while True:
            entry = heappop(self._heap)
            if entry.live:
                del self._entries[entry.key]
                return entry.obj

    def list(self) -> builtins.list[T]:
        """All objects, in no order."""
        return [entry.obj for entry in self._entries.values()]

    def list_keys(self) -> builtins.list[str]:
        """All keys."""
        return [*self._entries]

    def get(self, obj: T) -> T | None:
        """What is there under the key of this object."""
        return self.get_by_key(_key(self._key_func, obj))

    def get_by_key(self, key: str) -> T | None:
        """What is there under a key."""
        entry = self._entries.get(key)
        return None if entry is None else entry.obj

    def close(self) -> None:
        """Nothing can be put in any more; what is there can still be popped."""
        self.is_closed = True

    def _check(self) -> None:
        if self.is_closed:
            raise HeapClosedError


class _Entry(Generic[T]):
    """An object in a heap. Equal ones come out in the order in which they went in."""

    __slots__ = ("key", "less", "live", "number", "obj")

    def __init__(self, key: str, obj: T, less: Callable[[T, T], bool], number: int) -> None:
        self.key, self.obj, self.less, self.number = key, obj, less, number
        self.live = True

    def __lt__(self, other: _Entry[T]) -> bool:
        if self.less(self.obj, other.obj):
            return True
        return not self.less(other.obj, self.obj) and self.number < other.number
