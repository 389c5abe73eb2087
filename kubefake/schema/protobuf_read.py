"""Reading a protobuf message of a builtin type as the JSON value that says the same.

What comes out is not canonical: it goes on to `decode`, which orders, defaults and checks as it does for JSON, so that zero
values may be left out here. A message is compiled once to a closure around a table of its tags; the fields that nearly every
object has (text, messages, lists and maps of text) are read in the loop itself, as a call costs more than they do.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from kubeclient.apimachinery.protobuf import (
    EOF,
    ProtobufError,
    double,
    pick,
    pick_raw,
    read_varint,
    signed,
    split_map_entry,
    text,
    unknown,
)
from kubeclient.apimachinery.protobuf_fields import ProtoField, fields_of, go_names
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Duration, MicroTime, Time

__all__ = ["read_message"]

Reader = Callable[[bytes, int, int, dict[str, Any]], None]
"""Reads the message between two places into a JSON object."""

_STRING, _MESSAGE, _STRINGS, _TEXTS, _MESSAGES, _NUMBER, _EMBEDDED, _CALL = range(8)
_Step = tuple[int, str, Any]


def read_message(message: str, data: bytes) -> dict[str, Any]:
    """The JSON object that a message says.

    Args:
        message: the name of its type in the table: "core/v1.Pod".

    Raises:
        ProtobufError: it is not such a message; the text is Go's.
        ValueError: it holds a quantity that is none; likewise.
        KeyError: the type has no form in protobuf.
    """
    value: dict[str, Any] = {}
    _reader(message)(data, 0, len(data), value)
    return value


@cache
def _reader(message: str) -> Reader:
    """The reader of a message, made on first use: types refer to themselves, and most stay unused."""
    steps = {tag: step for one in fields_of(message) for tag, step in _steps(one)}
    find, strange = steps.get, _strange(message)

    def read(data: bytes, at: int, end: int, value: dict[str, Any]) -> None:
        while at < end:
            start = at
            tag = data[at]
            at += 1
            if tag > 127:
                tag, at = read_varint(data, start, end)
            step = find(tag)
            if step is None:
                at = strange(tag, data, start, at, end, value)
                continue
            if at >= end:
                raise ProtobufError(EOF)
            kind, key, sub = step
            size = data[at]
            at += 1
            if size > 127:
                size, at = read_varint(data, at - 1, end)
            if kind is _NUMBER:
                value[key] = sub(size)
                continue
            begin, at = at, at + size
            if at > end:
                raise _overrun(at)
            if kind is _STRING:
                value[key] = text(data[begin:at])
            elif kind is _MESSAGE:
                _reader(sub)(data, begin, at, value.setdefault(key, {}))
            elif kind is _TEXTS:
                entry = _text_entry(data, begin, at, end)
                value.setdefault(key, {})[entry[0]] = entry[1]
            elif kind is _STRINGS:
                value.setdefault(key, []).append(text(data[begin:at]))
            elif kind is _MESSAGES:
                item: dict[str, Any] = {}
                value.setdefault(key, []).append(item)
                _reader(sub)(data, begin, at, item)
            elif kind is _EMBEDDED:
                _reader(sub)(data, begin, at, value)
            else:
                sub(data, begin, at, end, value)

    return read


def _strange(message: str) -> Callable[[int, bytes, int, int, int, dict[str, Any]], int]:
    """Deals with what is not a field with a length or a single number: doubles, repeated numbers, and what is unknown."""
    doubles = {one.number << 3 | 1: one.name for one in fields_of(message) if one.type == "double"}
    repeated = {
        one.number << 3: (one.name, _NUMERIC[one.type])
        for one in fields_of(message)
        if one.shape == "[]" and one.type in _NUMERIC
    }
    name, known = message.rpartition(".")[2], go_names(message)

    def read(tag: int, data: bytes, start: int, at: int, end: int, value: dict[str, Any]) -> int:
        if tag in repeated:
            key, convert = repeated[tag]
            number, at = read_varint(data, at, end)
            value.setdefault(key, []).append(convert(number))
            return at
        if tag not in doubles:
            return unknown(name, known, tag, data, start, end)
        if at + 8 > end:
            raise ProtobufError(EOF)
        value[doubles[tag]] = double(data, at)
        return at + 8

    return read


def _overrun(stop: int) -> ProtobufError:
    return ProtobufError("proto: negative length found during unmarshaling" if stop >= 1 << 63 else EOF)


def _steps(one: ProtoField) -> list[tuple[int, _Step]]:
    """What to do at the tags of a field; none for those that `_strange` reads."""
    tag, key, numeric, many = one.number << 3, one.name, _NUMERIC.get(one.type), one.shape == "[]"
    if key == "+":
        return [(tag | 2, (_EMBEDDED, "", one.message))]
    if one.type == "double":
        return []
    if numeric is not None:
        return [(tag | 2, (_CALL, key, _packed(key, numeric)))] if many else [(tag, (_NUMBER, key, numeric))]
    if one.shape == "{}":
        return [(tag | 2, (_TEXTS, key, None) if one.type == "string" else (_CALL, key, _entry(key, _leaf(one))))]
    if one.type == "string":
        return [(tag | 2, (_STRINGS if many else _STRING, key, None))]
    if one.message:
        return [(tag | 2, (_MESSAGES if many else _MESSAGE, key, one.message))]
    return [(tag | 2, (_CALL, key, _item(key, _leaf(one)) if many else _value(key, _leaf(one))))]


def _leaf(one: ProtoField) -> Callable[[bytes], Any]:
    message = one.message
    return (lambda data: read_message(message, data)) if message else _LEAF_READERS[one.type]


_Call = Callable[[bytes, int, int, int, dict[str, Any]], None]


def _value(key: str, convert: Callable[[bytes], Any]) -> _Call:
    def read(data: bytes, at: int, stop: int, _end: int, value: dict[str, Any]) -> None:
        value[key] = convert(data[at:stop])

    return read


def _item(key: str, convert: Callable[[bytes], Any]) -> _Call:
    def read(data: bytes, at: int, stop: int, _end: int, value: dict[str, Any]) -> None:
        value.setdefault(key, []).append(convert(data[at:stop]))

    return read


def _entry(key: str, convert: Callable[[bytes], Any]) -> _Call:
    def read(data: bytes, at: int, stop: int, end: int, value: dict[str, Any]) -> None:
        name, item = split_map_entry(data, at, stop, end)
        value.setdefault(key, {})[text(name)] = convert(item)

    return read


def _packed(key: str, convert: Callable[[int], Any]) -> _Call:
    def read(data: bytes, at: int, stop: int, _end: int, value: dict[str, Any]) -> None:
        items = value.setdefault(key, [])
        while at < stop:
            number, at = read_varint(data, at, stop)
            items.append(convert(number))

    return read


def _text_entry(data: bytes, at: int, stop: int, end: int) -> tuple[str, str]:
    """An entry of a map of text; nearly all are a short key and a short value and nothing else."""
    middle = at + 2 + data[at + 1] if stop - at > 3 else stop
    if middle + 2 <= stop and data[at] == 10 and data[middle] == 18 and data[middle + 1] == stop - middle - 2 < 128:
        return text(data[at + 2 : middle]), text(data[middle + 2 : stop])
    key, value = split_map_entry(data, at, stop, end)
    return text(key), text(value)


_NUMERIC: Final[dict[str, Callable[[int], Any]]] = {
    "int32": lambda number: number if number < 1 << 31 else signed(number, 32),
    "int64": lambda number: number if number < 1 << 63 else signed(number, 64),
    "bool": bool,
}


# --- types with a form of their own: from the bytes of a field to JSON

_TIMESTAMP: Final = {1: ("Seconds", 0), 2: ("Nanos", 0)}


def _raw(message: str, data: bytes) -> Any:
    """The JSON inside a message that carries nothing else; null where there is none."""
    raw = pick_raw(message, data)
    if not raw:
        return None
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise ProtobufError(f"{message}: {exc}") from exc


def _fields_v1(data: bytes) -> Any:
    """A set of fields. The server looks at one only when it needs it, and takes one that is no JSON for none."""
    raw = pick_raw("FieldsV1", data)
    try:
        return _decode(raw) if raw else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_decode = msgspec.json.Decoder().decode


def _bytes(found: dict[int, int | bytes], number: int) -> bytes:
    value = found.get(number, b"")
    assert isinstance(value, bytes)
    return value


def _moment(data: bytes) -> tuple[int, int] | None:
    """Seconds and nanoseconds of a timestamp; None for Go's zero time."""
    if not data:
        return None
    found = pick("Timestamp", data, 0, len(data), _TIMESTAMP)
    return signed(int(found.get(1, 0)), 64), signed(int(found.get(2, 0)), 32)


