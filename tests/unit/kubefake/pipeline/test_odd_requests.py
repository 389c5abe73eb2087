"""Requests at the edges: names that are none, times that nobody keeps, patches that do not fit."""

from __future__ import annotations

import pytest

from kubeclient.transport.protocol import header

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
STRATEGIC = "application/strategic-merge-patch+json"
POD = {"metadata": {"name": "p", "labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/api/v1/namespaces//configmaps/a", 400, "Namespace parameter required."),
        (f"{CONFIGMAPS}/%2E%2E", 400, "Name parameter invalid: \"..\": may not be '..'"),
        (f"{CONFIGMAPS}/a%25b", 400, "Name parameter invalid: \"a%b\": may not contain '%'"),
        ("/api/v1/namespaces/%2E%2E/configmaps/a", 500, 'invalid key: "/configmaps/../a"'),
        ("/api/v1/namespaces/%2E/configmaps", 500, 'invalid key: "/configmaps/."'),
    ],
)
def test_names_that_are_none_are_refused(client, path, code, message):
    found, status = client(f"GET {path}")

    assert (found, status["message"]) == (code, message)


def test_an_empty_namespace_lists_all(client):
    client(f"POST {CONFIGMAPS}", {"metadata": {"name": "a"}})

    code, listed = client("GET /api/v1/namespaces//configmaps")

    assert code == 200
    assert "a" in [item["metadata"]["name"] for item in listed["items"]]


def test_a_time_that_no_server_keeps_is_over(client):
    code, status = client(f"GET {CONFIGMAPS}?timeout=1ns")

    assert (code, status["reason"]) == (504, "Timeout")
    assert client(f"GET {CONFIGMAPS}?timeout=1s")[0] == 200


def test_a_deprecated_kind_is_warned_of_in_every_answer(client):
    for line in ("GET /api/v1/endpoints", "GET /api/v1/namespaces/default/endpoints/none"):
        assert "v1 Endpoints is deprecated" in header(client.raw(line).headers, "warning")


def test_a_failure_brings_the_warnings_of_its_request_along(client):
    answer = client.raw(f"POST {CONFIGMAPS}", {"metadata": {"name": "A_B"}, "bogus": 1})

    assert answer.status == 422
    assert header(answer.headers, "warning") == '299 - "unknown field \\"bogus\\""'


def test_a_creator_may_name_a_revision_that_is_no_number(client):
    assert client(f"POST {CONFIGMAPS}", {"metadata": {"name": "a", "resourceVersion": "x"}})[0] == 201


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ({"spec": {"containers": "x"}}, "cannot restore slice from string"),
        ({"spec": 5}, "cannot restore struct from: int64"),
        ({"metadata": {"labels": []}}, "cannot restore map from slice"),
        ({"metadata": {"labels": {"a": 1}}}, "cannot convert int64 to string"),
        ({"spec": {"hostNetwork": "x"}}, "unrecognized type: bool"),
        ({"spec": {"terminationGracePeriodSeconds": 1.5}}, "cannot convert float64 to int64"),
        ({"metadata": {"creationTimestamp": 5}}, "json: cannot unmarshal number into Go value of type string"),
    ],
)
def test_strategic_patches_are_refused_in_the_words_of_the_converter(client, patch, problem):
    client("POST /api/v1/namespaces/default/pods", POD)

    code, status = client("PATCH /api/v1/namespaces/default/pods/p", patch, type=STRATEGIC)

    assert code == 422
    assert status["message"].endswith(problem)


def test_an_operation_of_a_json_patch_is_read_strictly(client):
    client(f"POST {CONFIGMAPS}", {"metadata": {"name": "a"}})
    operation = [{"op": "add", "path": "/data", "value": {}, "extra": 1}]

    answer = client.raw(f"PATCH {CONFIGMAPS}/a", operation, type="application/json-patch+json")

    assert header(answer.headers, "warning") == '299 - "json patch unknown field \\"[0].extra\\""'


def test_a_collection_goes_only_where_preconditions_hold(client):
    client(f"POST {CONFIGMAPS}", {"metadata": {"name": "a"}})

    assert client(f"DELETE {CONFIGMAPS}", {"preconditions": {"uid": "other"}})[0] == 409
