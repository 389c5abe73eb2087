"""JSON and protobuf say the same, byte for byte as the real server says it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.protobuf_samples import Sample, samples

from kubeclient.apimachinery.errors import BadRequest, UnsupportedMediaType
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.protobuf import field, unwrap, wrap
from kubefake.schema.builtin import node_for
from kubefake.schema.decode import decode
from kubefake.wire.body import BodyReader
from kubefake.wire.negotiate import PROTOBUF
from kubefake.wire.protobuf import from_protobuf, to_frame, to_protobuf

CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")


def _body(raw: bytes, api_version: str = "v1", kind: str = "ConfigMap") -> bytes:
    return wrap(api_version, kind, raw)


@pytest.mark.parametrize("sample", samples(), ids=str)
def test_writes_the_bytes_of_the_real_server(sample: Sample) -> None:
    assert to_protobuf(json.dumps(sample.json).encode()) == sample.protobuf


@pytest.mark.parametrize(
    "sample", [one for one in samples() if "uid" in one.json.get("metadata", {}) and "spec" in one.json], ids=str
)
def test_reads_what_the_real_server_writes(sample: Sample) -> None:
    api_version, kind = sample.json["apiVersion"], sample.json["kind"]
    if kind in ("PartialObjectMetadata", "StatefulSet"):  # one is no stored kind, the other has kinds inside
        pytest.skip("protobuf tells less than JSON here")
    group, _, version = api_version.rpartition("/")

    read, unknown = decode(node_for(group, version, kind), from_protobuf(sample.protobuf, "", ""))
    said, _ = decode(node_for(group, version, kind), sample.json)

    assert read == said
    assert not unknown


def test_a_body_takes_its_kind_from_the_path_where_it_names_none() -> None:
    raw = field(1, field(1, b"name"))

    body = BodyReader().read(_body(raw, "", ""), PROTOBUF, CONFIG_MAP)

    assert body.kind == CONFIG_MAP
    assert body.value["metadata"] == {"name": "name"}


def test_unknown_fields_are_skipped() -> None:
    raw = field(1, field(1, b"n")) + field(99, b"?") + b"\xf8\x06\x05" + b"\xfd\x06abcd" + b"\xf9\x06abcdefgh"

    assert BodyReader().read(_body(raw), PROTOBUF, CONFIG_MAP).value["metadata"] == {"name": "n"}


def test_an_embedded_message_that_comes_twice_is_merged() -> None:
    raw = field(1, field(1, b"n")) + field(1, field(3, b"ns"))

    assert BodyReader().read(_body(raw), PROTOBUF, CONFIG_MAP).value["metadata"] == {"name": "n", "namespace": "ns"}


UNRECOGNIZED = "the object provided is unrecognized (must be of type ConfigMap): "
PREFIX = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
CANNOT = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: '


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", f"{UNRECOGNIZED}empty data (<empty>)"),
        (b"x", f"{UNRECOGNIZED}{PREFIX} (78)"),
        (b"{}", f"{UNRECOGNIZED}{PREFIX} ({{}})"),
        (b"k8s\0", f"{UNRECOGNIZED}empty body (6b387300)"),
        (b"k8s\0\x0a", f"{UNRECOGNIZED}unexpected EOF (6b3873000a)"),
        (b"k8s\0\x0a\x05ab", f"{UNRECOGNIZED}unexpected EOF (6b3873000a056162)"),
        (_body(b"\x0a"), f"{CANNOT}unexpected EOF"),
        (_body(b"\x08\x00"), f"{CANNOT}proto: wrong wireType = 0 for field ObjectMeta"),
        (
            _body(b"", kind="Nopes"),
            (
                'Nopes in version "v1" cannot be handled as a ConfigMap: '
                'no kind "Nopes" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"'
            ),
        ),
    ],
)
def test_refuses_broken_bodies_in_the_words_of_the_server(data: bytes, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        BodyReader().read(data, PROTOBUF, CONFIG_MAP)

    assert caught.value.message == message


def test_what_is_of_another_kind_is_left_to_be_read_and_then_refused() -> None:
    body = BodyReader().read(_body(b"", kind="Pod"), PROTOBUF, CONFIG_MAP)

    assert body.refusal == (
        'Pod in version "v1" cannot be handled as a ConfigMap: '
        "converting (v1.Pod) to (core.ConfigMap): unknown conversion"
    )


def test_reads_the_options_of_a_deletion() -> None:
    reader = BodyReader()

    options = reader.read_delete(_body(b"\x08\x00\x22\x06Orphan", kind="DeleteOptions"), PROTOBUF)

    assert options is not None
    assert (options["gracePeriodSeconds"], options["propagationPolicy"]) == (0, "Orphan")
    with pytest.raises(BadRequest, match=r"^proto: wrong wireType = 2 for field GracePeriodSeconds$"):
        reader.read_delete(_body(b"\x0a\x00", "", ""), PROTOBUF)
    with pytest.raises(BadRequest, match=r'^no kind "Pod" is registered for version "v1"'):
        reader.read_delete(_body(b"", kind="Pod"), PROTOBUF)


def test_a_custom_object_has_no_form_in_protobuf() -> None:
    with pytest.raises(UnsupportedMediaType):
        BodyReader().read(_body(b""), PROTOBUF, GroupVersionKind("example.com", "v1", "Widget"), custom=True)


def test_a_frame_is_a_length_and_an_event_around_a_body() -> None:
    obj: dict[str, Any] = {"kind": "Namespace", "apiVersion": "v1", "metadata": {}, "spec": {}, "status": {}}
    data = json.dumps(obj).encode()

    frame = to_frame("ADDED", data)

    assert int.from_bytes(frame[:4], "big") == len(frame) - 4
    assert frame[4:] == field(1, b"ADDED") + field(2, field(1, to_protobuf(data)))
    assert unwrap(to_protobuf(data)).kind == "Namespace"
