"""Finds out who changes objects of a cache, which everybody shares: keeps a copy of each and compares.

For tests: it costs the memory of the cache again and more, and a comparison of everything a second. Who changed an object
is not found, but when, and what. Ported from client-go tools/cache/mutation_detector.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any, Final, Generic, TypeVar

from kubeclient.apimachinery import json
from kubeclient.apimachinery.meta import meta_namespace_key

__all__ = ["CacheMutatedError", "MutationDetector"]

T = TypeVar("T")

RETAINED_NS: Final = 120 * 1_000_000_000


class CacheMutatedError(AssertionError):
    """Somebody changed an object of a cache."""


class MutationDetector(Generic[T]):
    """Objects, and how they were.

    Args:
        name: of the cache, for the error.
        retain_ns: for how long an object is looked after, once or twice.
        copy: how objects are copied.
    """

    def __init__(self, name: str, *, retain_ns: int = RETAINED_NS, copy: Callable[[T], T] = deepcopy) -> None:
        self._name = name
        self._retain_ns = retain_ns
        self._copy = copy
        self._objects: list[tuple[T, T]] = []
        self._retained: list[tuple[T, T]] = []
        self._rotated_ns: int | None = None

    def add(self, objects: Iterable[T]) -> None:
        """Looks after these from now on."""
        self._objects += [(obj, self._copy(obj)) for obj in objects]

    def compare(self, now_ns: int) -> None:
        """Looks whether all are as they were. Raises CacheMutatedError, which says what has changed in which object."""
        if self._rotated_ns is None:
            self._rotated_ns = now_ns
        elif now_ns - self._rotated_ns > self._retain_ns:
            self._retained, self._objects = self._objects, []
            self._rotated_ns = now_ns
        changed = [pair for pair in (*self._objects, *self._retained) if pair[0] != pair[1]]
        if changed:
            told = "\n".join(_difference(now, then) for now, then in changed)
            raise CacheMutatedError(f"cache {self._name} modified\n{told}")

    def __len__(self) -> int:
        return len(self._objects) + len(self._retained)


def _difference(now: Any, then: Any) -> str:
    lines: list[str] = []
    _walk("", json.to_builtins(then), json.to_builtins(now), lines)
    return "\n".join([meta_namespace_key(then), *lines])


def _walk(path: str, then: Any, now: Any, lines: list[str]) -> None:
    if then == now:
        return
    if isinstance(then, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*then, *now]):
            _walk(f"{path}.{key}", then.get(key), now.get(key), lines)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for place, (one, other) in enumerate(zip(then, now, strict=True)):
            _walk(f"{path}[{place}]", one, other, lines)
    else:
        lines.append(f"  {path}: {then!r} became {now!r}")
