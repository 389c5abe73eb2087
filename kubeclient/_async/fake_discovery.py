"""A discovery client that answers from lists that a test gives it, and writes down what it was asked.

Ported from client-go discovery/fake.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubeclient.api.meta_v1 import APIGroup, APIResourceList, GroupVersionForDiscovery
from kubeclient.apimachinery import status as statuses
from kubeclient.apimachinery.errors import from_status
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionResource
from kubeclient.machines.actions import GenericAction
from kubeclient.machines.discovery import ServedGroups, VersionInfo
from kubeclient.machines.reactors import Fake
from kubeclient.machines.version import this_version

from .discovery import AsyncDiscoveryClient

__all__ = ["AsyncFakeDiscoveryClient"]


class AsyncFakeDiscoveryClient(AsyncDiscoveryClient):
    """Discovery without a server.

    Attributes:
        fake: what was asked for, and reactors, whose errors are raised.
        resources: what is served.
        faked_server_version: what the server says of itself; None: what this library says.
    """

    def __init__(
        self,
        fake: Fake,
        resources: Iterable[APIResourceList] = (),
        *,
        faked_server_version: VersionInfo | None = None,
    ) -> None:
        self.fake = fake
        self.resources = list(resources)
        self.faked_server_version = faked_server_version

    def _asked(self, what: str) -> None:
        self.fake.invoke(GenericAction(verb="get", resource=GroupVersionResource("", "", what)))

    async def server_groups(self) -> list[APIGroup]:
        """The groups of the resources; the first version of a group is preferred."""
        self._asked("group")
        groups: dict[str, APIGroup] = {}
        for listed in self.resources:
            known = GroupVersion.parse(listed.group_version)
            version = GroupVersionForDiscovery(group_version=listed.group_version, version=known.version)
            group = groups.setdefault(known.group, APIGroup(name=known.group, versions=[], preferred_version=version))
            group.versions.append(version)
        return list(groups.values())

    async def partial_groups_and_resources(self) -> tuple[ServedGroups, dict[GroupVersion, APIResourceList]]:
        """Everything that is served."""
        groups = await self.server_groups()
        self._asked("resource")
        found = {GroupVersion.parse(listed.group_version): listed for listed in self.resources}
        return ServedGroups(groups, found), found

    async def server_resources_for_group_version(self, group_version: GroupVersion | str) -> APIResourceList:
        """The resources of one group version. Raises NotFound."""
        self._asked("resource")
        for listed in self.resources:
            if listed.group_version == str(group_version):
                return listed
        message = f'the server could not find the requested resource, GroupVersion "{group_version}" not found'
        raise from_status(statuses.Status(status=statuses.FAILURE, code=404, reason="NotFound", message=message))

    async def server_preferred_resources(self) -> list[APIResourceList]:
        """Nothing, as in client-go."""
        return []

    async def server_version(self) -> VersionInfo:
        """The version that was given, or this library's."""
        self._asked("version")
        return self.faked_server_version if self.faked_server_version is not None else this_version()

    async def open_api_schema(self) -> dict[str, Any]:
        """An empty document."""
        return {}

    def open_api_v3(self) -> Any:
        """Raises NotImplementedError: there are no schemas."""
        raise NotImplementedError("a fake discovery client has no OpenAPI v3 schemas")

    def with_legacy(self) -> AsyncFakeDiscoveryClient:
        """The same client: it asks nobody."""
        return self
