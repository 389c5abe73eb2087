# generated from tests/twins/_async/test_rest_client.py by .ci/twin.py, do not edit
"""How the REST client sends, repeats and gives up."""

from __future__ import annotations

import pytest

from kubeclient._sync.rest_client import RESTClient
from kubeclient.apimachinery.errors import NotFound, TooManyRequests
from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.transport.protocol import ConnectionLost, Request, Response
from tests.twins.support import FakeRuntime, Script, status_body

BUSY = Response(429, [("retry-after", "2"), ("content-type", "text/plain")], b"busy")


def test_a_good_answer_is_its_body() -> None:
    script = Script(Response(200, [], b"{}"))

    body = RESTClient(script, runtime=FakeRuntime()).call(Request("GET", "/version"))

    assert body == b"{}"


def test_a_status_is_raised_as_its_error() -> None:
    script = Script(Response(404, [], status_body(404, "NotFound", 'pods "x" not found')))

    with pytest.raises(NotFound, match='pods "x" not found'):
        RESTClient(script, runtime=FakeRuntime()).call(Request("GET", "/x"))


@pytest.mark.parity("RTY-01")
def test_a_busy_server_is_asked_again_after_the_seconds_it_names_even_for_a_post() -> None:
    runtime, script = FakeRuntime(), Script(BUSY, Response(201, [], b"done"))

    body = RESTClient(script, runtime=runtime).call(Request("POST", "/x", body=b"{}"))

    assert (body, runtime.slept) == (b"done", [2.0])
    assert [request.body for request in script.requests] == [b"{}", b"{}"]


@pytest.mark.parity("RTY-07")
def test_after_ten_retries_the_last_answer_is_the_result() -> None:
    runtime, script = FakeRuntime(), Script(*[BUSY] * 11)

    with pytest.raises(TooManyRequests):
        RESTClient(script, runtime=runtime).call(Request("GET", "/x"))

    assert len(script.requests) == 11


@pytest.mark.parity("RTY-02")
def test_a_failing_server_without_retry_after_is_not_asked_again() -> None:
    script = Script(Response(500, [], b""))

    response = RESTClient(script, runtime=FakeRuntime()).send(Request("GET", "/x"))

    assert (response.status, len(script.requests)) == (500, 1)


@pytest.mark.parity("RTY-03")
def test_a_read_whose_connection_broke_is_repeated_after_a_second() -> None:
    runtime, script = FakeRuntime(), Script(ConnectionLost("reset"), Response(200, [], b"ok"))

    body = RESTClient(script, runtime=runtime).call(Request("GET", "/x"))

    assert (body, runtime.slept) == (b"ok", [1.0])


@pytest.mark.parity("RTY-03")
def test_a_write_whose_connection_broke_is_not_repeated() -> None:
    script = Script(ConnectionLost("reset"))

    with pytest.raises(ConnectionLost):
        RESTClient(script, runtime=FakeRuntime()).call(Request("POST", "/x", body=b"{}"))


@pytest.mark.parity("REQ-24")
def test_requests_beyond_the_burst_wait_for_their_token() -> None:
    runtime, script = FakeRuntime(), Script(*[Response(200, [], b"")] * 3)
    client = RESTClient(script, runtime=runtime, rate_limiter=TokenBucket(2.0, 1))

    for _ in range(3):
        client.call(Request("GET", "/x"))

    assert runtime.slept == [0.5, 0.5]


@pytest.mark.parity("WRN-03")
def test_warnings_of_an_answer_reach_the_handler() -> None:
    texts: list[str] = []
    script = Script(Response(200, [("warning", '299 - "old \\"api\\""')], b""))
    client = RESTClient(script, runtime=FakeRuntime(), on_warning=lambda warning: texts.append(warning.text))

    client.call(Request("GET", "/x"))

    assert texts == ['old "api"']


@pytest.mark.parity("REQ-21")
def test_the_time_limit_is_told_to_the_server() -> None:
    script = Script(Response(200, [], b""))

    RESTClient(script, runtime=FakeRuntime(), timeout=60.0).call(Request("GET", "/x"))

    assert (script.requests[0].query, script.requests[0].timeout) == ([("timeout", "1m0s")], 60.0)
