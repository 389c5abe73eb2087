# generated from kubeclient/_async/metadata.py by .ci/twin.py, do not edit
"""The metadata client: objects of any kind, of which the server sends the metadata only.

Ported from client-go metadata/metadata.go. There is no create and no update: metadata alone is not an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, Unpack

from kubeclient.api.meta_v1 import PartialObjectMetadata, PartialObjectMetadataList
from kubeclient.apimachinery.gvk import GroupVersionResource
from kubeclient.config.rest import Config
from kubeclient.config.urls import set_kubernetes_defaults
from kubeclient.machines.codec import ResourceType, encode
from kubeclient.machines.options import (
    DeleteCollectionKeywords,
    DeleteKeywords,
    GetKeywords,
    ListKeywords,
    PatchKeywords,
    WatchKeywords,
    delete_body,
    get_query,
    list_query,
    patch_query,
    watch_query,
)
from kubeclient.machines.request import METADATA, METADATA_LIST, patch_content_type
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import HeaderList, Request

from .dynamic import required_name as _required
from .dynamic import resource_argument
from .resource import ResourceClient
from .rest_client import RESTClient
from .watch import Watch

__all__ = ["MetadataClient", "MetadataResource"]

Subresource = str | Sequence[str]


_PROTOBUF = "application/vnd.kubernetes.protobuf"
_PROTOBUF_ITEM = f"{_PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,{METADATA}"
_PROTOBUF_LIST = f"{_PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{METADATA_LIST}"


class MetadataClient:
    """Makes metadata clients for resources that are known by name only.

    Over a REST client that speaks protobuf it prefers that form, as client-go always does; else it reads JSON.
    """

    __slots__ = ("_item_headers", "_list_headers", "_rest")

    def __init__(self, rest: RESTClient) -> None:
        self._rest = rest
        protobuf = rest.content.in_protobuf
        self._item_headers = rest.headers.accepting(_PROTOBUF_ITEM if protobuf else METADATA)
        self._list_headers = rest.headers.accepting(_PROTOBUF_LIST if protobuf else METADATA_LIST)

    @classmethod
    def from_config(cls, config: Config, *, runtime: Runtime | None = None) -> Self:
        """A client of its own over the network; the config stays as it is. Raises ValueError for what is not usable."""
        return cls(RESTClient.from_config(set_kubernetes_defaults(config), runtime=runtime, unversioned=True))

    @property
    def rest_client(self) -> RESTClient:
        """The client that carries the requests of this one."""
        return self._rest

    def close(self) -> None:
        """Closes the connection, which is that of everybody who shares the REST client."""
        self._rest.close()

    def resource(self, resource: GroupVersionResource | str, name: str | None = None) -> MetadataResource:
        """The client of a resource in the whole cluster; `.namespace("ns")` narrows it."""
        return self._make(resource_argument(resource, name), "")

    def _make(self, gvr: GroupVersionResource, namespace: str) -> MetadataResource:
        return MetadataResource(self, self._rest, gvr, namespace)

    @property
    def item_headers(self) -> HeaderList:
        return self._item_headers.bare

    def patch_headers(self, content_type: str) -> HeaderList:
        return self._item_headers.body(content_type)

    @property
    def list_headers(self) -> HeaderList:
        return self._list_headers.bare


class MetadataResource:
    """The verbs on the metadata of one resource."""

    __slots__ = ("_client", "_gvr", "_objects", "_path", "_rest", "_type")

    def __init__(self, client: MetadataClient, rest: RESTClient, gvr: GroupVersionResource, namespace: str) -> None:
        self._client = client
        self._rest = rest
        self._gvr = gvr
        plain = ResourceType(
            gvr.group,
            gvr.version,
            gvr.resource,
            "PartialObjectMetadata",
            namespaced=bool(namespace),
            type_=PartialObjectMetadata,
            list_type=PartialObjectMetadataList,
        )
        self._type, _ = rest.spoken(plain)
        self._path = self._type.path.collection(namespace)
        self._objects = ResourceClient(rest, self._type, namespace)

    def namespace(self, namespace: str) -> MetadataResource:
        """The same resource in one namespace."""
        return MetadataResource(self._client, self._rest, self._gvr, namespace)

    def get(self, name: str, *, subresource: Subresource = "", **options: Unpack[GetKeywords]) -> PartialObjectMetadata:
        """The metadata of the object of that name or of a subresource of it."""
        path = self._objects.item_path(_required(name), subresource)
        request = Request("GET", path, get_query(options), self._client.item_headers)
        return self._read(self._rest.call(request, self._type.path.group_resource, name))

    def list(self, **options: Unpack[ListKeywords]) -> PartialObjectMetadataList:
        """The metadata of the objects that match."""
        request = Request(
            "GET", self._path, list_query(options), self._client.list_headers, None, options.get("timeout_seconds")
        )
        return self._type.decode_list(self._rest.call(request, self._type.path.group_resource))

    def watch(self, **options: Unpack[WatchKeywords]) -> Watch[PartialObjectMetadata]:
        """The changes of the metadata of objects that match."""
        return self._rest.watch(
            self._path,
            watch_query(options),
            self._type.decode,
            headers=self._client.item_headers,
            resource=self._type.path.group_resource,
        )

    def patch(
        self,
        name: str,
        patch: bytes | str | Mapping[str, Any] | Sequence[Any],
        *,
        patch_type: str | None = None,
        subresource: Subresource = "",
        **options: Unpack[PatchKeywords],
    ) -> PartialObjectMetadata:
        """Changes a part of an object, any part of it; the answer is its metadata. See the typed clients' patch."""
        headers = self._client.patch_headers(patch_content_type(patch, patch_type))
        path = self._objects.item_path(_required(name), subresource)
        request = Request("PATCH", path, patch_query(options, self._rest.field_manager), headers, encode(patch))
        return self._read(self._rest.call(request, self._type.path.group_resource, name))

    def delete(self, name: str, *, subresource: Subresource = "", **options: Unpack[DeleteKeywords]) -> None:
        """Deletes an object or a subresource of it."""
        rest, body = self._rest, delete_body(options)
        headers = rest.headers.bare if body is None else rest.headers.json
        path = self._objects.item_path(_required(name), subresource)
        request = Request("DELETE", path, (), headers, None if body is None else encode(body))
        rest.call(request, self._type.path.group_resource, name)

    def delete_collection(self, **options: Unpack[DeleteCollectionKeywords]) -> None:
        """Deletes every object that matches."""
        self._objects.delete_collection(**options)

    def _read(self, body: bytes) -> PartialObjectMetadata:
        """A server that ignores the asked-for form sends the object; its metadata is at the same place."""
        found = self._type.decode(body)
        metadata = found.metadata
        if not (metadata.uid or metadata.creation_timestamp or metadata.name or metadata.generate_name):
            raise ValueError(f"object does not appear to match the ObjectMeta schema: {body[:200]!r}")
        return found
