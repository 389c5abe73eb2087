"""Values with types, as server-side apply sees them: the public face of structured merge over nodes.

Functions here take a `Node`, plain dicts and `FieldSet`s, return new values that share what did not change with what they
were given, and never change an argument.

Follows sigs.k8s.io/structured-merge-diff/v6/typed.
"""

from __future__ import annotations

from typing import Any

from kubefake.schema.node import Node

from . import items as _items
from .atoms import Atom, ItemError, ListType, MapType, atom_of
from .compare import Comparison, compare_values
from .fieldset import LEAF, SELF, FieldSet, Tree, element_text
from .govalues import format_v, kind_of

__all__ = [
    "Comparison",
    "TypeMismatchError",
    "compare",
    "compare_new",
    "extract_items",
    "merge",
    "reconcile",
    "remove_items",
    "to_field_set",
    "validate",
    "with_named_fields",
]


class TypeMismatchError(ValueError):
    """A value is not of its type; the text is Go's: `.spec.replicas: expected numeric (int or float), got string`."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        lines = [f"{path}: {message}" if path else message for path, message in errors]
        super().__init__(lines[0] if len(lines) == 1 else "\n".join(["errors:", *(f"  {line}" for line in lines)]))


def compare(node: Node, old: Any, new: Any) -> Comparison:
    """What `new` adds to, changes in and removes from `old`."""
    return compare_values(atom_of(node), old, new)


def compare_new(node: Node, zero: Any, new: Any) -> Comparison:
    """As `compare`, for new objects, many of which are much the same."""
    return compare_values(atom_of(node), zero, new, known=True)


def merge(node: Node, live: Any, config: Any) -> Any:
    """`live` with all that `config` says; nothing is removed, and lists take the order of `config` where they differ."""
    return _items.merge(atom_of(node), live, config)


def remove_items(node: Node, value: Any, fields: FieldSet) -> Any:
    """`value` without the fields and items of a set. A list or map that loses its last one becomes null."""
    return _items.remove(atom_of(node), value, fields.tree)


def extract_items(node: Node, value: Any, fields: FieldSet) -> Any:
    """What a set says of `value`, and nothing else; null if that is nothing."""
    return _items.extract(atom_of(node), value, fields.tree)


def to_field_set(node: Node, value: Any) -> FieldSet:
    """The fields that a value names: what applying it owns."""
    return FieldSet(_named(atom_of(node), value) or LEAF)


def _named(atom: Atom, value: Any) -> Tree | None:
    """What is below a map or list; None where it is a leaf, owned as a whole; an empty tree where it has nothing."""
    if value.__class__ is dict:
        map_type = atom.map
        return None if map_type is None or map_type.atomic else _named_map(map_type, value)
    list_type = atom.list
    return None if list_type is None or list_type.atomic else _named_list(list_type, value)


def _named_map(map_type: MapType, value: dict[str, Any]) -> Tree:
    tree: Tree = {}
    known, named = map_type.known, map_type.named
    for key in sorted(value):
        child = value[key]
        child_cls = child.__class__
        if child_cls is not dict and child_cls is not list:
            tree["f:" + key] = LEAF
            continue
        atom = known.get(key) or map_type.field(key)
        below = None if atom is None else _named(atom, child)
        if below is None:
            tree["f:" + key] = LEAF
        elif not named(key) or (not child and child_cls is dict):
            tree["f:" + key] = {SELF: LEAF, **below} if below else LEAF
        elif below:
            tree["f:" + key] = below
    return tree


def _named_list(list_type: ListType, value: list[Any]) -> Tree:
    entries: dict[str, tuple[tuple[Any, ...], Tree]] = {}
    item_type = list_type.item
    for item in value:
        try:
            element, order = list_type.identify(item)
        except ItemError:
            continue
        if element in entries:
            entries[element] = order, LEAF  # items that share a key are owned by the key alone
            continue
        below = _named(item_type, item) if item.__class__ in (dict, list) else None
        entries[element] = order, {SELF: LEAF, **below} if below else LEAF
    ordered = sorted(entries.items(), key=_by_order) if len(entries) > 1 else entries.items()
    return {element: below for element, (_, below) in ordered}


def _by_order(entry: tuple[str, tuple[tuple[Any, ...], Tree]]) -> tuple[Any, ...]:
    return entry[1][0]


def validate(node: Node, value: Any, *, allow_duplicates: bool = False) -> None:
    """Checks that a value is of its type, as far as structured merge cares.

    Raises:
        TypeMismatchError: with all that is wrong.
    """
    errors = _mismatches(atom_of(node), value, allow_duplicates)
    if errors:
        raise TypeMismatchError(errors)


_Errors = list[tuple[str, str]]


def _mismatches(atom: Atom, value: Any, allow_duplicates: bool) -> _Errors:
    cls = value.__class__
    if value is None:
        return []
    if cls is dict and atom.map is not None:
        return _map_mismatches(atom.map, value, allow_duplicates)
    if cls is list and atom.list is not None:
        return _list_mismatches(atom.list, value, allow_duplicates)
    if atom.scalar is not None and (atom.map is None or cls not in (dict, list)):
        return _scalar_mismatch(atom.scalar, value)
    if atom.map is not None:
        return [("", f"expected map, got &{{{format_v(value)}}}")]
    return [("", f"expected list, got &{{{format_v(value)}}}")]


def _scalar_mismatch(scalar: str, value: Any) -> _Errors:
    is_bool, is_number = isinstance(value, bool), isinstance(value, (int, float))
    if scalar == "numeric" and (is_bool or not is_number):
        return [("", f"expected numeric (int or float), got {kind_of(value)}")]
    if scalar == "string" and not isinstance(value, str):
        return [("", f"expected string, got &value.valueUnstructured{{Value:{_go_syntax(value)}}}")]
    if scalar == "boolean" and not is_bool:
        return [("", f"expected boolean, got &{{{format_v(value)}}}")]
    if scalar == "untyped" and isinstance(value, (dict, list)):
        return [("", f"expected any scalar, got &{{{format_v(value)}}}")]
    return []


def _go_syntax(value: Any) -> str:
    """A value as the verb %#v writes it."""
    if isinstance(value, dict):
        return (
            "map[string]interface {}{" + ", ".join(f'"{key}":{_go_syntax(value[key])}' for key in sorted(value)) + "}"
        )
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
    if isinstance(value, str):
        return f'"{value}"'
    return "interface {}(nil)" if value is None else format_v(value)


