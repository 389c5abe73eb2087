"""Namespace and name of an object as one value, and its text, which is the key of the object in a cache.

Ported from client-go tools/cache/object-names.go.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kubeclient.apimachinery.meta import name_of, namespace_of, split_meta_namespace_key

__all__ = ["ObjectName", "meta_object_name", "parse_object_name"]


class ObjectName(NamedTuple):
    """Where an object is; `namespace` is empty for objects of the cluster. It is a NamespacedName as well."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def parts(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name


def meta_object_name(obj: Any) -> ObjectName:
    """The name of an object. Raises TypeError when the thing is no object."""
    return ObjectName(namespace_of(obj), name_of(obj))


def parse_object_name(key: str) -> ObjectName:
    """The name that a key stands for. Raises ValueError when there is more than one slash."""
    return ObjectName(*split_meta_namespace_key(key))
