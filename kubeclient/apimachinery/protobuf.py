"""The wire format of protobuf, and what Kubernetes wraps around it: the envelope of a body and the frames of a watch.

Numbers, lengths and bytes only. What the fields of a message mean is for those who walk types, of whom there are two: the
client's, to models, and the server's, to JSON. Where input is refused the text is that of Go's generated code. Ported from
gogo/protobuf's generated code and k8s.io/apimachinery/pkg/runtime/serializer/protobuf.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = [
    "CONTENT_TYPE",
    "EOF",
    "MAGIC",
    "SHORT",
    "Envelope",
    "FrameSplitter",
    "ProtobufError",
    "double",
    "event_frame",
    "field",
    "pick",
    "pick_raw",
    "read_event",
    "read_length",
    "read_varint",
    "signed",
    "split_map_entry",
    "text",
    "unknown",
    "unwrap",
    "varint",
    "wrap",
]

CONTENT_TYPE: Final = "application/vnd.kubernetes.protobuf"
MAGIC: Final = b"k8s\0"
EOF: Final = "unexpected EOF"
SHORT: Final = tuple(bytes((n,)) for n in range(128))
"""The varints of one byte."""

_RAW: Final = {1: ("Raw", 2)}
_U64: Final = (1 << 64) - 1
_NEGATIVE: Final = 1 << 63


class ProtobufError(ValueError):
    """Bytes that are not the message they should be; the text is Go's."""


# --- writing


def varint(number: int) -> bytes:
    """A number as it stands on the wire; negative ones take ten bytes."""
    if 0 <= number < 128:
        return SHORT[number]
    number &= _U64
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, data: bytes) -> bytes:
    """A field of bytes, text or a message, with its tag and length."""
    return b"%b%b%b" % (varint(number << 3 | 2), varint(len(data)), data)


# --- reading


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An unsigned number and the place behind it. Raises ProtobufError."""
    number = shift = 0
    while True:
        if shift >= 64:
            raise ProtobufError("proto: integer overflow")
        if at >= end:
            raise ProtobufError(EOF)
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number & _U64, at
        shift += 7


def read_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the bytes of a length-delimited field begin and end. Raises ProtobufError."""
    size, at = read_varint(data, at, end)
    if size >= _NEGATIVE or at + size >= _NEGATIVE:
        raise ProtobufError("proto: negative length found during unmarshaling")
    if at + size > end:
        raise ProtobufError(EOF)
    return at, at + size


def signed(number: int, bits: int) -> int:
    """An unsigned number cut to so many bits and read as two's complement."""
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def double(data: bytes, at: int) -> int | float:
    """The eight bytes there as a number; a whole one is an int, as JSON writes it without a point."""
    (number,) = struct.unpack_from("<d", data, at)
    return int(number) if number.is_integer() else float(number)


def text(data: bytes) -> str:
    """Bytes as text; what is no UTF-8 becomes U+FFFD byte by byte, as when Go writes JSON."""
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        broken = data.decode("utf-8", "surrogateescape")
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in broken)


def unknown(message: str, known: Mapping[int, str], tag: int, data: bytes, start: int, end: int) -> int:
    """Deals with a field that a reader has no use for, and returns the place behind it.

    Args:
        message: the name of the type that is read. known: the Go names of its fields by number.
        tag: what stands at `start`.

    Raises:
        ProtobufError: the tag is none, or the field is known but of another wire type, or it is not whole.
    """
    number, wire = signed(tag >> 3, 32), tag & 7
    if wire == 4:
        raise ProtobufError(f"proto: {message}: wiretype end group for non-group")
    if number <= 0:
        raise ProtobufError(f"proto: {message}: illegal tag {number} (wire type {tag})")
    if number in known:
        raise ProtobufError(f"proto: wrong wireType = {wire} for field {known[number]}")
    at = _skip(data, start, end)
    if at > end:
        raise ProtobufError(EOF)
    return at


def _skip(data: bytes, at: int, end: int) -> int:
    """The place behind the field that begins here, groups included. Raises ProtobufError."""
    depth = 0
    while at < end:
        tag, at = read_varint(data, at, end)
        wire = tag & 7
        if wire == 0:
            _, at = read_varint(data, at, end)
        elif wire == 1:
            at += 8
        elif wire == 2:
            size, at = read_varint(data, at, end)
            if size >= _NEGATIVE or at + size >= _NEGATIVE:
                raise ProtobufError("proto: negative length found during unmarshaling")
            at += size
        elif wire == 3:
            depth += 1
        elif wire == 4:
            if not depth:
                raise ProtobufError("proto: unexpected end of group")
            depth -= 1
        elif wire == 5:
            at += 4
        else:
            raise ProtobufError(f"proto: illegal wireType {wire}")
        if not depth:
            return at
    raise ProtobufError(EOF)


_Known = Mapping[int, tuple[str, int]]


def pick(
    message: str, data: bytes, at: int, end: int, known: _Known, nested: Mapping[int, tuple[str, _Known]] | None = None
) -> dict[int, int | bytes]:
    """The fields of a small message by number, the last of each.

    Args:
        known: the Go name and the wire type (0 or 2) of every field.
        nested: which fields are messages themselves, and what they know: they are checked when they come.

    Raises:
        ProtobufError: it is not such a message.
    """
    found: dict[int, int | bytes] = {}
    while at < end:
        start = at
        tag, at = read_varint(data, at, end)
        number = tag >> 3
        if number not in known or known[number][1] != tag & 7:
            at = unknown(message, {one: name for one, (name, _) in known.items()}, tag, data, start, end)
        elif tag & 7:
            begin, at = read_length(data, at, end)
            found[number] = data[begin:at]
            if nested and number in nested:
                inner, fields = nested[number]
                pick(inner, data, begin, at, fields)
        else:
            found[number], at = read_varint(data, at, end)
    return found


