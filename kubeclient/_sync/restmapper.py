# generated from kubeclient/_async/restmapper.py by .ci/twin.py, do not edit
"""A RESTMapper that asks the server on first use, and once more when it does not know what is asked for.

Ported from client-go restmapper (DeferredDiscoveryRESTMapper, shortcutExpander and the category expanders).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersionKind, GroupVersionResource
from kubeclient.machines.restmapper import ResourceMap, RESTMapping, SimpleCategoryExpander
from kubeclient.machines.restmapper_errors import NoMatchError
from kubeclient.runtime.calling import call

from .discovery import DiscoveryClient

__all__ = ["CategoryExpander", "DiscoveryCategoryExpander", "RESTMapper", "UnionCategoryExpander"]

R = TypeVar("R")


class RESTMapper:
    """Maps kinds to resources by discovery; what could be read counts, even when a group version could not.

    A discovery client that remembers is told to forget before it is asked again, unless what it remembers is fresh.
    Short names are understood; `warn` is told, once, of those that mean several resources.
    """

    def __init__(self, discovery: DiscoveryClient, *, warn: Callable[[str], None] | None = None) -> None:
        self._warn = warn
        self._discovery = discovery
        self._mapper: ResourceMap | None = None

    def reset(self) -> None:
        """Forgets what the server said; the next question asks it again."""
        self._mapper = None
        self._discovery.invalidate()

    def mapper(self) -> ResourceMap:
        """What the server serves, as of the last time it was asked."""
        if self._mapper is None:
            served, resources = self._discovery.partial_groups_and_resources()
            self._mapper = ResourceMap(served.groups, resources, warn=self._warn)
        return self._mapper

    def _answer(self, question: Callable[[ResourceMap], R]) -> R:
        known = self._mapper is not None
        try:
            return question(self.mapper())
        except NoMatchError:
            if (known and not self._discovery.caches) or not self._discovery.fresh:
                self.reset()
                return question(self.mapper())
            raise

    def rest_mapping(self, kind: GroupKind, *versions: str) -> RESTMapping:
        """The mapping of a kind. Raises NoKindMatchError."""
        return self._answer(lambda known: known.rest_mapping(kind, *versions))

    def rest_mappings(self, kind: GroupKind, *versions: str) -> list[RESTMapping]:
        """The mappings of a kind in all versions, or in those that are named. Raises NoKindMatchError."""
        return self._answer(lambda known: known.rest_mappings(kind, *versions))

    def resource_for(self, partial: GroupVersionResource) -> GroupVersionResource:
        """The resource that fits a plural, singular or short name best. Raises NoResourceMatchError."""
        return self._answer(lambda known: known.resource_for(partial))

    def resources_for(self, partial: GroupVersionResource) -> list[GroupVersionResource]:
        """All resources that fit. Raises NoResourceMatchError."""
        return self._answer(lambda known: known.resources_for(partial))

    def kind_for(self, partial: GroupVersionResource) -> GroupVersionKind:
        """The kind of a resource. Raises NoResourceMatchError."""
        return self._answer(lambda known: known.kind_for(partial))

    def kinds_for(self, partial: GroupVersionResource) -> list[GroupVersionKind]:
        """The kinds of all resources that fit. Raises NoResourceMatchError."""
        return self._answer(lambda known: known.kinds_for(partial))

    def resource_singularizer(self, resource: str) -> str:
        """The singular of a resource. Raises NoResourceMatchError."""
        return self._answer(lambda known: known.resource_singularizer(resource))


class CategoryExpander(Protocol):
    """Knows which resources a word as `all` stands for."""

    def expand(self, category: str) -> list[GroupResource] | None: ...


class DiscoveryCategoryExpander:
    """The categories that a server names in its discovery documents."""

    def __init__(self, discovery: DiscoveryClient) -> None:
        self._discovery = discovery

    def expand(self, category: str) -> list[GroupResource] | None:
        """The resources of a category; None for what is none, also when nothing could be read at all."""
        served, resources = self._discovery.partial_groups_and_resources()
        return ResourceMap(served.groups, resources).in_category(category) or None


class UnionCategoryExpander:
    """What several expanders know, each resource once."""

    def __init__(self, *expanders: CategoryExpander | SimpleCategoryExpander) -> None:
        self._expanders = expanders

    def expand(self, category: str) -> list[GroupResource] | None:
        """The resources of a category; None for what is one to none of the expanders."""
        found: dict[GroupResource, None] = {}
        known = False
        for expander in self._expanders:
            part: list[GroupResource] | None = call(expander.expand, category)
            known = known or part is not None
            found.update(dict.fromkeys(part or ()))
        return list(found) if known else None
