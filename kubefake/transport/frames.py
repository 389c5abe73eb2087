"""What both in-process front doors do with a watch stream: drain it in pieces, and know how long to wait."""

from __future__ import annotations

from kubefake.watch.stream import WatchStream

__all__ = ["CHUNK_BYTES", "next_frames", "seconds_until"]

CHUNK_BYTES = 65536
"""A chunk is handed on once it has grown to this; more frames wait for the next read."""

_IN_ARREARS = 0.001


def next_frames(stream: WatchStream) -> bytes:
    """All frames that are ready, up to about `CHUNK_BYTES`; empty when there is none now."""
    first = stream.poll()
    if first is None:
        return b""
    second = stream.poll() if len(first) < CHUNK_BYTES else None
    if second is None:
        return first
    frames = [first, second]
    size = len(first) + len(second)
    while size < CHUNK_BYTES and (frame := stream.poll()) is not None:
        frames.append(frame)
        size += len(frame)
    return b"".join(frames)


def seconds_until(wake_at_ns: int | None, deadline_ns: int | None, now_ns: int) -> float | None:
    """How long to wait for the sooner of two instants; None for ever.

    A stream in arrears, whose instant has passed with no frame to show for it, is asked again after a millisecond: its
    clock may stand still, frozen by a test, and asking it at once would spin.
    """
    if wake_at_ns is None:
        until = deadline_ns
    elif deadline_ns is None:
        until = wake_at_ns
    else:
        until = min(wake_at_ns, deadline_ns)
    if until is None:
        return None
    return (until - now_ns) / 1e9 if until > now_ns else _IN_ARREARS
