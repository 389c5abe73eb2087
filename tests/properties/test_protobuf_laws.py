"""Laws of protobuf, for every kind that has a form in it: nothing is lost, and both packages write the same bytes."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.strategies import bodies

from kubeclient.api import scheme
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.protobuf import FrameSplitter, ProtobufError, event_frame, read_event, unwrap, varint, wrap
from kubeclient.apimachinery.protobuf_fields import fields_of
from kubeclient.machines.protobuf_decode import decode_message, has_message, message_of
from kubeclient.machines.protobuf_encode import encode_message
from kubefake.schema.builtin import kinds_of, node_for
from kubefake.schema.decode import decode
from kubefake.schema.protobuf_read import read_message
from kubefake.schema.protobuf_write import write_message

KINDS = [kind for kind in scheme.kinds() if has_message(scheme.type_for(kind))]
WIDE = 8 * settings().max_examples  # there are hundreds of kinds
HEAD = ("kind", "apiVersion")
SERVED = [kind for kind in KINDS if kind.kind in kinds_of(kind.api_version) and kind.group != "meta.k8s.io"]
STORED = [kind for kind in SERVED if not kind.kind.endswith(("List", "Options"))]


def _nil(model: Any) -> Any:
    """The model as protobuf can tell it: nil where it has an empty list or map, and the kinds of inner objects unsaid."""
    if isinstance(model, msgspec.Struct):
        if has_message(type(model)) and not _tells_its_kind(type(model)):
            unsaid = type(model)()
            for name in {"kind", "api_version"}.intersection(model.__struct_fields__):
                setattr(model, name, getattr(unsaid, name))
        for name in model.__struct_fields__:
            _nil(getattr(model, name))
        for name, nil in getattr(model, "_nils", ()):
            if not getattr(model, name):
                setattr(model, name, nil)
    elif isinstance(model, list | dict):
        for item in model.values() if isinstance(model, dict) else model:
            _nil(item)
    return model


def _tells_its_kind(model: type[Any]) -> bool:
    """Whether kind is a field like others, as of a reference, and not said by the envelope."""
    return any(one.name == "kind" for one in fields_of(message_of(model)))


def _null(value: Any, *, kind: bool = False) -> Any:
    """JSON with null for every empty list, as `_nil`, and without the kinds of inner objects, which are not told.

    Objects have metadata; options, which have none, are known by the field that they stand in.
    """
    if isinstance(value, dict):
        dropped = HEAD if kind or "metadata" in value else ()
        return {name: _null(item, kind=name == "deleteOptions") for name, item in value.items() if name not in dropped}
    return ([_null(item) for item in value] or None) if isinstance(value, list) else value


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_a_model_comes_back_from_protobuf_as_it_was(kind: GroupVersionKind, data: st.DataObject) -> None:
    model = scheme.type_for(kind)
    body = data.draw(bodies(model))
    if not hasattr(model, "GVK"):  # what a body of options says of its kind stands in the envelope
        body = {name: value for name, value in body.items() if name not in HEAD}
    before = _nil(scheme.decode_into(model, body))

    after = decode_message(model, encode_message(before))

    assert json.to_builtins(_nil(after)) == json.to_builtins(before)


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(STORED), data=st.data())
def test_a_stored_object_comes_back_from_protobuf_as_it_was(kind: GroupVersionKind, data: st.DataObject) -> None:
    model, node = scheme.type_for(kind), node_for(kind.group, kind.version, kind.kind)
    before, _ = decode(node, data.draw(bodies(model)))

    after, unknown = decode(node, read_message(message_of(model), write_message(message_of(model), before)))

    assert not unknown
    assert _null({"metadata": None, **before}) == _null({"metadata": None, **after})


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(SERVED), data=st.data())
def test_client_and_server_write_the_same_bytes(kind: GroupVersionKind, data: st.DataObject) -> None:
    model, node = scheme.type_for(kind), node_for(kind.group, kind.version, kind.kind)
    stored, _ = decode(node, data.draw(bodies(model)))

    assert encode_message(scheme.decode_into(model, stored)) == write_message(message_of(model), stored)


@given(st.sampled_from(SERVED), st.data())
def test_bytes_that_are_cut_off_or_changed_are_read_or_refused(kind: GroupVersionKind, data: st.DataObject) -> None:
    model = scheme.type_for(kind)
    whole = bytearray(encode_message(scheme.decode_into(model, data.draw(bodies(model)))))
    for place in data.draw(st.lists(st.integers(0, max(len(whole) - 1, 0)), max_size=3)) if whole else ():
        whole[place] = data.draw(st.integers(0, 255))
    torn = bytes(whole[: data.draw(st.integers(0, len(whole)))])

    for read in (lambda: decode_message(model, torn), lambda: read_message(message_of(model), torn)):
        with contextlib.suppress(ValueError):
            read()


@given(st.text(max_size=9), st.text(max_size=9), st.binary(max_size=300))
def test_an_envelope_gives_back_what_it_was_made_of(api_version: str, kind: str, raw: bytes) -> None:
    assert unwrap(wrap(api_version, kind, raw)) == (api_version, kind, raw)


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(1, 50))
def test_frames_do_not_depend_on_the_borders_of_chunks(payloads: list[bytes], size: int) -> None:
    stream = b"".join(event_frame("ADDED", payload) for payload in payloads)
    splitter = FrameSplitter()

    frames = [frame for at in range(0, len(stream), size) for frame in splitter.feed(stream[at : at + size])]

    assert [read_event(frame) for frame in frames] == [("ADDED", payload) for payload in payloads]


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_number_takes_as_many_bytes_as_it_needs(number: int) -> None:
    bits = (number & (2**64 - 1)).bit_length()

    assert len(varint(number)) == max(1, -(-bits // 7))


def test_a_body_in_json_is_no_envelope() -> None:
    with pytest.raises(ProtobufError, match="expected prefix \\[107 56 115 0\\]"):
        unwrap(b"{}")
