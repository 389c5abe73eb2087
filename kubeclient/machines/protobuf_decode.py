"""Protobuf bodies to models.

A model's reader is a closure around a table of the tags of its message, made on first use; the fields that nearly every
object has are read in the loop itself, because a call costs more than they do. Zero values are skipped: they are the models'
defaults. Loaded when a body in protobuf arrives, not before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from types import NoneType
from typing import Any, Final, NamedTuple, TypeVar, cast, get_args

import msgspec

from kubeclient.apimachinery import json
from kubeclient.apimachinery.collector import resting
from kubeclient.apimachinery.fields_v1 import FieldsV1
from kubeclient.apimachinery.protobuf import (
    EOF,
    ProtobufError,
    double,
    pick,
    pick_raw,
    read_length,
    read_varint,
    signed,
    split_map_entry,
    unknown,
    unwrap,
)
from kubeclient.apimachinery.protobuf_fields import ProtoField, fields_of, known
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Duration, MicroTime, Time

__all__ = ["Attribute", "decode_body", "decode_message", "has_message", "message_of", "planned_fields"]

T = TypeVar("T")
Read = Callable[[bytes, int, int], Any]
"""Reads the message between two places."""
_ReadInto = Callable[[bytes, int, int, dict[str, Any]], None]
_Leaf = Callable[[bytes], Any]
_Step = tuple[int, str, Any]

_TEXT, _MESSAGE, _NUMBER, _LEAF, _TEXTS, _MESSAGES, _OTHER = range(7)


def has_message(model: type[Any]) -> bool:
    """Whether a model's type has a form in protobuf."""
    return known(message_of(model))


def message_of(model: type[Any]) -> str:
    """The name of a model's message: `kubeclient.api.core_v1.Pod` -> "core/v1.Pod"."""
    module = model.__module__.rpartition(".")[2]
    package = "meta/v1" if module == "status" else module.replace("_", "/")
    return f"{package}.{model.__name__}"


class Attribute(NamedTuple):
    """An attribute of a model, and the model that is its value, or the values in it."""

    name: str
    model: type[Any]


def planned_fields(message: str, model: type[Any]) -> list[tuple[ProtoField, Attribute]]:
    """The fields of a message that its model has, with their attributes; an embedded struct is the model itself."""
    attributes = {one.encode_name: Attribute(one.name, _model_in(one.type)) for one in msgspec.structs.fields(model)}
    attributes["+"] = Attribute("", model)
    return [(one, attributes[one.name]) for one in fields_of(message) if one.name in attributes]


def _model_in(annotation: Any) -> type[Any]:
    """The first model in an annotation; NoneType where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    models = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in models if model is not NoneType), NoneType)


def decode_body(model: type[T], data: bytes) -> T:
    """The object in a body's envelope.

    Raises:
        ProtobufError: (a ValueError) it is no envelope, or not around a message of that type.
        KeyError: the type has no form in protobuf.
    """
    raw = unwrap(data).raw
    if len(raw) < _LARGE:
        return decode_message(model, raw)
    with resting():
        return decode_message(model, raw)


_LARGE: Final = 1 << 20
"""Bytes from which reading is worth a word with the collector: some hundred objects of a list."""


def decode_message(model: type[T], data: bytes) -> T:
    """A message without its envelope, as `decode_body`."""
    return cast("T", _reader(message_of(model), model)(data, 0, len(data)))


def _make_reader(message: str, model: type[Any]) -> Read:
    read_into = _filler(message, model)

    def read(data: bytes, at: int, end: int) -> Any:
        values: dict[str, Any] = {}
        read_into(data, at, end, values)
        return model(**values)

    return read


_reader = cast("Callable[[str, type[Any]], Read]", cache(_make_reader))  # whose arguments are any hashable


def _lazy(message: str, model: type[Any], steps: dict[int, _Step], tag: int) -> Read:
    """The reader of a field's message, made when the field first occurs: types refer to themselves, and most stay unused."""

    def read(data: bytes, at: int, end: int) -> Any:
        reader = _reader(message, model)
        kind, name, _ = steps[tag]
        steps[tag] = kind, name, reader
        return reader(data, at, end)

    return read


