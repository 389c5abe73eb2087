"""From what a verb gives back to bytes, in the representation that the request asked for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kubeclient.transport.protocol import Response
from kubefake.resources.resource import Resource
from kubefake.store import Version
from kubefake.verbs.call import Call, Listing, Outcome
from kubefake.watch.frames import FrameEncoder, frame
from kubefake.wire.lists import ListWriter
from kubefake.wire.negotiate import JSON, Media
from kubefake.wire.partial import check_kind, partial, partial_list
from kubefake.wire.status import encode, headers_for, json_response, not_implemented

__all__ = ["Responder", "Tables"]

_decode = msgspec.json.Decoder().decode

Convert = Callable[[bytes], bytes]


class Tables:
    """How objects become rows; what the room of tables gives."""

    def table(self, resource: Resource, items: list[bytes], metadata: bytes, media: Media, include: str) -> bytes:
        raise not_implemented(f"tables of {resource.plural}")


class Responder:
    """Writes answers; remembers one list writer a resource."""

    __slots__ = ("_tables", "_writers")

    def __init__(self, tables: Tables) -> None:
        self._writers: dict[Resource, ListWriter] = {}
        self._tables = tables

    def outcome(self, call: Call, outcome: Outcome, media: Media, *, pretty: bool) -> Response:
        """The answer to a request for one object."""
        version = outcome.version
        if version is not None:
            data = version.data if call.resource.is_storage_version else self.shown(call.resource, version.data)
        else:
            data = encode(outcome.obj)
        if media.kind and not outcome.foreign:
            data = self.transformed(call.resource, media, "")(data)
        if not pretty and not call.warnings and media.type == JSON and not media.pretty:
            return Response(outcome.code, _PLAIN, data + b"\n")
        return json_response(outcome.code, data, media, pretty=pretty, warnings=call.warnings)

    def listing(self, call: Call, listing: Listing, media: Media, *, pretty: bool, include: str = "") -> Response:
        """The answer to a list."""
        resource = call.resource
        items = self.items(resource, listing.versions)
        revision = str(listing.revision)
        if not media.kind:
            writer = self._writers.get(resource)
            if writer is None:
                writer = self._writers[resource] = ListWriter(
                    resource.list_kind, resource.api_version, resource.kind, custom=resource.custom
                )
            data = writer(items, revision, continue_=listing.continue_, remaining=listing.remaining)
        elif media.kind == "Table":
            data = self._tables.listing(resource, items, revision, listing, media, include)
        else:
            check_kind(media, self.go_type(resource, is_list=True), is_list=True)
            data = partial_list(
                items, revision, media.version, continue_=listing.continue_, remaining=listing.remaining
            )
        return json_response(listing.code, data, media, pretty=pretty, warnings=call.warnings)

    def items(self, resource: Resource, versions: list[Version] | tuple[Version, ...]) -> list[bytes]:
        if resource.is_storage_version:
            return [version.data for version in versions]
        return [self.shown(resource, version.data) for version in versions]

    def shown(self, resource: Resource, data: bytes) -> bytes:
        """A stored object as the resource's version shows it."""
        obj = resource.strategy.convert(_decode(data), resource.version)
        obj["apiVersion"] = resource.api_version
        return encode(obj)

    def frames(self, resource: Resource, media: Media, include: str) -> FrameEncoder | None:
        """What makes a watch's frames; None when objects are told as they are stored."""
        if resource.is_storage_version and not media.kind:
            return None
        show = (lambda data: data) if resource.is_storage_version else (lambda data: self.shown(resource, data))
        change = self.transformed(resource, media, include) if media.kind else None

        def encode_frame(kind: str, data: bytes) -> bytes:
            if kind == "ERROR":
                return frame(kind, data)
            data = data if kind == "BOOKMARK" else show(data)
            return frame(kind, data if change is None else change(data))

        return encode_frame

    def transformed(self, resource: Resource, media: Media, include: str) -> Convert:
        """What makes a Table or a PartialObjectMetadata of one object's JSON."""
        if media.kind == "Table":
            return lambda data: self._tables.single(resource, data, media, include)
        check_kind(media, self.go_type(resource, is_list=False), is_list=False)
        return lambda data: partial(data, media.version)

    @staticmethod
    def go_type(resource: Resource, *, is_list: bool) -> str:
        """What the server calls the object in errors: builtin ones by their internal type."""
        if resource.custom:
            return "*unstructured.UnstructuredList" if is_list else "*unstructured.Unstructured"
        package = "core" if not resource.group else resource.group.partition(".")[0]
        return f"*{package}.{resource.list_kind if is_list else resource.kind}"


_PLAIN = headers_for(JSON)
