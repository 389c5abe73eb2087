"""The shape of models: which fields they have by the wire's names, and of which types."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

__all__ = ["item_type", "model_of", "unwrapped", "wire_fields"]


@cache
def wire_fields(model: type[msgspec.Struct]) -> dict[str, Any]:
    """The annotations of a model's fields by their wire names."""
    hints = get_type_hints(model)
    return {one.encode_name: hints[one.name] for one in msgspec.structs.fields(model)}


def unwrapped(annotation: Any) -> Any:
    """A type without its `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        return next((one for one in get_args(annotation) if one is not type(None)), Any)
    return annotation


def model_of(annotation: Any) -> type[msgspec.Struct] | None:
    """The model that a type is; None for anything else."""
    plain = unwrapped(annotation)
    return plain if isinstance(plain, type) and issubclass(plain, msgspec.Struct) else None


def item_type(annotation: Any) -> Any:
    """The type of the items of a list or of the values of a map; Any where nothing is known."""
    arguments = get_args(unwrapped(annotation))
    return arguments[-1] if arguments else Any
