"""Sets of fields: who owns what, in the form that managedFields store it.

A set is a tree of path elements, and the tree *is* the FieldsV1 document: `{"f:data": {".": {}, "f:k": {}}}` owns `.data`
and `.data.k`. An element's text is its identity:

- `f:name` a field or a map's key, `k:{"name":"a"}` an item of a list of type map, `v:"x"` an item of a set, `i:0` an index;
- a member without children is an empty dict; a member with children has "." in its dict; a dict without "." is only on
  the way to members below it.

Guarantees: a tree is never changed once it is in a set, its subtrees are shared between sets, and its keys stand in the
order in which Go writes them. So encoding a set costs nothing, and two sets are equal when their trees are.

Follows sigs.k8s.io/structured-merge-diff/v6/fieldpath: set.go, element.go, serialize.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kubeclient.apimachinery.gotext import marshal, quote

__all__ = [
    "LEAF",
    "SELF",
    "FieldSet",
    "Path",
    "Tree",
    "element_text",
    "key_element",
    "path_text",
    "sorted_tree",
    "value_element",
]

Tree = dict[str, Any]
"""A subtree: element -> subtree. Never to be changed."""

Path = tuple[str, ...]
"""A path as elements: `("f:spec", "f:containers", 'k:{"name":"a"}')`."""

LEAF: Final[Tree] = {}
"""The subtree of a member without children, shared by all of them."""

SELF: Final = "."


class FieldSet:
    """An immutable set of paths.

    Example:
        >>> FieldSet.from_fields({"f:data": {".": {}, "f:k": {}}}).has(("f:data", "f:k"))
        True
    """

    __slots__ = ("reconciled_with", "tree")

    def __init__(self, tree: Tree) -> None:
        """Wraps a tree that keeps the guarantees above; use `from_fields` or `from_paths` for anything else."""
        self.tree = tree
        self.reconciled_with: object = None  # the type this set was last found to fit; saves looking again

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> FieldSet:
        """The set of a FieldsV1 document; elements of unknown kinds are dropped, as Go drops them.

        Raises ValueError for an element that cannot be read.
        """
        tree = _read(fields)
        tree.pop(SELF, None)  # nobody owns the whole object
        return cls(tree)

    @classmethod
    def from_paths(cls, paths: Iterable[Path]) -> FieldSet:
        """The set of these paths; their parents are not members unless they are given too."""
        tree: Tree = {}
        for path in paths:
            if path:
                tree = _union(tree, _single(path))
        return cls(tree)

    def to_fields(self) -> Tree:
        """The FieldsV1 document, in Go's order; shared, not to be changed."""
        return self.tree

    def is_empty(self) -> bool:
        return not self.tree

    def __bool__(self) -> bool:
        return bool(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldSet) and self.tree == other.tree

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return sum(1 for _ in self.iterate())

    def __repr__(self) -> str:
        return f"FieldSet({', '.join(path_text(path) for path in self.iterate())})"

    def has(self, path: Path) -> bool:
        """Whether the path is a member."""
        tree: Any = self.tree
        for element in path:
            tree = tree.get(element)
            if tree is None:
                return False
        return bool(path) and (not tree or SELF in tree)

    def iterate(self) -> Iterator[Path]:
        """Every member: those of a level in order, then what is below each of them, as Go prints sets."""
        return _iterate(self.tree, ())

    def union(self, other: FieldSet) -> FieldSet:
        """The members of either."""
        if not other.tree:
            return self
        if not self.tree:
            return other
        return FieldSet(_union(self.tree, other.tree))

    def intersection(self, other: FieldSet) -> FieldSet:
        """The members of both."""
        return FieldSet(_intersection(self.tree, other.tree))

    def difference(self, other: FieldSet) -> FieldSet:
        """The members that are not members of the other; their children stay."""
        if not other.tree or not self.tree:
            return self
        return FieldSet(_difference(self.tree, other.tree))

    def recursive_difference(self, other: FieldSet) -> FieldSet:
        """What is left without the members of the other and all that is below them."""
        if not other.tree or not self.tree:
            return self
        return FieldSet(_recursive_difference(self.tree, other.tree))

    def leaves(self) -> FieldSet:
        """The members that have no members below them."""
        return FieldSet(_leaves(self.tree))

    def below(self, element: str) -> FieldSet:
        """The members below an element of the first level, without that element."""
        tree = self.tree.get(element, LEAF)
        return FieldSet({key: value for key, value in tree.items() if key != SELF})

    def included(self, pattern: Tree) -> FieldSet:
        """The members that a pattern covers.

        Args:
            pattern: a tree of elements in which "*" stands for any element; an empty dict covers all that is below.
        """
        return FieldSet(_included(self.tree, pattern))


