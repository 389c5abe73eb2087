"""The order of an object's fields, after hooks have added some: Go writes a struct's fields as they are declared.

Decoding gives fields in order already; what defaults and hooks set afterwards stands at the end. One pass before an object
is stored puts all in place. Objects of a kind are of few shapes, so what is to be done for a shape (the keys of a dict, as
they stand) is worked out once and remembered; it decides nothing about values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .builtin import go_fields
from .node import Node

__all__ = ["compile_order", "in_order"]

Arrange = Callable[[Any], Any]

_KEY: Final = "order"
_MOST_SHAPES: Final = 1024  # of a type; beyond, they are forgotten, as somebody makes them up

_Shape = tuple[tuple[str, ...] | None, tuple[tuple[str, Arrange], ...]]
"""The keys in order, or None where they are; and what arranges the values that have fields of their own."""


def in_order(node: Node, obj: dict[str, Any]) -> dict[str, Any]:
    """An object of a builtin kind with its fields in Go's order, itself where they are; what is given is not changed."""
    arrange = node.cache.get(_KEY)
    if arrange is None:
        arrange = compile_order(node)
        assert arrange is not None, f"{node} is no object"
    arranged: dict[str, Any] = arrange(obj)
    return arranged


def compile_order(node: Node) -> Arrange | None:
    """What puts the fields of a value of this type in order; None where there is nothing to put in order."""
    if node.kind == "object":
        arrange: Arrange | None = node.cache.get(_KEY)
        if arrange is None:
            arrange = node.cache[_KEY] = _object(node)
        return arrange
    inner = node.items if node.kind == "list" else node.values if node.kind == "map" else None
    if inner is None or inner.kind not in ("object", "list", "map"):
        return None
    each = compile_order(inner)
    if each is None:
        return None
    return _list(each) if node.kind == "list" else _map(each)


def _object(node: Node) -> Arrange:
    shapes: dict[tuple[str, ...], _Shape] = {}
    find = shapes.get

    def arrange(value: Any) -> Any:
        if value.__class__ is not dict:
            return value
        keys = tuple(value)
        shape = find(keys)
        if shape is None:
            if len(shapes) >= _MOST_SHAPES:
                shapes.clear()
            shape = shapes[keys] = _shape(node, keys)
        order, inner = shape
        changed = None
        for key, arrange_item in inner:
            item = value[key]
            arranged = arrange_item(item)
            if arranged is not item:
                if changed is None:
                    changed = {key: arranged}
                else:
                    changed[key] = arranged
        if order is not None:
            value = {key: value[key] for key in order}
            if changed is not None:
                value.update(changed)
            return value
        return value if changed is None else {**value, **changed}

    return arrange


def _shape(node: Node, keys: tuple[str, ...]) -> _Shape:
    fields = go_fields(node)
    place = {field.name: index for index, field in enumerate(fields)}
    ends = len(place)
    order = tuple(sorted(keys, key=lambda key: place.get(key, ends)))
    inner = []
    for key in order:
        field = fields[place[key]] if key in place else None
        if field is None or (key == "metadata" and "apiVersion" in place):  # verbs put that of whole objects in order
            continue
        arrange = compile_order(field.node)
        if arrange is not None:
            inner.append((key, arrange))
    return None if order == keys else order, tuple(inner)


def _list(each: Arrange) -> Arrange:
    def arrange(value: Any) -> Any:
        if value.__class__ is not list or not value:
            return value
        if len(value) == 1:
            only = each(value[0])
            return value if only is value[0] else [only]
        arranged = [each(item) for item in value]
        for item, was in zip(arranged, value, strict=True):
            if item is not was:
                return arranged
        return value

    return arrange


def _map(each: Arrange) -> Arrange:
    def arrange(value: Any) -> Any:
        if value.__class__ is not dict or not value:
            return value
        arranged = {key: each(item) for key, item in value.items()}
        return value if all(arranged[key] is value[key] for key in value) else arranged

    return arrange
