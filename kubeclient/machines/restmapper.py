"""From kinds to resources and back, by what a server serves. Ported from client-go restmapper and apimachinery meta.

Priority: the core group, then each group's preferred version, then its other versions, in the order of discovery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kubeclient.api.meta_v1 import APIGroup, APIResource, APIResourceList
from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersion, GroupVersionKind, GroupVersionResource

__all__ = ["NoKindMatchError", "NoResourceMatchError", "RESTMapping", "ResourceMap"]


class NoKindMatchError(LookupError):
    """The server serves no such kind."""

    def __init__(self, kind: GroupKind, versions: Iterable[str]) -> None:
        searched = [version for version in versions if version]
        what = f'no matches for kind "{kind.kind}" in '
        if len(searched) == 1:
            what += f'version "{GroupVersion(kind.group, searched[0])}"'
        elif searched:
            what += "versions [" + " ".join(f'"{GroupVersion(kind.group, version)}"' for version in searched) + "]"
        else:
            what += f'group "{kind.group}"'
        super().__init__(what)
        self.group_kind = kind


class NoResourceMatchError(LookupError):
    """The server serves no such resource."""

    def __init__(self, resource: GroupVersionResource) -> None:
        super().__init__(f"no matches for {resource}")
        self.resource = resource


@dataclass(frozen=True, slots=True)
class RESTMapping:
    """A kind, the resource that holds it, and whether its objects live in namespaces."""

    resource: GroupVersionResource
    kind: GroupVersionKind
    namespaced: bool


class ResourceMap:
    """The kinds and resources of one server at one time."""

    def __init__(
        self,
        groups: Iterable[APIGroup],
        resources: dict[GroupVersion, APIResourceList],
        *,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._warn = warn
        self._warned: set[tuple[str, GroupResource]] = set()
        self._categories: dict[str, dict[GroupResource, None]] = {}
        self._mappings: list[RESTMapping] = []
        self._singulars: dict[GroupResource, str] = {}
        self._short_names: dict[str, list[GroupResource]] = {}
        for group in sorted(groups, key=lambda group: group.name != ""):
            preferred = group.preferred_version.version
            for version in sorted(group.versions, key=lambda version: version.version != preferred):
                group_version = GroupVersion(group.name, version.version)
                for resource in (resources.get(group_version) or APIResourceList()).resources or ():
                    if "/" not in resource.name:
                        self._add(group_version, resource)

    def _add(self, group_version: GroupVersion, resource: APIResource) -> None:
        gvr = GroupVersionResource(group_version.group, group_version.version, resource.name)
        gvk = GroupVersionKind(
            resource.group or group_version.group, resource.version or group_version.version, resource.kind
        )
        self._mappings.append(RESTMapping(gvr, gvk, resource.namespaced))
        key = GroupResource(gvr.group, gvr.resource)
        self._singulars[key] = resource.singular_name or resource.kind.lower()
        for category in resource.categories or ():
            self._categories.setdefault(category, {})[key] = None
        for short in resource.short_names or ():
            known = self._short_names.setdefault(short, [])
            if key not in known:
                known.append(key)

    @property
    def mappings(self) -> list[RESTMapping]:
        """All of them, by priority."""
        return list(self._mappings)

    def in_category(self, category: str) -> list[GroupResource]:
        """The resources that a word as `all` stands for, by priority; none for a word that is no category."""
        return list(self._categories.get(category, ()))

    def rest_mapping(self, kind: GroupKind, *versions: str) -> RESTMapping:
        """The mapping of a kind, in the first of the versions that has it. Raises NoKindMatchError."""
        found = self.rest_mappings(kind, *versions)
        if not found:
            raise NoKindMatchError(kind, versions)
        return found[0]

    def rest_mappings(self, kind: GroupKind, *versions: str) -> list[RESTMapping]:
        """The mappings of a kind, by version as asked for, or by priority."""
        same = [one for one in self._mappings if (one.kind.group, one.kind.kind) == (kind.group, kind.kind)]
        wanted = [version for version in versions if version]
        if not wanted:
            return same
        return [one for version in wanted for one in same if one.kind.version == version]

    def resources_for(self, partial: GroupVersionResource) -> list[RESTMapping]:
        """Mappings that fit a resource of which group and version may be left out, the group be cut short.

        The resource may be plural, singular or a short name. Raises NoResourceMatchError when nothing fits.
        """
        found = self._matching(partial) or self._matching(self._expanded(partial))
        if not found:
            raise NoResourceMatchError(partial)
        return found

    def resource_for(self, partial: GroupVersionResource) -> GroupVersionResource:
        """The one resource that fits best. Raises NoResourceMatchError."""
        return self.resources_for(partial)[0].resource

    def kind_for(self, partial: GroupVersionResource) -> GroupVersionKind:
        """The kind of the resource that fits best. Raises NoResourceMatchError."""
        return self.resources_for(partial)[0].kind

    def _matching(self, partial: GroupVersionResource) -> list[RESTMapping]:
        name = partial.resource.lower()

        def fits(one: RESTMapping, *, whole_group: bool) -> bool:
            gvr = one.resource
            if partial.version and gvr.version != partial.version:
                return False
            group_fits = gvr.group == partial.group if whole_group else gvr.group.startswith(partial.group)
            if partial.group and not group_fits:
                return False
            return name in {gvr.resource, self._singulars[GroupResource(gvr.group, gvr.resource)]}

        exact = [one for one in self._mappings if fits(one, whole_group=True)]
        return exact or [one for one in self._mappings if fits(one, whole_group=False)]

    def _expanded(self, partial: GroupVersionResource) -> GroupVersionResource:
        short = partial.resource.lower()
        fitting = [
            known
            for known in self._short_names.get(short, ())
            if not partial.group or known.group.startswith(partial.group)
        ]
        if not fitting:
            return partial
        for other in fitting[1:]:
            if self._warn is not None and (short, other) not in self._warned:
                self._warned.add((short, other))
                self._warn(f'short name "{short}" could also match lower priority resource {other}')
        return GroupVersionResource(fitting[0].group, partial.version, fitting[0].resource)
