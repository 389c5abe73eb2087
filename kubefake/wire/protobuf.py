"""Bodies in protobuf: JSON that is ready to be sent becomes an envelope around a message, and the other way round.

Imported when a client speaks protobuf, not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import msgspec

from kubeclient.apimachinery.protobuf import event_frame, field, unwrap, wrap
from kubefake.schema.builtin import type_name_for
from kubefake.schema.protobuf_read import read_message
from kubefake.schema.protobuf_write import write_message

__all__ = ["MessageError", "from_protobuf", "list_to_protobuf", "to_frame", "to_protobuf"]

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_REMEMBERED: Final = 1 << 14  # bytes below which an answer is one object, most likely
_META_GROUP: Final = "meta.k8s.io"


def to_protobuf(data: bytes) -> bytes:
    """The body that says what an object or a list does that is JSON and names its kind.

    Raises KeyError for a kind that has no form in protobuf.
    """
    write = _written if len(data) < _REMEMBERED else _write
    return wrap(*write(data))


def to_frame(type: str, data: bytes) -> bytes:
    """A watch event around an object that is JSON. Watchers of one object share the work, and so do lists and watches."""
    api_version, kind, message = _written(data)
    return event_frame(type, wrap(api_version, kind, message))


def list_to_protobuf(list_kind: str, api_version: str, items: Iterable[bytes], metadata: bytes) -> bytes:
    """The body of a list.

    Args:
        items: whole objects as JSON. metadata: of the list, as JSON.
    """
    parts = [field(1, write_message("meta/v1.ListMeta", _decode(metadata)))]
    parts += [field(2, _written(item)[2]) for item in items]
    return wrap(api_version, list_kind, b"".join(parts))


def _write(data: bytes) -> tuple[str, str, bytes]:
    """The apiVersion, the kind and the message of an object that is JSON."""
    value = _decode(data)
    api_version, kind = value.get("apiVersion", ""), value["kind"]
    return api_version, kind, write_message(_message(api_version, kind), value)


_written = lru_cache(2048)(_write)
"""As `_write`, remembered: stored objects are asked for again and again."""


def from_protobuf(data: bytes, api_version: str, kind: str) -> dict[str, Any]:
    """The object in a body, as JSON with its apiVersion and kind: those given where the body leaves them out.

    Of a kind that is unknown nothing but its name is read.

    Raises:
        ProtobufError: the body is no envelope. An error about the message in it is raised as a MessageError.
    """
    envelope = unwrap(data)
    api_version, kind = envelope.api_version or api_version, envelope.kind or kind
    value: dict[str, Any] = {"kind": kind, "apiVersion": api_version}
    try:
        message = _message(api_version, kind)
    except KeyError:
        return value
    try:
        return value | read_message(message, envelope.raw)
    except ValueError as exc:
        raise MessageError(str(exc), api_version, kind) from exc


class MessageError(Exception):
    """The message in an envelope is not of the kind that the envelope names."""

    def __init__(self, text: str, api_version: str, kind: str) -> None:
        super().__init__(text)
        self.api_version = api_version
        self.kind = kind


def _message(api_version: str, kind: str) -> str:
    """The type of a kind, for the table of messages. Raises KeyError where there is none."""
    group, _, version = api_version.rpartition("/")
    if group == _META_GROUP or kind == "DeleteOptions":
        return f"meta/v1.{kind}"
    return type_name_for(group, version or "v1", kind)
