"""From kinds to resources and back, by what a server serves.

Priority: the core group's v1, then each group's preferred version, then its other versions, in the order of discovery.
Ported from client-go restmapper and apimachinery pkg/api/meta (DefaultRESTMapper, PriorityRESTMapper).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from kubeclient.api.meta_v1 import APIGroup, APIResource, APIResourceList
from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersion, GroupVersionKind, GroupVersionResource

from .restmapper_errors import AmbiguousKindError, AmbiguousResourceError, NoKindMatchError, NoResourceMatchError

__all__ = ["RESTMapping", "ResourceMap", "SimpleCategoryExpander", "guess_kind_to_resource"]

M = TypeVar("M")

_INTERNAL = "__internal"


@dataclass(frozen=True, slots=True)
class RESTMapping:
    """A kind, the resource that holds it, and whether its objects live in namespaces."""

    resource: GroupVersionResource
    kind: GroupVersionKind
    namespaced: bool


def guess_kind_to_resource(kind: str) -> tuple[str, str]:
    """The plural and the singular that the resource of a kind probably has. Go: UnsafeGuessKindToResource."""
    singular = kind.lower()
    if not singular or singular.endswith("endpoints"):
        return singular, singular
    if singular.endswith("s"):
        return f"{singular}es", singular
    if singular.endswith("y"):
        return f"{singular[:-1]}ies", singular
    return f"{singular}s", singular


class _VersionMap:
    """The kinds and resources of one group version; names of resources only, as all are of that version."""

    __slots__ = ("_kind_of", "_namespaced", "_plural_of", "group_version", "singular_of")

    def __init__(self, group_version: GroupVersion, resources: Iterable[APIResource]) -> None:
        self.group_version = group_version
        self.singular_of: dict[str, str] = {}
        self._kind_of: dict[str, str] = {}
        self._plural_of: dict[str, str] = {}
        self._namespaced: dict[str, bool] = {}
        for resource in resources:
            if "/" in resource.name:
                continue
            singular = resource.singular_name or guess_kind_to_resource(resource.kind)[1]
            for kind in (resource.kind.lower(), resource.kind):
                self._add(kind, resource.name, singular, resource.namespaced)
            self._add(f"{resource.kind}List", *guess_kind_to_resource(f"{resource.kind}List"), resource.namespaced)
        self._add("List", "lists", "list", False)

    def _add(self, kind: str, plural: str, singular: str, namespaced: bool) -> None:
        self.singular_of[plural] = singular
        self._kind_of[singular] = self._kind_of[plural] = kind
        self._plural_of[kind] = plural
        self._namespaced[kind] = namespaced

    def fits(self, partial: GroupVersionResource) -> bool:
        """Whether the group, which may be cut short unless there is a version, and the version are those asked for."""
        group, version = partial.group, partial.version
        if version and version != self.group_version.version:
            return False
        if not group:
            return True
        return self.group_version.group == group if version else self.group_version.group.startswith(group)

    def resources(self, name: str) -> list[GroupVersionResource]:
        plurals = sorted(plural for plural, singular in self.singular_of.items() if name in (plural, singular))
        return [self.group_version.with_resource(plural) for plural in plurals]

    def kinds(self, name: str) -> list[GroupVersionKind]:
        kind = self._kind_of.get(name)
        return [] if kind is None else [self.group_version.with_kind(kind)]

    def mapping(self, kind: GroupKind, versions: list[str]) -> RESTMapping | None:
        if kind.group != self.group_version.group or (versions and self.group_version.version not in versions):
            return None
        plural = self._plural_of.get(kind.kind)
        if plural is None:
            return None
        gvk = self.group_version.with_kind(kind.kind)
        return RESTMapping(self.group_version.with_resource(plural), gvk, self._namespaced[kind.kind])


class ResourceMap:
    """The kinds and resources of one server at one time; `warn` is told of short names of several resources."""

    def __init__(
        self,
        groups: Iterable[APIGroup],
        resources: Mapping[GroupVersion, APIResourceList],
        *,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._warn = warn
        self._warned: set[tuple[str, GroupResource]] = set()
        self._versions: list[_VersionMap] = []
        self._priorities: list[GroupVersion] = [GroupVersion("", "v1")]
        self._categories: dict[str, dict[GroupResource, None]] = {}
        self._short_names: dict[str, dict[GroupResource, None]] = {}
        self._names: dict[str, set[str]] = {}
        whole_groups: list[GroupVersion] = []
        for group in groups:
            whole_groups.append(GroupVersion(group.name, ""))
            known = [one.version for one in group.versions if GroupVersion(group.name, one.version) in resources]
            preferred = group.preferred_version.version
            if preferred in known:
                self._priorities.append(GroupVersion(group.name, preferred))
            for version in known:
                group_version = GroupVersion(group.name, version)
                if version != preferred:
                    self._priorities.append(group_version)
                self._add(group_version, resources[group_version].resources or ())
        self._priorities += whole_groups

    def _add(self, group_version: GroupVersion, resources: Iterable[APIResource]) -> None:
        resources = list(resources)
        self._versions.append(_VersionMap(group_version, resources))
        names = self._names.setdefault(group_version.group, set())
        for resource in resources:
            key = GroupResource(group_version.group, resource.name)
            names.update((resource.name, resource.singular_name))
            for category in resource.categories or ():
                self._categories.setdefault(category, {})[key] = None
            for short in resource.short_names or ():
                self._short_names.setdefault(short, {})[key] = None

    def in_category(self, category: str) -> list[GroupResource]:
        """The resources that a word as `all` stands for, in the order of discovery; none for a word that is no category."""
        return list(self._categories.get(category, ()))

    def expanded(self, partial: GroupVersionResource) -> GroupVersionResource:
        """A resource by its whole name where a short one is given; the same where none is.

        What is the plural or the singular of some resource is no short name. A group may be cut short.
        """
        group, name = partial.group, partial.resource
        if any(name in names for known, names in self._names.items() if group in ("", known)):
            return partial
        meant = self._short_names.get(name, ())
        fitting = [known for known in meant if group in ("", known.group)]
        if fitting:
            for other in fitting[1:]:
                self._tell(name, other)
            return GroupVersionResource(fitting[0].group, "", fitting[0].resource)
        for known in meant:
            if known.group.startswith(group):
                return GroupVersionResource(known.group, partial.version, known.resource)
        return partial

    def _tell(self, short: str, other: GroupResource) -> None:
        if self._warn is not None and (short, other) not in self._warned:
            self._warned.add((short, other))
            self._warn(f'short name "{short}" could also match lower priority resource {other}')

    def rest_mapping(self, kind: GroupKind, *versions: str) -> RESTMapping:
        """The mapping of a kind, in the first of the versions that has it, or in the one that goes before others.

        Raises NoKindMatchError and AmbiguousKindError.
        """
        found = self.rest_mappings(kind, *versions)
        first = [GroupVersion(kind.group, version) for version in versions]
        best = _best(found, [*first, *self._priorities], lambda one: one.kind.group_version)
        if best is None:
            kinds = [one.kind for one in found]
            raise AmbiguousKindError(GroupVersionKind(kind.group, "", kind.kind), kinds=kinds)
        return best

    def rest_mappings(self, kind: GroupKind, *versions: str) -> list[RESTMapping]:
        """The mappings of a kind, in any of the versions, in the order of discovery. Raises NoKindMatchError.

        A kind may be in lower case, and the kind of a list.
        """
        wanted = [version for version in versions if version and version != _INTERNAL]
        found = [mapping for one in self._versions if (mapping := one.mapping(kind, wanted)) is not None]
        if not found:
            raise NoKindMatchError(kind, versions)
        return found

    def resources_for(self, partial: GroupVersionResource) -> list[GroupVersionResource]:
        """The resources that fit one of which group and version may be left out, the group be cut short.

        The resource may be plural, singular or a short name, in any case. Raises NoResourceMatchError.
        """
        return self._matching(partial, _VersionMap.resources)

    def kinds_for(self, partial: GroupVersionResource) -> list[GroupVersionKind]:
        """The kinds of the resources that fit. Raises NoResourceMatchError."""
        return self._matching(partial, _VersionMap.kinds)

    def resource_for(self, partial: GroupVersionResource) -> GroupVersionResource:
        """The one resource that fits best. Raises NoResourceMatchError and AmbiguousResourceError."""
        found = self.resources_for(partial)
        best = _best(found, self._priorities, lambda one: one.group_version)
        if best is None:
            raise AmbiguousResourceError(partial, resources=found)
        return best

    def kind_for(self, partial: GroupVersionResource) -> GroupVersionKind:
        """The kind of the resource that fits best. Raises NoResourceMatchError and AmbiguousResourceError."""
        found = self.kinds_for(partial)
        best = _best(found, self._priorities, lambda one: one.group_version)
        if best is None:
            raise AmbiguousResourceError(partial, kinds=found)
        return best

    def resource_singularizer(self, resource: str) -> str:
        """The singular of a resource. Raises NoResourceMatchError, and AmbiguousResourceError for one with several."""
        partial = self._coerced(GroupVersionResource("", "", resource))
        for one in self._versions:
            found = one.resources(partial.resource)
            singulars = {one.singular_of[gvr.resource] for gvr in found}
            if len(singulars) == 1:
                return singulars.pop()
            if singulars:
                raise AmbiguousResourceError(partial, resources=found)
        raise NoResourceMatchError(partial)

    def _coerced(self, partial: GroupVersionResource) -> GroupVersionResource:
        expanded = self.expanded(partial)
        version = "" if expanded.version == _INTERNAL else expanded.version
        return GroupVersionResource(expanded.group, version, expanded.resource.lower())

    def _matching(self, partial: GroupVersionResource, pick: Callable[[_VersionMap, str], list[M]]) -> list[M]:
        if not partial.resource:
            raise ValueError(f"a resource must be present, got: {partial}")
        wanted = self._coerced(partial)
        found = [match for one in self._versions if one.fits(wanted) for match in pick(one, wanted.resource)]
        if not found:
            raise NoResourceMatchError(wanted)
        return found


def _best(found: list[M], priorities: Iterable[GroupVersion], version_of: Callable[[M], GroupVersion]) -> M | None:
    """The one that is left when others go, one priority after another; None when several stay to the end."""
    remaining = found
    for group, version in ((one.group, one.version) for one in priorities):
        if len(remaining) == 1:
            break
        matching = [
            one for one in remaining if version_of(one).group == group and version in ("", version_of(one).version)
        ]
        remaining = matching or remaining
    return remaining[0] if len(remaining) == 1 else None


class SimpleCategoryExpander:
    """Categories that are known beforehand."""

    def __init__(self, expansions: Mapping[str, Iterable[GroupResource]]) -> None:
        self._expansions: dict[str, list[GroupResource]] = {name: list(found) for name, found in expansions.items()}

    def expand(self, category: str) -> list[GroupResource] | None:
        """The resources of a category; None for what is none."""
        found: Any = self._expansions.get(category)
        return None if found is None else list(found)
