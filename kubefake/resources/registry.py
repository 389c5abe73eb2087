"""What this server serves: resources by group, version and plural name, in the order in which discovery tells them.

Builtin resources come from a data file; custom ones are added and removed while the server runs. A registry belongs to one
server, is cheap to copy, and holds no objects.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionKind
from kubefake.data import load
from kubefake.resources.resource import Resource, Subresource
from kubefake.resources.strategies import strategy_for
from kubefake.resources.strategy import Strategy
from kubefake.schema.builtin import node_for
from kubefake.schema.node import Node

__all__ = ["Registry", "builtin_resources", "read_resource"]

# Two names, one store: (group, plural) seen by clients -> where the objects are kept.
_SHARED_STORAGE = {("events.k8s.io", "events"): GroupResource("", "events")}


class Registry:
    """Resources by name.

    Attributes:
        changes: grows with every addition and removal, so that what is derived from the registry can be cached.
    """

    __slots__ = ("_by_kind", "_by_name", "changes")

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self._by_name: dict[tuple[str, str, str], Resource] = {}
        self._by_kind: dict[tuple[str, str, str], Resource] = {}
        self.changes = 0
        for resource in resources:
            self.add(resource)

    @classmethod
    def builtin(cls, *, legacy: bool = False) -> Registry:
        """A registry of what a server with default settings serves; `legacy`: and the versions that older ones did."""
        registry = cls(builtin_resources())
        if legacy:
            from kubefake.resources.legacy import legacy_resources

            for resource in legacy_resources():
                registry.add(resource)
        return registry

    def copy(self) -> Registry:
        """An independent registry of the same resources."""
        registry = Registry()
        registry._by_name = self._by_name.copy()
        registry._by_kind = self._by_kind.copy()
        registry.changes = self.changes
        return registry

    def become(self, other: Registry) -> None:
        """Serves what another registry serves, and nothing else."""
        self._by_name = other._by_name.copy()
        self._by_kind = other._by_kind.copy()
        self.changes += 1

    def lookup(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource of that name, or None."""
        return self._by_name.get((group, version, plural))

    def by_kind(self, group: str, version: str, kind: str) -> Resource | None:
        """The resource whose objects are of that kind, or None."""
        return self._by_kind.get((group, version, kind))

    def stored(self, group: str, plural: str) -> Resource | None:
        """A resource of that group and name in whatever version, the stored one if it is served, or None."""
        found = None
        for resource in self._by_name.values():
            if resource.group == group and resource.plural == plural:
                if resource.is_storage_version:
                    return resource
                found = found or resource
        return found

    def add(self, resource: Resource) -> None:
        """Serves a resource, in the place of one of the same name."""
        self._by_name[resource.group, resource.version, resource.plural] = resource
        self._by_kind[resource.group, resource.version, resource.kind] = resource
        self.changes += 1

    def remove(self, group: str, version: str, plural: str) -> None:
        """Serves it no longer; one that is unknown is ignored."""
        resource = self._by_name.pop((group, version, plural), None)
        if resource is not None:
            self._by_kind.pop((group, version, resource.kind), None)
            self.changes += 1

    def __iter__(self) -> Iterator[Resource]:
        """All resources, in the order in which they were added: for builtin ones the order of discovery."""
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def groups(self) -> list[str]:
        """The groups that have a resource, in discovery order."""
        return list(dict.fromkeys(resource.group for resource in self))

    def versions(self, group: str) -> list[str]:
        """The versions of a group, in discovery order; empty when the group is unknown."""
        return list(dict.fromkeys(resource.version for resource in self if resource.group == group))

    def __repr__(self) -> str:
        return f"<Registry {len(self)} resources in {len(self.groups())} groups>"


@functools.cache
def builtin_resources() -> tuple[Resource, ...]:
    """The builtin resources of a server with default settings, in discovery order."""
    return tuple(
        _resource(group["name"], version["version"], entry)
        for group in load("resources.json")
        for version in group["versions"]
        for entry in version["resources"]
    )


def _resource(group: str, version: str, entry: dict[str, Any]) -> Resource:
    plural = entry["plural"]
    storage = _SHARED_STORAGE.get((group, plural), GroupResource(group, plural))
    return read_resource(group, version, entry, strategy_for(group, plural), storage)


def read_resource(
    group: str, version: str, entry: dict[str, Any], strategy: Strategy, storage: GroupResource
) -> Resource:
    """A resource as a data file tells of it, with its habits and where its objects are kept."""
    plural = entry["plural"]
    return Resource(
        group=group,
        version=version,
        plural=plural,
        singular=entry["singular"],
        kind=entry["kind"],
        list_kind=entry["listKind"],
        namespaced=entry["namespaced"],
        verbs=tuple(entry["verbs"]),
        node=_node(group, version, entry["kind"]),
        strategy=strategy,
        storage=storage,
        storage_version=GroupVersion.parse(entry["storageVersion"]),
        short_names=tuple(entry["shortNames"]),
        categories=tuple(entry["categories"]),
        subresources={sub["name"]: _subresource(entry["kind"], sub) for sub in entry["subresources"]},
    )


def _subresource(parent: str, entry: dict[str, Any]) -> Subresource:
    kind = GroupVersionKind(entry["group"], entry["version"], entry["kind"])
    node = None if entry["kind"] == parent else _node(kind.group, kind.version, kind.kind)
    return Subresource(entry["name"], kind, tuple(entry["verbs"]), node)


def _node(group: str, version: str, kind: str) -> Node:
    try:
        return node_for(group, version, kind)
    except KeyError:  # option kinds of connecting subresources are read from the query, never from a body
        return Node("any", name=kind, go_type=kind)
