"""A client that speaks protobuf, and one that speaks JSON, work on the same objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient.apimachinery.protobuf import FrameSplitter, read_event, unwrap, wrap
from kubeclient.transport.protocol import Response, header
from kubefake.schema.protobuf_read import read_message
from kubefake.schema.protobuf_write import write_message

PROTOBUF = "application/vnd.kubernetes.protobuf"
ACCEPT = [("accept", f"{PROTOBUF},application/json")]
MAPS = "/api/v1/namespaces/default/configmaps"


def _config_map(name: str) -> bytes:
    return wrap(
        "v1", "ConfigMap", write_message("core/v1.ConfigMap", {"metadata": {"name": name}, "data": {"k": name}})
    )


def _read(answer: Any, message: str) -> dict[str, Any]:
    assert isinstance(answer, Response)
    assert header(answer.headers, "content-type") == PROTOBUF
    return read_message(message, unwrap(answer.body).raw)


def test_what_one_creates_the_other_reads(client) -> None:
    created = client.raw(f"POST {MAPS}", _config_map("a"), type=PROTOBUF, headers=ACCEPT)
    code, seen = client(f"GET {MAPS}/a")

    assert (created.status, code) == (201, 200)
    assert _read(created, "core/v1.ConfigMap")["metadata"]["uid"] == seen["metadata"]["uid"]
    assert seen["data"] == {"k": "a"}


def test_lists_hold_the_objects_and_where_they_end(client) -> None:
    for name in ("a", "b", "c"):
        client(f"POST {MAPS}", {"metadata": {"name": name}})

    page = _read(client.raw(f"GET {MAPS}?limit=2", headers=ACCEPT), "core/v1.ConfigMapList")

    assert [item["metadata"]["name"] for item in page["items"]] == ["a", "b"]
    assert page["metadata"]["remainingItemCount"] == 1
    assert page["metadata"]["continue"]


def test_metadata_comes_without_the_rest(client) -> None:
    client(f"POST {MAPS}", {"metadata": {"name": "a"}, "data": {"k": "v"}})

    accept = [("accept", f"{PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1")]
    answer = client.raw(f"GET {MAPS}/a", headers=accept)

    assert unwrap(answer.body)[:2] == ("meta.k8s.io/v1", "PartialObjectMetadata")
    assert _read(answer, "meta/v1.PartialObjectMetadata").keys() == {"metadata"}


def test_a_table_is_json_even_for_those_who_prefer_protobuf(client) -> None:
    table = "as=Table;g=meta.k8s.io;v=v1"

    answer = client.raw(f"GET {MAPS}", headers=[("accept", f"{PROTOBUF};{table},application/json;{table}")])

    assert json.loads(answer.body)["kind"] == "Table"


@pytest.mark.parametrize(
    ("line", "code", "reason"), [(f"GET {MAPS}/nope", 404, "NotFound"), ("GET /api/v1/nope", 404, "NotFound")]
)
def test_failures_are_told_in_protobuf(client, line: str, code: int, reason: str) -> None:
    status = _read(client.raw(line, headers=ACCEPT), "meta/v1.Status")

    assert (status["status"], status["code"], status["reason"]) == ("Failure", code, reason)


def test_a_watch_sends_frames(client) -> None:
    stream = client.raw(f"GET {MAPS}?watch=1", headers=ACCEPT)
    assert not isinstance(stream, Response)
    client(f"POST {MAPS}", {"metadata": {"name": "a"}})
    client(f"DELETE {MAPS}/a")

    splitter, events = FrameSplitter(), []
    while (chunk := stream.poll()) is not None:
        events += [read_event(frame) for frame in splitter.feed(chunk)]

    assert header(stream.headers, "content-type") == f"{PROTOBUF};stream=watch"
    named = [(type, read_message("core/v1.ConfigMap", unwrap(body).raw)["metadata"]["name"]) for type, body in events]
    assert named == [("ADDED", "a"), ("DELETED", "a")]


def test_a_watch_from_what_is_no_version_fails_in_protobuf(client) -> None:
    answer = client.raw(f"GET {MAPS}?watch=1&resourceVersion=x", headers=ACCEPT)

    assert _read(answer, "meta/v1.Status")["code"] == 500


def test_options_of_a_deletion_may_be_protobuf(client) -> None:
    client(f"POST {MAPS}", {"metadata": {"name": "a"}})
    options = write_message("meta/v1.DeleteOptions", {"preconditions": {"uid": "other"}})

    answer = client.raw(f"DELETE {MAPS}/a", wrap("v1", "DeleteOptions", options), type=PROTOBUF, headers=ACCEPT)

    assert _read(answer, "meta/v1.Status")["reason"] == "Conflict"


def test_discovery_is_told_in_protobuf(client) -> None:
    answer = client.raw("GET /apis/apps/v1", headers=ACCEPT)

    names = [one["name"] for one in _read(answer, "meta/v1.APIResourceList")["resources"]]
    assert "deployments" in names
