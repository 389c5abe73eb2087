"""Merging values, and taking fields out of them by sets. Results share unchanged subtrees with the arguments.

Follows sigs.k8s.io/structured-merge-diff/v6/typed: merge.go, remove.go.
"""

from __future__ import annotations

from typing import Any, Final

from .atoms import Atom, ItemError, ListType, MapType
from .fieldset import LEAF, SELF, Tree
from .govalues import same

__all__ = ["extract", "merge", "remove"]

_ABSENT: Final = object()


def merge(atom: Atom | None, live: Any, config: Any) -> Any:
    """`config` over `live`, both present."""
    if live is config:
        return live
    if atom is None:
        return config
    cls = config.__class__
    if atom.map is not None and (cls is dict or config is None):
        return _merge_maps(atom.map, live, config)
    if atom.list is not None and (cls is list or (config is None and atom.scalar is None)):
        return _merge_lists(atom.list, live, config)
    return live if same(live, config) else config


def _merge_maps(map_type: MapType, live: Any, config: Any) -> Any:
    mine = live if live.__class__ is dict else {}
    if map_type.atomic or not (mine or config):
        return live if same(live, config) else config
    merged = mine
    for key, value in (config or {}).items():
        before = mine.get(key, _ABSENT)
        after = value if before is _ABSENT else merge(map_type.known.get(key) or map_type.field(key), before, value)
        if after is not before:
            if merged is mine:
                merged = dict(mine)
            merged[key] = after
    return merged


def _merge_lists(list_type: ListType, live: Any, config: Any) -> Any:
    mine: list[Any] = live if live.__class__ is list else []
    theirs: list[Any] = config or []
    if list_type.atomic or not (mine or theirs):
        return live if same(live, config) else config
    if not theirs:
        return mine
    try:
        left = [list_type.element(item) for item in mine]
        right = [list_type.element(item) for item in theirs]
    except ItemError:
        return config  # neither can be: both were validated
    merged = _interleave(list_type.item, mine, theirs, left, right)
    unchanged = len(merged) == len(mine) and all(a is b for a, b in zip(merged, mine, strict=True))
    return mine if unchanged else merged


def _interleave(item_type: Atom, mine: list[Any], theirs: list[Any], left: list[str], right: list[str]) -> list[Any]:
    """The items of both: in the order of `theirs` where they share items, with the others kept near their neighbours."""
    counts: dict[str, int] = {}
    for element in left:
        counts[element] = counts.get(element, 0) + 1
    by_left = dict(zip(left, mine, strict=True))
    by_right = dict(zip(right, theirs, strict=True))
    shared = iter([element for element in right if element in by_left])
    next_shared = next(shared, None)
    done: set[str] = set()
    merged: list[Any] = []

    def take_right(element: str) -> None:
        done.add(element)
        item = by_right[element]
        if counts.get(element) == 1:
            item = merge(item_type, by_left[element], item)
        merged.append(item)

    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and j < len(right):
            element = left[i]
            if element == right[j]:
                take_right(element)
                i += 1
                j += 1
                next_shared = next(shared, None)
                continue
            if element in by_right and next_shared is not None and next_shared != element:
                i += 1  # shared, but it comes later in `theirs`
                continue
        if i < len(left):
            element = left[i]
            if element not in by_right:
                merged.append(mine[i])
                i += 1
                continue
            if element in done:
                i += 1
        if j < len(right):
            element = right[j]
            take_right(element)
            j += 1
            if next_shared == element:
                next_shared = next(shared, None)
    return merged


def remove(atom: Atom | None, value: Any, tree: Tree) -> Any:
    """A value without what a tree holds; None where nothing is left."""
    cls = value.__class__
    if atom is None or not tree:
        return value
    if cls is dict and atom.map is not None:
        return None if atom.map.atomic or not value else _remove_keys(atom.map, value, tree)
    if cls is list and atom.list is not None:
        return None if atom.list.atomic or not value else _remove_items(atom.list, value, tree)
    return value


def _remove_keys(map_type: MapType, value: dict[str, Any], tree: Tree) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = None
    for key, child in value.items():
        below = tree.get("f:" + key)
        if below is None:
            continue
        if kept is None:
            kept = dict(value)
        if not below or SELF in below:
            del kept[key]
        else:
            kept[key] = remove(map_type.field(key), child, below)
    if kept is None:
        return value
    return kept or None


def _remove_items(list_type: ListType, value: list[Any], tree: Tree) -> list[Any] | None:
    kept: list[Any] = []
    changed = False
    for item in value:
        try:
            below = tree.get(list_type.element(item))
        except ItemError:
            below = None
        if below is None:
            kept.append(item)
            continue
        changed = True
        if below and SELF not in below:
            kept.append(remove(list_type.item, item, below))
    if not changed:
        return value
    return kept or None


def extract(atom: Atom | None, value: Any, tree: Tree) -> Any:
    """Only what a tree holds of a value; None where that is nothing."""
    cls = value.__class__
    if atom is None:
        return value
    if cls is dict and atom.map is not None:
        return value if atom.map.atomic or not value else _extract_keys(atom.map, value, tree)
    if cls is list and atom.list is not None:
        return value if atom.list.atomic or not value else _extract_items(atom.list, value, tree)
    return value


def _extract_keys(map_type: MapType, value: dict[str, Any], tree: Tree) -> dict[str, Any] | None:
    kept: dict[str, Any] = {}
    for key, child in value.items():
        below = tree.get("f:" + key)
        if below is not None:
            # A member is extracted by the whole set, which structured-merge-diff does too: below it nothing matches
            # unless it is atomic or a scalar.
            kept[key] = extract(map_type.field(key), child, tree if not below or SELF in below else below)
    return kept or None


def _extract_items(list_type: ListType, value: list[Any], tree: Tree) -> list[Any] | None:
    kept: list[Any] = []
    for item in value:
        try:
            below = tree.get(list_type.element(item))
        except ItemError:
            continue
        if below is None:
            continue
        deeper = {key: child for key, child in below.items() if key != SELF} if below else LEAF
        kept.append(extract(list_type.item, item, deeper) if deeper else item)
    return kept or None
