"""Objects reduced to their metadata: PartialObjectMetadata and its list."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import Status

from .lists import list_metadata
from .negotiate import Media

__all__ = ["check_kind", "partial", "partial_list"]


class _Object(msgspec.Struct):
    """Decodes metadata and skips the rest, which costs little more than finding where it ends."""

    metadata: msgspec.Raw = msgspec.Raw(b"{}")


_decode = msgspec.json.Decoder(_Object).decode


def check_kind(media: Media, go_type: str, *, is_list: bool) -> None:
    """Raises NotAcceptable when a list is asked for one object's metadata or the other way round.

    Args:
        go_type: what the server calls the object: `*core.ConfigMap`, `*unstructured.UnstructuredList`.
    """
    if media.kind == "PartialObjectMetadata" and is_list:
        text = f"you requested PartialObjectMetadata, but the requested object is a list ({go_type})"
    elif media.kind == "PartialObjectMetadataList" and not is_list:
        if go_type == "*unstructured.Unstructured":  # which could be a list, and is asked for its items
            raise errors.StatusError(Status.failure(500, "", "content is not a list"))
        text = f"you requested PartialObjectMetadataList, but the requested object is not a list ({go_type})"
    else:
        return
    raise errors.NotAcceptable(Status.failure(406, "NotAcceptable", text))


def partial(data: bytes, version: str = "v1") -> bytes:
    """The metadata of an object given as JSON; `version` of meta.k8s.io: v1 or v1beta1."""
    head = b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/%b","metadata":' % version.encode()
    return b"%b%b}" % (head, _decode(data).metadata)


def partial_list(
    items: Iterable[bytes],
    resource_version: str,
    version: str = "v1",
    *,
    continue_: str = "",
    remaining: int | None = None,
) -> bytes:
    """The metadata of a list's objects."""
    head = b'{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/%b","metadata":' % version.encode()
    metadata = list_metadata(resource_version, continue_=continue_, remaining=remaining)
    rows = b",".join(partial(item, version) for item in items)
    # The server appends to a nil slice: a list of nothing has null for items.
    return b'%b%b,"items":%b}' % (head, metadata, b"[%b]" % rows if rows else b"null")