def pick_raw(message: str, data: bytes) -> bytes:
    """The bytes in a message whose one field, the first, is called Raw; empty where it has none. Raises ProtobufError."""
    if data[:1] == b"\n":
        size, at = read_varint(data, 1, len(data))
        if at + size == len(data):
            return data[at:]
    found = pick(message, data, 0, len(data), _RAW).get(1, b"")
    assert isinstance(found, bytes)
    return found


def split_map_entry(data: bytes, at: int, stop: int, end: int) -> tuple[bytes, bytes]:
    """The key and the value of a map's entry; what is missing is empty.

    Args:
        stop: where the entry ends. end: where the message around it does, which is as far as Go's code looks.
    """
    key = value = b""
    while at < stop:
        start = at
        tag, at = read_varint(data, at, end)
        number = signed(tag >> 3, 32)
        if number == 1:
            begin, at = read_length(data, at, end)
            key = data[begin:at]
        elif number == 2:
            begin, at = read_length(data, at, end)
            value = data[begin:at]
        else:
            at = _skip(data, start, stop)
            if at > stop:
                raise ProtobufError(EOF)
    return key, value


# --- envelopes


class Envelope(NamedTuple):
    """A body: which kind it is, and the message."""

    api_version: str
    kind: str
    raw: bytes


_UNKNOWN: Final = {1: ("TypeMeta", 2), 2: ("Raw", 2), 3: ("ContentEncoding", 2), 4: ("ContentType", 2)}
_TAIL: Final = b"\x1a\x00\x22\x00"  # no content encoding, no content type
_TYPE_META: Final = {1: ("APIVersion", 2), 2: ("Kind", 2)}


def wrap(api_version: str, kind: str, raw: bytes) -> bytes:
    """The body that carries a message: the magic, then a runtime.Unknown."""
    meta = field(1, api_version.encode()) + field(2, kind.encode())
    return b"%b%b%b%b" % (MAGIC, field(1, meta), field(2, raw), _TAIL)


def unwrap(data: bytes) -> Envelope:
    """What a body carries.

    Raises:
        ProtobufError: it is empty, is something else, or is not whole.
    """
    if not data:
        raise ProtobufError("empty data")
    if data[:4] != MAGIC:
        raise ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    if len(data) == 4:
        raise ProtobufError("empty body")
    usual = _unwrap_usual(data)
    if usual is not None:
        return usual
    found = pick("Unknown", data, 4, len(data), _UNKNOWN, {1: ("TypeMeta", _TYPE_META)})
    meta, raw = found.get(1, b""), found.get(2, b"")
    assert isinstance(meta, bytes)
    assert isinstance(raw, bytes)
    names = pick("TypeMeta", meta, 0, len(meta), _TYPE_META)
    api_version, kind = names.get(1, b""), names.get(2, b"")
    assert isinstance(api_version, bytes)
    assert isinstance(kind, bytes)
    return Envelope(text(api_version), text(kind), raw)


def _unwrap_usual(data: bytes) -> Envelope | None:
    """What an envelope carries that is written as Go and `wrap` write it; None for any other."""
    size = len(data)
    if size < 14 or data[4] != 10 or data[6] != 10:
        return None
    middle, end = 8 + data[7], 6 + data[5]
    if data[5] > 127 or end + 6 > size or middle + 2 > end or data[middle] != 18 or data[end] != 18:
        return None
    if data[middle + 1] != end - middle - 2:
        return None
    length, at = read_varint(data, end + 1, size)
    if data[at + length :] != _TAIL:
        return None
    return Envelope(text(data[8:middle]), text(data[middle + 2 : end]), data[at : at + length])


# --- watches

_EVENT: Final = {1: ("Type", 2), 2: ("Object", 2)}


def event_frame(type: str, body: bytes) -> bytes:
    """A frame of a watch: its length in four bytes, then a WatchEvent around an object's whole body."""
    event = field(1, type.encode()) + field(2, field(1, body))
    return b"%b%b" % (len(event).to_bytes(4, "big"), event)


def read_event(data: bytes) -> tuple[str, bytes]:
    """The type of a WatchEvent and the body of its object. Raises ProtobufError."""
    event = pick("WatchEvent", data, 0, len(data), _EVENT)
    type, extension = event.get(1, b""), event.get(2, b"")
    assert isinstance(type, bytes)
    assert isinstance(extension, bytes)
    return text(type), pick_raw("RawExtension", extension)


class FrameSplitter:
    """Cuts a stream into frames; borders of chunks carry no meaning."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The frames that are whole with this chunk, without their lengths."""
        data = self._rest + chunk if self._rest else chunk
        frames: list[bytes] = []
        at, end = 0, len(data)
        while end - at >= 4:
            stop = at + 4 + int.from_bytes(data[at : at + 4], "big")
            if stop > end:
                break
            frames.append(data[at + 4 : stop])
            at = stop
        self._rest = data[at:]
        return frames
