# generated from tests/twins/_async/test_rest_rules.py by .ci/twin.py, do not edit
"""The rules around a request: its time limit, waits on this side, warnings, and who is told of it."""

from __future__ import annotations

import logging

import pytest

from kubeclient._sync.rest_client import RESTClient
from kubeclient.machines.metrics import RequestMetrics
from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.transport.protocol import ConnectionLost, Request, Response, TimedOut
from tests.twins.support import FakeRuntime, Script

BUSY = Response(429, [("retry-after", "2")], b"busy")
OK = Response(200, [], b"ok")
SECOND = 10**9


@pytest.mark.parity("REQ-21")
def test_a_time_limit_holds_for_all_attempts_together() -> None:
    runtime, script = FakeRuntime(), Script(BUSY, BUSY, OK)
    client = RESTClient(script, runtime=runtime, timeout=5.0)

    client.call(Request("GET", "/x"))

    assert [request.timeout for request in script.requests] == [5.0, 3.0, 1.0]


@pytest.mark.parity("REQ-21")
def test_when_the_time_is_over_nothing_is_sent_again() -> None:
    runtime, script = FakeRuntime(), Script(BUSY, BUSY, OK)

    with pytest.raises(TimedOut, match="no time is left"):
        RESTClient(script, runtime=runtime, timeout=3.0).call(Request("GET", "/x"))

    assert (len(script.requests), sum(runtime.slept)) == (2, 3.0)


@pytest.mark.parity("REQ-21")
def test_the_wait_for_the_first_turn_is_not_counted() -> None:
    runtime, script = FakeRuntime(), Script(OK, BUSY, OK)
    client = RESTClient(script, runtime=runtime, timeout=4.0, rate_limiter=TokenBucket(0.5, 1))

    client.call(Request("GET", "/x"))
    client.call(Request("GET", "/x"))

    assert [request.timeout for request in script.requests] == [4.0, 4.0, 2.0]


@pytest.mark.parity("REQ-24")
def test_every_attempt_takes_its_turn() -> None:
    runtime, script = FakeRuntime(), Script(BUSY, OK)
    client = RESTClient(script, runtime=runtime, rate_limiter=TokenBucket(0.25, 1))

    client.call(Request("GET", "/x"))

    assert runtime.slept == [2.0, 2.0], "two seconds as the server asks, and the rest of four until there is a token"


@pytest.mark.parity("REQ-25")
def test_long_waits_on_this_side_are_logged_but_not_each(caplog: pytest.LogCaptureFixture) -> None:
    client = RESTClient(Script(*[OK] * 8), runtime=FakeRuntime(), rate_limiter=TokenBucket(0.5, 1))

    with caplog.at_level(logging.INFO, "kubeclient.rest"):
        for _ in range(8):
            client.call(Request("GET", "/x"))

    assert len(caplog.messages) == 2, "at 2 and at 12 seconds"
    assert "delay 2.000s, reason: client-side throttling, not priority and fairness" in caplog.messages[0]


@pytest.mark.parity("RTY-09")
def test_the_last_error_tells_of_the_one_before() -> None:
    script = Script(ConnectionLost("reset"), TimedOut("too late"))

    with pytest.raises(TimedOut, match="too late - error from a previous attempt: reset"):
        RESTClient(script, runtime=FakeRuntime()).call(Request("GET", "/x"))


@pytest.mark.parity("RTY-13")
@pytest.mark.parity("RTY-14")
def test_a_server_that_has_too_much_to_do_is_left_alone_for_longer_and_longer() -> None:
    failed = Response(503, [], b"")
    runtime, script = FakeRuntime(), Script(failed, failed, OK, OK)
    client = RESTClient(script, runtime=runtime, backoff=URLBackoff(SECOND, 10 * SECOND))

    for _ in range(4):
        client.send(Request("GET", "/x"))

    assert runtime.slept == [1.0, 2.0]


@pytest.mark.parity("WRN-03")
def test_warnings_are_told_of_errors_and_at_the_start_of_streams_too() -> None:
    told: list[WarningHeader] = []
    header = [("warning", '299 - "old"')]
    script = Script(Response(404, header, b""), Response(200, header, b""))
    client = RESTClient(script, runtime=FakeRuntime(), on_warning=told.append)

    client.send(Request("GET", "/x"))
    stream = client.stream(Request("GET", "/x"))
    stream.close()

    assert [warning.text for warning in told] == ["old", "old"]


class Counted(RequestMetrics):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def request(self, verb: str, path: str, code: int, seconds: float) -> None:
        self.told.append(("request", verb, path, code))

    def retry(self, verb: str, code: int) -> None:
        self.told.append(("retry", verb, code))

    def size(self, verb: str, sent: int, received: int) -> None:
        self.told.append(("size", verb, sent, received))


@pytest.mark.parity("REQ-29")
def test_every_attempt_is_counted() -> None:
    counted, script = Counted(), Script(BUSY, OK)
    client = RESTClient(script, runtime=FakeRuntime(), metrics=counted)

    client.call(Request("POST", "/api/v1/namespaces/ns/pods", body=b"{}"))

    path = "/api/v1/namespaces/{namespace}/pods"
    assert counted.told == [
        ("request", "POST", path, 429),
        ("size", "POST", 2, 4),
        ("retry", "POST", 429),
        ("request", "POST", path, 200),
        ("size", "POST", 2, 2),
    ]


@pytest.mark.parity("REQ-29")
def test_an_attempt_without_an_answer_is_counted_as_such() -> None:
    counted, script = Counted(), Script(ConnectionLost("reset"))

    with pytest.raises(ConnectionLost):
        RESTClient(script, runtime=FakeRuntime(), metrics=counted).call(Request("POST", "/api/v1/pods"))

    assert counted.told[0] == ("request", "POST", "/api/v1/pods", 0)
