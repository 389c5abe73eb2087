"""Discovery documents, derived from a registry: legacy and aggregated, groups in the order served.

Nothing is kept here; whoever serves them caches by `registry.changes`.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Iterable
from typing import Any, Protocol

from kubefake import data
from kubefake.resources.resource import Resource, Subresource

__all__ = [
    "Resources",
    "aggregated",
    "api_group",
    "api_group_list",
    "api_resource_list",
    "is_custom_group",
    "sorted_versions",
    "storage_version_hash",
]

JSON = dict[str, Any]
_VERSION = re.compile(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?")


class Resources(Protocol):
    """What discovery needs of a registry."""

    @property
    def changes(self) -> int: ...

    def __iter__(self) -> Any: ...

    def groups(self) -> list[str]: ...

    def versions(self, group: str) -> list[str]: ...


def _of(registry: Resources, group: str, version: str) -> list[Resource]:
    return [r for r in registry if r.group == group and r.version == version]


def is_custom_group(registry: Resources, group: str) -> bool:
    """Whether everything in a group comes from CustomResourceDefinitions."""
    return all(resource.custom for resource in registry if resource.group == group)


def _priority(version: str) -> tuple[int, int, int, int]:
    """Newest stable version first, then betas, then alphas, then whatever is no Kubernetes version (by name)."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return (1, 0, 0, 0)
    stage = {None: 0, "beta": 1, "alpha": 2}[match[2]]
    return (0, stage, -int(match[1]), -int(match[3] or 0))


def sorted_versions(registry: Resources, group: str) -> list[str]:
    """The versions of a group, the preferred one first."""
    versions = registry.versions(group)
    if is_custom_group(registry, group):
        return sorted(versions, key=lambda version: (_priority(version), version))
    return versions


@functools.cache
def _recorded_hashes() -> dict[tuple[str, str, str], str]:
    """Of builtin resources; the server that was recorded stores some in versions that it does not serve."""
    return {
        (group["name"], version["version"], entry["plural"]): entry["storageVersionHash"]
        for group in data.load("resources.json")
        for version in group["versions"]
        for entry in version["resources"]
    }


def storage_version_hash(resource: Resource) -> str:
    """What tells clients that the stored version changed; "" for what is not stored."""
    if not resource.custom and not resource.legacy:
        return _recorded_hashes().get((resource.group, resource.version, resource.plural), "")
    if "list" not in resource.verbs:
        return ""
    stored = resource.storage_version
    text = f"{stored.group}/{stored.version}/{resource.kind}"
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:8]).decode()


def _group_version(group: str, version: str) -> JSON:
    return {"groupVersion": f"{group}/{version}" if group else version, "version": version}


def _group_entry(registry: Resources, group: str) -> JSON:
    versions = [_group_version(group, version) for version in sorted_versions(registry, group)]
    return {"name": group, "versions": versions, "preferredVersion": versions[0]}


def api_group(registry: Resources, group: str) -> JSON | None:
    """/apis/<group>; None when the group is unknown."""
    if group not in registry.groups():
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group_entry(registry, group)}


def api_group_list(registry: Resources) -> JSON:
    """/apis."""
    groups = [_group_entry(registry, group) for group in registry.groups() if group]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def api_resource_list(registry: Resources, group: str, version: str) -> JSON | None:
    """/api/v1 and /apis/<group>/<version>; None when it is unknown."""
    resources = _of(registry, group, version)
    if not resources:
        return None
    head: JSON = {"kind": "APIResourceList"}
    if group:
        head["apiVersion"] = "v1"
    entries = [entry for resource in resources for entry in _legacy_entries(resource)]
    return {**head, "groupVersion": _group_version(group, version)["groupVersion"], "resources": entries}


def _legacy_entries(resource: Resource) -> Iterable[JSON]:
    entry: JSON = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    digest = storage_version_hash(resource)
    if digest:
        entry["storageVersionHash"] = digest
    yield entry
    for sub in resource.subresources.values():
        below: JSON = {"name": f"{resource.plural}/{sub.name}", "singularName": "", "namespaced": resource.namespaced}
        if _is_foreign(resource, sub):
            below |= {"group": sub.kind.group, "version": sub.kind.version}
        yield {**below, "kind": sub.kind.kind, "verbs": list(sub.verbs)}


def _is_foreign(resource: Resource, sub: Subresource) -> bool:
    return (sub.kind.group, sub.kind.version) != (resource.group, resource.version)


def aggregated(registry: Resources, *, core: bool) -> JSON:
    """The aggregated form (apidiscovery.k8s.io/v2) of /api or /apis."""
    items = []
    for group in registry.groups():
        if bool(group) == core:
            continue
        versions = [
            {"version": v, "resources": [_entry(r) for r in _of(registry, group, v)], "freshness": "Current"}
            for v in sorted_versions(registry, group)
        ]
        items.append({"metadata": {"name": group} if group else {}, "versions": versions})
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _response_kind(resource: Resource, group: str, version: str, kind: str) -> JSON:
    """Builtin resources leave out the group and version that are their own."""
    if not resource.custom and (group, version) == (resource.group, resource.version):
        group = version = ""
    return {"group": group, "version": version, "kind": kind}


def _entry(resource: Resource) -> JSON:
    entry: JSON = {
        "resource": resource.plural,
        "responseKind": _response_kind(resource, resource.group, resource.version, resource.kind),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    if resource.subresources:
        entry["subresources"] = [
            {
                "subresource": sub.name,
                "responseKind": _response_kind(resource, sub.kind.group, sub.kind.version, sub.kind.kind),
                "verbs": list(sub.verbs),
            }
            for sub in resource.subresources.values()
        ]
    return entry
