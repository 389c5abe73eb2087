"""What every object carries, read and changed the same way on typed models, Unstructured objects and plain dicts.

Ports apimachinery pkg/api/meta, controllerutil's finalizers and the key functions of client-go tools/cache. A typed object has
an attribute `metadata` with snake_case attributes; a mapping has the keys of the wire. Conditions are in `conditions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from .gvk import GroupVersionKind

__all__ = [
    "ExplicitKey",
    "add_finalizer",
    "annotations_of",
    "continue_of",
    "controller_of",
    "creation_timestamp_of",
    "deletion_timestamp_of",
    "finalizers_of",
    "generation_of",
    "has_finalizer",
    "is_controlled_by",
    "items_of",
    "labels_of",
    "meta_namespace_key",
    "metadata_of",
    "name_of",
    "namespace_of",
    "new_controller_ref",
    "owner_references_of",
    "part_of",
    "remove_finalizer",
    "resource_version_of",
    "set_annotation",
    "set_label",
    "split_meta_namespace_key",
    "uid_of",
]

T = TypeVar("T")


def metadata_of(obj: Any) -> Any:
    """The metadata itself: a mapping, or a typed value. A mapping without one gives an empty dict, not kept.

    Raises:
        TypeError: when the thing is no object.
    """
    if not isinstance(obj, Struct) and isinstance(obj, Mapping):  # what most are is asked first: it costs a tenth
        metadata = obj.get("metadata")
        return {} if metadata is None else metadata
    metadata = getattr(obj, "metadata", None)
    if metadata is None:
        raise TypeError("object does not implement the Object interfaces")
    return metadata


def part_of(part: Any, wire: str, attribute: str) -> Any:
    """A field of metadata or of a part of it, with types or without; None where there is none."""
    if isinstance(part, Struct):
        return getattr(part, attribute, None)
    return part.get(wire) if isinstance(part, Mapping) else getattr(part, attribute, None)


def _set(part: Any, wire: str, attribute: str, value: Any) -> None:
    if isinstance(part, MutableMapping):
        part[wire] = value
    else:
        setattr(part, attribute, value)


def name_of(obj: Any) -> str:
    """The name, empty when there is none."""
    return part_of(metadata_of(obj), "name", "name") or ""


def namespace_of(obj: Any) -> str:
    """The namespace, empty for objects of the cluster."""
    return part_of(metadata_of(obj), "namespace", "namespace") or ""


def uid_of(obj: Any) -> str:
    """The uid, empty before the object is stored."""
    return part_of(metadata_of(obj), "uid", "uid") or ""


def resource_version_of(obj: Any) -> str:
    """The resource version of an object or a list, empty when there is none."""
    if isinstance(obj, Struct):  # asked of every event, so this is spared two calls
        metadata = getattr(obj, "metadata", None)
        if isinstance(metadata, Struct):
            return getattr(metadata, "resource_version", None) or ""
    return part_of(metadata_of(obj), "resourceVersion", "resource_version") or ""


def continue_of(obj: Any) -> str:
    """Where the next page of a list begins, empty when there is none."""
    return part_of(metadata_of(obj), "continue", "continue_") or ""


def generation_of(obj: Any) -> int:
    """The generation, 0 when there is none."""
    return part_of(metadata_of(obj), "generation", "generation") or 0


def creation_timestamp_of(obj: Any) -> Any:
    """When it was created: a Time, the text in a mapping, or None."""
    return part_of(metadata_of(obj), "creationTimestamp", "creation_timestamp") or None


def deletion_timestamp_of(obj: Any) -> Any:
    """When its deletion was asked for: a Time, the text in a mapping, or None."""
    return part_of(metadata_of(obj), "deletionTimestamp", "deletion_timestamp") or None


def labels_of(obj: Any) -> Mapping[str, str]:
    """The labels, for reading."""
    return part_of(metadata_of(obj), "labels", "labels") or {}


def annotations_of(obj: Any) -> Mapping[str, str]:
    """The annotations, for reading."""
    return part_of(metadata_of(obj), "annotations", "annotations") or {}


def finalizers_of(obj: Any) -> Sequence[str]:
    """The finalizers, for reading."""
    return part_of(metadata_of(obj), "finalizers", "finalizers") or ()


def owner_references_of(obj: Any) -> Sequence[Any]:
    """The owner references, for reading; mappings or typed values."""
    return part_of(metadata_of(obj), "ownerReferences", "owner_references") or ()


def _own_metadata(obj: Any) -> Any:
    """The metadata, made where a mapping has none, so that it can be changed."""
    if isinstance(obj, MutableMapping) and obj.get("metadata") is None:
        obj["metadata"] = {}
    return metadata_of(obj)


def _set_entry(obj: Any, field: str, key: str, value: str | None) -> bool:
    metadata = _own_metadata(obj)
    entries = dict(part_of(metadata, field, field) or {})
    if entries.get(key) == value:
        return False
    if value is None:
        del entries[key]
    else:
        entries[key] = value
    _set(metadata, field, field, entries)
    return True


def set_label(obj: Any, key: str, value: str | None) -> bool:
    """Sets a label, or removes it with None. True when that changed the object."""
    return _set_entry(obj, "labels", key, value)


def set_annotation(obj: Any, key: str, value: str | None) -> bool:
    """Sets an annotation, or removes it with None. True when that changed the object."""
    return _set_entry(obj, "annotations", key, value)


def has_finalizer(obj: Any, finalizer: str) -> bool:
    return finalizer in finalizers_of(obj)


def add_finalizer(obj: Any, finalizer: str) -> bool:
    """Adds a finalizer. True when that changed the object."""
    if has_finalizer(obj, finalizer):
        return False
    _set(_own_metadata(obj), "finalizers", "finalizers", [*finalizers_of(obj), finalizer])
    return True


def remove_finalizer(obj: Any, finalizer: str) -> bool:
    """Removes a finalizer. True when that changed the object."""
    if not has_finalizer(obj, finalizer):
        return False
    _set(_own_metadata(obj), "finalizers", "finalizers", [name for name in finalizers_of(obj) if name != finalizer])
    return True


def controller_of(obj: Any) -> Any:
    """The owner reference of the controller (itself, no copy), or None."""
    for reference in owner_references_of(obj):
        if part_of(reference, "controller", "controller") is True:
            return reference
    return None


def is_controlled_by(obj: Any, owner: Any) -> bool:
    """True when the controller of the object is the owner, by uid."""
    reference = controller_of(obj)
    return reference is not None and (part_of(reference, "uid", "uid") or "") == uid_of(owner)


def new_controller_ref(owner: Any, gvk: GroupVersionKind, type_: type[Any] | None = None) -> Any:
    """An owner reference that makes the owner the controller and blocks its deletion.

    Args:
        owner: the owner.
        gvk: its kind, which typed objects need not carry.
        type_: the model of owner references; without it a dict with the wire's keys is made.
    """
    if type_ is None:
        return {
            "apiVersion": gvk.api_version,
            "kind": gvk.kind,
            "name": name_of(owner),
            "uid": uid_of(owner),
            "controller": True,
            "blockOwnerDeletion": True,
        }
    return type_(
        api_version=gvk.api_version,
        kind=gvk.kind,
        name=name_of(owner),
        uid=uid_of(owner),
        controller=True,
        block_owner_deletion=True,
    )


def items_of(obj: Any) -> Iterable[Any]:
    """The items of a list, typed or not.

    Raises:
        TypeError: when the thing is no list.
    """
    if isinstance(obj, Mapping):
        if "items" in obj:
            return obj["items"] or ()
    else:
        items = getattr(obj, "items", None)
        if items is not None and not callable(items):
            return items  # type: ignore[no-any-return]
    raise TypeError("object does not implement the List interfaces")


class ExplicitKey(str):
    """A key that is handed in where an object is expected: it is its own key."""

    __slots__ = ()


def meta_namespace_key(obj: Any) -> str:
    """The key of an object in a cache: "namespace/name", or the name alone for objects of the cluster.

    Raises:
        TypeError: when the thing is no object.
    """
    metadata = getattr(obj, "metadata", None) if isinstance(obj, Struct) else None
    if isinstance(metadata, Struct):
        namespace, name = getattr(metadata, "namespace", None), getattr(metadata, "name", None)
        return f"{namespace}/{name or ''}" if namespace else name or ""
    if isinstance(obj, ExplicitKey):
        return obj
    metadata = metadata_of(obj)
    namespace, name = part_of(metadata, "namespace", "namespace"), part_of(metadata, "name", "name")
    return f"{namespace}/{name or ''}" if namespace else name or ""


def split_meta_namespace_key(key: str) -> tuple[str, str]:
    """Namespace (empty for objects of the cluster) and name.

    Raises:
        ValueError: when there is more than one slash.
    """
    first, slash, rest = key.partition("/")
    if "/" in rest:
        raise ValueError(f'unexpected key format: "{key}"')
    return (first, rest) if slash else ("", first)
