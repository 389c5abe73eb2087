"""What changed between two values of a type, as sets of fields. Reads both, changes neither.

Follows sigs.k8s.io/structured-merge-diff/v6/typed/compare.go. Subtrees that are the same are skipped before they are walked, so
comparing an object with an edit of itself costs about what the edit costs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from .atoms import Atom, ListType, MapType
from .fieldset import LEAF, SELF, FieldSet, Tree, sorted_tree
from .govalues import same

__all__ = ["Comparison", "compare_values", "whole"]

_ABSENT: Final = object()
_encode: Final = msgspec.json.Encoder().encode


class Comparison(NamedTuple):
    """The outcome of a comparison; no field is in more than one of the sets."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet

    def is_same(self) -> bool:
        return not (self.added.tree or self.modified.tree or self.removed.tree)


class _Changes:
    """What changed at one place and below it; None where nothing did, LEAF for the place itself."""

    __slots__ = ("added", "modified", "removed")

    def __init__(self, added: Tree | None = None, modified: Tree | None = None, removed: Tree | None = None) -> None:
        self.added = added
        self.modified = modified
        self.removed = removed


_MODIFIED: Final = _Changes(modified=LEAF)


def compare_values(atom: Atom, old: Any, new: Any, *, known: bool = False) -> Comparison:
    """What `new` adds to, changes in and removes from `old`; both are whole objects of the type.

    Args:
        known: remember what the object's parts, but for its metadata, come to: the same are likely to come again.

    Raises:
        ItemError: an item of a list that came, went or changed lacks the keys that name it.
    """
    changes = None if old is new else _compare(atom, old, new, known=known)
    if changes is None:
        return Comparison(FieldSet(LEAF), FieldSet(LEAF), FieldSet(LEAF))
    return Comparison(
        FieldSet(changes.added or LEAF), FieldSet(changes.modified or LEAF), FieldSet(changes.removed or LEAF)
    )


def whole(atom: Atom | None, value: Any) -> Tree:
    """The tree of all there is in a value, with every place on the way a member: what adding it as a whole owns."""
    cls = value.__class__
    if not value or atom is None:
        return LEAF
    if cls is dict:
        map_type = atom.map
        if map_type is None or map_type.atomic:
            return LEAF
        tree: Tree = {SELF: LEAF}
        known = map_type.known
        for key in sorted(value):
            child = value[key]
            child_cls = child.__class__
            if child and (child_cls is dict or child_cls is list):
                tree["f:" + key] = whole(known.get(key) or map_type.field(key), child)
            else:
                tree["f:" + key] = LEAF
        return tree
    if cls is list:
        list_type = atom.list
        if list_type is None or list_type.atomic:
            return LEAF
        return _whole_list(list_type, value)
    return LEAF


def _by_order(entry: tuple[Any, str, Tree]) -> Any:
    return entry[0]


def _whole_list(list_type: ListType, items: list[Any]) -> Tree:
    entries: list[tuple[Any, str, Tree]] = []
    item_type = list_type.item
    for item in items:
        element, order = list_type.identify(item)
        entries.append((order, element, whole(item_type, item)))
    if len(entries) > 1:
        entries.sort(key=_by_order)
    tree: Tree = {SELF: LEAF}
    for _, element, below in entries:
        tree[element] = LEAF if element in tree else below  # twice the same key: owned by the key alone
    return tree


def _compare(atom: Atom | None, old: Any, new: Any, *, known: bool = False) -> _Changes | None:
    old_cls, new_cls = old.__class__, new.__class__
    if old_cls is dict and new_cls is dict:
        map_type = atom.map if atom is not None else None
        if same(old, new):
            return None
        if map_type is None or map_type.atomic or not (old or new):
            return _MODIFIED
        return _compare_maps(map_type, old, new, known=known)
    if old_cls is list and new_cls is list:
        list_type = atom.list if atom is not None else None
        if same(old, new):
            return None
        if list_type is None or list_type.atomic or not (old or new):
            return _MODIFIED
        return _compare_lists(list_type, old, new)
    if old_cls is dict or old_cls is list or new_cls is dict or new_cls is list:
        return _compare_kinds(atom, old, new)
    return None if same(old, new) else _MODIFIED


