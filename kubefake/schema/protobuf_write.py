"""Writing a stored object as the protobuf message of its builtin type, byte for byte as Go's generated code does.

Fields come in the order of their numbers, the entries of maps in that of their keys. A field that is no pointer is written
even when it has nothing to say, so what stands for an absent value is known in advance. The object is read, never changed.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from kubeclient.apimachinery.protobuf import SHORT, field, varint
from kubeclient.apimachinery.protobuf_fields import ProtoField, fields_of
from kubeclient.apimachinery.times import Duration, MicroTime, Time

__all__ = ["write_message"]

Writer = Callable[[Mapping[str, Any]], bytes]
Payload = Callable[[Any], bytes]
"""The bytes of a field's value, without tag and length."""

_TEXT, _MESSAGE, _OTHER, _EMBEDDED, _NUMBER, _MANY, _NUMBERS, _MAP = range(8)

_encode = msgspec.json.Encoder().encode


def write_message(message: str, value: Mapping[str, Any]) -> bytes:
    """The message that says what a JSON object of that type does.

    Args:
        message: the name of the type in the table: "core/v1.Pod".
        value: canonical JSON, as `decode` gives it.

    Raises:
        KeyError: the type has no form in protobuf.
    """
    return _writer(message)(value)


@cache
def _writer(message: str) -> Writer:
    plan = [_planned(one) for one in fields_of(message)]

    def write(value: Mapping[str, Any]) -> bytes:
        parts: list[bytes] = []
        add, get = parts.append, value.get
        for kind, key, tag, sub, absent in plan:
            if kind is _EMBEDDED:
                data = _writer(sub)(value)
                add(tag + varint(len(data)) + data)
                continue
            item = get(key)
            if item is None:
                if absent is not None:
                    add(absent)
                continue
            if kind is _TEXT:
                data = item.encode("utf-8", "surrogatepass")
            elif kind is _MESSAGE:
                data = _writer(sub)(item)
            elif kind is _NUMBER:
                add(tag + sub(item))
                continue
            elif kind is _MANY:
                for one in item:
                    data = sub(one)
                    add(tag + varint(len(data)) + data)
                continue
            elif kind is _NUMBERS:
                for one in item:
                    add(tag + sub(one))
                continue
            elif kind is _MAP:
                for name in sorted(item):
                    data = _entry(name, item[name], sub)
                    add(tag + varint(len(data)) + data)
                continue
            else:
                data = sub(item)
            size = len(data)
            add(tag + (SHORT[size] if size < 128 else varint(size)) + data)
        return b"".join(parts)

    return write


_Planned = tuple[int, str, bytes, Any, bytes | None]
"""How a field is written, its JSON name, its tag, what writes its value, and what stands there when it has none."""


def _planned(one: ProtoField) -> _Planned:
    if one.name == "+":
        return _EMBEDDED, "", varint(one.number << 3 | 2), one.message, None
    numeric = _NUMERIC.get(one.type)
    tag = varint(one.number << 3 | (2 if numeric is None else 1 if one.type == "double" else 0))
    if numeric is not None:
        if one.shape == "[]":
            return _NUMBERS, one.name, tag, numeric, None
        return _NUMBER, one.name, tag, numeric, None if one.shape else tag + numeric(0)
    if one.shape == "{}":
        return _MAP, one.name, tag, _payload(one), None
    if one.shape == "[]":
        return _MANY, one.name, tag, _payload(one), None
    absent = None if one.shape or one.type == "bytes" else tag + _sized(_zero(one))
    if one.message:
        return _MESSAGE, one.name, tag, one.message, absent
    if one.type == "string":
        return _TEXT, one.name, tag, None, absent
    return _OTHER, one.name, tag, _payload(one), absent


def _sized(data: bytes) -> bytes:
    return varint(len(data)) + data


def _zero(one: ProtoField) -> bytes:
    """The payload of a field's zero value."""
    return _writer(one.message)({}) if one.message else _ZEROS.get(one.type, b"")


def _payload(one: ProtoField) -> Payload:
    message = one.message
    if not message:
        return _PAYLOADS[one.type]
    return lambda value: _writer(message)(value or {})


def _entry(key: str, value: Any, payload: Payload) -> bytes:
    return field(1, key.encode("utf-8", "surrogatepass")) + field(2, payload(value))


def _bool(value: Any) -> bytes:
    return b"\x01" if value else b"\x00"


_NUMERIC: Final[dict[str, Payload]] = {
    "int32": varint,
    "int64": varint,
    "bool": _bool,
    "double": lambda value: struct.pack("<d", value),
}


# --- types with a form of their own


def _raw(value: Any) -> bytes:
    return field(1, _encode(value))


def _timestamp(ns: int) -> bytes:
    seconds, rest = divmod(ns, 1_000_000_000)
    return b"\x08" + varint(seconds) + b"\x10" + varint(rest)


@lru_cache(1024)
def _time(value: str | None) -> bytes:
    return _timestamp(Time.parse(value).ns) if value else b""


@lru_cache(256)
def _micro_time(value: str | None) -> bytes:
    return _timestamp(MicroTime.parse(value).ns) if value else b""


def _int_or_string(value: int | str) -> bytes:
    if isinstance(value, str):
        return b"\x08\x01\x10\x00" + field(3, value.encode())
    return b"\x08\x00\x10" + varint(value) + b"\x1a\x00"


_SCHEMA: Final = "apiextensions/v1.JSONSchemaProps"


def _schema_or_bool(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x08" + _bool(value)
    return b"\x08\x01" + field(2, _writer(_SCHEMA)(value))  # Go reads a schema as one that allows


def _schema_or_list(value: Any) -> bytes:
    if isinstance(value, list):
        return b"".join(field(2, item.encode() if isinstance(item, str) else _writer(_SCHEMA)(item)) for item in value)
    return field(1, _writer(_SCHEMA)(value))


def _text(value: str | None) -> bytes:
    return (value or "").encode("utf-8", "surrogatepass")


_PAYLOADS: Final[dict[str, Payload]] = {
    "string": _text,
    "bytes": lambda value: base64.b64decode(value or ""),
    "strings": lambda value: b"".join(field(1, _text(item)) for item in value or ()),
    "Time": _time,
    "MicroTime": _micro_time,
    "Duration": lambda value: b"\x08" + varint(Duration.parse(value).ns),
    "Quantity": lambda value: field(1, _text(value)),
    "IntOrString": _int_or_string,
    "FieldsV1": _raw,
    "RawExtension": _raw,
    "JSON": _raw,
    "JSONSchemaPropsOrBool": _schema_or_bool,
    "JSONSchemaPropsOrArray": _schema_or_list,
    "JSONSchemaPropsOrStringArray": _schema_or_list,
}
_ZEROS: Final = {"Quantity": field(1, b"0"), "IntOrString": b"\x08\x00\x10\x00\x1a\x00", "Duration": b"\x08\x00"}
