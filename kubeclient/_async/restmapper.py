"""A RESTMapper that asks the server on first use, and once more when it does not know what is asked for.

Ported from client-go restmapper (DeferredDiscoveryRESTMapper, shortcutExpander and the category expanders).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersionKind, GroupVersionResource
from kubeclient.machines.restmapper import ResourceMap, RESTMapping, SimpleCategoryExpander
from kubeclient.machines.restmapper_errors import NoMatchError
from kubeclient.runtime.calling import async_call

from .discovery import AsyncDiscoveryClient

__all__ = ["AsyncCategoryExpander", "AsyncDiscoveryCategoryExpander", "AsyncRESTMapper", "AsyncUnionCategoryExpander"]

R = TypeVar("R")


class AsyncRESTMapper:
    """Maps kinds to resources by discovery; what could be read counts, even when a group version could not.

    A discovery client that remembers is told to forget before it is asked again, unless what it remembers is fresh.
    Short names are understood; `warn` is told, once, of those that mean several resources.
    """

    def __init__(self, discovery: AsyncDiscoveryClient, *, warn: Callable[[str], None] | None = None) -> None:
        self._warn = warn
        self._discovery = discovery
        self._mapper: ResourceMap | None = None

    def reset(self) -> None:
        """Forgets what the server said; the next question asks it again."""
        self._mapper = None
        self._discovery.invalidate()

    async def mapper(self) -> ResourceMap:
        """What the server serves, as of the last time it was asked."""
        if self._mapper is None:
            served, resources = await self._discovery.partial_groups_and_resources()
            self._mapper = ResourceMap(served.groups, resources, warn=self._warn)
        return self._mapper

    async def _answer(self, question: Callable[[ResourceMap], R]) -> R:
        known = self._mapper is not None
        try:
            return question(await self.mapper())
        except NoMatchError:
            if (known and not self._discovery.caches) or not self._discovery.fresh:
                self.reset()
                return question(await self.mapper())
            raise

    async def rest_mapping(self, kind: GroupKind, *versions: str) -> RESTMapping:
        """The mapping of a kind. Raises NoKindMatchError."""
        return await self._answer(lambda known: known.rest_mapping(kind, *versions))

    async def rest_mappings(self, kind: GroupKind, *versions: str) -> list[RESTMapping]:
        """The mappings of a kind in all versions, or in those that are named. Raises NoKindMatchError."""
        return await self._answer(lambda known: known.rest_mappings(kind, *versions))

    async def resource_for(self, partial: GroupVersionResource) -> GroupVersionResource:
        """The resource that fits a plural, singular or short name best. Raises NoResourceMatchError."""
        return await self._answer(lambda known: known.resource_for(partial))

    async def resources_for(self, partial: GroupVersionResource) -> list[GroupVersionResource]:
        """All resources that fit. Raises NoResourceMatchError."""
        return await self._answer(lambda known: known.resources_for(partial))

    async def kind_for(self, partial: GroupVersionResource) -> GroupVersionKind:
        """The kind of a resource. Raises NoResourceMatchError."""
        return await self._answer(lambda known: known.kind_for(partial))

    async def kinds_for(self, partial: GroupVersionResource) -> list[GroupVersionKind]:
        """The kinds of all resources that fit. Raises NoResourceMatchError."""
        return await self._answer(lambda known: known.kinds_for(partial))

    async def resource_singularizer(self, resource: str) -> str:
        """The singular of a resource. Raises NoResourceMatchError."""
        return await self._answer(lambda known: known.resource_singularizer(resource))


class AsyncCategoryExpander(Protocol):
    """Knows which resources a word as `all` stands for."""

    async def expand(self, category: str) -> list[GroupResource] | None: ...


class AsyncDiscoveryCategoryExpander:
    """The categories that a server names in its discovery documents."""

    def __init__(self, discovery: AsyncDiscoveryClient) -> None:
        self._discovery = discovery

    async def expand(self, category: str) -> list[GroupResource] | None:
        """The resources of a category; None for what is none, also when nothing could be read at all."""
        served, resources = await self._discovery.partial_groups_and_resources()
        return ResourceMap(served.groups, resources).in_category(category) or None


class AsyncUnionCategoryExpander:
    """What several expanders know, each resource once."""

    def __init__(self, *expanders: AsyncCategoryExpander | SimpleCategoryExpander) -> None:
        self._expanders = expanders

    async def expand(self, category: str) -> list[GroupResource] | None:
        """The resources of a category; None for what is one to none of the expanders."""
        found: dict[GroupResource, None] = {}
        known = False
        for expander in self._expanders:
            part: list[GroupResource] | None = await async_call(expander.expand, category)
            known = known or part is not None
            found.update(dict.fromkeys(part or ()))
        return list(found) if known else None
