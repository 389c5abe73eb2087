"""The OpenAPI v2 document in protobuf, as kubectl and client-go ask for it.

Follows github.com/google/gnostic-models openapiv2/OpenAPIv2.proto: messages are tables here, see `messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubeclient.apimachinery.protobuf import field

from .messages import (
    flag_member,
    many_of,
    map_of,
    message_of,
    named,
    one_of,
    real_member,
    table,
    text_member,
    texts_member,
    value_member,
    values_member,
    whole_member,
    write_message,
)

__all__ = ["write_document"]


def write_document(document: Mapping[str, Any]) -> bytes:
    """The message openapi.v2.Document of a JSON document. Raises KeyError for what the message has no place for."""
    return write_message(_DOCUMENT, document)


def _schema(value: Any) -> bytes:
    return write_message(_SCHEMA, value)


def _type_item(value: Any) -> bytes:
    return texts_member(1, [value] if isinstance(value, str) else value)


def _schema_or_flag(value: Any) -> bytes:
    return flag_member(2, value) if isinstance(value, bool) else field(1, _schema(value))


def _items_schema(value: Any) -> bytes:
    return b"".join(field(1, _schema(one)) for one in (value if isinstance(value, list) else [value]))


def _reference(value: Mapping[str, Any]) -> bytes:
    return text_member(1, value["$ref"])


def _response_value(value: Any) -> bytes:
    return field(2, _reference(value)) if "$ref" in value else field(1, write_message(_RESPONSE, value))


def _responses(value: Mapping[str, Any]) -> bytes:
    return b"".join(field(1, named(code, _response_value(one))) for code, one in value.items())


def _schema_item(value: Any) -> bytes:
    return field(1, _schema(value))


def _parameter(value: Mapping[str, Any]) -> bytes:
    """openapi.v2.Parameter: a body, or one of four places for what is no body."""
    place = value["in"]
    if place == "body":
        return field(1, write_message(_BODY_PARAMETER, value))
    number = {"header": 1, "formData": 2, "query": 3, "path": 4}[place]
    return field(2, field(number, write_message(_PATH_PARAMETER if place == "path" else _PLAIN_PARAMETER, value)))


def _parameter_item(value: Mapping[str, Any]) -> bytes:
    return field(2, _reference(value)) if "$ref" in value else field(1, _parameter(value))


def _security_definition(value: Mapping[str, Any]) -> bytes:
    """Only API keys and basic authentication are among what an apiserver has."""
    if value["type"] == "basic":
        return field(1, write_message(_BASIC, value))
    if value["type"] != "apiKey":
        raise KeyError(value["type"])
    return field(2, write_message(_API_KEY, value))


def _string_array(value: Any) -> bytes:
    return texts_member(1, value)


_LIMITS: Final = {
    "maximum": real_member,
    "exclusiveMaximum": flag_member,
    "minimum": real_member,
    "exclusiveMinimum": flag_member,
    "maxLength": whole_member,
    "minLength": whole_member,
    "pattern": text_member,
    "maxItems": whole_member,
    "minItems": whole_member,
    "uniqueItems": flag_member,
}


def _limits(first: int) -> dict[str, tuple[int, Any]]:
    return {name: (first + index, write) for index, (name, write) in enumerate(_LIMITS.items())}


_EXTERNAL_DOCS: Final = table(3, description=(1, text_member), url=(2, text_member))
_SCHEMA: Final = table(
    31,
    ref_=(1, text_member),
    format=(2, text_member),
    title=(3, text_member),
    description=(4, text_member),
    default=(5, value_member),
    multipleOf=(6, real_member),
    **_limits(7),
    maxProperties=(17, whole_member),
    minProperties=(18, whole_member),
    required=(19, texts_member),
    enum=(20, values_member),
    additionalProperties=(21, one_of(_schema_or_flag)),
    type=(22, one_of(_type_item)),
    items=(23, one_of(_items_schema)),
    allOf=(24, many_of(_schema)),
    properties=(25, one_of(map_of(_schema))),
    discriminator=(26, text_member),
    readOnly=(27, flag_member),
    externalDocs=(29, one_of(message_of(_EXTERNAL_DOCS))),
    example=(30, value_member),
)
_RESPONSE: Final = table(5, description=(1, text_member), schema=(2, one_of(_schema_item)))
_BODY_PARAMETER: Final = table(
    6,
    description=(1, text_member),
    name=(2, text_member),
    in_=(3, text_member),
    required=(4, flag_member),
    schema=(5, one_of(_schema)),
)
_ITEMS: Final = table(
    18, type=(1, text_member), format=(2, text_member), collectionFormat=(4, text_member), **_limits(6)
)
_PLAIN_PARAMETER: Final = table(
    23,
    required=(1, flag_member),
    in_=(2, text_member),
    description=(3, text_member),
    name=(4, text_member),
    allowEmptyValue=(5, flag_member),
    type=(6, text_member),
    format=(7, text_member),
    items=(8, one_of(message_of(_ITEMS))),
    collectionFormat=(9, text_member),
    default=(10, value_member),
    **_limits(11),
    enum=(21, values_member),
    multipleOf=(22, real_member),
)
_PATH_PARAMETER: Final = table(
    22,
    required=(1, flag_member),
    in_=(2, text_member),
    description=(3, text_member),
    name=(4, text_member),
    type=(5, text_member),
    format=(6, text_member),
    items=(7, one_of(message_of(_ITEMS))),
    collectionFormat=(8, text_member),
    default=(9, value_member),
    **_limits(10),
    enum=(20, values_member),
    multipleOf=(21, real_member),
)
_OPERATION: Final = table(
    13,
    tags=(1, texts_member),
    summary=(2, text_member),
    description=(3, text_member),
    externalDocs=(4, one_of(message_of(_EXTERNAL_DOCS))),
    operationId=(5, text_member),
    produces=(6, texts_member),
    consumes=(7, texts_member),
    parameters=(8, many_of(_parameter_item)),
    responses=(9, one_of(_responses)),
    schemes=(10, texts_member),
    deprecated=(11, flag_member),
    security=(12, many_of(map_of(_string_array))),
)
_PATH_ITEM: Final = table(
    10,
    ref_=(1, text_member),
    get=(2, one_of(message_of(_OPERATION))),
    put=(3, one_of(message_of(_OPERATION))),
    post=(4, one_of(message_of(_OPERATION))),
    delete=(5, one_of(message_of(_OPERATION))),
    options=(6, one_of(message_of(_OPERATION))),
    head=(7, one_of(message_of(_OPERATION))),
    patch=(8, one_of(message_of(_OPERATION))),
    parameters=(9, many_of(_parameter_item)),
)
_INFO: Final = table(
    7, title=(1, text_member), version=(2, text_member), description=(3, text_member), termsOfService=(4, text_member)
)
_BASIC: Final = table(3, type=(1, text_member), description=(2, text_member))
_API_KEY: Final = table(
    5, type=(1, text_member), name=(2, text_member), in_=(3, text_member), description=(4, text_member)
)


def _paths(value: Mapping[str, Any]) -> bytes:
    return b"".join(field(2, named(path, write_message(_PATH_ITEM, item))) for path, item in value.items())


_DOCUMENT: Final = table(
    16,
    swagger=(1, text_member),
    info=(2, one_of(message_of(_INFO))),
    host=(3, text_member),
    basePath=(4, text_member),
    schemes=(5, texts_member),
    consumes=(6, texts_member),
    produces=(7, texts_member),
    paths=(8, one_of(_paths)),
    definitions=(9, one_of(map_of(_schema))),
    parameters=(10, one_of(map_of(_parameter))),
    responses=(11, one_of(map_of(message_of(_RESPONSE)))),
    security=(12, many_of(map_of(_string_array))),
    securityDefinitions=(13, one_of(map_of(_security_definition))),
)
