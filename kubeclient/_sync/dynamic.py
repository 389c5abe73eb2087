# generated from kubeclient/_async/dynamic.py by .ci/twin.py, do not edit
"""The dynamic client: any resource, without types. Objects are Unstructured and keep their wire names.

Ported from client-go dynamic/simple.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, Unpack

from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionResource
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.config.rest import Config
from kubeclient.config.urls import set_kubernetes_defaults
from kubeclient.machines.codec import ResourceType, name_of, unstructured_type
from kubeclient.machines.options import (
    ApplyKeywords,
    CreateKeywords,
    DeleteKeywords,
    GetKeywords,
    PatchKeywords,
    get_query,
)
from kubeclient.runtime.protocol import Runtime

from .resource import StatusClient
from .rest_client import RESTClient

if TYPE_CHECKING:
    from kubeclient.applyconfigurations import KindConfiguration

__all__ = ["DynamicClient", "DynamicResource", "required_name", "resource_argument"]

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


class DynamicClient:
    """Makes clients for resources that are known by name only."""

    __slots__ = ("_rest",)

    def __init__(self, rest: RESTClient) -> None:
        self._rest = rest

    @classmethod
    def from_config(cls, config: Config, *, runtime: Runtime | None = None) -> Self:
        """A client of its own over the network; the config stays as it is. Raises ValueError for what is not usable."""
        usable = replace(set_kubernetes_defaults(config), content_type="", accept_content_types="")
        return cls(RESTClient.from_config(usable, runtime=runtime, unversioned=True))

    @property
    def rest_client(self) -> RESTClient:
        """The client that carries the requests of this one."""
        return self._rest

    def close(self) -> None:
        """Closes the connection, which is that of everybody who shares the REST client."""
        self._rest.close()

    def resource(self, resource: GroupVersionResource | str, name: str | None = None) -> DynamicResource:
        """The client of a resource in the whole cluster; `.namespace("ns")` narrows it."""
        gvr = resource_argument(resource, name)
        return DynamicResource(self._rest, unstructured_type(gvr.group, gvr.version, gvr.resource))


class DynamicResource(StatusClient[Unstructured, UnstructuredList]):
    """The verbs on one resource; all but the ones on collections and on the status take a `subresource`."""

    __slots__ = ()

    def __init__(
        self, rest: RESTClient, resource: ResourceType[Unstructured, UnstructuredList], namespace: str = ""
    ) -> None:
        super().__init__(rest, resource, namespace)

    def namespace(self, namespace: str) -> Self:
        """The same resource in one namespace."""
        return type(self)(self._rest, self._resource, namespace)

    def create(
        self, obj: Unstructured, *, name: str = "", subresource: Subresource = "", **options: Unpack[CreateKeywords]
    ) -> Unstructured:
        """Creates an object, or posts it to a subresource of the object called `name` or as `obj` is called."""
        if not subresource:
            return super().create(obj, **options)
        resource = self._resource
        body = self._write("POST", required_name(name or name_of(obj)), subresource, resource.encode(obj), options)
        return resource.decode(body)

    def update(
        self, obj: Unstructured, *, subresource: Subresource = "", **options: Unpack[CreateKeywords]
    ) -> Unstructured:
        """Replaces an object or a subresource of it."""
        resource = self._resource
        body = self._write("PUT", required_name(name_of(obj)), subresource, resource.encode(obj), options)
        return resource.decode(body)

    def update_status(self, obj: Unstructured, **options: Unpack[CreateKeywords]) -> Unstructured:
        """Replaces the status."""
        required_name(name_of(obj))
        return self._update_status(obj, options)

    def get(self, name: str, *, subresource: Subresource = "", **options: Unpack[GetKeywords]) -> Unstructured:
        """The object of that name or a subresource of it."""
        return self._resource.decode(self._read(required_name(name), subresource, get_query(options)))

    def delete(self, name: str, *, subresource: Subresource = "", **options: Unpack[DeleteKeywords]) -> None:
        """Deletes an object or a subresource of it."""
        self._delete(required_name(name), subresource, options)

    def patch(
        self,
        name: str,
        patch: bytes | str | Mapping[str, Any] | Sequence[Any],
        *,
        patch_type: str | None = None,
        subresource: Subresource = "",
        **options: Unpack[PatchKeywords],
    ) -> Unstructured:
        """Changes a part of an object or of a subresource of it; see the typed clients' patch."""
        return super().patch(required_name(name), patch, patch_type=patch_type, subresource=subresource, **options)

    def apply(
        self,
        obj: Unstructured | KindConfiguration[Any] | Mapping[str, Any],
        *,
        field_manager: str,
        subresource: Subresource = "",
        **options: Unpack[ApplyKeywords],
    ) -> Unstructured:
        """Applies the fields of `obj`; one that was read from the server, with managedFields, is refused."""
        _check_appliable(obj)
        return self._resource.decode(self._apply(obj, subresource, field_manager, options))

    def apply_status(
        self,
        obj: Unstructured | KindConfiguration[Any] | Mapping[str, Any],
        *,
        field_manager: str,
        **options: Unpack[ApplyKeywords],
    ) -> Unstructured:
        """Applies the fields of the status; an object with managedFields is refused."""
        return self.apply(obj, field_manager=field_manager, subresource="status", **options)


def _check_appliable(obj: Any) -> None:
    required_name(name_of(obj))
    if isinstance(obj, Mapping) and (obj.get("metadata") or {}).get("managedFields"):
        raise ValueError("cannot apply an object with managed fields already set.")


def required_name(name: str) -> str:
    """The name. Raises ValueError when it is empty."""
    if not name:
        raise ValueError("name is required")
    return name
