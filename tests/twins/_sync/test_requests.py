# generated from tests/twins/_async/test_requests.py by .ci/twin.py, do not edit
"""Requests that are put together call by call: what leaves, what comes back, and what is sent again."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest

from kubeclient._sync.rest_client import RESTClient
from kubeclient.api import core_v1, meta_v1
from kubeclient.apimachinery.errors import Forbidden, InternalError, StatusError, TooManyRequests, Unauthorized
from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.retry import RetryPolicy
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.transport.protocol import (
    BodyLost,
    ConnectFailed,
    ConnectionLost,
    Response,
    TimedOut,
    TransportError,
    header,
)
from tests.twins.support import FakeRuntime, Script, status_body

JSON = [("content-type", "application/json")]
OK = Response(200, JSON, b'{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}')
BUSY = Response(429, [("retry-after", "2")], b"busy")
SECOND = 10**9


def _client(script: Script, root: str = "/api/v1", **more: object) -> RESTClient:
    more.setdefault("runtime", FakeRuntime())
    return RESTClient(script, root=root, **more)  # type: ignore[arg-type]


@pytest.mark.parity("REQ-01", "REQ-23")
def test_a_request_goes_where_it_is_put_together_for() -> None:
    script = Script(OK)
    request = _client(script, user_agent="me").request("GET").namespace("ns").resource("Pods").name("a")

    result = request.subresource("status").suffix("x").param("limit", "5").set_header("X-One", "1").do()

    sent = script.requests[0]
    assert (sent.method, sent.path, list(sent.query)) == (
        "GET",
        "/api/v1/namespaces/ns/pods/a/status/x",
        [("limit", "5")],
    )
    assert list(sent.headers) == [("accept", "application/json, */*"), ("x-one", "1"), ("user-agent", "me")]
    assert result.get().metadata.name == "a"
    assert request.url == "/api/v1/namespaces/ns/pods/a/status/x?limit=5"


@pytest.mark.parity("REQ-06")
def test_a_mistake_is_raised_when_the_request_is_sent() -> None:
    script = Script()
    result = _client(script).request("GET").name("a/b").do()

    assert "invalid resource name" in str(result.error)
    with pytest.raises(ValueError, match="invalid resource name"):
        result.raw()
    with pytest.raises(ValueError, match="invalid resource name"):
        _client(script).request("GET").name("a/b").do_raw()
    with pytest.raises(ValueError, match="an empty namespace may not be set during creation"):
        _client(script).request("POST").namespace("").stream()
    with pytest.raises(ValueError, match="invalid namespace"):
        _client(script).request("GET").namespace("a/b").watch()
    assert script.requests == []


@pytest.mark.parity("REQ-13")
def test_a_body_is_a_file_bytes_a_stream_or_an_object(tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_text("from a file")
    script = Script(*[OK] * 6)
    client = _client(script)

    for body in (str(file), file, b"bytes", io.BytesIO(b"stream"), {"kind": "Pod"}, None):
        client.request("POST").body(body).do()
    wrong = client.request("POST").body(5)

    assert [one.body for one in script.requests] == [
        b"from a file",
        b"from a file",
        b"bytes",
        b"stream",
        b'{"kind":"Pod"}',
        None,
    ]
    assert header(script.requests[2].headers, "content-type") is None
    assert header(script.requests[4].headers, "content-type") == "application/json"
    assert "unknown type used for body: int" in str(wrong.error)
    assert "No such file" in str(client.request("POST").body(str(tmp_path / "missing")).error)


@pytest.mark.parity("REQ-13", "REQ-16")
def test_who_prefers_protobuf_writes_it_where_a_model_has_that_form() -> None:
    script = Script(OK, OK)
    pod = core_v1.Pod(metadata=meta_v1.ObjectMeta(name="a"))
    pod.kind, pod.api_version = "Pod", "v1"
    client = _client(script)

    client.request("POST").use_protobuf_as_default().body(pod).do()
    client.request("POST").use_protobuf_as_default().body({"kind": "Odd"}).do()

    assert script.requests[0].body is not None
    assert script.requests[0].body.startswith(b"k8s\0")
    types = [header(one.headers, "content-type") for one in script.requests]
    assert types == ["application/vnd.kubernetes.protobuf", "application/json"]
    assert header(script.requests[0].headers, "accept") == "application/vnd.kubernetes.protobuf,application/json"


@pytest.mark.parity("REQ-14")
def test_a_patch_says_its_type() -> None:
    script = Script(OK, OK)
    client = _client(script)
    client.request("PATCH").patch_type("merge").body(b"{}").do()
    client.request("PATCH").patch_type("apply").body({"kind": "Pod"}).do()

    types = [header(one.headers, "content-type") for one in script.requests]
    assert types == ["application/merge-patch+json", "application/apply-patch+yaml"]
    assert "unknown patch type" in str(client.request("PATCH").patch_type("odd").error)


@pytest.mark.parity("REQ-22", "RTY-07")
@pytest.mark.parametrize("retries", [-1, 0, 1, 5])
def test_a_request_is_sent_again_as_often_as_it_says(retries: int) -> None:
    script = Script(*[BUSY] * 10)

    with pytest.raises(TooManyRequests):
        _client(script).request("GET").max_retries(retries).do_raw()

    assert len(script.requests) == 1 + max(0, retries)


@pytest.mark.parity("REQ-23")
def test_a_result_has_the_errors_of_the_transport_too() -> None:
    result = _client(Script(ConnectFailed("refused"))).request("GET").do()

    assert str(result.error) == "refused"
    with pytest.raises(ConnectFailed):
        result.get()
    with pytest.raises(StatusError, match=r"the server could not find the requested resource \(get pods a\)"):
        _client(Script(Response(404))).request("GET").resource("pods").name("a").do_raw()


@pytest.mark.parity("REQ-26")
def test_a_limiter_that_fails_is_named_and_cancellation_is_itself() -> None:
    class Failing:
        def reserve(self, now_ns: int) -> int:
            raise RuntimeError("no more")

    script = Script(OK)
    with pytest.raises(TransportError, match="client rate limiter Wait returned an error: no more"):
        _client(script).request("GET").throttle(Failing()).do_raw()


@pytest.mark.parity("PAIN-23")
def test_an_interrupted_wait_for_a_turn_is_the_interruption_itself() -> None:
    class Interrupted(FakeRuntime):
        def sleep(self, seconds: float, stop: object = None) -> bool:
            raise KeyboardInterrupt

    client = _client(Script(OK, OK), runtime=Interrupted(), rate_limiter=TokenBucket(1, 1))
    client.request("GET").do_raw()

    with pytest.raises(KeyboardInterrupt):
        client.request("GET").do()


@pytest.mark.parity("REQ-24")
def test_a_request_can_have_another_limit_or_none_and_watches_start_at_once() -> None:
    runtime = FakeRuntime()
    script = Script(*[OK] * 3, [], BUSY, [])
    client = _client(script, runtime=runtime, rate_limiter=TokenBucket(1, 1))

    client.request("GET").do()
    client.request("GET").throttle(None).do()
    client.request("GET").throttle(TokenBucket(4, 1)).do()
    with client.request("GET").watch():
        assert runtime.slept == []
    with client.request("GET").watch():
        assert runtime.slept == [2.0], "as the server asks; a turn was to be had by then"


@pytest.mark.parity("PAIN-22", "REQ-25")
def test_a_wait_names_the_limiter_the_verb_and_the_path(caplog: pytest.LogCaptureFixture) -> None:
    client = _client(Script(OK, OK), rate_limiter=TokenBucket(0.5, 1))

    with caplog.at_level(logging.INFO, "kubeclient.rest"):
        client.request("GET").resource("pods").do()
        client.request("GET").resource("pods").do()

    assert len(caplog.messages) == 1
    for part in ("client-side throttling", "verb GET", "path /api/v1/pods", "TokenBucket(qps=0.5, burst=1"):
        assert part in caplog.messages[0]


@pytest.mark.parity("RTY-06")
def test_a_body_that_is_read_once_is_sent_once() -> None:
    script = Script(BUSY, OK)

    with pytest.raises(TooManyRequests):
        _client(script).request("POST").body(io.BytesIO(b"once")).do_raw()
    assert len(script.requests) == 1

    again = Script(BUSY, OK)
    _client(again).request("POST").body(b"again").do_raw()
    assert [one.body for one in again.requests] == [b"again", b"again"]


@pytest.mark.parity("RTY-03", "RTY-06")
@pytest.mark.parametrize(("body", "times"), [(None, 2), (b"again", 2), (io.BytesIO(b"once"), 1)])
def test_a_read_with_a_body_is_repeated_if_its_body_can_be(body: Any, times: int) -> None:
    script = Script(ConnectionLost("reset"), OK)

    result = _client(script).request("GET").body(body).do()

    assert (len(script.requests), result.error is None) == (times, times == 2)


@pytest.mark.parity("RTY-08", "RTY-10")
def test_the_longer_of_two_waits_counts_and_then_a_turn_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    runtime = FakeRuntime()
    flow = Response(429, [("retry-after", "1"), ("x-kubernetes-pf-flowschema-uid", "uid-1")], b"")
    script = Script(flow, Response(503, [("retry-after", "1")]), OK)
    client = _client(
        script, runtime=runtime, rate_limiter=TokenBucket(0.125, 1), backoff=URLBackoff(3 * SECOND, 60 * SECOND)
    )

    with caplog.at_level(logging.DEBUG, "kubeclient.rest"):
        client.request("GET").do()

    assert runtime.slept == [3.0, 5.0, 6.0, 2.0]
    assert (
        'retries: 1, retry-after: 1s - retry-reason: due to server-side throttling, FlowSchema UID: "uid-1"'
        in caplog.text
    )
    assert "retries: 2, retry-after: 1s - retry-reason: 503" in caplog.text


def _ask(way: str, script: Script, **more: Any) -> None:
    request = _client(script, **more).request("GET").resource("pods")
    if way == "watch":
        (request.watch().open()).close()
    elif way == "stream":
        (request.stream()).close()
    elif way == "raw":
        request.do_raw()
    else:
        result = request.do()
        result.get()


WAYS = ["do", "raw", "stream", "watch"]
STREAMED = ("stream", "watch")


@pytest.mark.parity("RTY-01", "RTY-02")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("status", "asked_to", "times"),
    [
        (429, "1", 3),
        (500, "1", 3),
        (503, "1", 3),
        (599, "0", 3),
        (429, "", 1),
        (500, "", 1),
        (503, "soon", 1),
        (404, "1", 1),
    ],
)
def test_every_way_of_asking_is_repeated_where_the_server_asks_for_it(
    way: str, status: int, asked_to: str, times: int
) -> None:
    headers = [("retry-after", asked_to)] if asked_to else []
    good: Any = [] if way in STREAMED else OK
    script = Script(*[Response(status, headers, b"")] * 2, good)

    if times == 1:
        with pytest.raises(StatusError) as caught:
            _ask(way, script)
        assert caught.value.code == status
    else:
        _ask(way, script)

    assert len(script.requests) == times


@pytest.mark.parity("RTY-08")
@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_asking_waits_for_server_and_turn_and_counts_alike(way: str) -> None:
    runtime = FakeRuntime()
    script = Script(BUSY, BUSY, [] if way in STREAMED else OK)

    _ask(way, script, runtime=runtime, rate_limiter=TokenBucket(0.25, 1))

    # A watch takes no turn before its first try; with or without, the server's wishes and the turns alternate.
    assert runtime.slept == ([2.0, 2.0, 2.0] if way == "watch" else [2.0, 2.0, 2.0, 2.0])


@pytest.mark.parity("WCH-01", "RES-04")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("body", [b"", status_body(403, "Forbidden", "secrets is forbidden")])
def test_who_may_not_ask_is_told_so_in_every_way(way: str, body: bytes) -> None:
    with pytest.raises(Forbidden) as caught:
        _ask(way, Script(Response(403, JSON if body else [], body)))
    assert ("secrets is forbidden" in str(caught.value)) is bool(body)
    with pytest.raises(Unauthorized):
        _ask(way, Script(Response(401)))


@pytest.mark.parity("RTY-09")
@pytest.mark.parametrize("way", ["do", "raw", "watch"])
def test_in_every_way_of_asking_the_last_error_tells_of_the_one_before(way: str) -> None:
    with pytest.raises(ConnectFailed, match="refused - error from a previous attempt: reset"):
        _ask(way, Script(ConnectionLost("reset"), ConnectFailed("refused")))


@pytest.mark.parity("RTY-04")
def test_a_watch_whose_start_keeps_breaking_is_an_empty_one() -> None:
    runtime = FakeRuntime()
    script = Script(ConnectionLost("eof"), TimedOut("late"), ConnectionLost("eof"))
    watch = _client(script, runtime=runtime).request("GET").max_retries(2).watch()

    assert [event for event in watch] == []
    assert (len(script.requests), runtime.slept) == (3, [1.0, 1.0])


@pytest.mark.parity("RTY-04")
def test_a_watch_that_cannot_connect_is_an_error() -> None:
    with pytest.raises(ConnectFailed):
        _client(Script(ConnectFailed("refused"))).request("GET").watch().open()


@pytest.mark.parity("RTY-05")
def test_a_stream_is_asked_for_again_by_the_servers_wish_only() -> None:
    script = Script(BUSY, [b"one", b"two"], ConnectionLost("reset"))
    client = _client(script)

    stream = client.request("GET").stream()
    assert [chunk for chunk in stream] == [b"one", b"two"]
    stream.close()
    with pytest.raises(ConnectionLost):
        client.request("GET").stream()
    assert len(script.requests) == 3


@pytest.mark.parity("RTY-11")
def test_an_answer_that_is_not_the_last_is_read_a_little_and_closed() -> None:
    class Endless:
        def __init__(self) -> None:
            self.status, self.headers, self.read, self.closed = 503, [("retry-after", "0")], 0, False

        def __iter__(self):  # type: ignore[no-untyped-def]
            while True:
                self.read += 1024
                yield b"x" * 1024

        def close(self) -> None:
            self.closed = True

    endless = Endless()

    class Transport(Script):
        def open_stream(self, request):  # type: ignore[no-untyped-def]
            self.requests.append(request)
            return endless if len(self.requests) == 1 else super().open_stream(request)

    script = Transport([b"done"])
    stream = _client(script).request("GET").stream()
    stream.close()

    assert (endless.read, endless.closed) == (2048, True)


@pytest.mark.parity("RES-08")
def test_a_body_that_breaks_off_is_not_asked_for_again() -> None:
    script = Script(BodyLost("unexpected error when reading response body. Please retry. Original error: eof"), OK)

    with pytest.raises(BodyLost, match="Please retry"):
        _client(script).request("GET").do_raw()

    assert len(script.requests) == 1


@pytest.mark.parity("PAIN-25")
def test_a_request_can_ask_for_other_rules_of_repetition() -> None:
    failing = Response(500, [], b"")
    script = Script(failing, OK, BUSY)
    client = _client(script)

    client.request("GET").retry_policy(RetryPolicy(unasked=frozenset({"GET"}))).do_raw()
    with pytest.raises(TooManyRequests):
        client.request("POST").retry_policy(RetryPolicy(asked=frozenset({"GET"}))).do_raw()

    assert len(script.requests) == 3


@pytest.mark.parity("WRN-03")
def test_a_request_can_have_a_handler_of_warnings_of_its_own() -> None:
    mine: list[WarningHeader] = []
    script = Script(Response(200, [*JSON, ("warning", '299 - "old"')], b"{}"))

    result = _client(script).request("GET").warning_handler(mine.append).do()

    assert mine == result.warnings


@pytest.mark.parity("WCH-01")
def test_a_watch_starts_with_200_and_nothing_else() -> None:
    with pytest.raises(StatusError, match="gone away"):
        (_client(Script(Response(410, [], status_body(410, "Expired", "gone away")))).request("GET").watch().open())
    with pytest.raises(StatusError):
        _client(Script(Response(206, [], b""))).request("GET").watch().open()


@pytest.mark.parity("WCH-01")
def test_a_page_is_no_watch() -> None:
    page = Response(200, [("content-type", "text/html; charset=utf-8")], b"<html>")

    with pytest.raises(InternalError, match="GET /api/v1/pods: no stream serializers registered for text/html"):
        _client(Script(page)).request("GET").resource("pods").watch().open()


@pytest.mark.parity("WCH-02", "WCH-03")
def test_the_types_of_events_are_known_and_another_ends_the_watch_with_an_error() -> None:
    lines = [
        f'{{"type":"{kind}","object":{{"n":{number}}}}}\n'.encode()
        for number, kind in enumerate(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ODD", "ADDED"])
    ]
    watch = _client(Script(lines)).request("GET").watch(dict)
    seen: list[tuple[str, int]] = []

    try:
        for event in watch:
            seen.append((event.type, event.object["n"]))  # noqa: PERF401 - what came before the error counts
    except StatusError as error:
        seen.append((error.message, error.code))

    assert seen[:4] == [("ADDED", 0), ("MODIFIED", 1), ("DELETED", 2), ("BOOKMARK", 3)]
    assert (len(seen), seen[4][1]) == (5, 500)
    assert "got invalid watch event type" in seen[4][0]


@pytest.mark.parity("WCH-04")
def test_a_watch_can_be_ended_twice_and_before_it_began() -> None:
    script = Script([b'{"type":"ADDED","object":{}}\n'])
    watch = _client(script).request("GET").watch().open()
    watch.close()
    watch.close()
    never = _client(Script()).request("GET").watch()
    never.close()

    assert [event for event in watch] == []


@pytest.mark.parity("REQ-30")
def test_a_table_is_asked_for_by_header_and_read_raw() -> None:
    table = b'{"kind":"Table","apiVersion":"meta.k8s.io/v1","rows":[]}'
    script = Script(Response(200, JSON, table))
    accept = "application/json;as=Table;g=meta.k8s.io;v=v1"

    assert _client(script).request("GET").resource("pods").set_header("Accept", accept).do_raw() == table
    assert header(script.requests[0].headers, "accept") == accept


@pytest.mark.parity("PAIN-22")
def test_one_limiter_serves_all_groups_of_a_client() -> None:
    from kubeclient._sync.clientset import Clientset

    empty = Response(200, JSON, b'{"items":[]}')
    client = Clientset(Script(empty, empty), runtime=FakeRuntime(), qps=1, burst=1)

    assert client.core_v1.pods("a").rest_client is client.apps_v1.deployments("b").rest_client
