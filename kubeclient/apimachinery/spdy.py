"""SPDY/3.1 framing as Kubernetes speaks it: bytes in, events out; what is to be sent comes as bytes from methods.

No sockets, and no flow control: neither Kubernetes' clients nor its servers keep any (moby/spdystream), so window updates
are read and mean nothing. Follows the SPDY draft 3.1; both ends use it, as both use apimachinery's pkg/util/httpstream/spdy.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from kubeclient.apimachinery.spdy_dictionary import DICTIONARY

__all__ = [
    "CANCEL",
    "REFUSED_STREAM",
    "DataReceived",
    "Headers",
    "Pinged",
    "SpdyConnection",
    "SpdyError",
    "SpdyEvent",
    "StreamOpened",
    "StreamReplied",
    "StreamReset",
    "WentAway",
]

Headers = Sequence[tuple[str, str]]

REFUSED_STREAM, CANCEL = 3, 5
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING, _GOAWAY, _HEADERS = 1, 2, 3, 6, 7, 8
_VERSION = 3
_FIN = 1
_HEAD = 8
_HEADERS_MAX = 1 << 20
_FRAME_MAX = (1 << 24) - 1
_STREAM_MASK = 0x7FFFFFFF


class SpdyError(ValueError):
    """What came is no SPDY/3.1."""


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """The other end opened a stream; `ended`: and will send nothing on it."""

    stream: int
    headers: dict[str, str]
    ended: bool


@dataclass(frozen=True, slots=True)
class StreamReplied:
    """The other end took a stream of ours."""

    stream: int
    headers: dict[str, str]
    ended: bool


@dataclass(frozen=True, slots=True)
class DataReceived:
    """Bytes of a stream; `ended`: the last ones."""

    stream: int
    data: bytes
    ended: bool


@dataclass(frozen=True, slots=True)
class StreamReset:
    """The other end wants no more of a stream, in either direction."""

    stream: int
    code: int


@dataclass(frozen=True, slots=True)
class Pinged:
    """A ping; `ours`: the answer to one of ours. Others are to be answered with the same number."""

    number: int
    ours: bool


@dataclass(frozen=True, slots=True)
class WentAway:
    """The other end opens no more streams and takes none after `last`."""

    last: int


SpdyEvent = StreamOpened | StreamReplied | DataReceived | StreamReset | Pinged | WentAway


class SpdyConnection:
    """One end of a connection. Frames have to be sent in the order in which methods gave them: headers are compressed together.

    Args:
        client: whether it is the end that connected; its streams and pings have odd numbers.
    """

    def __init__(self, *, client: bool) -> None:
        self._next_stream = 1 if client else 2
        self._parity = 1 if client else 0
        self._buffer = bytearray()
        self._compress = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, 8, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
        self._decompress = zlib.decompressobj(zlib.MAX_WBITS, DICTIONARY)

    # What comes.

    def receive(self, data: bytes) -> list[SpdyEvent]:
        """What happened by these bytes; borders between calls mean nothing. Raises SpdyError."""
        self._buffer += data
        events: list[SpdyEvent] = []
        at = 0
        while len(self._buffer) - at >= _HEAD:
            first, second = struct.unpack_from(">II", self._buffer, at)
            end = at + _HEAD + (second & 0xFFFFFF)
            if end > len(self._buffer):
                break
            payload = bytes(self._buffer[at + _HEAD : end])
            at = end
            flags = second >> 24
            if not first >> 31:
                events.append(DataReceived(first, payload, bool(flags & _FIN)))
                continue
            if (first >> 16) & 0x7FFF != _VERSION:
                raise SpdyError(f"version {(first >> 16) & 0x7FFF} of SPDY is not spoken, 3 is")
            event = self._control(first & 0xFFFF, flags, payload)
            if event is not None:
                events.append(event)
        del self._buffer[:at]
        return events

    def _control(self, kind: int, flags: int, payload: bytes) -> SpdyEvent | None:
        """The event of a control frame; None for one that tells nothing (settings, windows, what is not known)."""
        try:
            if kind == _SYN_STREAM:
                stream = struct.unpack_from(">I", payload)[0] & _STREAM_MASK
                return StreamOpened(stream, self._headers(payload[10:]), bool(flags & _FIN))
            if kind in (_SYN_REPLY, _HEADERS):
                stream = struct.unpack_from(">I", payload)[0] & _STREAM_MASK
                headers = self._headers(payload[4:])  # read in any case, as later headers build on them
                return StreamReplied(stream, headers, bool(flags & _FIN)) if kind == _SYN_REPLY else None
            if kind == _RST_STREAM:
                stream, code = struct.unpack(">II", payload)
                return StreamReset(stream & _STREAM_MASK, code)
            if kind == _PING:
                (number,) = struct.unpack(">I", payload)
                return Pinged(number, number % 2 == self._parity)
            if kind == _GOAWAY:
                return WentAway(struct.unpack_from(">I", payload)[0] & _STREAM_MASK)
        except struct.error as error:
            raise SpdyError(f"a control frame of kind {kind} is cut short") from error
        return None

    def _headers(self, block: bytes) -> dict[str, str]:
        try:
            data = self._decompress.decompress(block, _HEADERS_MAX)
        except zlib.error as error:
            raise SpdyError(f"headers that cannot be decompressed: {error}") from error
        if self._decompress.unconsumed_tail:
            raise SpdyError("headers of more than a megabyte")
        headers: dict[str, str] = {}
        (count,) = struct.unpack_from(">I", data)
        at = 4
        for _ in range(count):
            name, at = _counted(data, at)
            value, at = _counted(data, at)
            if name != name.lower() or name in headers:
                raise SpdyError(f"the header {name!r} is not in lower case, or comes twice")
            headers[name] = value
        return headers

    # What is to be sent.

    def open(self, headers: Headers, *, end: bool = False) -> tuple[int, bytes]:
        """Opens a stream: its number, and the bytes. Names of headers are sent in lower case."""
        stream = self._next_stream
        self._next_stream += 2
        payload = struct.pack(">IIH", stream, 0, 0) + self._block(headers)
        return stream, _frame(_SYN_STREAM, _FIN if end else 0, payload)

    def reply(self, stream: int, headers: Headers = (), *, end: bool = False) -> bytes:
        """Takes a stream of the other end."""
        return _frame(_SYN_REPLY, _FIN if end else 0, struct.pack(">I", stream) + self._block(headers))

    def data(self, stream: int, data: bytes, *, end: bool = False) -> bytes:
        """Bytes of a stream; `end`: the last ones."""
        pieces = [data[at : at + _FRAME_MAX] for at in range(0, len(data), _FRAME_MAX)] or [b""]
        last = len(pieces) - 1
        return b"".join(
            struct.pack(">II", stream, (_FIN if end and index == last else 0) << 24 | len(piece)) + piece
            for index, piece in enumerate(pieces)
        )

    def reset(self, stream: int, code: int = CANCEL) -> bytes:
        """Wants no more of a stream."""
        return _frame(_RST_STREAM, 0, struct.pack(">II", stream, code))

    def ping(self, number: int) -> bytes:
        """A ping: one of ours has an odd number at the client; an answer has that of the other end's."""
        return _frame(_PING, 0, struct.pack(">I", number))

    def go_away(self, last: int = 0) -> bytes:
        """Takes no more streams after that one."""
        return _frame(_GOAWAY, 0, struct.pack(">II", last, 0))

    def _block(self, headers: Headers) -> bytes:
        parts = [struct.pack(">I", len(headers))]
        for pair in headers:
            for text in (pair[0].lower(), pair[1]):
                data = text.encode("latin-1", "replace")
                parts += (struct.pack(">I", len(data)), data)
        return self._compress.compress(b"".join(parts)) + self._compress.flush(zlib.Z_SYNC_FLUSH)


def _counted(data: bytes, at: int) -> tuple[str, int]:
    """A text after its length, and where it ends."""
    (length,) = struct.unpack_from(">I", data, at)
    end = at + 4 + length
    if end > len(data):
        raise SpdyError("headers are cut short")
    return data[at + 4 : end].decode("latin-1"), end


def _frame(kind: int, flags: int, payload: bytes) -> bytes:
    return struct.pack(">HHI", 0x8000 | _VERSION, kind, flags << 24 | len(payload)) + payload