@lru_cache(1024)
def _time(data: bytes) -> str | None:
    moment = _moment(data)
    return None if moment is None else str(Time.from_unix(moment[0]))


@lru_cache(256)
def _micro_time(data: bytes) -> str | None:
    moment = _moment(data)
    return None if moment is None else str(MicroTime.from_unix(*moment))


@lru_cache(512)
def _quantity(data: bytes) -> str:
    found = pick("Quantity", data, 0, len(data), {1: ("String_", 2)})
    return str(Quantity(text(_bytes(found, 1)))) if 1 in found else "0"


@lru_cache(256)
def _int_or_string(data: bytes) -> int | str:
    known = {1: ("Type", 0), 2: ("IntVal", 0), 3: ("StrVal", 2)}
    found = pick("IntOrString", data, 0, len(data), known)
    if found.get(1, 0):
        return text(_bytes(found, 3))
    return signed(int(found.get(2, 0)), 32)


def _duration(data: bytes) -> str:
    return str(Duration(signed(int(pick("Duration", data, 0, len(data), {1: ("Duration", 0)}).get(1, 0)), 64)))


def _items(name: str, data: bytes) -> list[bytes]:
    """The occurrences of the first field, of a message that is a list."""
    items = []
    at, end = 0, len(data)
    while at < end:
        start = at
        tag, at = read_varint(data, at, end)
        if tag != 10:
            at = unknown(name, {1: "Items"}, tag, data, start, end)
            continue
        size, at = read_varint(data, at, end)
        if at + size > end:
            raise _overrun(at + size)
        items.append(data[at : at + size])
        at += size
    return items


