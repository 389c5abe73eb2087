"""What the fields of a configuration hold, read from the annotations of its class when somebody asks for the first time."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import get_annotations
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Duration, MicroTime, Time

if TYPE_CHECKING:
    from ._base import PartConfiguration

__all__ = ["Shape", "shapes_of"]

# What JSON has as text and Python as a type of its own.
_VALUES: dict[str, type[Any]] = {
    "Quantity": Quantity,
    "Time": Time,
    "MicroTime": MicroTime,
    "Duration": Duration,
    "bytes": bytes,
}


class Shape(NamedTuple):
    """A field: "one", "list" or "map", and the class of what it holds where that is more than plain JSON."""

    form: str
    item: type[Any] | None


@cache
def shapes_of(model: type[PartConfiguration]) -> dict[str, Shape]:
    """The fields of a configuration by wire name."""
    shapes: dict[str, Shape] = {}
    for base in reversed(model.__mro__):
        for name, annotation in get_annotations(base).items():
            attribute = base.__dict__.get(name)
            wire = getattr(attribute, "wire", None)
            if wire is not None:
                shapes[wire] = _shape(annotation.removesuffix(" | None").replace("builtins.", ""), base.__module__)
    return shapes


def _shape(annotation: str, module: str) -> Shape:
    if annotation.startswith("list["):
        return Shape("list", _class(annotation[5:-1], module))
    if annotation.startswith("dict[str, "):
        inner = annotation[10:-1]
        return Shape("map", None if inner.startswith("list[") else _class(inner, module))
    return Shape("one", _class(annotation, module))


def _class(name: str, module: str) -> type[Any] | None:
    if name in _VALUES:
        return _VALUES[name]
    if " " in name or "[" in name or (name[0].islower() and "." not in name):
        return None  # a plain value, or one of several types that only the server tells apart
    home, _, short = name.rpartition(".")
    found = getattr(_module(home, module) if home else import_module(module), short, None)
    return found if isinstance(found, type) else None


def _module(name: str, beside: str) -> ModuleType | None:
    """A module of the same package, or one of the builtin types' where there is none."""
    for package in (beside.rpartition(".")[0], __package__):
        if find_spec(f"{package}.{name}") is not None:
            return import_module(f"{package}.{name}")
    return None