def _make_filler(message: str, model: type[Any]) -> _ReadInto:
    """What reads a message's fields into the keyword arguments of its model, or of the one it is embedded in."""
    steps: dict[int, _Step] = {}
    for one, attribute in planned_fields(message, model):
        _add_steps(steps, one, attribute)
    find, strange = steps.get, _strange(message, model)

    def read(data: bytes, at: int, end: int, values: dict[str, Any]) -> None:
        while at < end:
            start = at
            tag = data[at]
            at += 1
            if tag > 127:
                tag, at = read_varint(data, start, end)
            step = find(tag)
            if step is None:
                at = strange(tag, data, start, at, end, values)
                continue
            if at >= end:
                raise ProtobufError(EOF)
            size = data[at]
            at += 1
            if size > 127:
                size, at = read_varint(data, at - 1, end)
            kind, name, sub = step
            if kind is _NUMBER:
                values[name] = sub(size)
                continue
            begin, at = at, at + size
            if at > end:
                raise ProtobufError(EOF)
            if kind is _TEXT:
                if size:
                    values[name] = str(data[begin:at], "utf-8", "replace")
            elif kind is _MESSAGE:
                values[name] = sub(data, begin, at)
            elif kind is _MESSAGES:
                values.setdefault(name, []).append(sub(data, begin, at))
            elif kind is _LEAF:
                values[name] = sub(data[begin:at])
            elif kind is _TEXTS:
                values.setdefault(name, []).append(str(data[begin:at], "utf-8", "replace"))
            else:
                sub(data, begin, at, end, values)

    return read


_filler = cast("Callable[[str, type[Any]], _ReadInto]", cache(_make_filler))  # whose arguments are any hashable


def _add_steps(steps: dict[int, _Step], one: ProtoField, attribute: Attribute) -> None:
    """What to do at the tag of a field; those of `_strange` have none."""
    name, model = attribute
    tag, pointer, many, numeric = one.number << 3 | 2, one.shape == "*", one.shape == "[]", _NUMERIC.get(one.type)
    if one.name == "+":
        steps[tag] = _OTHER, "", _embedded(one.message, model)
    elif numeric is not None:
        if many:
            steps[tag] = _OTHER, name, _packed(name, numeric)
        else:
            steps[one.number << 3] = _NUMBER, name, numeric
    elif one.shape == "{}":
        steps[tag] = _OTHER, name, _text_entry(name) if one.type == "string" else _entry(name, _leaf(one, model))
    elif one.message:
        steps[tag] = _MESSAGES if many else _MESSAGE, name, _lazy(one.message, model, steps, tag)
    elif one.type == "string" and not pointer:
        steps[tag] = _TEXTS if many else _TEXT, name, None
    elif one.type != "double":
        steps[tag] = (_OTHER, name, _item(name, _LEAVES[one.type])) if many else (_LEAF, name, _LEAVES[one.type])


def _strange(message: str, model: type[Any]) -> Callable[[int, bytes, int, int, int, dict[str, Any]], int]:
    """Reads what has neither a length nor is a single number: doubles and repeated numbers. Skips what is unknown."""
    doubles, repeated, fields = {}, {}, {}
    for one, (attribute, _) in planned_fields(message, model):
        fields[one.number] = one.go_name
        if one.type == "double":
            doubles[one.number << 3 | 1] = attribute
        elif one.shape == "[]" and one.type in _NUMERIC:
            repeated[one.number << 3] = attribute, _NUMERIC[one.type]
    short = message.rpartition(".")[2]

    def read(tag: int, data: bytes, start: int, at: int, end: int, values: dict[str, Any]) -> int:
        if tag in repeated:
            name, convert = repeated[tag]
            number, at = read_varint(data, at, end)
            values.setdefault(name, []).append(convert(number))
            return at
        if tag not in doubles:
            return unknown(short, fields, tag, data, start, end)
        if at + 8 > end:
            raise ProtobufError(EOF)
        values[doubles[tag]] = double(data, at)
        return at + 8

    return read


_Call = Callable[[bytes, int, int, int, dict[str, Any]], None]


def _text_entry(name: str) -> _Call:
    """An entry of a map of text; nearly all are a short key and a short value and nothing else."""

    def read(data: bytes, at: int, stop: int, end: int, values: dict[str, Any]) -> None:
        into = values.setdefault(name, {})
        middle = at + 2 + data[at + 1] if stop - at > 3 else stop
        if middle + 2 <= stop and data[at] == 10 and data[middle] == 18 and data[middle + 1] == stop - middle - 2 < 128:
            into[str(data[at + 2 : middle], "utf-8", "replace")] = str(data[middle + 2 : stop], "utf-8", "replace")
            return
        key, value = split_map_entry(data, at, stop, end)
        into[_text(key)] = _text(value)

    return read


def _embedded(message: str, model: type[Any]) -> _Call:
    def read(data: bytes, at: int, stop: int, _end: int, values: dict[str, Any]) -> None:
        _filler(message, model)(data, at, stop, values)

    return read


def _item(name: str, convert: _Leaf) -> _Call:
    def read(data: bytes, at: int, stop: int, _end: int, values: dict[str, Any]) -> None:
        values.setdefault(name, []).append(convert(data[at:stop]))

    return read


def _entry(name: str, convert: _Leaf) -> _Call:
    def read(data: bytes, at: int, stop: int, end: int, values: dict[str, Any]) -> None:
        key, item = split_map_entry(data, at, stop, end)
        values.setdefault(name, {})[_text(key)] = convert(item)

    return read


