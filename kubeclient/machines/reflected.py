"""What a reflector makes of the things it reads: how they are called, and which it cannot take over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery.meta import metadata_of

__all__ = ["is_object", "is_table", "type_description"]


def type_description(lister_watcher: Any) -> str:
    """What a client reads, for people: the name of the type, or what untyped objects are by their resource."""
    resource: Any = getattr(lister_watcher, "resource", None)
    type_ = getattr(resource, "type", None)
    if type_ is None:
        return type(lister_watcher).__name__
    if issubclass(type_, Mapping):
        gvr = resource.path.group_version_resource
        kind = f"Kind={resource.kind}" if resource.kind else f"Resource={gvr.resource}"
        return f"{gvr.group_version}, {kind}"
    return f"{type_.__module__.rpartition('.')[2]}.{type_.__name__}"


def is_table(obj: Any) -> bool:
    """Whether a server answered with a table for people, which holds no objects."""
    return getattr(obj, "kind", None) == "Table"


def is_object(obj: Any) -> bool:
    """Whether the thing has metadata."""
    try:
        metadata_of(obj)
    except TypeError:
        return False
    return True
