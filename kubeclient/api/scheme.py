"""Which Python type stands for which kind, and back; typed decoding of bodies that say what they are.

Plays the part of client-go's `kubernetes/scheme`. Modules of models are imported when a kind of theirs is asked for, not
before. Nothing here knows about versions of one kind converting into each other: that is the server's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

import msgspec

from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.unstructured import Unstructured

from .kinds import KINDS

__all__ = ["decode", "decode_into", "gvk_for", "kinds", "type_for"]

T = TypeVar("T")

# What every group version accepts beside its own kinds (metav1.AddToGroupVersion).
_SHARED = frozenset(
    ("CreateOptions", "DeleteOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent")
)


class _TypeMeta(msgspec.Struct, rename="camel", gc=False):
    kind: str = ""
    api_version: str = ""


def kinds() -> tuple[GroupVersionKind, ...]:
    """Every kind that has a model, ordered by apiVersion and kind; the options that all groups share stand under v1."""
    return tuple(GroupVersionKind.from_api_version(api_version, kind) for api_version, kind in _modules())


def type_for(gvk: GroupVersionKind) -> type[Any]:
    """The model of a kind.

    Raises:
        LookupError: no model is known for the kind.
    """
    module = _modules().get((gvk.api_version, gvk.kind))
    if module is None and gvk.kind in _SHARED and gvk.api_version in _api_versions():
        module = "meta_v1"
    if module is None:
        raise LookupError(f'no kind "{gvk.kind}" is registered for version "{gvk.api_version}"')
    found: type[Any] = getattr(import_module(f"kubeclient.api.{module}"), gvk.kind)
    return found


def gvk_for(model: object) -> GroupVersionKind:
    """The kind of a model's type, of one of its objects, or of an Unstructured by what it says of itself.

    Raises:
        LookupError: the type is no kind: a part of one, options, or something else.
    """
    if isinstance(model, Unstructured):
        return GroupVersionKind.from_api_version(model.api_version, model.kind)
    kind = model if isinstance(model, type) else type(model)
    gvk = getattr(kind, "GVK", None)
    if isinstance(gvk, GroupVersionKind):
        return gvk
    if kind.__name__ == "Status" and kind is type_for(_STATUS):
        return _STATUS
    raise LookupError(f"no kind is registered for the type {kind.__name__}")


def decode(data: bytes | str | Mapping[str, Any]) -> Any:
    """Decode a body into the model of the kind that it says it is, or into an Unstructured where no model is known.

    Raises:
        ValueError: it is not a JSON object, names no kind or no apiVersion, or has a field of another type than its model.
    """
    known = _type_meta_decoder.decode(data) if isinstance(data, bytes | str) else msgspec.convert(data, _TypeMeta)
    for name, value in (("Kind", known.kind), ("apiVersion", known.api_version)):
        if not value:
            text = data if isinstance(data, str) else bytes(data).decode() if isinstance(data, bytes) else data
            raise ValueError(f"Object '{name}' is missing in '{text}'")
    try:
        model = type_for(GroupVersionKind.from_api_version(known.api_version, known.kind))
    except LookupError:
        return Unstructured(json.decode(data) if isinstance(data, bytes | str) else dict(data))
    return decode_into(model, data)


def decode_into(model: type[T], data: bytes | str | Mapping[str, Any]) -> T:
    """Decode a body into a given model. As in Go, a null leaves the field as it is when absent.

    Raises:
        ValueError: it is not JSON, or has a field of another type than the model.
    """
    decoded: T = json.decode(data, model) if isinstance(data, bytes | str) else json.convert(data, model)
    return decoded


@cache
def _modules() -> Mapping[tuple[str, str], str]:
    return {(api_version, kind): module for api_version, module, names in KINDS for kind in names.split(" ")}


@cache
def _api_versions() -> frozenset[str]:
    return frozenset(api_version for api_version, _, _ in KINDS)


_STATUS = GroupVersionKind("", "v1", "Status")
_type_meta_decoder = msgspec.json.Decoder(_TypeMeta)