def _single(path: Path) -> Tree:
    tree = LEAF
    for element in reversed(path):
        tree = {element: tree}
    return tree


def _iterate(tree: Tree, prefix: Path) -> Iterator[Path]:
    for element, below in tree.items():
        if element is not SELF and element != SELF and (not below or SELF in below):
            yield (*prefix, element)
    for element, below in tree.items():
        if below:
            yield from _iterate(below, (*prefix, element))


def _union(left: Tree, right: Tree) -> Tree:
    """Both are levels with something in them, or the root."""
    if left is right:
        return left
    merged: Tree | None = None
    grown = False
    for element, below in right.items():
        if element not in left:
            grown = True
            merged = dict(left) if merged is None else merged
            merged[element] = below
            continue
        mine = left[element]
        if mine is below:
            continue
        joined = _union_members(mine, below)
        if joined is not mine:
            merged = dict(left) if merged is None else merged
            merged[element] = joined
    if merged is None:
        return left
    return sorted_tree(merged) if grown else merged


def _union_members(left: Tree, right: Tree) -> Tree:
    if not left:
        return right if not right or SELF in right else {SELF: LEAF, **right}
    if not right:
        return left if SELF in left else {SELF: LEAF, **left}
    return _union(left, right)


def _intersection(left: Tree, right: Tree) -> Tree:
    if left is right:
        return left
    common: Tree = {}
    for element, mine in left.items():
        theirs = right.get(element)
        if theirs is None:
            continue
        if not mine:
            if not theirs or SELF in theirs:
                common[element] = LEAF
        elif not theirs:
            if SELF in mine:
                common[element] = LEAF
        else:
            below = _intersection(mine, theirs)
            if below:
                common[element] = LEAF if len(below) == 1 and SELF in below else below
    return common


def _difference(left: Tree, right: Tree) -> Tree:
    rest: Tree = {}
    for element, mine in left.items():
        theirs = right.get(element)
        if theirs is None:
            rest[element] = mine
        elif not mine:
            if theirs and SELF not in theirs:
                rest[element] = LEAF
        elif not theirs:
            rest[element] = {key: value for key, value in mine.items() if key != SELF} if SELF in mine else mine
        else:
            below = _difference(mine, theirs)
            if below:
                rest[element] = LEAF if len(below) == 1 and SELF in below else below
    return rest


def _recursive_difference(left: Tree, right: Tree) -> Tree:
    rest: Tree = {}
    for element, mine in left.items():
        theirs = right.get(element)
        if theirs is None:
            rest[element] = mine
        elif not theirs or SELF in theirs:
            continue
        elif not mine:
            rest[element] = LEAF
        else:
            below = _recursive_difference(mine, theirs)
            if below:
                rest[element] = LEAF if len(below) == 1 and SELF in below else below
    return rest


def _leaves(tree: Tree) -> Tree:
    return {element: _leaves(below) if below else LEAF for element, below in tree.items() if element != SELF}


def _included(tree: Tree, pattern: Tree) -> Tree:
    if not pattern:
        return tree
    kept: Tree = {}
    for element, below in tree.items():
        matching = pattern.get(element, pattern.get("*"))
        if matching is None or element == SELF:
            continue
        if not below:
            kept[element] = LEAF
            continue
        deeper = _included(below, matching)
        if SELF in below:
            kept[element] = {SELF: LEAF, **deeper} if deeper else LEAF
        elif deeper:
            kept[element] = deeper
    return kept