def _compare_kinds(atom: Atom | None, old: Any, new: Any) -> _Changes | None:
    """Two values of different kinds, at least one of them a map or a list; null is an empty one of either."""
    before = whole(atom, old) if _is_open(atom, old) else LEAF
    after = whole(atom, new) if _is_open(atom, new) else LEAF
    if old is None or new is None:
        # Null on one side: the items of the other come or go, the place itself stays.
        added, removed = _below(after), _below(before)
        return _Changes(added=added, removed=removed) if added or removed else _MODIFIED
    return _Changes(
        added=_below(after),
        removed=_below(before),
        modified=LEAF if not (before and after) else None,
    )


def _is_open(atom: Atom | None, value: Any) -> bool:
    """Whether the value is a map or list with items that are owned one by one."""
    if atom is None or not value:
        return False
    part: MapType | ListType | None = (
        atom.map if value.__class__ is dict else atom.list if value.__class__ is list else None
    )
    return part is not None and not part.atomic


def _below(tree: Tree) -> Tree | None:
    return {element: value for element, value in tree.items() if element != SELF} or None


_WORTH: Final = 4
"""From how many fields on a part is remembered; for less, looking it up costs as much as comparing."""


def _compare_part(atom: Atom | None, old: Any, new: Any) -> _Changes | None:
    """As `_compare`, remembered."""
    if atom is None or old.__class__ is not dict or new.__class__ is not dict or len(new) < _WORTH:
        return _compare(atom, old, new)
    try:
        known = _known(atom, _encode(old), _encode(new))
    except (TypeError, ValueError, OverflowError):  # what JSON cannot hold
        return _compare(atom, old, new)
    if not known:
        known.append(_compare(atom, old, new))
    return known[0]


@lru_cache(256)
def _known(atom: Atom, old: bytes, new: bytes) -> list[_Changes | None]:  # noqa: ARG001  they are what is remembered
    """The place for what a comparison came to; empty at first."""
    return []


def _compare_maps(
    map_type: MapType, old: dict[str, Any], new: dict[str, Any], *, known: bool = False
) -> _Changes | None:
    added: Tree = {}
    modified: Tree = {}
    removed: Tree = {}
    field = map_type.field
    for key, value in new.items():
        before = old.get(key, _ABSENT)
        if before is value:
            continue
        if before is _ABSENT:
            added["f:" + key] = whole(field(key), value)
            continue
        compare = _compare_part if known and key != "metadata" else _compare
        changes = compare(field(key), before, value)
        if changes is not None:
            _note("f:" + key, changes, added, modified, removed)
    for key, before in old.items():
        if key not in new:
            removed["f:" + key] = whole(field(key), before)
    return _ordered(added, modified, removed)


def _note(element: str, changes: _Changes, added: Tree, modified: Tree, removed: Tree) -> None:
    if changes.added is not None:
        added[element] = changes.added
    if changes.modified is not None:
        modified[element] = changes.modified
    if changes.removed is not None:
        removed[element] = changes.removed


def _ordered(added: Tree, modified: Tree, removed: Tree) -> _Changes | None:
    if not (added or modified or removed):
        return None
    return _Changes(
        (sorted_tree(added) if len(added) > 1 else added) if added else None,
        (sorted_tree(modified) if len(modified) > 1 else modified) if modified else None,
        (sorted_tree(removed) if len(removed) > 1 else removed) if removed else None,
    )


def _compare_lists(list_type: ListType, old: list[Any], new: list[Any]) -> _Changes | None:
    before, after = _index(list_type, old), _index(list_type, new)
    added: Tree = {}
    modified: Tree = {}
    removed: Tree = {}
    item_type = list_type.item
    for element in before | after:
        olds, news = before.get(element, []), after.get(element, [])
        if len(olds) <= 1 and len(news) <= 1:
            if not olds:
                added[element] = whole(item_type, news[0])
            elif not news:
                removed[element] = whole(item_type, olds[0])
            elif olds[0] is not news[0]:
                changes = _compare(item_type, olds[0], news[0])
                if changes is not None:
                    _note(element, changes, added, modified, removed)
        elif len(olds) > 1 and len(news) > 1:
            # Items that share a key are owned by the key alone, and change as a whole.
            if len(olds) != len(news) or not all(map(same, olds, news)):
                modified[element] = LEAF
        elif len(olds) > 1:
            if news:
                added[element] = whole(item_type, news[0])
            removed[element] = LEAF
        else:
            if olds:
                removed[element] = whole(item_type, olds[0])
            added[element] = LEAF
    return _ordered(added, modified, removed)


def _index(list_type: ListType, items: list[Any]) -> dict[str, list[Any]]:
    index: dict[str, list[Any]] = {}
    for item in items:
        index.setdefault(list_type.element(item), []).append(item)
    return index