def _prefixed(element: str, errors: _Errors) -> _Errors:
    text = element_text(element)
    return [(text + path, message) for path, message in errors]


def _map_mismatches(map_type: MapType, value: dict[str, Any], allow_duplicates: bool) -> _Errors:
    errors: _Errors = []
    for key, child in value.items():
        atom = map_type.known.get(key) or map_type.field(key)
        if atom is None:
            errors.append((f".{key}", "field not declared in schema"))
            break
        found = _mismatches(atom, child, allow_duplicates)
        if found:
            errors += _prefixed("f:" + key, found)
    return errors


def _list_mismatches(list_type: ListType, value: list[Any], allow_duplicates: bool) -> _Errors:
    errors: _Errors = []
    seen: set[str] = set()
    for index, item in enumerate(value):
        if list_type.atomic:
            element = f"i:{index}"
        else:
            try:
                element = list_type.element(item)
            except ItemError as error:
                errors.append(("", f"element {index}: {error}"))
                return errors
            if element in seen and not allow_duplicates:
                errors.append(("", f"duplicate entries for key {element_text(element)}"))
            seen.add(element)
        found = _mismatches(list_type.item, item, allow_duplicates)
        if found:
            errors += _prefixed(element, found)
    return errors


def with_named_fields(node: Node, fields: FieldSet) -> FieldSet:
    """A set with all fields on the way to its members, but not the keys of maps or the items of lists."""
    return FieldSet(_with_named(atom_of(node), fields.tree))


def _with_named(atom: Atom | None, tree: Tree) -> Tree:
    map_type = atom.map if atom is not None else None
    list_type = atom.list if atom is not None and map_type is None else None
    result: Tree = {}
    for element, below in tree.items():
        if not below:
            result[element] = LEAF
            continue
        kind = element[:2]
        child: Atom | None = None
        is_named = False
        if kind == "f:" and map_type is not None:
            child = map_type.field(element[2:])
            is_named = map_type.named(element[2:])
        elif kind == "k:" and list_type is not None:
            child = list_type.item
        deeper = _with_named(child, below)
        result[element] = {SELF: LEAF, **deeper} if is_named and SELF not in deeper else deeper
    return result


def reconcile(node: Node, fields: FieldSet) -> FieldSet:
    """A set written under an older type, fitted to this one: what has become atomic is owned as a whole.

    Returns the same set when nothing has to change.
    """
    atom = atom_of(node)
    if fields.reconciled_with is atom:
        return fields
    tree = _reconciled(atom, fields.tree)
    result = fields if tree is fields.tree else FieldSet(tree)
    result.reconciled_with = atom
    return result


def _reconciled(atom: Atom, tree: Tree) -> Tree:
    """The tree of a place that is not atomic, or that the set owns as a whole already."""
    if atom.deduced or not tree:
        return tree
    changed: Tree = {}
    for element, below in tree.items():
        child = _child(atom, element)
        if child is None or not below:
            continue
        if child.map is not None:
            is_atomic = child.map.atomic and not child.deduced
        else:
            is_atomic = child.list is not None and child.list.atomic
        fitted = LEAF if is_atomic else _reconciled(child, below)
        if fitted is not below:
            changed[element] = fitted
    return tree | changed if changed else tree


def _child(atom: Atom, element: str) -> Atom | None:
    kind = element[:2]
    if kind == "f:" and atom.map is not None:
        return atom.map.field(element[2:])
    if kind in ("k:", "v:") and atom.list is not None and atom.map is None:
        return atom.list.item
    return None