def sorted_tree(tree: Tree) -> Tree:
    """A level with its elements in Go's order."""
    return {element: tree[element] for element in sorted(tree, key=_order)}


def _order(element: str) -> tuple[Any, ...]:
    """Fields, then keys, then values, then indexes; each by what it holds, not by how it is written."""
    kind = element[:2]
    if kind == "f:":
        return (1, element)
    if kind == "k:":
        return (2, *(key_order(name, value) for name, value in sorted(json.loads(element[2:]).items())))
    if kind == "v:":
        return (3, value_order(json.loads(element[2:])))
    if kind == "i:":
        return (4, int(element[2:]))
    return (0,)


def key_order(name: str, value: Any) -> tuple[Any, ...]:
    """What an item's key sorts by."""
    return (name, *value_order(value))


def value_order(value: Any) -> tuple[Any, ...]:
    """What a scalar sorts by: numbers, then text, then booleans, then lists, then maps, then null."""
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, (int, float)):
        return (0, value)
    if isinstance(value, str):
        return (1, value)
    return (5,) if value is None else (3 if isinstance(value, list) else 4, marshal(value))


def key_element(keys: Iterable[tuple[str, Any]]) -> str:
    """The element of a list item by its keys, which must be sorted by name."""
    return "k:{" + ",".join(f"{marshal(name)}:{marshal(value)}" for name, value in keys) + "}"


def value_element(value: Any) -> str:
    """The element of an item of a set."""
    return "v:" + marshal(value)


def _read(fields: Any) -> Tree:
    """A FieldsV1 level as a tree that keeps the guarantees; the same object where it does so already."""
    if not isinstance(fields, dict):
        raise ValueError("ReadMapCB: expect { or n, but found something else")  # noqa: TRY004 - a caller's data, not a bug
    tree: Tree = {}
    previous: tuple[Any, ...] = ()
    ordered = True
    for text, below in fields.items():
        element = SELF if text == SELF else _read_element(text)
        if element is None:
            continue
        level = LEAF if element is SELF else _read(below)
        if level and SELF in level and len(level) == 1:
            level = LEAF
        order = _order(element)
        ordered = ordered and order > previous
        previous = order
        tree[element] = _union_members(tree[element], level) if element in tree else level
    return tree if ordered else sorted_tree(tree)


def _read_element(text: str) -> str | None:
    kind = text[:2]
    if kind == "f:":
        return text
    if len(text) < 2:
        raise ValueError("key must be 2 characters long:")
    if kind[1] != ":":
        raise ValueError(f"missing colon: {text}")
    if kind == "k:":
        keys = json.loads(text[2:])
        if not isinstance(keys, dict):
            raise ValueError(f"a key must be an object: {text}")
        return key_element(sorted(keys.items()))
    if kind == "v:":
        return value_element(json.loads(text[2:]))
    if kind == "i:":
        return f"i:{int(text[2:])}"
    return None


def element_text(element: str) -> str:
    """An element as paths print it: `.name`, `[name="a"]`, `[="x"]`, `[0]`."""
    kind, rest = element[:2], element[2:]
    if kind == "f:":
        return "." + rest
    if kind == "k:":
        keys = json.loads(rest)
        return "[" + ",".join(f"{name}={_value_text(keys[name])}" for name in sorted(keys)) + "]"
    if kind == "v:":
        return f"[={_value_text(json.loads(rest))}]"
    return f"[{rest}]"


def _value_text(value: Any) -> str:
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_value_text, value)) + "]"
    if isinstance(value, dict):
        return "".join(f"{key}={_value_text(value[key])}" for key in sorted(value))
    return marshal(value)


def path_text(path: Path) -> str:
    """A path as conflicts print it: `.spec.containers[name="a"].image`."""
    return "".join(map(element_text, path))
