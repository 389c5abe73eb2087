# generated from kubeclient/_async/restmapper.py by .ci/twin.py, do not edit
"""A RESTMapper that asks the server on first use, and once more when it does not know what is asked for.

Ported from client-go restmapper/discovery.go (DeferredDiscoveryRESTMapper).
"""

from __future__ import annotations

from collections.abc import Callable

from kubeclient.apimachinery.gvk import GroupKind, GroupVersionKind, GroupVersionResource
from kubeclient.machines.restmapper import NoKindMatchError, NoResourceMatchError, ResourceMap, RESTMapping

from .discovery import DiscoveryClient

__all__ = ["RESTMapper"]


class RESTMapper:
    """Maps kinds to resources by discovery; what could be read counts, even when a group version could not.

    A discovery client that remembers is told to forget before it is asked again, unless what it remembers is fresh.
    `warn` is told of short names that mean several resources.
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

    def _again(self, known: bool) -> ResourceMap:
        if (known and not self._discovery.caches) or not self._discovery.fresh:
            self.reset()
        return self.mapper()

    def rest_mapping(self, kind: GroupKind, *versions: str) -> RESTMapping:
        """The mapping of a kind. Raises NoKindMatchError."""
        known = self._mapper is not None
        try:
            return (self.mapper()).rest_mapping(kind, *versions)
        except NoKindMatchError:
            return (self._again(known)).rest_mapping(kind, *versions)

    def resource_for(self, partial: GroupVersionResource) -> GroupVersionResource:
        """The resource that fits a plural, singular or short name best. Raises NoResourceMatchError."""
        known = self._mapper is not None
        try:
            return (self.mapper()).resource_for(partial)
        except NoResourceMatchError:
            return (self._again(known)).resource_for(partial)

    def kind_for(self, partial: GroupVersionResource) -> GroupVersionKind:
        """The kind of a resource. Raises NoResourceMatchError."""
        known = self._mapper is not None
        try:
            return (self.mapper()).kind_for(partial)
        except NoResourceMatchError:
            return (self._again(known)).kind_for(partial)