def _packed(name: str, convert: Callable[[int], Any]) -> _Call:
    def read(data: bytes, at: int, stop: int, _end: int, values: dict[str, Any]) -> None:
        items = values.setdefault(name, [])
        while at < stop:
            number, at = read_varint(data, at, stop)
            items.append(convert(number))

    return read


_NUMERIC: Final[dict[str, Callable[[int], Any]]] = {
    "int32": lambda number: number if number < 1 << 31 else signed(number, 32),
    "int64": lambda number: number if number < 1 << 63 else signed(number, 64),
    "bool": bool,
}


# --- types with a form of their own


def _leaf(one: ProtoField, model: type[Any]) -> _Leaf:
    return (lambda data: decode_message(model, data)) if one.message else _LEAVES[one.type]


def _text(data: bytes) -> str:
    return str(data, "utf-8", "replace")


def _bytes(found: dict[int, int | bytes], number: int) -> bytes:
    value = found.get(number, b"")
    assert isinstance(value, bytes)
    return value


def _raw(message: str) -> _Leaf:
    """JSON in a message that carries nothing else; None where there is none."""

    def read(data: bytes) -> Any:
        raw = pick_raw(message, data)
        return json.decode(raw) if raw else None

    return read


def _fields_v1(data: bytes) -> FieldsV1 | None:
    raw = pick_raw("FieldsV1", data)
    return FieldsV1(raw) if raw else None


def _nanoseconds(data: bytes) -> int:
    found = pick("Timestamp", data, 0, len(data), {1: ("Seconds", 0), 2: ("Nanos", 0)})
    return signed(int(found.get(1, 0)), 64) * 1_000_000_000 + signed(int(found.get(2, 0)), 32)


@lru_cache(1024)
def _time(data: bytes) -> Time | None:
    return Time(_nanoseconds(data)) if data else None


@lru_cache(256)
def _micro_time(data: bytes) -> MicroTime | None:
    return MicroTime(_nanoseconds(data)) if data else None


@lru_cache(512)
def _quantity(data: bytes) -> Quantity:
    found = pick("Quantity", data, 0, len(data), {1: ("String_", 2)})
    return Quantity(_text(_bytes(found, 1))) if 1 in found else Quantity("0")


def _duration(data: bytes) -> Duration:
    return Duration(signed(int(pick("Duration", data, 0, len(data), {1: ("Duration", 0)}).get(1, 0)), 64))


@lru_cache(256)
def _int_or_string(data: bytes) -> int | str:
    found = pick("IntOrString", data, 0, len(data), {1: ("Type", 0), 2: ("IntVal", 0), 3: ("StrVal", 2)})
    return _text(_bytes(found, 3)) if found.get(1, 0) else signed(int(found.get(2, 0)), 32)


def _occurrences(message: str, data: bytes, numbers: tuple[int, ...]) -> list[tuple[int, bytes]]:
    """The fields of a message in order, where each may come more than once."""
    found = []
    at, end = 0, len(data)
    while at < end:
        start = at
        tag, at = read_varint(data, at, end)
        if tag & 7 == 2 and tag >> 3 in numbers:
            begin, at = read_length(data, at, end)
            found.append((tag >> 3, data[begin:at]))
        else:
            at = unknown(message, dict.fromkeys(numbers, "Items"), tag, data, start, end)
    return found


def _schema(data: bytes) -> Any:
    from kubeclient.api.apiextensions_v1 import JSONSchemaProps

    return decode_message(JSONSchemaProps, data)


def _schema_or_bool(data: bytes) -> Any:
    found = pick("JSONSchemaPropsOrBool", data, 0, len(data), {1: ("Allows", 0), 2: ("Schema", 2)})
    return _schema(_bytes(found, 2)) if 2 in found else bool(found.get(1, 0))


def _schema_or_list(convert: _Leaf) -> _Leaf:
    def read(data: bytes) -> Any:
        found = _occurrences("JSONSchemaPropsOrArray", data, (1, 2))
        schema = next((item for number, item in found if number == 1), None)
        return [convert(item) for _, item in found] if schema is None else _schema(schema)

    return read


_LEAVES: Final[dict[str, _Leaf]] = {
    "string": _text,
    "bytes": bytes,
    "strings": lambda data: [_text(item) for _, item in _occurrences("ExtraValue", data, (1,))],
    "Time": _time,
    "MicroTime": _micro_time,
    "Duration": _duration,
    "Quantity": _quantity,
    "IntOrString": _int_or_string,
    "FieldsV1": _fields_v1,
    "RawExtension": _raw("RawExtension"),
    "JSON": _raw("JSON"),
    "JSONSchemaPropsOrBool": _schema_or_bool,
    "JSONSchemaPropsOrArray": _schema_or_list(_schema),
    "JSONSchemaPropsOrStringArray": _schema_or_list(_text),
}