def _strings(data: bytes) -> list[str]:
    return [text(item) for item in _items("ExtraValue", data)]


_SCHEMA: Final = "apiextensions/v1.JSONSchemaProps"


def _schema_or_bool(data: bytes) -> Any:
    found = pick("JSONSchemaPropsOrBool", data, 0, len(data), {1: ("Allows", 0), 2: ("Schema", 2)})
    return read_message(_SCHEMA, _bytes(found, 2)) if 2 in found else bool(found.get(1, 0))


def _schema_or_list(data: bytes, many: Callable[[bytes], Any]) -> Any:
    """A schema in the first field, or else what all occurrences of the second say."""
    rest: list[Any] = []
    at, end = 0, len(data)
    while at < end:
        start = at
        tag, at = read_varint(data, at, end)
        if tag not in (10, 18):
            at = unknown("JSONSchemaPropsOrArray", {1: "Schema", 2: "JSONSchemas"}, tag, data, start, end)
            continue
        size, at = read_varint(data, at, end)
        if at + size > end:
            raise _overrun(at + size)
        begin, at = at, at + size
        if tag == 10:
            return read_message(_SCHEMA, data[begin:at])
        rest.append(many(data[begin:at]))
    return rest or None


_LEAF_READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "string": text,
    "bytes": lambda data: base64.b64encode(data).decode(),
    "strings": _strings,
    "Time": _time,
    "MicroTime": _micro_time,
    "Duration": _duration,
    "Quantity": _quantity,
    "IntOrString": _int_or_string,
    "FieldsV1": _fields_v1,
    "RawExtension": lambda data: _raw("RawExtension", data),
    "JSON": lambda data: _raw("JSON", data),
    "JSONSchemaPropsOrBool": _schema_or_bool,
    "JSONSchemaPropsOrArray": lambda data: _schema_or_list(data, lambda item: read_message(_SCHEMA, item)),
    "JSONSchemaPropsOrStringArray": lambda data: _schema_or_list(data, text),
}
