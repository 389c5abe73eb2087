"""The generic clients of one resource in one place: what every generated and dynamic client is made of.

The classes form one line, each adding verbs, so that a type checker knows what a resource can do:
create only › objects › collections › status › scale. An empty namespace means the whole cluster for lists and watches;
a named call on a namespaced resource needs one, and the server says so where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack

from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.codec import ResourceType, encode, name_of
from kubeclient.machines.options import (
    ApplyKeywords,
    CreateKeywords,
    DeleteCollectionKeywords,
    DeleteKeywords,
    GetKeywords,
    ListKeywords,
    PatchKeywords,
    WatchKeywords,
    apply_query,
    create_query,
    delete_body,
    get_query,
    list_query,
    patch_query,
    split_delete_collection,
    watch_query,
)
from kubeclient.machines.request import APPLY_PATCH, check_name, check_subresource, patch_content_type
from kubeclient.transport.protocol import QueryList, Request

from .rest_client import AsyncRESTClient
from .watch import AsyncWatch

if TYPE_CHECKING:
    from kubeclient.applyconfigurations import KindConfiguration

__all__ = [
    "AsyncCreateClient",
    "AsyncObjectClient",
    "AsyncResourceClient",
    "AsyncScalableClient",
    "AsyncScaleReadClient",
    "AsyncStatusClient",
]

T = TypeVar("T")
L = TypeVar("L")
S = TypeVar("S")
R = TypeVar("R")

Patch = bytes | str | Mapping[str, Any] | Sequence[Any]


class AsyncCreateClient(Generic[T, L]):
    """A resource that can only be created: the reviews. Holds the plumbing of all the others."""

    __slots__ = ("_collection", "_headers", "_namespace", "_resource", "_rest")

    def __init__(self, rest: AsyncRESTClient, resource: ResourceType[T, L], namespace: str = "") -> None:
        self._rest = rest
        self._resource, self._headers = rest.spoken(resource)
        self._namespace = namespace
        self._collection = resource.path.collection(namespace)

    @property
    def resource(self) -> ResourceType[T, L]:
        """What this client knows of its resource."""
        return self._resource

    @property
    def rest_client(self) -> AsyncRESTClient:
        """The client that carries the requests of this one."""
        return self._rest

    @property
    def scope(self) -> str:
        """The namespace of what this client works on; "" is the whole cluster."""
        return self._namespace

    @property
    def collection_path(self) -> str:
        """The path that lists and creations go to."""
        return self._collection

    async def create(self, obj: T, **options: Unpack[CreateKeywords]) -> T:
        """Creates an object; returns it as the server stored it. Raises AlreadyExists, Invalid and other StatusErrors."""
        rest, resource = self._rest, self._resource
        body = resource.encode(obj)
        request = Request(
            "POST",
            self._collection,
            create_query(options, rest.field_manager),
            self._headers.of(body),
            body,
        )
        return resource.decode(await rest.call(request, resource.path.group_resource))

    def item_path(self, name: str, subresource: str | Sequence[str] = "") -> str:
        """The path of an object or of something below it. Raises ValueError for a name that cannot stand in a path."""
        path = f"{self._collection}/{check_name(name)}"
        if not subresource:
            return path
        if isinstance(subresource, str):
            return f"{path}/{check_subresource(subresource)}"
        return "/".join([path, *map(check_subresource, subresource)])

    async def _read(self, name: str, subresource: str | Sequence[str], query: QueryList) -> bytes:
        rest = self._rest
        request = Request("GET", self.item_path(name, subresource), query, self._headers.bare)
        return await rest.call(request, self._resource.path.group_resource, name)

    async def _write(
        self, method: str, name: str, subresource: str | Sequence[str], body: bytes, options: CreateKeywords
    ) -> bytes:
        rest = self._rest
        query = create_query(options, rest.field_manager)
        request = Request(method, self.item_path(name, subresource), query, self._headers.of(body), body)
        return await rest.call(request, self._resource.path.group_resource, name)

    async def _patch(
        self, name: str, subresource: str | Sequence[str], content_type: str, body: bytes, query: QueryList
    ) -> bytes:
        rest = self._rest
        request = Request("PATCH", self.item_path(name, subresource), query, self._headers.body(content_type), body)
        return await rest.call(request, self._resource.path.group_resource, name)

    async def _apply(
        self, obj: Any, subresource: str | Sequence[str], field_manager: str, options: ApplyKeywords, name: str = ""
    ) -> bytes:
        if obj is None:
            raise ValueError("object provided to Apply must not be nil")
        name = name or name_of(obj)
        if not name:
            raise ValueError("obj.Name must be provided to Apply")
        query = apply_query(field_manager, options)
        return await self._patch(name, subresource, APPLY_PATCH, self._resource.encode_patch(obj), query)

    def __repr__(self) -> str:
        where = f" in {self._namespace}" if self._namespace else ""
        return f"<{type(self).__name__} {self._resource.path.group_version_resource}{where}>"


class AsyncObjectClient(AsyncCreateClient[T, L]):
    """The verbs on single objects, and list and watch."""

    __slots__ = ()

    async def get(self, name: str, **options: Unpack[GetKeywords]) -> T:
        """The object of that name. Raises NotFound and other StatusErrors."""
        rest, resource = self._rest, self._resource
        query = get_query(options) if options else ()
        request = Request("GET", f"{self._collection}/{check_name(name)}", query, self._headers.bare)
        return resource.decode(await rest.call(request, resource.path.group_resource, name))

    async def list(self, **options: Unpack[ListKeywords]) -> L:
        """The objects that match. With `limit` the list may be a page, see `metadata.continue_`."""
        rest, resource = self._rest, self._resource
        seconds = options.get("timeout_seconds")
        request = Request("GET", self._collection, list_query(options), self._headers.bare, None, seconds)
        return resource.decode_list(await rest.call(request, resource.path.group_resource))

    def watch(self, **options: Unpack[WatchKeywords]) -> AsyncWatch[T]:
        """The changes of objects that match, from `resource_version` on; see AsyncWatch for how to read it."""
        path = self._resource.path
        return self._rest.watch(
            self._collection,
            watch_query(options),
            self._resource.decode,
            headers=self._headers.bare,
            resource=path.group_resource,
        )

    async def update(self, obj: T, **options: Unpack[CreateKeywords]) -> T:
        """Replaces the object of the same name. Raises Conflict when its resource version is not the current one."""
        resource = self._resource
        return resource.decode(await self._write("PUT", name_of(obj), "", resource.encode(obj), options))

    async def patch(
        self,
        name: str,
        patch: Patch,
        *,
        patch_type: str | None = None,
        subresource: str | Sequence[str] = "",
        **options: Unpack[PatchKeywords],
    ) -> T:
        """Changes a part of an object.

        `patch_type` is "json", "merge", "strategic", "apply" or a content type; without one a list is a JSON patch and
        a mapping is a merge patch; text and bytes need one.
        """
        body, content_type = encode(patch), patch_content_type(patch, patch_type)
        query = patch_query(options, self._rest.field_manager)
        return self._resource.decode(await self._patch(name, subresource, content_type, body, query))

    async def apply(
        self,
        obj: T | KindConfiguration[T] | Mapping[str, Any] | Unstructured,
        *,
        field_manager: str,
        **options: Unpack[ApplyKeywords],
    ) -> T:
        """Applies the fields of `obj` in the name of `field_manager` (server-side apply).

        A configuration of `kubeclient.applyconfigurations` sends what is set in it; a model sends also what its type always
        writes.

        Raises Conflict, with a cause per field, when another manager owns a field and `force` is not given.
        """
        return self._resource.decode(await self._apply(obj, "", field_manager, options))

    async def delete(self, name: str, **options: Unpack[DeleteKeywords]) -> None:
        """Deletes an object, or asks for it: with finalizers or a grace period it stays for a while."""
        await self._delete(name, "", options)

    async def _delete(self, name: str, subresource: str | Sequence[str], options: DeleteKeywords) -> None:
        rest = self._rest
        body = delete_body(options) if options else None
        headers = self._headers.bare if body is None else self._headers.json
        encoded = None if body is None else encode(body)
        request = Request("DELETE", self.item_path(name, subresource), (), headers, encoded)
        await rest.call(request, self._resource.path.group_resource, name)

    async def _update_status(self, obj: T, options: CreateKeywords) -> T:
        resource = self._resource
        return resource.decode(await self._write("PUT", name_of(obj), "status", resource.encode(obj), options))


class AsyncResourceClient(AsyncObjectClient[T, L]):
    """A resource whose collection can be deleted."""

    __slots__ = ()

    async def delete_collection(self, **options: Unpack[DeleteCollectionKeywords]) -> None:
        """Deletes every object that matches the list options, with the delete options."""
        listing, deletion = split_delete_collection(options)
        rest = self._rest
        body = delete_body(deletion)
        headers = self._headers.bare if body is None else self._headers.json
        encoded = None if body is None else encode(body)
        seconds = listing.get("timeout_seconds")
        request = Request("DELETE", self._collection, list_query(listing), headers, encoded, seconds)
        await rest.call(request, self._resource.path.group_resource)


class AsyncStatusClient(AsyncResourceClient[T, L]):
    """A resource with a status of its own."""

    __slots__ = ()

    async def update_status(self, obj: T, **options: Unpack[CreateKeywords]) -> T:
        """Replaces the status; everything else in `obj` is ignored by the server."""
        return await self._update_status(obj, options)

    async def apply_status(
        self,
        obj: T | KindConfiguration[T] | Mapping[str, Any] | Unstructured,
        *,
        field_manager: str,
        **options: Unpack[ApplyKeywords],
    ) -> T:
        """Applies the fields of the status in the name of `field_manager`."""
        return self._resource.decode(await self._apply(obj, "status", field_manager, options))


class AsyncScaleReadClient(AsyncStatusClient[T, L], Generic[T, L, S]):
    """A resource whose scale can be read and replaced."""

    __slots__ = ("_scale",)

    def __init__(
        self, rest: AsyncRESTClient, resource: ResourceType[T, L], scale: ResourceType[S, Any], namespace: str = ""
    ) -> None:
        super().__init__(rest, resource, namespace)
        self._scale, _ = rest.spoken(scale)

    async def get_scale(self, name: str, **options: Unpack[GetKeywords]) -> S:
        """The scale of an object."""
        return self._scale.decode(await self._read(name, "scale", get_query(options)))

    async def update_scale(self, name: str, scale: S, **options: Unpack[CreateKeywords]) -> S:
        """Replaces the scale of an object; returns what the server stored."""
        return self._scale.decode(await self._write("PUT", name, "scale", self._scale.encode(scale), options))


class AsyncScalableClient(AsyncScaleReadClient[T, L, S]):
    """A resource whose scale can be applied too."""

    __slots__ = ()

    async def apply_scale(
        self,
        name: str,
        scale: S | KindConfiguration[S] | Mapping[str, Any] | Unstructured,
        *,
        field_manager: str,
        **options: Unpack[ApplyKeywords],
    ) -> S:
        """Applies the scale of an object in the name of `field_manager`."""
        if scale is None:
            raise ValueError("scale provided to ApplyScale must not be nil")
        query = apply_query(field_manager, options)
        body = await self._patch(name, "scale", APPLY_PATCH, self._scale.encode_patch(scale), query)
        return self._scale.decode(body)


Decode = Callable[[Any], R]
