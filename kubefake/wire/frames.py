"""Watch events as lines of JSON: a prefix, the object's own bytes, a line end."""

from __future__ import annotations

from typing import Final

import msgspec

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.status import Status

__all__ = ["INITIAL_EVENTS_END", "bookmark", "error", "frame"]

INITIAL_EVENTS_END: Final = "k8s.io/initial-events-end"

_PREFIXES: Final = {
    kind: b'{"type":"%b","object":' % kind.encode() for kind in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR")
}
_encode = msgspec.json.Encoder().encode


def frame(type: str, data: bytes) -> bytes:
    """One event: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR with an object that is already JSON."""
    return b"%b%b}\n" % (_PREFIXES[type], data)


def bookmark(kind: str, api_version: str, resource_version: str, *, initial_events_end: bool = False) -> bytes:
    """A bookmark: an otherwise empty object with a resourceVersion; with the mark that ends a streamed list if asked."""
    metadata: dict[str, object] = {"resourceVersion": resource_version}
    if initial_events_end:
        metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
    return frame("BOOKMARK", _encode({"kind": kind, "apiVersion": api_version, "metadata": metadata}))


def error(status: Status | StatusError) -> bytes:
    """An ERROR event, after which the server closes the watch."""
    return frame("ERROR", (status if isinstance(status, Status) else status.status).to_json())
