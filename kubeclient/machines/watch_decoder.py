"""Bytes of a watch in, events out. Chunk borders carry no meaning; nothing here reads or waits.

A watch is a sequence of JSON documents, one a line: `{"type":"ADDED","object":{…}}`. An ERROR event carries a Status and
becomes a StatusError value: the driver raises it, as it ends the watch. What cannot be read becomes one too, with
client-go's wording. Ported from client-go rest/watch/decoder.go and apimachinery pkg/watch/streamwatcher.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import Status
from kubeclient.apimachinery.watch_event import WatchEvent

__all__ = ["WatchDecoder"]

T = TypeVar("T")

_TYPES = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK"})


class _Frame(msgspec.Struct):
    object: msgspec.Raw
    type: str = ""


_FRAMES = msgspec.json.Decoder(_Frame)
_STATUS = msgspec.json.Decoder(Status)


class WatchDecoder(Generic[T]):
    """The reader of one watch; `decode` turns the bytes of an object into it."""

    __slots__ = ("_decode", "_rest", "failed")

    def __init__(self, decode: Callable[[bytes | msgspec.Raw], T]) -> None:
        self._decode = decode
        self._rest: list[bytes] = []
        self.failed = False

    def feed(self, chunk: bytes) -> list[WatchEvent[T] | errors.StatusError]:
        """The events that are complete with this chunk, in order. After an error nothing follows."""
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
                events.append(self._event(line))
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
        return [self._event(rest)]

    def _event(self, line: bytes) -> WatchEvent[T] | errors.StatusError:
        try:
            frame = _FRAMES.decode(line)
            if frame.type in _TYPES:
                return WatchEvent(frame.type, self._decode(frame.object))
            if frame.type == "ERROR":
                self.failed = True
                return errors.from_status(_STATUS.decode(frame.object))
        except (msgspec.MsgspecError, ValueError) as error:
            return self._undecodable(str(error))
        return self._undecodable(f'got invalid watch event type: "{frame.type}"')

    def _undecodable(self, problem: str) -> errors.StatusError:
        self.failed = True
        message = f"unable to decode an event from the watch stream: {problem}"
        return errors.from_status(errors.client_error_status(500, "GET", "ClientWatchDecoding", message))
