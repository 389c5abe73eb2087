"""Models and the bytes of the real server, and the clients' side of speaking protobuf."""

from __future__ import annotations

import itertools
import json

import pytest
from support.protobuf_samples import Sample, samples

from kubeclient.api import scheme
from kubeclient.api.core_v1 import ConfigMap, ConfigMapList, Namespace
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.errors import Expired, InternalError, NotFound
from kubeclient.apimachinery.gvk import GroupResource, GroupVersionKind
from kubeclient.apimachinery.protobuf import MAGIC, ProtobufError, event_frame, field, wrap
from kubeclient.apimachinery.status import Status
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.codec import ResourceType, unstructured_type
from kubeclient.machines.protobuf_decode import decode_body
from kubeclient.machines.protobuf_encode import encode_body, encode_message
from kubeclient.machines.request import PROTOBUF, RequestHeaders
from kubeclient.machines.response import error_from_response
from kubeclient.machines.watch_decoder import WatchDecoder

CONFIG_MAPS = ResourceType(
    "", "v1", "configmaps", "ConfigMap", namespaced=True, type_=ConfigMap, list_type=ConfigMapList
)


@pytest.mark.parametrize("sample", samples(), ids=str)
def test_a_model_is_the_same_from_json_and_from_protobuf(sample: Sample) -> None:
    api_version, kind = sample.json.get("apiVersion", "v1") or "v1", sample.json["kind"]
    model = scheme.type_for(GroupVersionKind.from_api_version(api_version, kind))
    from_json = scheme.decode_into(model, json.dumps(sample.json, separators=(",", ":")))

    assert decode_body(model, sample.protobuf) == from_json
    assert encode_body(from_json, sample.json.get("apiVersion", ""), kind) == sample.protobuf


def test_a_resource_in_protobuf_writes_models_so_and_reads_both_forms() -> None:
    resource = CONFIG_MAPS.in_protobuf
    assert resource is not None
    model = ConfigMap(metadata=ObjectMeta(name="a"), data={"k": "v"})

    body = resource.encode(model)

    assert body[:4] == MAGIC
    assert resource.decode(body) == resource.decode(CONFIG_MAPS.encode(model)) == model


def test_what_is_no_model_and_what_is_applied_stay_json() -> None:
    resource = CONFIG_MAPS.in_protobuf
    assert resource is not None

    assert resource.encode({"data": {}})[:1] == b"{"
    assert resource.encode(Unstructured({"data": {}}))[:1] == b"{"
    assert resource.encode_patch(ConfigMap())[:1] == b"{"


def test_objects_without_types_have_no_form_in_protobuf() -> None:
    assert unstructured_type("", "v1", "configmaps").in_protobuf is None


def test_headers_follow_the_body() -> None:
    headers = RequestHeaders()

    assert dict(headers.of(wrap("v1", "ConfigMap", b"")))["content-type"] == PROTOBUF
    assert dict(headers.of(b"{}"))["content-type"] == "application/json"


def test_a_failure_in_protobuf_is_the_error_that_it_says() -> None:
    status = Status.failure(404, "NotFound", 'namespaces "nope" not found')
    body = encode_body(status, "v1", "Status")

    error = error_from_response(404, (), body, method="GET", resource=GroupResource("", "namespaces"))

    assert isinstance(error, NotFound)
    assert error.message == 'namespaces "nope" not found'


def test_a_body_that_is_torn_is_no_failure_with_a_status() -> None:
    error = error_from_response(503, (), MAGIC + b"\x0a\x7f", method="GET", resource=GroupResource("", "pods"))

    assert error.code == 503


def _namespace(name: str) -> bytes:
    return encode_body(Namespace(metadata=ObjectMeta(name=name)), "v1", "Namespace")


def _decoder() -> WatchDecoder[Namespace]:
    return WatchDecoder(lambda body: decode_body(Namespace, bytes(body)))


def test_a_watch_in_protobuf_does_not_depend_on_the_borders_of_chunks() -> None:
    stream = b"".join(event_frame(type, _namespace(type.lower())) for type in ("ADDED", "MODIFIED", "DELETED"))
    expected = [
        WatchEvent(type, Namespace(metadata=ObjectMeta(name=type.lower()))) for type in ("ADDED", "MODIFIED", "DELETED")
    ]

    for size in (1, 3, 64, len(stream)):
        decoder, cuts = _decoder(), [*range(0, len(stream), size), len(stream)]
        events = [event for start, end in itertools.pairwise(cuts) for event in decoder.feed(stream[start:end])]
        assert events == expected
        assert decoder.finish() == []


def test_an_error_event_in_protobuf_ends_the_watch() -> None:
    status = encode_body(Status.failure(410, "Expired", "too old"), "v1", "Status")
    decoder = _decoder()

    events = decoder.feed(event_frame("ERROR", status) + event_frame("ADDED", _namespace("late")))

    assert [type(event) for event in events] == [Expired]
    assert decoder.failed


def test_an_event_that_cannot_be_read_ends_the_watch() -> None:
    (error,) = _decoder().feed(event_frame("ADDED", b"nonsense"))

    assert isinstance(error, InternalError)
    assert "unable to decode an event from the watch stream: provided data does not appear" in error.message


def test_numbers_may_be_packed() -> None:
    from kubeclient.api.core_v1 import PodSecurityContext
    from kubeclient.machines.protobuf_decode import decode_message

    plain = encode_message(PodSecurityContext(supplemental_groups=[1, 300, -1]))
    packed = field(4, b"\x01\xac\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")

    assert decode_message(PodSecurityContext, plain) == decode_message(PodSecurityContext, packed)


def test_a_message_of_another_type_is_refused() -> None:
    with pytest.raises(ProtobufError, match="proto: wrong wireType = 0 for field ObjectMeta"):
        decode_body(ConfigMap, wrap("v1", "ConfigMap", b"\x08\x00"))
