"""The OpenAPI document as a protobuf message: members under their numbers, what has no number as an extension."""

from __future__ import annotations

import pytest

from kubefake.openapi.gnostic import write_document


def test_members_stand_under_their_numbers_in_their_order() -> None:
    document = {"info": {"version": "1", "title": "T"}, "swagger": "2.0"}

    assert write_document(document) == b"\x0a\x032.0" + b"\x12\x06\x0a\x01T\x12\x011"


def test_a_property_is_named_and_a_type_is_a_list() -> None:
    schema = {"properties": {"a": {"type": "string"}}}
    inner = b"\xb2\x01\x08\x0a\x06string"
    named = b"\x0a\x10" + b"\x0a\x01a" + b"\x12\x0b" + inner
    whole = b"\xca\x01\x12" + named

    assert write_document({"definitions": {"A": schema}}) == (
        b"\x4a\x1c" + b"\x0a\x1a" + b"\x0a\x01A" + b"\x12\x15" + whole
    )


def test_a_reference_to_a_parameter_is_no_parameter() -> None:
    plain = write_document({"paths": {"/a": {"parameters": [{"$ref": "#/parameters/p"}]}}})

    assert b"\x4a\x12\x12\x10\x0a\x0e#/parameters/p" in plain


def test_an_extension_is_yaml_after_the_members() -> None:
    schema = {"x-b": {"k": ["v"]}, "x-a": True, "description": "d"}

    found = write_document({"definitions": {"A": schema}})

    assert (
        found.index(b"\x22\x01d")
        < found.index(b"x-a\x12\x07\x12\x05true\n")
        < found.index(b"x-b\x12\x09\x12\x07k:\n- v\n")
    )


def test_what_has_no_place_is_not_passed_over() -> None:
    with pytest.raises(KeyError, match="bogus"):
        write_document({"bogus": 1})
