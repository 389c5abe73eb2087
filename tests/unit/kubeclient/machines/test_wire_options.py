"""How options, patches and protobuf bodies look on the wire."""

from __future__ import annotations

import struct

import pytest

from kubeclient import types
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.protobuf import event_frame, read_event, unwrap, wrap
from kubeclient.machines.options import create_query, list_query, watch_query
from kubeclient.machines.protobuf_decode import decode_body
from kubeclient.machines.protobuf_encode import encode_body
from kubeclient.machines.request import patch_content_type


@pytest.mark.parity("AMC-06")
def test_options_that_are_not_set_are_left_out_and_others_are_text() -> None:
    assert list(list_query({"label_selector": "", "limit": 0})) == []
    assert dict(list_query({"label_selector": "a=b", "limit": 12, "continue_": "x", "resource_version": "5"})) == {
        "continue": "x",
        "labelSelector": "a=b",
        "limit": "12",
        "resourceVersion": "5",
    }
    assert dict(watch_query({"allow_watch_bookmarks": True, "send_initial_events": False})) == {
        "allowWatchBookmarks": "true",
        "sendInitialEvents": "false",
        "watch": "true",
    }
    assert create_query({"dry_run": ["All", "Other"]}, "") == [("dryRun", "All"), ("dryRun", "Other")]


@pytest.mark.parity("AMC-08")
@pytest.mark.parametrize(
    ("short", "media_type"),
    [
        ("json", "application/json-patch+json"),
        ("merge", "application/merge-patch+json"),
        ("strategic", "application/strategic-merge-patch+json"),
        ("apply", "application/apply-patch+yaml"),
        ("application/apply-patch+cbor", "application/apply-patch+cbor"),
    ],
)
def test_patches_have_media_types(short: str, media_type: str) -> None:
    assert patch_content_type({}, short) == media_type
    assert media_type in {
        types.JSON_PATCH_TYPE,
        types.MERGE_PATCH_TYPE,
        types.STRATEGIC_MERGE_PATCH_TYPE,
        types.APPLY_YAML_PATCH_TYPE,
        types.APPLY_CBOR_PATCH_TYPE,
    }


@pytest.mark.parity("AMC-09")
def test_a_protobuf_body_has_a_prefix_and_an_envelope() -> None:
    body = encode_body(ConfigMap(metadata=ObjectMeta(name="a"), data={"k": "v"}), "v1", "ConfigMap")
    envelope = unwrap(body)

    assert body[:4] == b"k8s\0"
    assert (envelope.api_version, envelope.kind) == ("v1", "ConfigMap")
    assert wrap("v1", "ConfigMap", envelope.raw) == body
    assert decode_body(ConfigMap, body).data == {"k": "v"}
    with pytest.raises(ValueError, match="expected prefix"):
        unwrap(b"nope" + body[4:])


@pytest.mark.parity("AMC-09")
def test_a_frame_of_a_watch_says_its_length_first() -> None:
    body = encode_body(ConfigMap(metadata=ObjectMeta(name="a")), "v1", "ConfigMap")
    frame = event_frame("ADDED", body)
    (length,) = struct.unpack(">I", frame[:4])

    assert length == len(frame) - 4
    assert read_event(frame[4:]) == ("ADDED", body)


@pytest.mark.parity("AMC-12")
def test_names_of_objects_are_told_apart_by_namespace_and_name() -> None:
    name = types.NamespacedName("shop", "web")
    assert (str(name), str(types.NamespacedName("", "web")), types.NamespacedName.parse("a/b").name) == (
        "shop/web",
        "/web",
        "b",
    )
