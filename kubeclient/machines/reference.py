"""References to objects, as events and other objects hold them. Ported from client-go tools/reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kubeclient.api import scheme
from kubeclient.api.core_v1 import ObjectReference
from kubeclient.apimachinery import meta
from kubeclient.apimachinery.gvk import GroupVersionKind

__all__ = ["NilObjectError", "get_partial_reference", "get_reference"]


class NilObjectError(ValueError):
    """None was given for an object."""

    def __init__(self) -> None:
        super().__init__("can't reference a nil object")


def get_reference(obj: Any, *, gvk_for: Callable[[Any], GroupVersionKind] | None = scheme.gvk_for) -> ObjectReference:
    """A reference to an object or a list: a model, an Unstructured, or a mapping with the wire's keys.

    What an object says of its kind and version goes before what `gvk_for` knows of its type. A reference is returned as it
    is. Raises NilObjectError, TypeError for what is no object, and LookupError where the kind is not known.
    """
    if obj is None:
        raise NilObjectError
    if isinstance(obj, ObjectReference):
        return obj
    metadata = meta.metadata_of(obj)
    gvk = _said(obj)
    if gvk.empty:
        if gvk_for is None:
            raise LookupError("scheme is required to look up gvk")
        gvk = gvk_for(obj)
        if gvk.empty:
            raise LookupError(f"unexpected gvks registered for object {type(obj).__name__}: {gvk}")
    reference = ObjectReference(
        kind=gvk.kind, api_version=gvk.api_version, resource_version=meta.resource_version_of(obj)
    )
    if isinstance(metadata, Mapping) or hasattr(metadata, "name"):
        reference.name = meta.name_of(obj)
        reference.namespace = meta.namespace_of(obj)
        reference.uid = meta.uid_of(obj)
    return reference


def get_partial_reference(
    obj: Any, field_path: str, *, gvk_for: Callable[[Any], GroupVersionKind] | None = scheme.gvk_for
) -> ObjectReference:
    """A reference to a part of an object, as "spec.containers{web}". Raises what `get_reference` does."""
    found = get_reference(obj, gvk_for=gvk_for)
    return msgspec.structs.replace(found, field_path=field_path)


def _said(obj: Any) -> GroupVersionKind:
    """The kind that an object says it is."""
    if isinstance(obj, Mapping):
        kind, api_version = obj.get("kind"), obj.get("apiVersion")
    else:
        kind, api_version = getattr(obj, "kind", ""), getattr(obj, "api_version", "")
    return GroupVersionKind.from_api_version(str(api_version or ""), str(kind or ""))
