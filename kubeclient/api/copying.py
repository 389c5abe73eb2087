"""Deep copies of models and of decoded JSON, several times faster than `copy.deepcopy`. Copies values, validates nothing."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from kubeclient.apimachinery.wire_object import WireObject

__all__ = ["deep_copy"]

T = TypeVar("T")

_SCALARS = frozenset((str, int, bool, float, bytes, msgspec.Raw, type(None)))


def deep_copy(value: T) -> T:
    """A value that shares nothing mutable with the given one.

    Models, configurations, dicts (an Unstructured stays one) and lists are copied all the way down. Times, quantities and other values are immutable, hence shared.
    """
    copied: T = _copy(value)
    return copied


def _copy(value: Any) -> Any:
    kind: Any = type(value)
    if kind is list:
        return [item if type(item) in _SCALARS else _copy(item) for item in value] if value else []
    if kind is dict:
        return {key: item if type(item) in _SCALARS else _copy(item) for key, item in value.items()} if value else {}
    if not issubclass(kind, msgspec.Struct):
        if issubclass(kind, WireObject):
            made = kind.__new__(kind)
            made._fields = _copy(value._fields)
            return made
        return kind({key: _copy(item) for key, item in value.items()}) if issubclass(kind, dict) else value
    if kind.__struct_config__.frozen:
        return value
    fresh = value.__copy__()
    for name in _mutable_fields(kind):
        item = getattr(fresh, name)
        if item is not None:
            setattr(fresh, name, _copy(item))
    return fresh


@cache
def _mutable_fields(model: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that may hold something mutable: all but those of numbers, texts and bytes."""
    return tuple(one.name for one in msgspec.structs.fields(model) if not _SCALARS.issuperset(_alternatives(one.type)))


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
