"""OpenAPI v3 documents in protobuf, as client-go asks for them to learn the types of a group.

Follows github.com/google/gnostic-models openapiv3/OpenAPIv3.proto: messages are tables here, see `messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import pack
from typing import Any, Final

from kubeclient.apimachinery.protobuf import field, varint

from .messages import (
    Writer,
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

__all__ = ["write_document3"]


def write_document3(document: Mapping[str, Any]) -> bytes:
    """The message openapi.v3.Document of a JSON document. Raises KeyError for what the message has no place for."""
    return write_message(_DOCUMENT, document)


def _or_reference(write: Writer) -> Writer:
    """A message that is either the thing or a reference to it."""

    def either(value: Any) -> bytes:
        if "$ref" in value:
            return field(2, text_member(1, value["$ref"]) + text_member(3, value.get("description", "")))
        return field(1, write(value))

    return either


def _schema(value: Any) -> bytes:
    return write_message(_SCHEMA, value)


def _schema_item(value: Any) -> bytes:
    return b"".join(field(1, _any_schema(one)) for one in (value if isinstance(value, list) else [value]))


def _schema_or_flag(value: Any) -> bytes:
    # A false one is written too: it is one of two, not a member that may be missing.
    return varint(2 << 3) + varint(int(value)) if isinstance(value, bool) else field(1, _any_schema(value))


def _default(number: int, value: Any) -> bytes:
    """DefaultType: a number, a truth or a text; other values have no place."""
    if isinstance(value, bool):
        return field(number, varint(2 << 3) + varint(int(value)))
    if isinstance(value, int | float):
        return field(number, varint(1 << 3 | 1) + pack("<d", value))
    if isinstance(value, str):
        return field(number, field(3, value.encode()))
    return field(number, b"")


def _responses(value: Mapping[str, Any]) -> bytes:
    default = value.get("default")
    first = b"" if default is None else field(1, _any_response(default))
    others = (field(2, named(code, _any_response(one))) for code, one in value.items() if code != "default")
    return first + b"".join(others)


def _strings(value: Mapping[str, str]) -> bytes:
    return b"".join(field(1, text_member(1, name) + text_member(2, text)) for name, text in value.items())


_any_schema: Final = _or_reference(_schema)

_EXTERNAL_DOCS: Final = table(3, description=(1, text_member), url=(2, text_member))
_SCHEMA: Final = table(
    36,
    nullable=(1, flag_member),
    discriminator=(2, one_of(message_of(table(3, propertyName=(1, text_member), mapping=(2, one_of(_strings)))))),
    readOnly=(3, flag_member),
    writeOnly=(4, flag_member),
    externalDocs=(6, one_of(message_of(_EXTERNAL_DOCS))),
    example=(7, value_member),
    deprecated=(8, flag_member),
    title=(9, text_member),
    multipleOf=(10, real_member),
    maximum=(11, real_member),
    exclusiveMaximum=(12, flag_member),
    minimum=(13, real_member),
    exclusiveMinimum=(14, flag_member),
    maxLength=(15, whole_member),
    minLength=(16, whole_member),
    pattern=(17, text_member),
    maxItems=(18, whole_member),
    minItems=(19, whole_member),
    uniqueItems=(20, flag_member),
    maxProperties=(21, whole_member),
    minProperties=(22, whole_member),
    required=(23, texts_member),
    enum=(24, values_member),
    type=(25, text_member),
    allOf=(26, many_of(_any_schema)),
    oneOf=(27, many_of(_any_schema)),
    anyOf=(28, many_of(_any_schema)),
    not_=(29, one_of(_schema)),
    items=(30, one_of(_schema_item)),
    properties=(31, one_of(map_of(_any_schema))),
    additionalProperties=(32, one_of(_schema_or_flag)),
    default=(33, _default),
    description=(34, text_member),
    format=(35, text_member),
)
_MEDIA_TYPE: Final = table(5, schema=(1, one_of(_any_schema)), example=(2, value_member))
_media_types: Final = map_of(message_of(_MEDIA_TYPE))
_HEADER: Final = table(
    12,
    description=(1, text_member),
    required=(2, flag_member),
    deprecated=(3, flag_member),
    schema=(8, one_of(_any_schema)),
)
_RESPONSE: Final = table(
    5,
    description=(1, text_member),
    headers=(2, one_of(map_of(_or_reference(message_of(_HEADER))))),
    content=(3, one_of(_media_types)),
)
_any_response: Final = _or_reference(message_of(_RESPONSE))
_PARAMETER: Final = table(
    14,
    name=(1, text_member),
    in_=(2, text_member),
    description=(3, text_member),
    required=(4, flag_member),
    deprecated=(5, flag_member),
    allowEmptyValue=(6, flag_member),
    style=(7, text_member),
    explode=(8, flag_member),
    allowReserved=(9, flag_member),
    schema=(10, one_of(_any_schema)),
    example=(11, value_member),
    content=(13, one_of(_media_types)),
)
_any_parameter: Final = _or_reference(message_of(_PARAMETER))
_BODY: Final = table(4, description=(1, text_member), content=(2, one_of(_media_types)), required=(3, flag_member))
_any_body: Final = _or_reference(message_of(_BODY))
_requirement: Final = map_of(lambda value: texts_member(1, value))
_OPERATION: Final = table(
    13,
    tags=(1, texts_member),
    summary=(2, text_member),
    description=(3, text_member),
    externalDocs=(4, one_of(message_of(_EXTERNAL_DOCS))),
    operationId=(5, text_member),
    parameters=(6, many_of(_any_parameter)),
    requestBody=(7, one_of(_any_body)),
    responses=(8, one_of(_responses)),
    deprecated=(10, flag_member),
    security=(11, many_of(_requirement)),
)
_KIND: Final = "x-kubernetes-group-version-kind"


def _operation_message(value: Mapping[str, Any]) -> bytes:
    """An operation's kind is a struct to the server and a map everywhere else, so that its fields have another order here."""
    kind = value.get(_KIND)
    if isinstance(kind, Mapping):
        value = {**value, _KIND: {name: kind[name] for name in ("group", "version", "kind") if name in kind}}
    return write_message(_OPERATION, value)


