"""The dynamic client: any resource, without types. Objects are Unstructured and keep their wire names.

Ported from client-go dynamic/simple.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, Unpack

from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionResource
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.machines.codec import ResourceType, name_of, unstructured_type
from kubeclient.machines.options import ApplyKeywords, CreateKeywords, DeleteKeywords, GetKeywords, get_query

from .resource import AsyncStatusClient
from .rest_client import AsyncRESTClient

if TYPE_CHECKING:
    from kubeclient.applyconfigurations import KindConfiguration

__all__ = ["AsyncDynamicClient", "AsyncDynamicResource", "resource_argument"]

Subresource = str | Sequence[str]


def resource_argument(resource: GroupVersionResource | str, name: str | None) -> GroupVersionResource:
    """The two ways to name a resource: a GroupVersionResource, or "apps/v1" and "deployments"."""
    if isinstance(resource, GroupVersionResource):
        if name is not None:
            raise TypeError("a GroupVersionResource names the resource already")
        return resource
    if not name:
        raise TypeError(f'which resource of "{resource}"? resource("apps/v1", "deployments")')
    parsed = GroupVersion.parse(resource)
    return GroupVersionResource(parsed.group, parsed.version, name)


class AsyncDynamicClient:
    """Makes clients for resources that are known by name only."""

    __slots__ = ("_rest",)

    def __init__(self, rest: AsyncRESTClient) -> None:
        self._rest = rest

    @property
    def rest_client(self) -> AsyncRESTClient:
        """The client that carries the requests of this one."""
        return self._rest

    def resource(self, resource: GroupVersionResource | str, name: str | None = None) -> AsyncDynamicResource:
        """The client of a resource in the whole cluster; `.namespace("ns")` narrows it."""
        gvr = resource_argument(resource, name)
        return AsyncDynamicResource(self._rest, unstructured_type(gvr.group, gvr.version, gvr.resource))


class AsyncDynamicResource(AsyncStatusClient[Unstructured, UnstructuredList]):
    """The verbs on one resource; all but the ones on collections and on the status take a `subresource`."""

    __slots__ = ()

    def __init__(
        self, rest: AsyncRESTClient, resource: ResourceType[Unstructured, UnstructuredList], namespace: str = ""
    ) -> None:
        super().__init__(rest, resource, namespace)

    def namespace(self, namespace: str) -> Self:
        """The same resource in one namespace."""
        return type(self)(self._rest, self._resource, namespace)

    async def create(
        self, obj: Unstructured, *, name: str = "", subresource: Subresource = "", **options: Unpack[CreateKeywords]
    ) -> Unstructured:
        """Creates an object, or posts it to a subresource of the object called `name` or as `obj` is called."""
        if not subresource:
            return await super().create(obj, **options)
        resource = self._resource
        body = await self._write("POST", _required(name or name_of(obj)), subresource, resource.encode(obj), options)
        return resource.decode(body)

    async def update(
        self, obj: Unstructured, *, subresource: Subresource = "", **options: Unpack[CreateKeywords]
    ) -> Unstructured:
        """Replaces an object or a subresource of it."""
        resource = self._resource
        body = await self._write("PUT", _required(name_of(obj)), subresource, resource.encode(obj), options)
        return resource.decode(body)

    async def update_status(self, obj: Unstructured, **options: Unpack[CreateKeywords]) -> Unstructured:
        """Replaces the status."""
        _required(name_of(obj))
        return await self._update_status(obj, options)

    async def get(self, name: str, *, subresource: Subresource = "", **options: Unpack[GetKeywords]) -> Unstructured:
        """The object of that name or a subresource of it."""
        return self._resource.decode(await self._read(_required(name), subresource, get_query(options)))

    async def delete(self, name: str, *, subresource: Subresource = "", **options: Unpack[DeleteKeywords]) -> None:
        """Deletes an object or a subresource of it."""
        await self._delete(_required(name), subresource, options)

    async def apply(
        self,
        obj: Unstructured | KindConfiguration[Any] | Mapping[str, Any],
        *,
        field_manager: str,
        subresource: Subresource = "",
        **options: Unpack[ApplyKeywords],
    ) -> Unstructured:
        """Applies the fields of `obj`; one that was read from the server, with managedFields, is refused."""
        fields = obj.object if isinstance(obj, Unstructured) else obj
        if isinstance(fields, Mapping) and (fields.get("metadata") or {}).get("managedFields"):
            raise ValueError("cannot apply an object with managed fields already set.")
        _required(name_of(obj))
        return self._resource.decode(await self._apply(obj, subresource, field_manager, options))


def _required(name: str) -> str:
    if not name:
        raise ValueError("name is required")
    return name
