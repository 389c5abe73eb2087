# generated from kubeclient/_async/discovery.py by .ci/twin.py, do not edit
"""The discovery client: which groups, versions and resources a server serves.

One request each to `/api` and `/apis` where the server aggregates; else one a group version more. Ported from client-go
discovery/{discovery_client,helper}.go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import msgspec

from kubeclient.api.meta_v1 import APIGroup, APIResourceList
from kubeclient.apimachinery.errors import NotFound, StatusError
from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionResource
from kubeclient.config.rest import Config
from kubeclient.config.urls import set_kubernetes_defaults
from kubeclient.machines.discovery import (
    CacheNotFoundError,
    DiscoveryError,
    ServedGroups,
    UnsupportedVersionError,
    VersionInfo,
    accepted,
    filtered_by,
    merge_documents,
    preferred_resources,
    read_groups,
)
from kubeclient.machines.request import api_root
from kubeclient.machines.response import error_from_response, is_success
from kubeclient.machines.version import check_same_build
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import Request, TransportError, header

from .openapi3 import OpenAPIV3Client
from .rest_client import RESTClient

__all__ = ["DEFAULT_BURST", "DEFAULT_TIMEOUT", "DiscoveryClient", "discovery_config"]

DEFAULT_TIMEOUT = 32.0
DEFAULT_BURST = 300

_TRIES = 2
_OPENAPI_V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
_NOWHERE = GroupResource("", "")


def discovery_config(config: Config) -> Config:
    """A copy with the limits of discovery, where the config says nothing else: 32 seconds, and a burst of 300."""
    return replace(
        set_kubernetes_defaults(config),
        api_path="",
        group_version="",
        timeout=config.timeout or DEFAULT_TIMEOUT,
        burst=config.burst or DEFAULT_BURST,
    )


class DiscoveryClient:
    """Asks a server what it serves.

    Args:
        rest: carries the requests; where it has no time limit, a request here has one of 32 seconds.
        legacy: do not ask for aggregated documents.
        no_peer: do not ask for what only peers of the server serve.
    """

    caches = False

    def __init__(self, rest: RESTClient, *, legacy: bool = False, no_peer: bool = False) -> None:
        self._rest = rest
        self._no_peer = no_peer
        self._accept = accepted(legacy=legacy, no_peer=no_peer)

    @classmethod
    def from_config(
        cls, config: Config, *, runtime: Runtime | None = None, legacy: bool = False, no_peer: bool = False
    ) -> Self:
        """A client of its own: 32 seconds for a request, and a burst of 300, where the config says nothing else.

        Raises ValueError for what is not usable in the config. To be closed by `close`.
        """
        rest = RESTClient.from_config(discovery_config(config), runtime=runtime, unversioned=True)
        return cls(rest, legacy=legacy, no_peer=no_peer)

    @property
    def rest_client(self) -> RESTClient:
        """The client that carries the requests of this one."""
        return self._rest

    def close(self) -> None:
        """Closes the connection, which is that of everybody who shares the REST client."""
        self._rest.close()

    @property
    def fresh(self) -> bool:
        """Whether what is answered is no older than the last `invalidate`; always, for a client that remembers nothing."""
        return True

    def invalidate(self) -> None:
        """Forgets what is remembered, if anything is."""

    def with_legacy(self) -> DiscoveryClient:
        """The same client, asking for one document a group version."""
        return DiscoveryClient(self._rest, legacy=True)

    def _ask(self, path: str, accept: str = "") -> tuple[bytes, str]:
        """The body of a good answer and its content type. Raises StatusError and TransportError."""
        rest = self._rest
        headers = rest.headers.accepting(accept).bare if accept else rest.headers.bare
        request = Request("GET", path, (), headers)
        if rest.timeout is None:
            request.timeout = DEFAULT_TIMEOUT
            request.query = [("timeout", "32s")]
        response = rest.send(request)
        if not is_success(response.status):
            raise error_from_response(response.status, response.headers, response.body, method="GET", resource=_NOWHERE)
        return response.body, header(response.headers, "content-type") or ""

    def _documents(self) -> ServedGroups:
        core: ServedGroups | None = None
        try:
            core = read_groups(*self._ask("/api", self._accept), core=True)
        except NotFound:
            core = None
        return merge_documents(core, read_groups(*self._ask("/apis", self._accept)))

    def server_groups(self) -> list[APIGroup]:
        """The groups, the core group first. Raises StatusError."""
        return (self._documents()).groups

    def server_resources_for_group_version(self, group_version: GroupVersion | str) -> APIResourceList:
        """The resources of one group version. Raises NotFound and other StatusErrors."""
        wanted = GroupVersion.parse(group_version) if isinstance(group_version, str) else group_version
        if not wanted.version:
            raise ValueError("groupVersion shouldn't be empty")
        try:
            body, _ = self._ask(api_root(wanted.group, wanted.version))
        except NotFound:
            if str(wanted) == "v1":
                return APIResourceList(group_version="v1", resources=[])
            raise
        return msgspec.json.decode(body, type=APIResourceList)

    def server_groups_and_resources(self) -> tuple[list[APIGroup], dict[GroupVersion, APIResourceList]]:
        """Everything that is served. Raises DiscoveryError, with what is known, when a part is unknown twice."""
        for _ in range(_TRIES):
            served, resources = self.partial_groups_and_resources()
            if not served.failed:
                return served.groups, resources
        raise DiscoveryError(served.failed, served.groups, resources)

    def partial_groups_and_resources(self) -> tuple[ServedGroups, dict[GroupVersion, APIResourceList]]:
        """Everything that could be read; what could not be is in `failed` of the first value."""
        served = self._documents()
        if served.resources is not None:
            return served, served.resources
        versions = [GroupVersion(group.name, one.version) for group in served.groups for one in group.versions]
        answers: dict[GroupVersion, tuple[APIResourceList | None, Exception | None]] = {}

        def fetch(version: GroupVersion) -> None:
            answers[version] = self._fetched(version)

        tasks = [self._rest.runtime.spawn(fetch, one, name=f"discovery of {one}") for one in versions[1:]]
        for version in versions[:1]:
            fetch(version)
        for task in tasks:
            task.join()
        resources: dict[GroupVersion, APIResourceList] = {}
        for version in versions:
            found, error = answers[version]
            if found is not None:
                resources[version] = found
            elif error is not None:
                served.failed[version] = error
        return served, resources

    def _fetched(self, version: GroupVersion) -> tuple[APIResourceList | None, Exception | None]:
        """The resources of a group version as the server says now, or why they are not known."""
        try:
            return DiscoveryClient.server_resources_for_group_version(self, version), None
        except (StatusError, TransportError) as error:
            return None, error

    def server_preferred_resources(self) -> list[APIResourceList]:
        """Every resource once, in its preferred version, without subresources; a list for each group version.

        Raises DiscoveryError, with what is `preferred` among what is known, when a part is unknown twice.
        """
        groups, resources = self.server_groups_and_resources()
        return preferred_resources(groups, resources)

    def server_preferred_namespaced_resources(self) -> list[APIResourceList]:
        """Those of `server_preferred_resources` that live in namespaces."""
        return filtered_by(lambda _, resource: resource.namespaced, self.server_preferred_resources())

    def server_version(self) -> VersionInfo:
        """What the server says of its version. Raises ValueError when that cannot be read."""
        body, _ = self._ask("/version")
        try:
            return msgspec.json.decode(body, type=VersionInfo)
        except msgspec.MsgspecError as error:
            raise ValueError(f"unable to parse the server version: {error}") from error

    def matches_server_version(self, version: VersionInfo) -> None:
        """Raises VersionMismatchError unless the server is of the same build."""
        check_same_build(version, self.server_version())

    def server_supports_version(self, group_version: GroupVersion | str) -> None:
        """Raises UnsupportedVersionError when the server serves other versions than that one.

        A server that names no version at all, as to who may not ask, is taken to support it.
        """
        wanted = GroupVersion.parse(group_version) if isinstance(group_version, str) else group_version
        served = [one.group_version for group in self.server_groups() for one in group.versions]
        if served and str(wanted) not in served:
            raise UnsupportedVersionError(wanted)

    def is_resource_enabled(self, group_version: GroupVersion | str, resource: str) -> bool:
        """Whether a resource is served in that group version."""
        try:
            found = self.server_resources_for_group_version(group_version)
        except (NotFound, CacheNotFoundError):
            return False
        return any(one.name == resource for one in found.resources or ())

    def is_enabled(self, resource: GroupVersionResource) -> bool:
        """Whether a resource is served."""
        return self.is_resource_enabled(resource.group_version, resource.resource)

    def open_api_schema(self) -> dict[str, Any]:
        """The schemas of all that is served, as OpenAPI v2."""
        body, _ = self._ask("/openapi/v2")
        found: dict[str, Any] = msgspec.json.decode(body)
        return found

    def open_api_schema_protobuf(self) -> bytes:
        """The same document as the bytes of an `openapi.v2.Document`, for those who have its messages."""
        body, _ = self._ask("/openapi/v2", _OPENAPI_V2_PROTOBUF)
        return body

    def open_api_v3(self) -> OpenAPIV3Client:
        """A client of the schemas of each group version, as OpenAPI v3."""
        return OpenAPIV3Client(self._rest)
