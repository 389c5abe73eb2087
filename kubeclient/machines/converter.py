"""From models to objects without types, and back. Plays the part of apimachinery's DefaultUnstructuredConverter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from kubeclient.api import scheme
from kubeclient.apimachinery import json
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList, deep_copy

from .model_shape import item_type, model_of, wire_fields

__all__ = [
    "StrictDecodingError",
    "from_unstructured",
    "from_unstructured_list",
    "to_unstructured",
    "to_unstructured_list",
]

T = TypeVar("T")


class StrictDecodingError(ValueError):
    """An object has fields that its model has not."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(f"strict decoding error: {', '.join(self.problems)}")


def to_unstructured(obj: Any) -> Unstructured:
    """An object with the wire's names, of its own, from a model or a mapping; a model's kind and version are put in.

    Raises TypeError for what is no object.
    """
    if isinstance(obj, Mapping):
        return Unstructured(deep_copy(dict(obj)))
    content = json.to_builtins(obj)
    if not isinstance(content, dict):
        raise TypeError(f"ToUnstructured requires a non-nil pointer to an object, got {type(obj).__name__}")
    if not content.get("kind"):
        try:
            gvk = scheme.gvk_for(obj)
        except LookupError:  # a part of an object has no kind
            return Unstructured(content)
        content = {"apiVersion": gvk.api_version, "kind": gvk.kind, **content}
    return Unstructured(content)


def to_unstructured_list(items: Iterable[Any], *, api_version: str = "v1", kind: str = "List") -> UnstructuredList:
    """A list of objects without types from models or mappings."""
    converted = [to_unstructured(item) for item in items]
    return UnstructuredList({"apiVersion": api_version, "kind": kind, "metadata": {}, "items": converted})


def from_unstructured(obj: Mapping[str, Any], model: type[T], *, strict: bool = False) -> T:
    """A model from an object without types, which stays as it is; fields that the model has not are left out.

    Raises ValueError for a field of another type, and StrictDecodingError when `strict` and a field is left out.
    """
    if strict:
        problems = [f'unknown field "{path}"' for path in _unknown(obj, model, "")]
        if problems:
            raise StrictDecodingError(problems)
    return json.convert(dict(obj), model)


def from_unstructured_list(found: UnstructuredList, model: type[T], *, strict: bool = False) -> list[T]:
    """The items of a list as models. Raises what `from_unstructured` does."""
    return [from_unstructured(item, model, strict=strict) for item in found.items]


def _unknown(value: Any, annotation: Any, path: str) -> Iterator[str]:
    """The paths of what is in a value and not in its type."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, item_type(annotation), f"{path}[{index}]")
    elif isinstance(value, Mapping):
        model = model_of(annotation)
        known = {} if model is None else wire_fields(model)
        for key, item in value.items():
            inner = f"{path}.{key}" if path else key
            if model is None:
                yield from _unknown(item, item_type(annotation), inner)
            elif key in known:
                yield from _unknown(item, known[key], inner)
            elif (path, key) not in (("", "apiVersion"), ("", "kind")):
                yield inner
