"""Which error an answer is."""

from __future__ import annotations

import json

import pytest

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.machines.response import (
    WarningHeader,
    error_from_response,
    is_success,
    retry_after_seconds,
    warnings_of,
)

PODS = GroupResource("", "pods")
TEXT = [("content-type", "text/plain; charset=utf-8")]


def _error(status: int, headers: list[tuple[str, str]], body: bytes, method: str = "GET") -> errors.StatusError:
    return error_from_response(status, headers, body, method=method, resource=PODS, name="a")


@pytest.mark.parity("RES-03")
def test_a_status_in_the_body_is_the_error() -> None:
    body = json.dumps(
        {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Gone", "code": 410, "message": "m"}
    )

    error = _error(410, [], body.encode())

    assert (type(error), str(error)) == (errors.Gone, "m")


@pytest.mark.parity("RES-04")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b'{"kind":"Pod","apiVersion":"v1"}',
        b'{"kind":"Status","apiVersion":"v1","status":"Success"}',
    ],
)
def test_anything_else_becomes_what_the_code_allows_to_say(body: bytes) -> None:
    error = _error(404, [], body)

    assert isinstance(error, errors.NotFound)
    assert str(error) == "the server could not find the requested resource (get pods a)"


@pytest.mark.parity("RES-04")
def test_text_of_an_answer_is_kept_as_a_cause_and_cut() -> None:
    error = _error(502, TEXT, b" proxy " + b"x" * 5000)

    assert error.status.details is not None
    [cause] = error.status.details.causes
    assert cause.reason == "UnexpectedServerResponse"
    assert cause.message == "proxy " + "x" * 2041


@pytest.mark.parity("RES-04")
def test_a_conflict_of_a_post_is_an_object_that_exists() -> None:
    assert isinstance(_error(409, [], b"", "POST"), errors.AlreadyExists)
    assert isinstance(_error(409, [], b"", "PUT"), errors.Conflict)


@pytest.mark.parity("RTY-02")
def test_retry_after_is_a_whole_number_of_seconds_or_nothing() -> None:
    assert retry_after_seconds([("retry-after", "3")]) == 3
    assert retry_after_seconds([("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")]) is None
    assert retry_after_seconds([]) is None


@pytest.mark.parity("RES-01")
@pytest.mark.parametrize(("status", "good"), [(199, False), (200, True), (206, True), (207, False), (404, False)])
def test_success_is_200_to_206(status: int, good: bool) -> None:
    assert is_success(status) is good


@pytest.mark.parity("WRN-01")
def test_warnings_are_read_until_the_first_malformed_one() -> None:
    line = '299 - "a \\"b\\"", 299 agent "c" "Wed, 21 Oct 2026 07:28:00 GMT", nonsense, 299 - "d"'

    assert warnings_of([("warning", line), ("warning", '199 x "e"')]) == [
        WarningHeader(299, "-", 'a "b"'),
        WarningHeader(299, "agent", "c"),
        WarningHeader(199, "x", "e"),
    ]
