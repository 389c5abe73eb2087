"""OpenAPI v3 documents as protobuf messages: members under their numbers, references apart from what they refer to."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kubeclient.apimachinery.protobuf import read_varint
from kubefake import data
from kubefake.openapi.gnostic3 import write_document3


def fields(message: bytes) -> list[tuple[int, Any]]:
    """The fields of a message: numbers and what stands under them, in their order."""
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at, len(message))
        if tag & 7 == 2:
            length, at = read_varint(message, at, len(message))
            found.append((tag >> 3, message[at : at + length]))
            at += length
        elif tag & 7 == 1:
            found.append((tag >> 3, message[at : at + 8]))
            at += 8
        else:
            value, at = read_varint(message, at, len(message))
            found.append((tag >> 3, value))
    return found


def schema(value: dict[str, Any]) -> list[tuple[int, Any]]:
    """The fields of the message of one schema of a document."""
    document = fields(write_document3({"openapi": "3.0.0", "components": {"schemas": {"S": value}}}))
    components = dict(document)[5]
    named = dict(fields(dict(fields(components))[1]))[1]
    entry = dict(fields(named))
    assert entry[1] == b"S"
    either = dict(fields(entry[2]))
    assert list(either) == [1], "a schema, no reference"
    return fields(either[1])


def test_members_stand_under_their_numbers_in_their_order() -> None:
    assert schema({"description": "d", "type": "string", "nullable": True, "maxLength": 300}) == [
        (1, 1),
        (15, 300),
        (25, b"string"),
        (34, b"d"),
    ]


def test_a_reference_is_told_from_a_schema() -> None:
    ((_, all_of),) = schema({"allOf": [{"$ref": "#/components/schemas/T"}]})

    assert fields(all_of) == [(2, b"\n\x16#/components/schemas/T")]


@pytest.mark.parametrize(
    ("default", "written"),
    [
        (True, b"\x10\x01"),
        (False, b"\x10\x00"),
        ("", b"\x1a\x00"),
        ("x", b"\x1a\x01x"),
        ({}, b""),
        (1.5, b"\t" + bytes(6) + b"\xf8?"),
    ],
)
def test_a_default_is_a_number_a_truth_or_a_text(default: object, written: bytes) -> None:
    assert schema({"default": default}) == [(33, written)]


def test_that_nothing_may_be_added_is_written() -> None:
    assert schema({"additionalProperties": False}) == [(32, b"\x10\x00")]


def test_extensions_are_yaml_in_the_documents_order() -> None:
    ((_, extension),) = schema({"x-kubernetes-group-version-kind": [{"version": "v1", "group": "g"}]})

    assert b"- version: v1\n  group: g\n" in extension


def test_the_kind_of_an_operation_has_the_servers_order() -> None:
    kind = {"group": "g", "kind": "K", "version": "v1"}
    operation = {"operationId": "o", "x-kubernetes-group-version-kind": kind, "responses": {}}

    written = write_document3({"openapi": "3.0.0", "paths": {"/": {"get": operation}}})

    assert b"group: g\nversion: v1\nkind: K\n" in written


def test_what_no_message_has_a_place_for_is_an_error() -> None:
    with pytest.raises(KeyError, match="unheard"):
        write_document3({"openapi": "3.0.0", "unheard": 1})


def test_every_builtin_document_can_be_written() -> None:
    lines = data.read("openapi-v3.jsonl.xz").splitlines()

    sizes = [len(write_document3(msgspec.json.decode(line.partition(b"\t")[2]))) for line in lines]

    assert len(sizes) > 40
    assert min(sizes) > 100
