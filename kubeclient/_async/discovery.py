"""The discovery client: which groups, versions and resources a server serves.

One request each to `/api` and `/apis` where the server aggregates; else one a group version more. Ported from client-go
discovery/discovery_client.go.
"""

from __future__ import annotations

import msgspec

from kubeclient.api.meta_v1 import APIGroup, APIResourceList
from kubeclient.apimachinery.errors import NotFound, StatusError
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.machines.discovery import (
    AGGREGATED,
    CacheNotFoundError,
    DiscoveryError,
    ServedGroups,
    VersionInfo,
    merge_documents,
    preferred_resources,
    read_groups,
)
from kubeclient.machines.request import JSON, api_root
from kubeclient.transport.protocol import TransportError

from .rest_client import AsyncRESTClient

__all__ = ["AsyncDiscoveryClient"]

_RETRIES = 2


class AsyncDiscoveryClient:
    """Asks a server what it serves. With `legacy` it does not ask for aggregated documents."""

    caches = False

    def __init__(self, rest: AsyncRESTClient, *, legacy: bool = False) -> None:
        self._rest = rest
        self._accept = JSON if legacy else AGGREGATED

    @property
    def fresh(self) -> bool:
        """Whether what is answered is no older than the last `invalidate`; always, for a client that remembers nothing."""
        return True

    def invalidate(self) -> None:
        """Forgets what is remembered, if anything is."""

    def with_legacy(self) -> AsyncDiscoveryClient:
        """The same client, asking for one document a group version."""
        return AsyncDiscoveryClient(self._rest, legacy=True)

    async def _documents(self) -> ServedGroups:
        core: ServedGroups | None = None
        try:
            core = read_groups(await self._rest.get("/api", accept=self._accept))
        except NotFound:
            core = None
        return merge_documents(core, read_groups(await self._rest.get("/apis", accept=self._accept)))

    async def server_groups(self) -> list[APIGroup]:
        """The groups, the core group first. Raises StatusError."""
        return (await self._documents()).groups

    async def server_resources_for_group_version(self, group_version: GroupVersion | str) -> APIResourceList:
        """The resources of one group version. Raises NotFound and other StatusErrors."""
        wanted = GroupVersion.parse(group_version) if isinstance(group_version, str) else group_version
        if not wanted.version:
            raise ValueError("a group version names at least a version")
        try:
            body = await self._rest.get(api_root(wanted.group, wanted.version))
        except NotFound:
            if str(wanted) == "v1":
                return APIResourceList(group_version="v1", resources=[])
            raise
        return msgspec.json.decode(body, type=APIResourceList)

    async def server_groups_and_resources(self) -> tuple[list[APIGroup], dict[GroupVersion, APIResourceList]]:
        """Everything that is served. Raises DiscoveryError when a part stays unknown after two more tries."""
        served, resources = await self.partial_groups_and_resources()
        for _ in range(_RETRIES):
            if not served.failed:
                break
            served, resources = await self.partial_groups_and_resources()
        if served.failed:
            raise DiscoveryError(served.failed)
        return served.groups, resources

    async def partial_groups_and_resources(self) -> tuple[ServedGroups, dict[GroupVersion, APIResourceList]]:
        """Everything that could be read; what could not be is in `failed` of the first value."""
        served = await self._documents()
        if served.resources is not None:
            return served, served.resources
        versions = [GroupVersion(group.name, one.version) for group in served.groups for one in group.versions]
        answers: dict[GroupVersion, tuple[APIResourceList | None, Exception | None]] = {}

        async def fetch(version: GroupVersion) -> None:
            answers[version] = await self._fetched(version)

        tasks = [self._rest.runtime.spawn(fetch, one, name=f"discovery of {one}") for one in versions[1:]]
        for version in versions[:1]:
            await fetch(version)
        for task in tasks:
            await task.join()
        resources: dict[GroupVersion, APIResourceList] = {}
        for version in versions:
            found, error = answers[version]
            if found is not None:
                resources[version] = found
            elif error is not None:
                served.failed[version] = error
        return served, resources

    async def _fetched(self, version: GroupVersion) -> tuple[APIResourceList | None, Exception | None]:
        """The resources of a group version as the server says now, or why they are not known."""
        try:
            return await AsyncDiscoveryClient.server_resources_for_group_version(self, version), None
        except (StatusError, TransportError) as error:
            return None, error

    async def server_preferred_resources(self) -> list[APIResourceList]:
        """Every resource once, in its preferred version, without subresources."""
        groups, resources = await self.server_groups_and_resources()
        return preferred_resources(groups, resources)

    async def server_version(self) -> VersionInfo:
        """What the server says of its version."""
        return msgspec.json.decode(await self._rest.get("/version"), type=VersionInfo)

    async def is_resource_enabled(self, group_version: GroupVersion | str, resource: str) -> bool:
        """Whether a resource is served in that group version."""
        try:
            found = await self.server_resources_for_group_version(group_version)
        except (NotFound, CacheNotFoundError):
            return False
        return any(one.name == resource for one in found.resources or ())
