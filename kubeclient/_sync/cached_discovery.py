# generated from kubeclient/_async/cached_discovery.py by .ci/twin.py, do not edit
"""Discovery clients that remember: in memory, or in files that outlive the program.

Ported from client-go discovery/cached/{memory,disk}.
"""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from typing import Any, Self

import msgspec

from kubeclient.api.meta_v1 import APIGroup, APIGroupList, APIResourceList
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.apimachinery.json import decode, encode
from kubeclient.config.discovery_files import DiscoveryFiles
from kubeclient.config.http_cache_files import HTTPCacheFiles
from kubeclient.config.rest import Config
from kubeclient.machines.discovery import CacheNotFoundError, EmptyResponseError, ServedGroups, is_transient
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import Transport

from .discovery import DiscoveryClient, discovery_config
from .http_cache import HTTPCache
from .openapi3 import CachedOpenAPIV3Client
from .rest_client import RESTClient

__all__ = ["DiskDiscoveryClient", "MemoryDiscoveryClient"]

_GROUPS = "servergroups.json"


class MemoryDiscoveryClient(DiscoveryClient):
    """Asks once for everything, and again only for group versions that failed in a way that may pass."""

    caches = True

    def __init__(self, rest: RESTClient, *, legacy: bool = False, no_peer: bool = False) -> None:
        super().__init__(rest, legacy=legacy, no_peer=no_peer)
        self._served: tuple[ServedGroups, dict[GroupVersion, APIResourceList]] | None = None
        self._schemas: CachedOpenAPIV3Client | None = None
        self._schema: dict[str, Any] | None = None

    @property
    def fresh(self) -> bool:
        """Whether something was read since the last `invalidate`."""
        return self._served is not None

    def invalidate(self) -> None:
        """Forgets everything; the next question asks the server."""
        self._served = None
        self._schemas = None
        self._schema = None

    def open_api_v3(self) -> CachedOpenAPIV3Client:
        """A client of schemas that remembers until this one forgets; the same for all who ask."""
        if self._schemas is None:
            self._schemas = CachedOpenAPIV3Client(self._rest)
        return self._schemas

    def open_api_schema(self) -> dict[str, Any]:
        """The schemas of all that is served, as OpenAPI v2; one value for all who ask, to be read only."""
        if self._schema is None:
            self._schema = super().open_api_schema()
        return self._schema

    def with_legacy(self) -> DiscoveryClient:
        """A client that remembers too, asking for one document a group version."""
        return MemoryDiscoveryClient(self._rest, legacy=True)

    def partial_groups_and_resources(self) -> tuple[ServedGroups, dict[GroupVersion, APIResourceList]]:
        """Everything that could be read; what could not be is in `failed` of the first value."""
        if self._served is None:
            self._served = self._load()
        served, resources = self._served
        for version in [version for version, error in served.failed.items() if is_transient(error)]:
            self._refetch(version, served, resources)
        return served, resources

    def _load(self) -> tuple[ServedGroups, dict[GroupVersion, APIResourceList]]:
        return super().partial_groups_and_resources()

    def _fetched(self, version: GroupVersion) -> tuple[APIResourceList | None, Exception | None]:
        found, error = super()._fetched(version)
        if found is not None and not found.resources:
            return None, EmptyResponseError(f"Got empty response for: {version}")
        return found, error

    def _refetch(
        self, version: GroupVersion, served: ServedGroups, resources: dict[GroupVersion, APIResourceList]
    ) -> None:
        found, error = self._fetched(version)
        if error is not None:
            served.failed[version] = error
        elif found is not None:
            served.failed.pop(version, None)
            resources[version] = found

    def server_groups(self) -> list[APIGroup]:
        """The groups, the core group first. Raises StatusError."""
        return (self.partial_groups_and_resources())[0].groups

    def server_resources_for_group_version(self, group_version: GroupVersion | str) -> APIResourceList:
        """The resources of one group version. Raises CacheNotFoundError for one that is not served."""
        wanted = GroupVersion.parse(group_version) if isinstance(group_version, str) else group_version
        served, resources = self.partial_groups_and_resources()
        if wanted in resources:
            return resources[wanted]
        raise served.failed.get(wanted) or CacheNotFoundError(wanted)


class DiskDiscoveryClient(MemoryDiscoveryClient):
    """Remembers in files, below the memory: a second run of a program asks for nothing while they are good."""

    def __init__(self, rest: RESTClient, files: DiscoveryFiles, *, legacy: bool = False, no_peer: bool = False) -> None:
        super().__init__(rest, legacy=legacy, no_peer=no_peer)
        self._files = files

    @classmethod
    def from_config_and_folders(
        cls,
        config: Config,
        folder: str | PathLike[str],
        *,
        http_folder: str | PathLike[str] | None = None,
        ttl: float,
        runtime: Runtime | None = None,
    ) -> Self:
        """A client of its own that remembers in `folder` for `ttl` seconds, as `DiscoveryClient.from_config`.

        In `http_folder` it keeps answers of the server too, and asks only whether they have changed.
        """
        runtime = runtime if runtime is not None else current_runtime()
        time_ns = runtime.clock.time_ns
        config = discovery_config(config)
        if http_folder is not None:
            inner, kept = config.wrap_transport, HTTPCacheFiles(http_folder)

            def wrap(transport: Transport) -> Transport:
                return HTTPCache(transport if inner is None else inner(transport), kept, time_ns=time_ns)

            config = replace(config, wrap_transport=wrap)
        rest = RESTClient.from_config(config, runtime=runtime, unversioned=True)
        return cls(rest, DiscoveryFiles(folder, ttl=ttl, time_ns=time_ns))

    @property
    def fresh(self) -> bool:
        """Whether all that was read since the last `invalidate` is from the server."""
        return self._files.fresh

    def invalidate(self) -> None:
        """Forgets everything; files that are there are read no more."""
        super().invalidate()
        self._files.invalidate()

    def with_legacy(self) -> DiscoveryClient:
        """A client over the same files, asking for one document a group version."""
        return DiskDiscoveryClient(self._rest, self._files, legacy=True)

    def _load(self) -> tuple[ServedGroups, dict[GroupVersion, APIResourceList]]:
        groups = self._stored_groups()
        if groups is None:
            served, resources = super()._load()
            if served.groups and not served.failed:
                self._files.write(_GROUPS, encode(APIGroupList(groups=served.groups)))
            for version, found in resources.items():
                self._keep(version, found)
            return served, resources
        served = ServedGroups(groups)
        resources = {}
        for group in groups:
            for one in group.versions:
                version = GroupVersion(group.name, one.version)
                stored = self._stored(version)
                if stored is not None:
                    resources[version] = stored
                else:
                    self._refetch(version, served, resources)
        return served, resources

    def _refetch(
        self, version: GroupVersion, served: ServedGroups, resources: dict[GroupVersion, APIResourceList]
    ) -> None:
        super()._refetch(version, served, resources)
        if version in resources:
            self._keep(version, resources[version])

    def _stored_groups(self) -> list[APIGroup] | None:
        content = self._files.read(_GROUPS)
        try:
            return None if content is None else decode(content, APIGroupList).groups or None
        except msgspec.MsgspecError:
            return None

    def _stored(self, version: GroupVersion) -> APIResourceList | None:
        content = self._files.read(f"{version}/serverresources.json")
        try:
            return None if content is None else decode(content, APIResourceList)
        except msgspec.MsgspecError:
            return None

    def _keep(self, version: GroupVersion, found: APIResourceList) -> None:
        if found.resources:
            self._files.write(f"{version}/serverresources.json", encode(found))
