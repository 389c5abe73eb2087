"""What one served resource is: its names, its scope, its verbs, its type, and the strategy that knows its habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionKind, GroupVersionResource

from ..schema.node import Node
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
    api_version: str = ""  # "v1", "apps/v1"; precomputed because every answer carries it

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, self.kind)

    @property
    def gvr(self) -> GroupVersionResource:
        return GroupVersionResource(self.group, self.version, self.plural)

    @property
    def group_resource(self) -> GroupResource:
        return GroupResource(self.group, self.plural)
