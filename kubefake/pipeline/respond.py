"""From what a verb gives back to bytes, in the representation that the request asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from kubeclient.transport.protocol import Response
from kubefake.pipeline.tables import table_writer
from kubefake.resources.resource import Resource
from kubefake.store import Version
from kubefake.verbs.call import Call, Listing, Outcome
from kubefake.verbs.shape import in_shown_order
from kubefake.watch.frames import FrameEncoder, frame
from kubefake.wire.escape import escape
from kubefake.wire.lists import ListWriter, list_metadata
from kubefake.wire.negotiate import JSON, PROTOBUF, Media
from kubefake.wire.partial import check_kind, partial, partial_list
from kubefake.wire.status import encode, headers_for, json_response, protobuf_list

__all__ = ["Responder", "has_tables"]

_decode = msgspec.json.Decoder().decode

Convert = Callable[[bytes], bytes]


class Responder:
    """Writes answers; remembers one list writer a resource."""

    __slots__ = ("_writers",)

    def __init__(self) -> None:
        self._writers: dict[Resource, ListWriter] = {}

    def outcome(self, call: Call, outcome: Outcome, media: Media, *, pretty: bool, include: str = "") -> Response:
        """The answer to a request for one object."""
        version = outcome.version
        data = escape(encode(outcome.obj)) if version is None else self.items(call.resource, (version,))[0]
        if media.kind and (not outcome.foreign or call.subresource == "scale"):
            data = self.transformed(call, media, include)(data)
        if not pretty and not call.warnings and media.type == JSON and not media.pretty:
            return Response(outcome.code, _PLAIN, data + b"\n")
        return json_response(outcome.code, data, media, pretty=pretty, warnings=call.warnings)

    def listing(self, call: Call, listing: Listing, media: Media, *, pretty: bool, include: str = "") -> Response:
        """The answer to a list."""
        resource = call.resource
        items = self.items(resource, listing.versions)
        revision = "" if resource.strategy.computed else str(listing.revision)
        if media.type == PROTOBUF and not media.kind:
            metadata = list_metadata(revision, continue_=listing.continue_, remaining=listing.remaining)
            return protobuf_list(listing.code, resource.list_kind, resource.api_version, items, metadata, call.warnings)
        if not media.kind:
            writer = self._writers.get(resource)
            if writer is None:
                writer = self._writers[resource] = ListWriter(
                    resource.list_kind, resource.api_version, resource.kind, custom=resource.custom
                )
            data = writer(items, revision, continue_=listing.continue_, remaining=listing.remaining)
        elif media.kind == "Table":
            items = [_internal(resource, item, include) for item in items]
            data = self.table(
                call, media, include, items, revision, continue_=listing.continue_, remaining=listing.remaining
            )
        else:
            check_kind(media, self.go_type(resource, is_list=True), is_list=True)
            items = [_internal(resource, item) for item in items]
            data = partial_list(
                items, revision, media.version, continue_=listing.continue_, remaining=listing.remaining
            )
        return json_response(listing.code, data, media, pretty=pretty, warnings=call.warnings)

    def items(self, resource: Resource, versions: Sequence[Version]) -> list[bytes]:
        if not resource.is_storage_version:
            return [self.shown(resource, version.data) for version in versions]
        settled = resource.strategy.settled_at
        if not settled:
            return [version.data for version in versions]
        return [
            version.data if version.revision >= settled else self.shown(resource, version.data) for version in versions
        ]

    def shown(self, resource: Resource, data: bytes) -> bytes:
        """A stored object as the resource's version shows it."""
        strategy = resource.strategy
        obj = in_shown_order(resource, strategy.convert(strategy.read(_decode(data)), resource.version))
        obj["apiVersion"] = resource.api_version
        return escape(encode(obj))

    def frames(self, call: Call, media: Media, include: str) -> FrameEncoder | None:
        """What makes a watch's frames; None when objects are told as they are stored."""
        resource = call.resource
        protobuf = media.type == PROTOBUF
        as_stored = resource.is_storage_version and not resource.strategy.settled_at
        if as_stored and not media.kind and not protobuf:
            return None
        write = frame
        if protobuf:
            from kubefake.wire.protobuf import to_frame as write
        show = (lambda data: data) if as_stored else (lambda data: self.shown(resource, data))
        change = self.transformed(call, media, include, stream=True) if media.kind else None

        def encode_frame(kind: str, data: bytes) -> bytes:
            if kind == "ERROR":
                return write(kind, data)
            data = data if kind == "BOOKMARK" else show(data)
            return write(kind, data if change is None else change(data))

        return encode_frame

    def transformed(self, call: Call, media: Media, include: str, *, stream: bool = False) -> Convert:
        """What makes a Table or a PartialObjectMetadata of one object's JSON; a stream's tables name columns once."""
        resource = call.resource
        if media.kind != "Table":
            scale = call.subresource == "scale" and not resource.custom
            go_type = "*autoscaling.Scale" if scale else self.go_type(resource, is_list=False)
            check_kind(media, go_type, is_list=False)
            return lambda data: partial(_internal(resource, data), media.version)
        write = table_writer(resource, call.now, media.version, include, subresource=call.subresource)
        first = True

        def table(data: bytes) -> bytes:
            nonlocal first
            headers, first = first or not stream, False
            data = _internal(resource, data, include)
            obj = _decode(data)
            return write([(obj, data)], obj["metadata"].get("resourceVersion", ""), headers=headers)

        return table

    def table(self, call: Call, media: Media, include: str, items: list[bytes], revision: str, **page: Any) -> bytes:
        """A list as a Table."""
        write = table_writer(call.resource, call.now, media.version, include)
        return write(((_decode(item), item) for item in items), revision, **page)

    @staticmethod
    def go_type(resource: Resource, *, is_list: bool) -> str:
        """What the server calls the object in errors: builtin ones by their internal type."""
        if resource.custom:
            return "*unstructured.UnstructuredList" if is_list else "*unstructured.Unstructured"
        package = resource.group.partition(".")[0]
        if package in ("", "events"):  # which are the core group's
            package = "core"
        return f"*{package}.{resource.list_kind if is_list else resource.kind}"


def _internal(resource: Resource, data: bytes, include: str = "Metadata") -> bytes:
    """An object whose metadata is told by itself: without the annotation that stands only in the kind's versions."""
    annotation = resource.strategy.version_annotation
    if not annotation or include != "Metadata":
        return data
    obj = _decode(data)
    annotations = obj["metadata"].get("annotations") or {}
    if annotations.pop(annotation, None) is not None and not annotations:
        del obj["metadata"]["annotations"]
    return escape(encode(obj))


def has_tables(call: Call) -> bool:
    """Whether answers can be tables: what is only ever created has none, nor have some subresources."""
    if not call.subresource:
        return "get" in call.resource.verbs
    if call.subresource == "status":
        return call.resource.plural not in _WITHOUT_STATUS_TABLES or call.resource.custom
    return call.subresource not in _WITHOUT_TABLES


_WITHOUT_TABLES = frozenset({"approval", "binding", "ephemeralcontainers", "eviction", "finalize", "resize", "token"})
_WITHOUT_STATUS_TABLES = frozenset({"apiservices", "customresourcedefinitions"})
_PLAIN = headers_for(JSON)
