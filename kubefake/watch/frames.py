"""The bytes of watch events: a prefix, an object's own bytes, an end. Made once, shared by every watcher."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["ADDED", "BOOKMARK", "DELETED", "ERROR", "MODIFIED", "FrameEncoder", "frame"]

ADDED = "ADDED"
MODIFIED = "MODIFIED"
DELETED = "DELETED"
BOOKMARK = "BOOKMARK"
ERROR = "ERROR"

FrameEncoder = Callable[[str, bytes], bytes]
"""Makes a frame, line end included, from an event's type and the stored JSON of its object."""

_PREFIXES = {kind: b'{"type":"%s","object":' % kind.encode() for kind in (ADDED, MODIFIED, DELETED, BOOKMARK, ERROR)}


def frame(kind: str, data: bytes) -> bytes:
    """The frame of an event whose object is told as it is stored."""
    return _PREFIXES[kind] + data + b"}\n"
