# generated from kubeclient/_async/scale.py by .ci/twin.py, do not edit
"""The scale client: read and write the scale of any resource that has one, without knowing its type.

All forms of a scale (autoscaling/v1, extensions/v1beta1, apps/v1beta1, apps/v1beta2) are shown as autoscaling/v1 and
written in the form that the resource uses. Ported from client-go scale/client.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, Unpack

from kubeclient.api.autoscaling_v1 import Scale
from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionResource
from kubeclient.config.rest import Config
from kubeclient.config.urls import set_kubernetes_defaults
from kubeclient.machines.codec import decoder, encode
from kubeclient.machines.options import CreateKeywords, GetKeywords, PatchKeywords, create_query, get_query, patch_query
from kubeclient.machines.request import ResourcePath, patch_content_type
from kubeclient.machines.scale import read_scale, write_scale
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import Request

from .discovery import DiscoveryClient
from .rest_client import RESTClient
from .restmapper import RESTMapper

__all__ = ["NamespacedScales", "ScaleClient"]


class ScaleClient:
    """Makes scale clients of namespaces; which version of a resource is used says the mapper."""

    def __init__(self, rest: RESTClient, *, mapper: RESTMapper | None = None) -> None:
        self.rest_client = rest
        self._discovery = DiscoveryClient(rest)
        self._mapper = mapper if mapper is not None else RESTMapper(self._discovery)
        self._kinds: dict[GroupVersionResource, GroupVersion] = {}

    @classmethod
    def from_config(cls, config: Config, *, runtime: Runtime | None = None) -> Self:
        """A client of its own over the network; the config stays as it is. Raises ValueError for what is not usable."""
        return cls(RESTClient.from_config(set_kubernetes_defaults(config), runtime=runtime, unversioned=True))

    def close(self) -> None:
        """Closes the connection, which is that of everybody who shares the REST client."""
        self.rest_client.close()

    def scales(self, namespace: str) -> NamespacedScales:
        """The scales of objects in a namespace."""
        return NamespacedScales(self, namespace)

    def resource(self, resource: GroupResource) -> GroupVersionResource:
        """The version in which a resource is scaled. Raises NoResourceMatchError."""
        return self._mapper.resource_for(GroupVersionResource(resource.group, "", resource.resource))

    def form(self, gvr: GroupVersionResource) -> GroupVersion:
        """The group version of the scale of a resource. Raises LookupError when it has none."""
        if gvr not in self._kinds:
            listed = self._discovery.server_resources_for_group_version(GroupVersion(gvr.group, gvr.version))
            for one in listed.resources or ():
                if one.name == f"{gvr.resource}/scale":
                    self._kinds[gvr] = GroupVersion(one.group or gvr.group, one.version or gvr.version)
                    break
            else:
                raise LookupError(f"could not find scale subresource for {gvr} in discovery information")
        return self._kinds[gvr]


class NamespacedScales:
    """The scales of one namespace."""

    def __init__(self, client: ScaleClient, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    def _path(self, gvr: GroupVersionResource, name: str) -> str:
        return ResourcePath(gvr.group, gvr.version, gvr.resource).item(self._namespace, name, "scale")

    def get(self, resource: GroupResource, name: str, **options: Unpack[GetKeywords]) -> Scale:
        """The scale of an object."""
        gvr = self._client.resource(resource)
        rest = self._client.rest_client
        request = Request("GET", self._path(gvr, name), get_query(options), rest.headers.bare)
        return read_scale(decoder(dict[str, Any])(rest.call(request, resource, name)))

    def update(self, resource: GroupResource, scale: Scale, **options: Unpack[CreateKeywords]) -> Scale:
        """Replaces the scale of the object that it is named after."""
        gvr = self._client.resource(resource)
        rest = self._client.rest_client
        body = encode(write_scale(scale, self._client.form(gvr)))
        query = create_query(options, rest.field_manager)
        request = Request("PUT", self._path(gvr, scale.metadata.name), query, rest.headers.json, body)
        return read_scale(decoder(dict[str, Any])(rest.call(request, resource, scale.metadata.name)))

    def patch(
        self,
        gvr: GroupVersionResource,
        name: str,
        patch: bytes | str | Mapping[str, Any] | Sequence[Any],
        *,
        patch_type: str | None = None,
        **options: Unpack[PatchKeywords],
    ) -> Scale:
        """Changes a part of a scale, in the form that the resource uses."""
        rest = self._client.rest_client
        headers = rest.headers.body(patch_content_type(patch, patch_type))
        query = patch_query(options, rest.field_manager)
        request = Request("PATCH", self._path(gvr, name), query, headers, encode(patch))
        body = rest.call(request, GroupResource(gvr.group, gvr.resource), name)
        return read_scale(decoder(dict[str, Any])(body))
