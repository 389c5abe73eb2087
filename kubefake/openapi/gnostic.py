"""The OpenAPI v2 document in protobuf, as kubectl and client-go ask for it.

Follows github.com/google/gnostic-models openapiv2/OpenAPIv2.proto: messages are tables here, of the JSON names and what stands
for them on the wire. JSON that has no place in a message is a vendor extension, whose value is YAML text, as Go writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import pack
from typing import Any, Final

from kubeclient.apimachinery.protobuf import field, varint

__all__ = ["write_document"]

Writer = Callable[[Any], bytes]
_EXTENSION: Final = "x-"


def write_document(document: Mapping[str, Any]) -> bytes:
    """The message openapi.v2.Document of a JSON document. Raises KeyError for what the message has no place for."""
    return _message(_DOCUMENT, document)


class _Field:
    """How a JSON member stands in its message: under a number, written by a writer that gives tag and all."""

    __slots__ = ("number", "write")

    def __init__(self, number: int, write: Callable[[int, Any], bytes]) -> None:
        self.number = number
        self.write = write


def _message(table: Mapping[str, _Field], value: Mapping[str, Any]) -> bytes:
    """Members in the order of their numbers; extensions come last in every message, in the order of their names."""
    parts = []
    extensions = []
    for name in value:
        if name in table:
            parts.append((table[name].number, table[name].write(table[name].number, value[name])))
        elif name.startswith(_EXTENSION):
            extensions.append(name)
        else:
            raise KeyError(name)
    if extensions:
        number = table[_EXTENSION].number
        parts.append((number, b"".join(field(number, _named(name, _any(value[name]))) for name in sorted(extensions))))
    parts.sort(key=lambda part: part[0])
    return b"".join(part for _, part in parts)


def _named(name: str, value: bytes) -> bytes:
    return field(1, name.encode()) + field(2, value)


def _any(value: Any) -> bytes:
    """openapi.v2.Any: the value as YAML."""
    import yaml

    from kubefake.wire.yamlwrite import Dumper

    text: str = yaml.dump(value, Dumper=Dumper, allow_unicode=True, width=1 << 30, default_flow_style=False)
    return field(2, text.encode().removesuffix(b"...\n"))


# --- kinds of members


def _text(number: int, value: Any) -> bytes:
    return field(number, value.encode()) if value else b""


def _flag(number: int, value: Any) -> bytes:
    return varint(number << 3) + b"\x01" if value else b""


def _whole(number: int, value: Any) -> bytes:
    return varint(number << 3) + varint(value) if value else b""


def _real(number: int, value: Any) -> bytes:
    return varint(number << 3 | 1) + pack("<d", value) if value else b""


def _texts(number: int, value: Any) -> bytes:
    return b"".join(field(number, text.encode()) for text in value)


def _value(number: int, value: Any) -> bytes:
    return field(number, _any(value))


def _values(number: int, value: Any) -> bytes:
    return b"".join(field(number, _any(one)) for one in value)


def _one(write: Writer) -> Callable[[int, Any], bytes]:
    return lambda number, value: field(number, write(value))


def _many(write: Writer) -> Callable[[int, Any], bytes]:
    return lambda number, value: b"".join(field(number, write(one)) for one in value)


def _map(write: Writer) -> Writer:
    """A message whose one member is a list of names and values."""
    return lambda value: b"".join(field(1, _named(name, write(one))) for name, one in value.items())


def _of(table: Mapping[str, _Field]) -> Writer:
    return lambda value: _message(table, value)


# --- messages


def _schema(value: Any) -> bytes:
    return _message(_SCHEMA, value)


def _type_item(value: Any) -> bytes:
    return _texts(1, [value] if isinstance(value, str) else value)


def _schema_or_flag(value: Any) -> bytes:
    return _flag(2, value) if isinstance(value, bool) else field(1, _schema(value))


def _items_schema(value: Any) -> bytes:
    return b"".join(field(1, _schema(one)) for one in (value if isinstance(value, list) else [value]))


def _reference(value: Mapping[str, Any]) -> bytes:
    return _text(1, value["$ref"])


def _response_value(value: Any) -> bytes:
    return field(2, _reference(value)) if "$ref" in value else field(1, _message(_RESPONSE, value))


def _responses(value: Mapping[str, Any]) -> bytes:
    return b"".join(field(1, _named(code, _response_value(one))) for code, one in value.items())


def _schema_item(value: Any) -> bytes:
    return field(1, _schema(value))


def _parameter(value: Mapping[str, Any]) -> bytes:
    """openapi.v2.Parameter: a body, or one of four places for what is no body."""
    place = value["in"]
    if place == "body":
        return field(1, _message(_BODY_PARAMETER, value))
    number = {"header": 1, "formData": 2, "query": 3, "path": 4}[place]
    return field(2, field(number, _message(_PATH_PARAMETER if place == "path" else _PLAIN_PARAMETER, value)))


def _parameter_item(value: Mapping[str, Any]) -> bytes:
    return field(2, _reference(value)) if "$ref" in value else field(1, _parameter(value))


def _security_definition(value: Mapping[str, Any]) -> bytes:
    """Only API keys and basic authentication are among what an apiserver has."""
    if value["type"] == "basic":
        return field(1, _message(_BASIC, value))
    if value["type"] != "apiKey":
        raise KeyError(value["type"])
    return field(2, _message(_API_KEY, value))


def _string_array(value: Any) -> bytes:
    return _texts(1, value)


def _table(extensions: int, **members: Any) -> Mapping[str, _Field]:
    named = {name.replace("ref_", "$ref").replace("in_", "in"): _Field(*member) for name, member in members.items()}
    return {**named, _EXTENSION: _Field(extensions, _value)}


_LIMITS: Final = {
    "maximum": _real,
    "exclusiveMaximum": _flag,
    "minimum": _real,
    "exclusiveMinimum": _flag,
    "maxLength": _whole,
    "minLength": _whole,
    "pattern": _text,
    "maxItems": _whole,
    "minItems": _whole,
    "uniqueItems": _flag,
}


def _limits(first: int) -> dict[str, tuple[int, Any]]:
    return {name: (first + index, write) for index, (name, write) in enumerate(_LIMITS.items())}


_EXTERNAL_DOCS: Final = _table(3, description=(1, _text), url=(2, _text))
_SCHEMA: Final = _table(
    31,
    ref_=(1, _text),
    format=(2, _text),
    title=(3, _text),
    description=(4, _text),
    default=(5, _value),
    multipleOf=(6, _real),
    **_limits(7),
    maxProperties=(17, _whole),
    minProperties=(18, _whole),
    required=(19, _texts),
    enum=(20, _values),
    additionalProperties=(21, _one(_schema_or_flag)),
    type=(22, _one(_type_item)),
    items=(23, _one(_items_schema)),
    allOf=(24, _many(_schema)),
    properties=(25, _one(_map(_schema))),
    discriminator=(26, _text),
    readOnly=(27, _flag),
    externalDocs=(29, _one(_of(_EXTERNAL_DOCS))),
    example=(30, _value),
)
_RESPONSE: Final = _table(5, description=(1, _text), schema=(2, _one(_schema_item)))
_BODY_PARAMETER: Final = _table(
    6, description=(1, _text), name=(2, _text), in_=(3, _text), required=(4, _flag), schema=(5, _one(_schema))
)
_ITEMS: Final = _table(18, type=(1, _text), format=(2, _text), collectionFormat=(4, _text), **_limits(6))
_PLAIN_PARAMETER: Final = _table(
    23,
    required=(1, _flag),
    in_=(2, _text),
    description=(3, _text),
    name=(4, _text),
    allowEmptyValue=(5, _flag),
    type=(6, _text),
    format=(7, _text),
    items=(8, _one(_of(_ITEMS))),
    collectionFormat=(9, _text),
    default=(10, _value),
    **_limits(11),
    enum=(21, _values),
    multipleOf=(22, _real),
)
_PATH_PARAMETER: Final = _table(
    22,
    required=(1, _flag),
    in_=(2, _text),
    description=(3, _text),
    name=(4, _text),
    type=(5, _text),
    format=(6, _text),
    items=(7, _one(_of(_ITEMS))),
    collectionFormat=(8, _text),
    default=(9, _value),
    **_limits(10),
    enum=(20, _values),
    multipleOf=(21, _real),
)
_OPERATION: Final = _table(
    13,
    tags=(1, _texts),
    summary=(2, _text),
    description=(3, _text),
    externalDocs=(4, _one(_of(_EXTERNAL_DOCS))),
    operationId=(5, _text),
    produces=(6, _texts),
    consumes=(7, _texts),
    parameters=(8, _many(_parameter_item)),
    responses=(9, _one(_responses)),
    schemes=(10, _texts),
    deprecated=(11, _flag),
    security=(12, _many(_map(_string_array))),
)
_PATH_ITEM: Final = _table(
    10,
    ref_=(1, _text),
    get=(2, _one(_of(_OPERATION))),
    put=(3, _one(_of(_OPERATION))),
    post=(4, _one(_of(_OPERATION))),
    delete=(5, _one(_of(_OPERATION))),
    options=(6, _one(_of(_OPERATION))),
    head=(7, _one(_of(_OPERATION))),
    patch=(8, _one(_of(_OPERATION))),
    parameters=(9, _many(_parameter_item)),
)
_INFO: Final = _table(7, title=(1, _text), version=(2, _text), description=(3, _text), termsOfService=(4, _text))
_BASIC: Final = _table(3, type=(1, _text), description=(2, _text))
_API_KEY: Final = _table(5, type=(1, _text), name=(2, _text), in_=(3, _text), description=(4, _text))


def _paths(value: Mapping[str, Any]) -> bytes:
    return b"".join(field(2, _named(path, _message(_PATH_ITEM, item))) for path, item in value.items())


_DOCUMENT: Final = _table(
    16,
    swagger=(1, _text),
    info=(2, _one(_of(_INFO))),
    host=(3, _text),
    basePath=(4, _text),
    schemes=(5, _texts),
    consumes=(6, _texts),
    produces=(7, _texts),
    paths=(8, _one(_paths)),
    definitions=(9, _one(_map(_schema))),
    parameters=(10, _one(_map(_parameter))),
    responses=(11, _one(_map(_of(_RESPONSE)))),
    security=(12, _many(_map(_string_array))),
    securityDefinitions=(13, _one(_map(_security_definition))),
)
