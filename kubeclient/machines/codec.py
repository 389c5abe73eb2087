"""How objects of one resource become bytes and come back: typed, unstructured, or metadata only.

A codec is made once per resource and shared; decoders are compiled on first use, as building one for a large type costs
more than a request. An object that leaves always carries its apiVersion and kind, as client-go's encoder adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from kubeclient.apimachinery import json
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.machines.request import ResourcePath

__all__ = ["ResourceType", "decoder", "encode", "name_of", "unstructured_type"]

_MAGIC = b"k8s\0"

T = TypeVar("T")
L = TypeVar("L")

Bytes = bytes | bytearray | memoryview


def decoder(type_: type[T]) -> Callable[[Any], T]:
    """A compiled reader of JSON bytes into that type."""
    return json.decoder(type_).decode


def encode(obj: object) -> bytes:
    """The JSON of a typed object, a mapping, an Unstructured, a jsonpatch.JsonPatch, or of text and bytes that are JSON."""
    if isinstance(obj, bytes):
        return obj
    if isinstance(obj, str):
        return obj.encode()
    if isinstance(obj, Unstructured | UnstructuredList):
        return json.encode(obj.object)
    operations = getattr(obj, "patch", None)
    if isinstance(operations, list):  # a jsonpatch.JsonPatch, told by its form so that the package need not be there
        return json.encode(operations)
    return json.encode(obj)


def name_of(obj: Any) -> str:
    """The name in an object's metadata; empty where there is none."""
    if isinstance(obj, Unstructured):
        obj = obj.object
    if isinstance(obj, Mapping):
        metadata = obj.get("metadata")
        return str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""
    metadata = getattr(obj, "metadata", None)
    return str(getattr(metadata, "name", None) or "")


class ResourceType(Generic[T, L]):
    """What a client must know of a resource: where it lives and what its objects and lists are."""

    def __init__(
        self,
        group: str,
        version: str,
        resource: str,
        kind: str,
        *,
        namespaced: bool,
        type_: type[T],
        list_type: type[L],
    ) -> None:
        self.path = ResourcePath(group, version, resource)
        self.kind = kind
        self.namespaced = namespaced
        self.type = type_
        self.list_type = list_type
        api_version = f"{group}/{version}" if group else version
        self._head = f'{{"kind":"{kind}","apiVersion":"{api_version}"'.encode()

    @cached_property
    def decode(self) -> Callable[[Any], T]:
        """Reads one object."""
        return decoder(self.type)

    @cached_property
    def decode_list(self) -> Callable[[Any], L]:
        """Reads a list."""
        return decoder(self.list_type)

    def encode(self, obj: object) -> bytes:
        """Writes one object of this resource, with apiVersion and kind."""
        body = encode(obj)
        if _has_kind(obj):
            return body
        return self._head + (b"}" if body == b"{}" else b"," + body[1:])

    def encode_patch(self, obj: object) -> bytes:
        """Writes an object to be applied, which is JSON whatever else this client speaks."""
        return self.encode(obj)

    @cached_property
    def in_protobuf(self) -> ResourceType[T, L] | None:
        """The same resource for clients that speak protobuf; None where its objects have no form in it."""
        from .protobuf_decode import has_message  # loaded for those who speak protobuf

        if not has_message(self.type):
            return None
        path = self.path
        return _ProtobufType(
            path.group,
            path.version,
            path.resource,
            self.kind,
            namespaced=self.namespaced,
            type_=self.type,
            list_type=self.list_type,
        )

    def __repr__(self) -> str:
        return f"<ResourceType {self.path.group_version_resource} {self.kind}>"


def _has_kind(obj: object) -> bool:
    if isinstance(obj, bytes | str):
        return True
    if isinstance(obj, Unstructured):
        obj = obj.object
    if isinstance(obj, Mapping):
        return "kind" in obj
    return bool(getattr(obj, "kind", None))


class _ProtobufType(ResourceType[T, L]):
    """Reads both forms, as servers answer in either; writes models in protobuf, and all else in JSON."""

    @cached_property
    def decode(self) -> Callable[[Any], T]:
        return _either(self.type)

    @cached_property
    def decode_list(self) -> Callable[[Any], L]:
        return _either(self.list_type)

    def encode(self, obj: object) -> bytes:
        """Writes one object of this resource, with apiVersion and kind."""
        if not isinstance(obj, msgspec.Struct):
            return super().encode(obj)
        from .protobuf_encode import encode_body

        kind: str = getattr(obj, "kind", "") or self.kind
        api_version: str = getattr(obj, "api_version", "") or str(self.path.group_version)
        return encode_body(obj, api_version, kind)

    def encode_patch(self, obj: object) -> bytes:
        return super().encode(obj)


def _either(model: type[T]) -> Callable[[Any], T]:
    """A reader of bodies in JSON and in protobuf."""
    from .protobuf_decode import decode_body

    read = decoder(model)

    def decode(data: Any) -> T:
        if isinstance(data, bytes) and data[:4] == _MAGIC:
            return decode_body(model, data)
        return read(data)

    return decode


def unstructured_type(
    group: str, version: str, resource: str, *, kind: str = "", namespaced: bool = True
) -> ResourceType[Unstructured, UnstructuredList]:
    """A resource whose objects stay dicts with their wire names."""
    return _UnstructuredType(
        group, version, resource, kind, namespaced=namespaced, type_=Unstructured, list_type=UnstructuredList
    )


class _UnstructuredType(ResourceType[Unstructured, UnstructuredList]):
    @cached_property
    def decode(self) -> Callable[[Any], Unstructured]:
        read = decoder(dict[str, Any])
        return lambda data: Unstructured(read(data))

    @cached_property
    def decode_list(self) -> Callable[[Any], UnstructuredList]:
        read = decoder(dict[str, Any])
        return lambda data: UnstructuredList(read(data))

    @cached_property
    def in_protobuf(self) -> None:
        """Nothing is known of the type, so there is none."""
        return

    def encode(self, obj: object) -> bytes:
        """Writes the object as it is: who works without types says the kind."""
        return encode(obj)