_operation: Final = one_of(_operation_message)
_PATH_ITEM: Final = table(
    14,
    ref_=(1, text_member),
    summary=(2, text_member),
    description=(3, text_member),
    get=(4, _operation),
    put=(5, _operation),
    post=(6, _operation),
    delete=(7, _operation),
    options=(8, _operation),
    head=(9, _operation),
    patch=(10, _operation),
    trace=(11, _operation),
    parameters=(13, many_of(_any_parameter)),
)
_INFO: Final = table(
    7,
    title=(1, text_member),
    description=(2, text_member),
    termsOfService=(3, text_member),
    version=(6, text_member),
    summary=(8, text_member),
)
_SECURITY_SCHEME: Final = table(
    9,
    type=(1, text_member),
    description=(2, text_member),
    name=(3, text_member),
    in_=(4, text_member),
    scheme=(5, text_member),
    bearerFormat=(6, text_member),
)
_COMPONENTS: Final = table(
    10,
    schemas=(1, one_of(map_of(_any_schema))),
    responses=(2, one_of(map_of(_any_response))),
    parameters=(3, one_of(map_of(_any_parameter))),
    requestBodies=(5, one_of(map_of(_any_body))),
    headers=(6, one_of(map_of(_or_reference(message_of(_HEADER))))),
    securitySchemes=(7, one_of(map_of(_or_reference(message_of(_SECURITY_SCHEME))))),
)
_DOCUMENT: Final = table(
    9,
    openapi=(1, text_member),
    info=(2, one_of(message_of(_INFO))),
    paths=(4, one_of(map_of(message_of(_PATH_ITEM)))),
    components=(5, one_of(message_of(_COMPONENTS))),
    security=(6, many_of(_requirement)),
    externalDocs=(8, one_of(message_of(_EXTERNAL_DOCS))),
)
