"""What one served resource is: its names, its scope, its verbs, its type, and the strategy that knows its habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionKind, GroupVersionResource
from kubefake.schema.node import Node

from .strategy import Strategy

__all__ = ["Resource", "Subresource"]


@dataclass(frozen=True, slots=True)
class Subresource:
    """A path below an object: status, scale, log …

    Attributes:
        name: "status".
        kind: what its bodies are (`autoscaling/v1 Scale`, or the resource's own kind).
        verbs: get, update, patch, create …
        node: the type of its bodies where that is not the resource's own, else None.
    """

    name: str
    kind: GroupVersionKind
    verbs: tuple[str, ...]
    node: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One group, version and plural name that the server answers for.

    Several versions of a kind share `storage`: they are views of the same stored objects, converted by the strategy.
    """

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    list_kind: str
    namespaced: bool
    verbs: tuple[str, ...]
    node: Node
    strategy: Strategy
    storage: GroupResource
    storage_version: GroupVersion
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: Mapping[str, Subresource] = field(default_factory=dict)
    custom: bool = False  # it comes from a CustomResourceDefinition
    legacy: bool = False  # a version that only older servers had
    api_version: str = ""  # "v1", "apps/v1"; precomputed because every answer carries it
    table: str = ""  # "pods", "deployments.apps": where the store keeps the objects; precomputed from `storage`

    def __post_init__(self) -> None:
        if not self.api_version:
            object.__setattr__(self, "api_version", f"{self.group}/{self.version}" if self.group else self.version)
        if not self.table:
            object.__setattr__(self, "table", str(self.storage))

    @property
    def is_storage_version(self) -> bool:
        """Whether requests by this version see objects as they are stored."""
        return self.storage_version.version == self.version and self.storage_version.group == self.group

    def key(self, namespace: str, name: str) -> str:
        """The key of an object in its table."""
        return f"{namespace}/{name}" if self.namespaced else name

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, self.kind)

    @property
    def gvr(self) -> GroupVersionResource:
        return GroupVersionResource(self.group, self.version, self.plural)

    @property
    def group_resource(self) -> GroupResource:
        return GroupResource(self.group, self.plural)
