"""The names of watch events, and what makes their bytes."""

from __future__ import annotations

from collections.abc import Callable

from kubefake.wire.frames import frame

__all__ = ["ADDED", "BOOKMARK", "DELETED", "ERROR", "MODIFIED", "FrameEncoder", "frame"]

ADDED = "ADDED"
MODIFIED = "MODIFIED"
DELETED = "DELETED"
BOOKMARK = "BOOKMARK"
ERROR = "ERROR"

FrameEncoder = Callable[[str, bytes], bytes]
"""Makes a frame, line end included, from an event's type and the stored JSON of its object."""
