"""What a server serves, read from its discovery documents: aggregated (one document for all) or legacy (one a version).

Decides what is preferred, stale or missing; asks nothing itself. Ported from client-go discovery/{aggregated_discovery,
discovery_client}.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind
from kubeclient.transport.protocol import TransportError

__all__ = [
    "AGGREGATED",
    "CacheNotFoundError",
    "DiscoveryError",
    "EmptyResponseError",
    "GroupVersionNotFoundError",
    "ServedGroups",
    "VersionInfo",
    "is_transient",
    "merge_documents",
    "preferred_resources",
    "read_groups",
]

AGGREGATED = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"
)

_TOO_MANY_REQUESTS = 429


class VersionInfo(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """What the server says of its version."""

    major: str = ""
    minor: str = ""
    emulation_major: str = ""
    emulation_minor: str = ""
    min_compatibility_major: str = ""
    min_compatibility_minor: str = ""
    git_version: str = ""
    git_commit: str = ""
    git_tree_state: str = ""
    build_date: str = ""
    go_version: str = ""
    compiler: str = ""
    platform: str = ""


class DiscoveryError(Exception):
    """Some group versions could not be read; what could be is in `groups` and `resources`."""

    def __init__(self, failed: dict[GroupVersion, Exception]) -> None:
        texts = [f"{version}: {failed[version]}" for version in sorted(failed)]
        super().__init__(f"unable to retrieve the complete list of server APIs: {', '.join(texts)}")
        self.failed = failed


class CacheNotFoundError(LookupError):
    """What is remembered of the server does not have this group version."""

    def __init__(self, group_version: GroupVersion) -> None:
        super().__init__(f"not found: {group_version}")
        self.group_version = group_version


class GroupVersionNotFoundError(LookupError):
    """The server has no schema of this group version."""

    def __init__(self, group_version: GroupVersion) -> None:
        super().__init__(f"unable to find GroupVersion {group_version} in the OpenAPI documents of the server")
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


def read_groups(body: bytes) -> ServedGroups:
    """The answer to `/api` or `/apis`, in whichever of the three forms it came."""
    kind = msgspec.json.decode(body, type=_GroupList).kind if b'"APIGroupDiscoveryList"' in body[:200] else ""
    if kind == "APIGroupDiscoveryList":
        return _aggregated(msgspec.json.decode(body, type=_GroupList))
    if b'"APIVersions"' in body[:200]:
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
                served.failed[group_version] = LookupError(f"stale GroupVersion discovery: {group_version}")
                continue
            versions.append(GroupVersionForDiscovery(group_version=str(group_version), version=version.version))
            served.resources[group_version] = _resources(group_version, version)
        if versions:
            served.groups.append(APIGroup(name=name, versions=versions, preferred_version=versions[0]))
    return served


def _resources(group_version: GroupVersion, version: _Version) -> APIResourceList:
    listed: list[APIResource] = []
    for item in version.resources:
        namespaced = item.scope == "Namespaced"
        if item.response_kind is not None and item.response_kind.get("kind"):
            kind = _kind(item.response_kind, group_version)
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
            if below.response_kind is not None:
                kind = _kind(below.response_kind, group_version)
                listed.append(
                    APIResource(
                        name=f"{item.resource}/{below.subresource}",
                        namespaced=namespaced,
                        group=kind.group,
                        version=kind.version,
                        kind=kind.kind,
                        verbs=list(below.verbs),
                    )
                )
    return APIResourceList(group_version=str(group_version), resources=listed)


def _kind(kind: dict[str, str], group_version: GroupVersion) -> GroupVersionKind:
    """The kind of a resource; an empty group and version of its own mean those of the document."""
    group, version = kind.get("group", ""), kind.get("version", "")
    if not group and not version:
        group, version = group_version.group, group_version.version
    return GroupVersionKind(group, version, kind.get("kind", ""))


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
    groups: list[APIGroup], resources: dict[GroupVersion, APIResourceList]
) -> list[APIResourceList]:
    """Every resource once, in its group's preferred version or else in the first that has it; no subresources."""
    result: dict[GroupVersion, APIResourceList] = {}
    for group in groups:
        preferred = group.preferred_version.version
        ordered = sorted(group.versions, key=lambda version: version.version != preferred)
        taken: dict[str, None] = {}
        for version in ordered:
            group_version = GroupVersion(group.name, version.version)
            for resource in (resources.get(group_version) or APIResourceList()).resources or ():
                if "/" in resource.name or resource.name in taken:
                    continue
                taken[resource.name] = None
                listed = result.setdefault(
                    group_version, APIResourceList(group_version=str(group_version), resources=[])
                )
                listed.resources.append(resource)
    return list(result.values())
