"""JSON as Go's encoding writes and reads the API: typed models to bytes and back, with the types of this room inside.

Reading is lenient where Go is: a null leaves a field as it is when absent, unknown fields are skipped. The fast typed path is
tried first; only when a null stands in its way is the body read as plain values and cleared of them. Opaque JSON (fields of
type Any) keeps its nulls.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Generic, TypeVar, Union, cast, get_args, get_origin, overload

import msgspec

from .collector import resting
from .fields_v1 import FieldsV1
from .nil import NilList, NilMap
from .quantity import Quantity
from .times import Duration, MicroTime, Time
from .wire_object import WireObject

__all__ = ["Decoder", "convert", "decode", "decoder", "encode", "to_builtins"]

T = TypeVar("T")

_Bytes = bytes | bytearray | memoryview | str


def _enc_hook(value: Any) -> Any:
    if isinstance(value, FieldsV1):
        return msgspec.Raw(value) if value else None
    if isinstance(value, Time | MicroTime):
        return None if value.is_zero else str(value)
    if isinstance(value, Quantity | Duration):
        return str(value)
    if isinstance(value, NilList | NilMap):
        return None
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, WireObject):
        return value._fields
    raise NotImplementedError(f"{type(value).__name__} cannot be written as JSON")


def _builtins_hook(value: Any) -> Any:
    if isinstance(value, FieldsV1):
        return value.fields() if value else None
    return _enc_hook(value)


_KNOWN: Final = 4096
"""How many texts of a type are remembered: lists repeat the same times and amounts, and values that never change can be shared."""

_quantity: Final = functools.lru_cache(_KNOWN)(Quantity)


def _dec_quantity(value: Any) -> Quantity:
    if value.__class__ is str:
        return _quantity(value)
    if value is None:
        return Quantity()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"a quantity is a string or a number, not {type(value).__name__}")  # noqa: TRY004  as below
    return Quantity(value)


def _dec_text(parse: Callable[[str], Any], zero: Callable[[], Any]) -> Callable[[Any], Any]:
    parse = functools.lru_cache(_KNOWN)(parse)

    def read(value: Any) -> Any:
        if value is None:
            return zero()
        if not isinstance(value, str):
            raise ValueError(f"Expected `str`, got `{type(value).__name__}`")  # noqa: TRY004  msgspec adds the path
        return parse(value)

    return read


_DEC: Final[dict[Any, Callable[[Any], Any]]] = {
    Quantity: _dec_quantity,
    Time: _dec_text(Time.parse, Time.zero),
    MicroTime: _dec_text(MicroTime.parse, MicroTime.zero),
    Duration: _dec_text(Duration.parse, Duration),
}


def _dec_hook(type_: Any, value: Any) -> Any:
    read = _DEC.get(type_)
    if read is not None:
        return read(value)
    if isinstance(type_, type) and issubclass(type_, dict) and isinstance(value, dict):
        return type_(value)
    raise NotImplementedError(f"{type_!r} cannot be read from JSON")


_encoder: Final = msgspec.json.Encoder(enc_hook=_enc_hook)
_any_decoder: Final = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """The JSON of a model, a mapping or a plain value; compact, fields in the order of the model.

    Raises:
        TypeError: for values that JSON cannot hold.
    """
    try:
        return _encoder.encode(value)
    except NotImplementedError as error:
        raise TypeError(str(error)) from None


def to_builtins(value: Any) -> Any:
    """A model as dicts, lists and plain values with wire names; what it gives shares nothing that a model can change."""
    return msgspec.to_builtins(value, enc_hook=_builtins_hook, str_keys=True)


class Decoder(Generic[T]):
    """Reads JSON into one type. Building one costs more than a read: keep it, or use `decoder`."""

    __slots__ = ("_fast", "type")

    def __init__(self, type_: type[T]) -> None:
        self.type: Final = type_
        self._fast: Final = msgspec.json.Decoder(type_, dec_hook=_dec_hook)

    def decode(self, data: _Bytes) -> T:
        """Reads a body.

        Raises:
            msgspec.DecodeError: (a ValueError) it is not JSON, or a field is of another type; the text names its path.
        """
        if len(data) < _LARGE:
            return self._read(data)
        with resting():  # a list of 100,000 pods takes seven times as long without
            return self._read(data)

    def _read(self, data: _Bytes) -> T:
        try:
            return self._fast.decode(data)
        except msgspec.ValidationError as error:
            if "null" not in str(error):
                raise
        return convert(_any_decoder.decode(data), self.type)


_LARGE: Final = 1 << 20
"""Bytes from which reading is worth a word with the collector: some hundred objects of a list."""


@functools.cache
def _decoder(type_: Any) -> Decoder[Any]:
    return Decoder(type_)


def decoder(type_: type[T]) -> Decoder[T]:
    """The shared reader of a type, built on first use."""
    return _decoder(cast("Hashable", type_))


@overload
def decode(data: _Bytes) -> Any: ...
@overload
def decode(data: _Bytes, type_: type[T]) -> T: ...
def decode(data: _Bytes, type_: Any = Any) -> Any:
    """Reads a body into a type, or as plain values.

    Raises:
        msgspec.DecodeError: (a ValueError) it is not JSON, or a field is of another type; the text names its path.
    """
    return _any_decoder.decode(data) if type_ is Any else _decoder(type_).decode(data)


def convert(value: Any, type_: type[T]) -> T:
    """Plain values (or a model) as a type.

    Raises:
        msgspec.ValidationError: (a ValueError) a field is of another type; the text names its path.
    """
    try:
        return msgspec.convert(value, type_, dec_hook=_dec_hook)
    except msgspec.ValidationError as error:
        if "null" not in str(error) and "`raw`" not in str(error):
            raise
    return msgspec.convert(_prepared(value, type_), type_, dec_hook=_dec_hook)


def _options(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the one type."""
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(struct)}


_ZEROS: Final[dict[Any, Any]] = {str: "", int: 0, float: 0.0, bool: False, bytes: ""}


def _accepts_null(annotation: Any) -> bool:
    return annotation is Any or any(option in (None, type(None), Any, *_DEC) for option in _options(annotation))


def _zero(annotation: Any) -> Any:
    """What Go puts for a null where there is no field to leave out: in a list, in a map."""
    option = _options(annotation)[0]
    if option in _ZEROS:
        return _ZEROS[option]
    return [] if get_origin(option) is list else {}


def _item(value: Any, annotation: Any) -> Any:
    if value is None:
        return None if _accepts_null(annotation) else _zero(annotation)
    return _prepared(value, annotation)


def _prepared(value: Any, annotation: Any) -> Any:
    """The value without the nulls that stand for absent fields, and as JSON where that is to be kept as JSON."""
    if annotation is msgspec.Raw:
        return msgspec.Raw(_encoder.encode(value))
    if not isinstance(value, dict | list):
        return value
    for option in _options(annotation):
        origin, args = get_origin(option) or option, get_args(option)
        if isinstance(value, list) and origin is list:
            return [_item(item, args[0]) for item in value] if args else value
        if isinstance(value, dict) and origin is dict:
            return {key: _item(item, args[1]) for key, item in value.items()} if args else value
        if isinstance(value, dict) and isinstance(origin, type) and issubclass(origin, msgspec.Struct):
            known = _fields(origin)
            return {
                key: _prepared(item, known[key])
                for key, item in value.items()
                if key in known and (item is not None or _accepts_null(known[key]))
            }
    return value
