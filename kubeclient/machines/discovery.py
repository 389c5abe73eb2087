"""What a server serves, read from its discovery documents: aggregated (one document for all) or legacy (one a version).

Decides what is preferred, stale or missing; asks nothing itself. Ported from client-go discovery/{aggregated_discovery,
discovery_client,helper}.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from kubeclient.api.meta_v1 import (
    APIGroup,
    APIGroupList,
    APIResource,
    APIResourceList,
    APIVersions,
    GroupVersionForDiscovery,
)
from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind, GroupVersionResource
from kubeclient.machines.version import VersionInfo
from kubeclient.transport.protocol import TransportError

__all__ = [
    "AGGREGATED",
    "CacheNotFoundError",
    "DiscoveryError",
    "EmptyResponseError",
    "GroupVersionNotFoundError",
    "ServedGroups",
    "StaleGroupVersionError",
    "UnsupportedVersionError",
    "VersionInfo",
    "accepted",
    "content_type_is_gvk",
    "filtered_by",
    "group_version_resources",
    "is_transient",
    "merge_documents",
    "preferred_resources",
    "read_groups",
    "supports_all_verbs",
]

_LEGACY: Final = "application/json"
_V2: Final = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_V2BETA1: Final = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
AGGREGATED: Final = f"{_V2},{_V2BETA1},{_LEGACY}"

_AGGREGATED_KINDS: Final = (
    GroupVersionKind("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList"),
    GroupVersionKind("apidiscovery.k8s.io", "v2beta1", "APIGroupDiscoveryList"),
)
_TOO_MANY_REQUESTS: Final = 429


def accepted(*, legacy: bool = False, no_peer: bool = False) -> str:
    """The Accept header of discovery: what is wanted most comes first.

    With `no_peer` a server is asked for what it serves itself, and not for what its peers do.
    """
    if legacy:
        return _LEGACY
    return f"{_V2};profile=nopeer,{AGGREGATED}" if no_peer else AGGREGATED


def content_type_is_gvk(content_type: str, gvk: GroupVersionKind) -> bool:
    """Whether a Content-Type says JSON of that kind, whatever the order of its parameters, and other ones among them.

    Raises ValueError for what is no content type.
    """
    head = content_type.partition(";")[0].strip()
    if not head or " " in head:
        raise ValueError("mime: unexpected content after media type" if head else "mime: no media type")
    parameters = {
        name.strip().lower(): value.strip().strip('"')
        for name, _, value in (part.partition("=") for part in content_type.split(";")[1:])
    }
    said = [parameters.get(name) for name in ("g", "v", "as")]
    return head.lower() == _LEGACY and said == [gvk.group, gvk.version, gvk.kind]


def _is_aggregated(content_type: str) -> bool:
    try:
        return any(content_type_is_gvk(content_type, gvk) for gvk in _AGGREGATED_KINDS)
    except ValueError:
        return False


class DiscoveryError(Exception):
    """Some group versions could not be read. Those that could are here too, as a mapper, say, can go by them.

    Attributes:
        failed: the group versions that could not be read, and why.
        groups: all groups.
        resources: the resources of each group version that could be read.
    """

    def __init__(
        self,
        failed: Mapping[GroupVersion, Exception],
        groups: Iterable[APIGroup] = (),
        resources: Mapping[GroupVersion, APIResourceList] | None = None,
    ) -> None:
        texts = sorted(f"{version}: {error}" for version, error in failed.items())
        super().__init__(f"unable to retrieve the complete list of server APIs: {', '.join(texts)}")
        self.failed = dict(failed)
        self.groups = list(groups)
        self.resources = dict(resources or {})

    @property
    def preferred(self) -> list[APIResourceList]:
        """Every resource that is known once, in its preferred version."""
        return preferred_resources(self.groups, self.resources)


class StaleGroupVersionError(LookupError):
    """The server has not heard of the one that serves a group version for too long."""

    def __init__(self, group_version: GroupVersion) -> None:
        super().__init__(f"stale GroupVersion discovery: {group_version}")
        self.group_version = group_version


class UnsupportedVersionError(LookupError):
    """The server serves other versions than the one that is required."""

    def __init__(self, group_version: GroupVersion) -> None:
        super().__init__(f'server does not support API version "{group_version}"')
        self.group_version = group_version


class CacheNotFoundError(LookupError):
    """What is remembered of the server does not have this group version."""

    def __init__(self, group_version: GroupVersion) -> None:
        super().__init__(f"not found: {group_version}")
        self.group_version = group_version


class GroupVersionNotFoundError(LookupError):
    """The server has no schema of this group version."""

    def __init__(self, group_version: GroupVersion) -> None:
        super().__init__(f"GroupVersion ({group_version}) not found as OpenAPI V3 path")
        self.group_version = group_version


class EmptyResponseError(LookupError):
    """The server names a group version and says that nothing is in it: its part is not ready yet."""


def is_transient(error: Exception) -> bool:
    """Whether asking again may help: the connection failed, the server did, or it had too much to do."""
    if isinstance(error, StatusError):
        return (error.code or 0) >= 500 or error.code == _TOO_MANY_REQUESTS
    return isinstance(error, TransportError | EmptyResponseError)


@dataclass
class ServedGroups:
    """The groups of a server and, as far as they are known already, the resources of their versions.

    `resources` is None for what came from legacy documents: each version has to be asked for.
    """

    groups: list[APIGroup] = field(default_factory=list)
    resources: dict[GroupVersion, APIResourceList] | None = None
    failed: dict[GroupVersion, Exception] = field(default_factory=dict)


class _Subresource(msgspec.Struct, rename="camel"):
    subresource: str = ""
    response_kind: dict[str, str] | None = None
    verbs: list[str] = []


class _Resource(msgspec.Struct, rename="camel"):
    resource: str = ""
    response_kind: dict[str, str] | None = None
    scope: str = ""
    singular_resource: str = ""
    verbs: list[str] = []
    short_names: list[str] = []
    categories: list[str] = []
    subresources: list[_Subresource] = []


class _Version(msgspec.Struct):
    version: str = ""
    resources: list[_Resource] = []
    freshness: str = ""


class _Group(msgspec.Struct):
    metadata: dict[str, Any] = {}
    versions: list[_Version] = []


class _GroupList(msgspec.Struct):
    kind: str = ""
    items: list[_Group] = []


def read_groups(body: bytes, content_type: str = "", *, core: bool = False) -> ServedGroups:
    """The answer to `/apis`, or to `/api` when `core`, in whichever of the three forms its content type says it has."""
    if _is_aggregated(content_type):
        return _aggregated(msgspec.json.decode(body, type=_GroupList))
    if core:
        versions = msgspec.json.decode(body, type=APIVersions).versions
        found = [GroupVersionForDiscovery(group_version=version, version=version) for version in versions]
        return ServedGroups([APIGroup(name="", versions=found, preferred_version=found[0])] if found else [])
    return ServedGroups(list(msgspec.json.decode(body, type=APIGroupList).groups))


def _aggregated(document: _GroupList) -> ServedGroups:
    served = ServedGroups(resources={})
    assert served.resources is not None
    for item in document.items:
        name = str(item.metadata.get("name", ""))
        versions: list[GroupVersionForDiscovery] = []
        for version in item.versions:
            group_version = GroupVersion(name, version.version)
            if version.freshness == "Stale":
                served.failed[group_version] = StaleGroupVersionError(group_version)
                continue
            versions.append(GroupVersionForDiscovery(group_version=str(group_version), version=version.version))
            served.resources[group_version] = _resources(group_version, version)
        preferred = versions[0] if versions else GroupVersionForDiscovery()
        served.groups.append(APIGroup(name=name, versions=versions, preferred_version=preferred))
    return served


def _resources(group_version: GroupVersion, version: _Version) -> APIResourceList:
    listed: list[APIResource] = []
    for item in version.resources:
        namespaced = item.scope == "Namespaced"
        kind = _kind(item.response_kind)
        if kind is not None:
            listed.append(
                APIResource(
                    name=item.resource,
                    singular_name=item.singular_resource,
                    namespaced=namespaced,
                    group=kind.group,
                    version=kind.version,
                    kind=kind.kind,
                    verbs=list(item.verbs),
                    short_names=list(item.short_names),
                    categories=list(item.categories),
                )
            )
        for below in item.subresources:
            kind = _kind(below.response_kind)
            if kind is not None:
                listed.append(
                    APIResource(
                        name=f"{item.resource}/{below.subresource}",
                        singular_name=item.singular_resource,
                        namespaced=namespaced,
                        group=kind.group,
                        version=kind.version,
                        kind=kind.kind,
                        verbs=list(below.verbs),
                    )
                )
    return APIResourceList(group_version=str(group_version), resources=listed)


def _kind(said: dict[str, str] | None) -> GroupVersionKind | None:
    """The kind that a resource answers with; None where nothing is said of it."""
    kind = GroupVersionKind(*((said or {}).get(part, "") for part in ("group", "version", "kind")))
    return None if kind.empty else kind


def merge_documents(core: ServedGroups | None, others: ServedGroups | None) -> ServedGroups:
    """Both documents as one, the core group first. Resources are only kept where both documents had them."""
    parts = [part for part in (core, others) if part is not None]
    merged = ServedGroups()
    for part in parts:
        merged.groups += part.groups
        merged.failed.update(part.failed)
    if parts and all(part.resources is not None for part in parts):
        merged.resources = {}
        for part in parts:
            merged.resources.update(part.resources or {})
    return merged


def preferred_resources(
    groups: Iterable[APIGroup], resources: Mapping[GroupVersion, APIResourceList]
) -> list[APIResourceList]:
    """Every resource once, in its group's preferred version or else in the first that has it; no subresources.

    There is a list for each group version that is known, also for those of which nothing is preferred.
    """
    result: list[APIResourceList] = []
    for group in groups:
        preferred = group.preferred_version.version
        lists: dict[str, APIResourceList] = {}
        taken: dict[str, tuple[str, APIResource]] = {}
        for one in group.versions:
            known = resources.get(GroupVersion(group.name, one.version))
            if known is None:
                continue
            lists[one.version] = APIResourceList(group_version=one.group_version, resources=[])
            for resource in known.resources or ():
                if "/" not in resource.name and (resource.name not in taken or one.version == preferred):
                    taken[resource.name] = one.version, resource
        for version, resource in taken.values():
            lists[version].resources.append(resource)
        result += lists.values()
    return result


Predicate = Callable[[str, APIResource], bool]


def filtered_by(predicate: Predicate, lists: Iterable[APIResourceList]) -> list[APIResourceList]:
    """The resources of which `predicate(group_version, resource)` is true; lists without any are left out."""
    result = []
    for one in lists:
        kept = [resource for resource in one.resources or () if predicate(one.group_version, resource)]
        if kept:
            result.append(msgspec.structs.replace(one, resources=kept))
    return result


def supports_all_verbs(*verbs: str) -> Predicate:
    """A predicate for `filtered_by`: true of resources that have all those verbs."""
    wanted = frozenset(verbs)
    return lambda _, resource: wanted <= frozenset(resource.verbs or ())


def group_version_resources(lists: Iterable[APIResourceList]) -> set[GroupVersionResource]:
    """The names of all resources of some lists. Raises ValueError for a list whose group version cannot be read."""
    return {
        GroupVersion.parse(one.group_version).with_resource(resource.name)
        for one in lists
        for resource in one.resources or ()
    }
