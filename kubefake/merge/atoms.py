"""What structured merge sees of a type: a scalar, a list or a map, or several of them where a type is open.

A node is read once and the result kept in its cache. The rules are those by which Kubernetes turns OpenAPI into the schema
of structured-merge-diff (k8s.io/kube-openapi/pkg/schemaconv). Types of fields are read when they are first needed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final, Literal

from kubefake.schema.node import UNSET, Node

from .fieldset import key_element, key_order, value_element, value_order

__all__ = ["DEDUCED", "UNTYPED", "Atom", "ItemError", "ListType", "MapType", "atom_of"]

_MAX_KNOWN: Final = 1024

Scalar = Literal["numeric", "string", "boolean", "untyped"]


class ItemError(Exception):
    """A list item that nothing identifies; the text is Go's."""


class ListType:
    """A list.

    Attributes:
        atomic: owned as a whole; else its items are told apart by their keys, or by themselves where there are no keys.
        keys: the names of the fields that identify an item, sorted, with the defaults of those that have one.
        names: the same names as they are declared, for texts.
    """

    __slots__ = ("_item", "_known", "atomic", "keys", "names")

    def __init__(self, node: Node | None, *, inherits: bool) -> None:
        self.atomic = node is None or node.list_type == "atomic"
        self.names: tuple[str, ...] = ()
        self.keys: tuple[tuple[str, Any], ...] = ()
        self._known: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}  # the same few names come again and again
        self._item: Node | Atom | None = None if node is None else node.items
        if node is not None and node.list_type == "map":
            self.names = node.map_keys
            defaults = _key_defaults(node)
            self.keys = tuple((name, defaults.get(name, UNSET)) for name in sorted(node.map_keys))
        if isinstance(self._item, Node) and inherits:
            self._item = atom_of(self._item, inherits=True)

    @property
    def item(self) -> Atom:
        """The type of the items."""
        item = self._item
        if not isinstance(item, Atom):
            item = self._item = UNTYPED if item is None else atom_of(item)
        return item

    def identify(self, item: Any) -> tuple[str, tuple[Any, ...]]:
        """The path element of an item, and what it sorts by among its siblings. Raises ItemError."""
        if not self.names:
            if item.__class__ is not str:
                self._check_member(item)
                return value_element(item), value_order(item)
            return self._known.get(item) or self._learn(item, value_element(item), value_order(item))
        if len(self.keys) == 1 and item.__class__ is dict:
            name, default = self.keys[0]
            value = item.get(name, default)
            if value.__class__ is str:  # the common case: containers, volumes, variables
                return self._known.get(value) or self._learn(value, *self._identify(item))
        if item.__class__ is dict:  # several keys: ports
            values = tuple([item.get(name, default) for name, default in self.keys])
            if all(value.__class__ is str or value.__class__ is int for value in values):
                return self._known.get(values) or self._learn(values, *self._identify(item))
        return self._identify(item)

    def element(self, item: Any) -> str:
        """The path element of an item. Raises ItemError."""
        return self.identify(item)[0]

    def _identify(self, item: Any) -> tuple[str, tuple[Any, ...]]:
        pairs = self._pairs(item)
        return key_element(pairs), tuple(key_order(name, value) for name, value in pairs)

    def _learn(self, value: Hashable, element: str, order: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[value] = element, order
        return element, order

    def _pairs(self, item: Any) -> list[tuple[str, Any]]:
        if item.__class__ is not dict:
            if item is None:
                raise ItemError("associative list with keys may not have a null element")
            raise ItemError("associative list with keys may not have non-map elements")
        pairs = []
        for name, default in self.keys:
            value = item.get(name, default)
            if value is not UNSET:
                pairs.append((name, value))
        if not pairs:
            names = " ".join(f'"{name}"' for name in self.names)
            raise ItemError(
                f"associative list with keys has an element that omits all key fields [{names}] "
                "(and doesn't have default values for any key fields)"
            )
        return pairs

    @staticmethod
    def _check_member(item: Any) -> None:
        if item.__class__ is dict:
            raise ItemError("associative list without keys has an element that's a map type")
        if item.__class__ is list:
            raise ItemError("not supported: associative list with lists as elements")
        if item is None:
            raise ItemError("associative list without keys has an element that's an explicit null")


def _key_defaults(node: Node) -> Mapping[str, Any]:
    if node.key_defaults or node.items is None:
        return node.key_defaults
    fields = node.items.fields
    return {
        name: fields[name].default for name in node.map_keys if name in fields and fields[name].default is not UNSET
    }


class MapType:
    """A map or an object.

    Attributes:
        atomic: owned as a whole.
        known: the types of the fields that were asked for so far, to be looked into before `field` is called.
    """

    __slots__ = ("_inherits", "_nodes", "_other", "atomic", "known")

    def __init__(self, node: Node | None, *, atomic: bool = False, inherits: bool = False) -> None:
        self.atomic = atomic
        self._inherits = inherits
        self._nodes: Mapping[str, Node] = {}
        self.known: dict[str, Atom] = {}
        self._other: Node | Atom | None
        if node is None:
            self._other = None  # `hold` says it
        elif node.kind == "object":
            self._nodes = node.fields
            self._other = DEDUCED if inherits or not self._nodes else None
        else:
            self._other = node.values or DEDUCED

    def hold(self, other: Atom) -> None:
        """Says what the values are, for the two types below that hold themselves; only used to build them."""
        self._other = other

    def named(self, key: str) -> bool:
        """Whether the key is a field of the type, not just a key of a map."""
        return key in self._nodes

    def field(self, key: str) -> Atom | None:
        """The type of a key's value; None when the type does not know the key."""
        atom = self.known.get(key)
        if atom is not None:
            return atom
        node = self._nodes.get(key)
        if node is None:
            other = self._other
            if isinstance(other, Node):
                other = self._other = atom_of(other, inherits=self._inherits)
            return other
        atom = self.known[key] = atom_of(node, inherits=self._inherits)
        return atom


class Atom:
    """What a value of a type may be; more than one of the three where the type is open.

    Attributes:
        scalar, list, map: what it may be.
        deduced: an open map whose content decides: managed fields of it are never reconciled.
    """

    __slots__ = ("_plain", "deduced", "list", "map", "scalar")

    def __init__(
        self,
        scalar: Scalar | None = None,
        list: ListType | None = None,
        map: MapType | None = None,
        *,
        deduced: bool = False,
    ) -> None:
        self.scalar: Scalar | None = scalar
        self.list = list
        self.map = map
        self.deduced = deduced


UNTYPED: Final = Atom("untyped")
"""Anything, owned as a whole."""

DEDUCED: Final = Atom("untyped", deduced=True)
"""Anything: maps are owned by key, lists as a whole."""

UNTYPED.list = ListType(None, inherits=False)
UNTYPED.map = MapType(None, atomic=True)
UNTYPED.map.hold(UNTYPED)
DEDUCED.list = UNTYPED.list
DEDUCED.map = MapType(None)
DEDUCED.map.hold(DEDUCED)

_SCALARS: Final[dict[str, Scalar]] = {
    "string": "string",
    "bytes": "string",
    "duration": "string",
    "integer": "numeric",
    "number": "numeric",
    "boolean": "boolean",
    "quantity": "untyped",
    "time": "untyped",
    "microtime": "untyped",
}


def atom_of(node: Node, *, inherits: bool = False) -> Atom:
    """What structured merge sees of a node.

    Args:
        inherits: an enclosing type preserves unknown fields, which then holds here too.
    """
    inherits = inherits or node.preserve_unknown
    key = "merge.atom+" if inherits else "merge.atom"
    atom: Atom | None = node.cache.get(key)
    if atom is None:
        atom = node.cache[key] = _read(node, inherits)
    return atom


def _read(node: Node, inherits: bool) -> Atom:
    kind = node.kind
    if kind in ("object", "map"):
        return Atom(
            map=MapType(node, atomic=node.atomic, inherits=inherits), deduced=kind == "object" and not node.fields
        )
    if kind == "list":
        return Atom(list=ListType(node, inherits=inherits))
    if kind == "any":
        return UNTYPED if node.atomic or node.go_type.startswith("runtime.") else DEDUCED
    if kind == "int-or-string":  # where only reading, and for custom kinds validation, knows what it may be
        return DEDUCED
    if kind == "fieldsv1":
        return Atom(map=DEDUCED.map, deduced=True)
    scalar = _SCALARS[kind]
    if scalar == "string" and kind == "string" and node.format not in ("", "byte"):
        scalar = "untyped"
    return Atom(scalar)
