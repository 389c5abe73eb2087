"""Models to protobuf bodies, byte for byte as Go's generated code writes them.

Fields come in the order of their numbers, the entries of maps in that of their keys; a field that is no pointer is written
even when it has nothing to say. Loaded when a client speaks protobuf, not before.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final, cast

import msgspec

from kubeclient.apimachinery import json
from kubeclient.apimachinery.fields_v1 import FieldsV1
from kubeclient.apimachinery.protobuf import SHORT, field, varint, wrap
from kubeclient.apimachinery.protobuf_fields import ProtoField
from kubeclient.apimachinery.times import MicroTime, Time

from .protobuf_decode import Attribute, message_of, planned_fields

__all__ = ["encode_body", "encode_message"]

Write = Callable[[Any], bytes]
"""The bytes of a value, without tag and length."""

_TEXT, _NUMBER, _VALUE, _MANY, _NUMBERS, _MAP, _EMBEDDED = range(7)


def encode_body(obj: msgspec.Struct, api_version: str, kind: str) -> bytes:
    """An object in an envelope that names its kind.

    Raises:
        KeyError: the type of the object has no form in protobuf.
    """
    return wrap(api_version, kind, encode_message(obj))


def encode_message(obj: msgspec.Struct) -> bytes:
    """An object without an envelope, as `encode_body`."""
    return _writer(message_of(type(obj)), type(obj))(obj)


def _make_writer(message: str, model: type[Any]) -> Write:
    """What writes a message from its model, or from the one it is embedded in."""
    nil_bytes = _omitted_bytes(model)
    plan = [_planned(one, attribute, one.name in nil_bytes) for one, attribute in planned_fields(message, model)]

    def write(obj: Any) -> bytes:
        parts: list[bytes] = []
        add = parts.append
        for kind, attribute, tag, sub, absent in plan:
            if kind is _EMBEDDED:
                data = sub(obj)
                add(tag + varint(len(data)) + data)
                continue
            value = getattr(obj, attribute)
            if value is None:
                if absent is not None:
                    add(absent)
                continue
            if kind is _TEXT:
                data = value.encode("utf-8", "surrogatepass")
            elif kind is _NUMBER:
                add(tag + sub(value))
                continue
            elif kind is _MANY:
                for item in value:
                    data = sub(item)
                    add(tag + varint(len(data)) + data)
                continue
            elif kind is _MAP:
                for key in sorted(value):
                    data = field(1, key.encode("utf-8", "surrogatepass")) + field(2, sub(value[key]))
                    add(tag + varint(len(data)) + data)
                continue
            elif kind is _NUMBERS:
                for item in value:
                    add(tag + sub(item))
                continue
            else:
                data = sub(value)
                if data is None:
                    continue
            size = len(data)
            add(tag + (SHORT[size] if size < 128 else varint(size)) + data)
        return b"".join(parts)

    return write


_writer = cast("Callable[[str, type[Any]], Write]", cache(_make_writer))  # whose arguments are any hashable


def _omitted_bytes(model: type[Any]) -> frozenset[str]:
    """The wire names of fields of bytes whose empty value stands for nil."""
    return frozenset(one.encode_name for one in msgspec.structs.fields(model) if one.default == b"")


_Planned = tuple[int, str, bytes, Any, bytes | None]
"""How a field is written, its attribute, its tag, what writes its value, and what stands there for None."""


def _planned(one: ProtoField, attribute: Attribute, empty_is_nil: bool) -> _Planned:
    name, model = attribute
    numeric = _NUMERIC.get(one.type)
    tag = varint(one.number << 3 | (2 if numeric is None else 1 if one.type == "double" else 0))
    if one.name == "+":
        return _EMBEDDED, "", tag, _message_writer(one.message, model), None
    if numeric is not None:
        if one.shape == "[]":
            return _NUMBERS, name, tag, numeric, None
        return _NUMBER, name, tag, numeric, None if one.shape else tag + numeric(0)
    write = _message_writer(one.message, model) if one.message else _VALUES[one.type]
    if one.shape in ("[]", "{}"):
        return _MANY if one.shape == "[]" else _MAP, name, tag, write, None
    if one.type == "bytes":
        return _VALUE, name, tag, _bytes_or_nil if empty_is_nil else bytes, None
    absent = None if one.shape else tag + _sized(write(model()) if one.message else _ZEROS.get(one.type, b""))
    if one.type == "string":
        return _TEXT, name, tag, None, absent
    return _VALUE, name, tag, write, absent


def _sized(data: bytes) -> bytes:
    return varint(len(data)) + data


def _bytes_or_nil(value: bytes) -> bytes | None:
    return bytes(value) or None


def _message_writer(message: str, model: type[Any]) -> Write:
    def write(value: Any) -> bytes:
        return _writer(message, model)(value)  # found late: types refer to themselves

    return write


def _bool(value: Any) -> bytes:
    return b"\x01" if value else b"\x00"


_NUMERIC: Final[dict[str, Write]] = {
    "int32": varint,
    "int64": varint,
    "bool": _bool,
    "double": lambda value: struct.pack("<d", value),
}


# --- types with a form of their own


def _text(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _raw(value: Any) -> bytes:
    return field(1, json.encode(value))


def _fields_v1(value: Any) -> bytes:
    return field(1, value) if isinstance(value, FieldsV1) else _raw(value)


@lru_cache(1024)
def _moment(value: Time | MicroTime) -> bytes:
    if value.is_zero:
        return b""
    seconds, rest = divmod(value.ns, 1_000_000_000)
    return b"\x08" + varint(seconds) + b"\x10" + varint(rest)


def _int_or_string(value: int | str) -> bytes:
    if isinstance(value, str):
        return b"\x08\x01\x10\x00" + field(3, _text(value))
    return b"\x08\x00\x10" + varint(value) + b"\x1a\x00"


def _schema_or_bool(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x08" + _bool(value)
    return b"\x08\x01" + field(2, encode_message(value))  # Go reads a schema as one that allows


def _schema_or_list(value: Any) -> bytes:
    if isinstance(value, list):
        return b"".join(field(2, _text(one) if isinstance(one, str) else encode_message(one)) for one in value)
    return field(1, encode_message(value))


_VALUES: Final[dict[str, Write]] = {
    "string": _text,
    "bytes": bytes,
    "strings": lambda value: b"".join(field(1, _text(item)) for item in value),
    "Time": _moment,
    "MicroTime": _moment,
    "Duration": lambda value: b"\x08" + varint(value.ns),
    "Quantity": lambda value: field(1, _text(str(value))),
    "IntOrString": _int_or_string,
    "FieldsV1": _fields_v1,
    "RawExtension": _raw,
    "JSON": _raw,
    "JSONSchemaPropsOrBool": _schema_or_bool,
    "JSONSchemaPropsOrArray": _schema_or_list,
    "JSONSchemaPropsOrStringArray": _schema_or_list,
}
_ZEROS: Final = {"Quantity": field(1, b"0"), "IntOrString": b"\x08\x00\x10\x00\x1a\x00", "Duration": b"\x08\x00"}
