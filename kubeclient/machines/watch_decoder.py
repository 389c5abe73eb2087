"""Bytes of a watch in, events out. Chunk borders carry no meaning; nothing here reads or waits.

A watch is a sequence of JSON documents, one a line: `{"type":"ADDED","object":{…}}`. An ERROR event carries a Status and
becomes a StatusError value: the driver raises it, as it ends the watch. What cannot be read becomes one too, with
client-go's wording. In protobuf an event is a message behind its length; a stream says by its first byte which it is, since
no JSON begins with a zero and every length below 16 MiB does. Ported from client-go rest/watch/decoder.go and apimachinery pkg/watch/streamwatcher.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import Status
from kubeclient.apimachinery.watch_event import WatchEvent

if TYPE_CHECKING:
    from kubeclient.apimachinery.protobuf import FrameSplitter

__all__ = ["WatchDecoder"]

T = TypeVar("T")

_TYPES = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK"})


class _Frame(msgspec.Struct):
    object: msgspec.Raw
    type: str = ""


_FRAMES = msgspec.json.Decoder(_Frame)
_STATUS = msgspec.json.Decoder(Status)


def _status(body: bytes | msgspec.Raw) -> Status:
    if isinstance(body, msgspec.Raw):
        return _STATUS.decode(body)
    from .protobuf_decode import decode_body

    return decode_body(Status, body)


class WatchDecoder(Generic[T]):
    """The reader of one watch; `decode` turns the bytes of an object into it."""

    __slots__ = ("_decode", "_frames", "_rest", "failed")

    def __init__(self, decode: Callable[[bytes | msgspec.Raw], T]) -> None:
        self._decode = decode
        self._rest: list[bytes] = []
        self._frames: FrameSplitter | None = None
        self.failed = False

    def feed(self, chunk: bytes) -> list[WatchEvent[T] | errors.StatusError]:
        """The events that are complete with this chunk, in order. After an error nothing follows."""
        if self._frames is not None or (chunk[:1] == b"\0" and not self._rest):
            return self._feed_frames(chunk)
        if b"\n" not in chunk:
            self._rest.append(chunk)
            return []
        lines = chunk.split(b"\n")
        if self._rest:
            self._rest.append(lines[0])
            lines[0] = b"".join(self._rest)
        self._rest = [lines.pop()]
        events: list[WatchEvent[T] | errors.StatusError] = []
        for line in lines:
            if self.failed:
                break
            if line and not line.isspace():
                events.append(self._line(line))
        return events

    def _feed_frames(self, chunk: bytes) -> list[WatchEvent[T] | errors.StatusError]:
        from kubeclient.apimachinery import protobuf  # loaded for those who speak protobuf

        if self._frames is None:
            self._frames = protobuf.FrameSplitter()
        events: list[WatchEvent[T] | errors.StatusError] = []
        for data in self._frames.feed(chunk):
            if self.failed:
                break
            try:
                type, body = protobuf.read_event(data)
            except ValueError as error:
                events.append(self._undecodable(str(error)))
            else:
                events.append(self._event(type, body))
        return events

    def finish(self) -> list[WatchEvent[T] | errors.StatusError]:
        """The stream ended: a last document without a line end, if it is whole, is an event; a torn one is dropped."""
        rest = b"".join(self._rest)
        self._rest = []
        if self.failed or not rest.strip():
            return []
        try:
            _FRAMES.decode(rest)
        except msgspec.MsgspecError:
            return []
        return [self._line(rest)]

    def _line(self, line: bytes) -> WatchEvent[T] | errors.StatusError:
        try:
            frame = _FRAMES.decode(line)
        except (msgspec.MsgspecError, ValueError) as error:
            return self._undecodable(str(error))
        return self._event(frame.type, frame.object)

    def _event(self, type: str, body: bytes | msgspec.Raw) -> WatchEvent[T] | errors.StatusError:
        try:
            if type in _TYPES:
                return WatchEvent(type, self._decode(body))
            if type == "ERROR":
                self.failed = True
                return errors.from_status(_status(body))
        except (msgspec.MsgspecError, ValueError) as error:
            return self._undecodable(str(error))
        return self._undecodable(f'got invalid watch event type: "{type}"')

    def _undecodable(self, problem: str) -> errors.StatusError:
        self.failed = True
        message = f"unable to decode an event from the watch stream: {problem}"
        return errors.from_status(errors.client_error_status(500, "GET", "ClientWatchDecoding", message))
