"""How the layers of a transport lie on each other, what they share, and what they log."""

from __future__ import annotations

import dataclasses
import gc
import logging
import weakref
from pathlib import Path
from typing import Any

import pytest

from kubeclient._sync.connect import connect
from kubeclient.config.cache_key import transport_key
from kubeclient.machines.exec_credential import Credential
from kubeclient.rest import Config, Impersonation, RequestMetrics, TLSClientConfig, TransportCache, Wrapper
from kubeclient.transport._sync.debugging import Debugging
from kubeclient.transport._sync.renewing import Renewing
from kubeclient.transport._sync.wrapping import Canceller, Editing, TokenFileAuth, wrapped
from kubeclient.transport.debug import TraceLog, body_text, curl, masked
from kubeclient.transport.editing import TokenFile, auth_proxy, bearer_token
from kubeclient.transport.protocol import Request, Response, TransportError, header
from kubeclient.transport.renewal import TLSFiles
from kubeclient.transport.tls import TLSOptions
from tests.twins.support import Script

from .loopback import authority, certificate, pem

SECOND = 10**9
GET = Request("GET", "/api")


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def monotonic_ns(self) -> int:
        self.now += 1
        return self.now

    def time_ns(self) -> int:
        return self.now


class Spy(Wrapper):
    """Writes down the headers that pass it."""

    def __init__(self, inner: Any, seen: list[list[str]]) -> None:
        super().__init__(inner)
        self.seen = seen

    def round_trip(self, request: Request) -> Response:
        self.seen.append([name for name, _ in request.headers])
        return super().round_trip(request)


@pytest.mark.parity("TRN-01")
def test_the_callers_wrapper_lies_below_logs_credentials_agent_and_identity(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[list[str]] = []
    config = Config(
        "http://server",
        transport=Script(Response(200)),
        wrap_transport=lambda inner: Spy(inner, seen),
        bearer_token="hidden",
        user_agent="me",
        impersonate=Impersonation("jane"),
        verbosity=7,
    )

    with caplog.at_level(logging.DEBUG, "kubeclient.transport"):
        connect(config, clock=Clock()).round_trip(GET)

    assert seen == [["impersonate-user", "user-agent", "authorization"]]
    assert "authorization: Bearer <masked>" in caplog.text
    assert "impersonate-user: jane" in caplog.text
    assert "hidden" not in caplog.text


@pytest.mark.parity("TRN-02")
def test_headers_that_a_request_has_stay() -> None:
    script = Script(Response(200))
    given = [("authorization", "mine"), ("user-agent", "you"), ("impersonate-user", "joe")]
    config = Config(
        "http://s", transport=script, bearer_token="t", user_agent="me", impersonate=Impersonation("jane", groups=["g"])
    )

    connect(config, clock=Clock()).round_trip(Request("GET", "/", headers=given))

    assert list(script.requests[0].headers) == given


@pytest.mark.parity("TRN-04", "TRN-06")
def test_a_token_that_is_refused_is_read_again_for_the_next_request(tmp_path: Path) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text("one")
    script = Script(*[Response(code) for code in (200, 401, 200)])
    transport = TokenFileAuth(script, TokenFile(str(file), monotonic_ns=clock.monotonic_ns))
    transport.round_trip(GET)
    file.write_text("two")

    assert [transport.round_trip(GET).status, transport.round_trip(GET).status] == [401, 200]
    sent = [header(one.headers, "authorization") for one in script.requests]
    assert sent == ["Bearer one", "Bearer one", "Bearer two"]


@pytest.mark.parity("TRN-06")
def test_a_token_that_was_read_after_the_request_began_stays(tmp_path: Path) -> None:
    file, now = tmp_path / "token", [100]
    file.write_text("one")
    token = TokenFile(str(file), monotonic_ns=lambda: now[0])
    file.write_text("two")

    token.reset_older_than(100)
    assert token() == "one"
    token.reset_older_than(101)
    assert token() == "two"


class Tokens:
    """A source whose tokens are numbered."""

    def __init__(self) -> None:
        self.number, self.kept = 0, None

    def valid(self) -> Credential | None:
        return self.kept

    def credential(self) -> Credential:
        self.number += 1
        self.kept = Credential(f"t{self.number}")
        return self.kept

    def refused(self, used: Credential) -> None:
        self.kept = None


@pytest.mark.parity("PAIN-30")
@pytest.mark.parametrize(
    ("method", "retry", "status", "tokens"),
    [
        ("GET", False, 401, ["t1"]),
        ("GET", True, 200, ["t1", "t2"]),
        ("DELETE", True, 200, ["t1", "t2"]),
        ("POST", True, 401, ["t1"]),
    ],
)
def test_a_refused_request_can_be_sent_once_more_with_a_new_credential(
    method: str, retry: bool, status: int, tokens: list[str]
) -> None:
    script = Script(Response(401), Response(200))
    transport = Renewing(lambda _: script, TLSOptions, Tokens(), retry=retry)

    assert transport.round_trip(Request(method, "/")).status == status
    assert [header(one.headers, "authorization") for one in script.requests] == [f"Bearer {one}" for one in tokens]


@pytest.mark.parity("PAIN-30")
def test_a_stream_can_be_opened_once_more_too_and_never_twice() -> None:
    script = Script(Response(401), Response(401), Response(200))
    transport = Renewing(lambda _: script, TLSOptions, Tokens(), retry=True)

    assert transport.open_stream(GET).status == 401
    assert len(script.requests) == 2


@pytest.mark.parity("TRN-09")
def test_a_proxy_says_who_calls_and_nobody_else_does() -> None:
    script = Script(Response(200))
    edit = auth_proxy("jane", uid="7", groups=["a", "b"], extra={"sco pe": ["x"]})
    given = [
        ("x-remote-user", "root"),
        ("x-remote-extra-admin", "yes"),
        ("x-remote-group", "system:masters"),
        ("a", "b"),
    ]

    Editing(script, edit).round_trip(Request("GET", "/", headers=given))

    assert list(script.requests[0].headers) == [
        ("a", "b"),
        ("x-remote-user", "jane"),
        ("x-remote-uid", "7"),
        ("x-remote-group", "a"),
        ("x-remote-group", "b"),
        ("x-remote-extra-sco%20pe", "x"),
    ]


@pytest.mark.parity("TRN-23")
def test_wrappers_are_put_on_in_order_and_none_is_no_wrapper() -> None:
    script = Script(Response(200))
    transport = wrapped(
        script,
        lambda inner: Editing(inner, bearer_token("first")),
        None,
        lambda inner: Editing(inner, bearer_token("second")),
    )

    transport.round_trip(GET)

    assert header(script.requests[0].headers, "authorization") == "Bearer second"


@pytest.mark.parity("TRN-23")
def test_after_its_end_a_transport_refuses_new_requests_with_the_error_it_was_given() -> None:
    over: list[bool] = []
    transport = Canceller(Script(Response(200)), lambda: bool(over), RuntimeError("shutting down"))
    transport.round_trip(GET)
    over.append(True)

    for call in (transport.round_trip, transport.open_stream):
        with pytest.raises(RuntimeError, match="shutting down"):
            call(GET)


@pytest.mark.parity("TRN-03")
def test_a_wrapper_hands_on_and_shows_what_it_wraps() -> None:
    script = Script(Response(200), [b"one"])
    wrapper = Wrapper(script)

    assert (wrapper.inner, wrapper.round_trip(GET).status, list(wrapper.open_stream(GET))) == (script, 200, [b"one"])
    wrapper.close()
    assert script.closed


# --- shared transports


@pytest.mark.parity("TRN-16")
def test_configs_share_a_transport_when_their_connections_are_the_same(tmp_path: Path) -> None:
    def dial(host: str, port: int) -> Any:
        raise OSError("not called")

    source = Tokens()
    different = [
        Config("https://s"),
        Config("https://other"),
        Config("https://s", tls=TLSClientConfig(insecure=True)),
        Config("https://s", tls=TLSClientConfig(ca_data=b"a")),
        Config("https://s", tls=TLSClientConfig(ca_data=b"b")),
        Config("https://s", tls=TLSClientConfig(ca_file="a")),
        Config("https://s", tls=TLSClientConfig(server_name="a")),
        Config("https://s", tls=TLSClientConfig(cert_data=b"a", key_data=b"b")),
        Config("https://s", tls=TLSClientConfig(cert_file="a", key_file="b")),
        Config("https://s", tls=TLSClientConfig(next_protos=["http/1.1"])),
        Config("https://s", disable_compression=True),
        Config("https://s", proxy_url="http://p"),
        Config("https://s", dial=dial),
        Config("https://s", http_library="httpx2"),
        Config("https://s", http2=True),
    ]
    keys = [transport_key(one) for one in different] + [transport_key(different[0], source)]

    assert len(set(keys)) == len(keys)
    assert transport_key(dataclasses.replace(different[0], bearer_token="t", qps=9, user_agent="u")) == keys[0]
    assert transport_key(Config("https://s", proxy=lambda url: None)) is None


@pytest.mark.parity("TRN-16", "TRN-18")
def test_a_cache_gives_out_what_is_in_use_and_the_last_user_closes_it() -> None:
    told: list[str] = []
    cache: TransportCache[Any] = TransportCache(told.append)
    clock = Clock()

    one, two = (connect(Config("http://s", user_agent=name), clock=clock, cache=cache) for name in "ab")
    alone = connect(Config("http://s", proxy=lambda url: None), clock=clock, cache=cache)
    shared = one.inner.inner

    assert (shared is two.inner.inner, shared is alone.inner, len(cache)) == (True, False, 1)
    one.close()
    one.close()
    assert not shared._closed
    with pytest.raises(TransportError, match="the transport is closed"):
        one.round_trip(GET)
    two.close()
    assert shared._closed
    again = connect(Config("http://s"), clock=clock, cache=cache)
    assert again.inner is not shared
    for transport in (alone, again):
        transport.close()
    assert told == ["miss", "hit", "uncacheable", "miss-gc"]


@pytest.mark.parity("TRN-18", "PAIN-32")
def test_a_cache_keeps_nothing_alive() -> None:
    cache: TransportCache[Any] = TransportCache()
    made = [Script() for _ in range(50)]
    dropped = [weakref.ref(one) for one in made]
    for number in range(50):
        cache.lease(number, made.pop)

    gc.collect()

    assert (len(cache), [one() for one in dropped]) == (0, [None] * 50)


@pytest.mark.parity("TRN-17", "CFG-25", "PAIN-32")
def test_clients_share_nothing_unless_they_are_given_a_cache() -> None:
    one, two = (connect(Config("http://s"), clock=Clock()) for _ in range(2))
    one.close()

    assert (one is two, two._closed) == (False, False)  # type: ignore[attr-defined]
    two.close()


@pytest.mark.parity("PAIN-32b")
def test_a_client_starts_no_thread() -> None:
    import threading

    before = threading.active_count()
    clients = [connect(Config("http://s", bearer_token="t"), clock=Clock()) for _ in range(20)]

    assert threading.active_count() == before
    for client in clients:
        client.close()


# --- certificates that change


class Made(Script):
    def __init__(self, options: TLSOptions) -> None:
        super().__init__(*[Response(200)] * 9)
        self.options = options


@pytest.mark.parity("TRN-14", "TRN-13", "ROT-01")
def test_a_new_certificate_ends_the_connections_of_the_old_one_and_the_first_ends_none(tmp_path: Path) -> None:
    signer, now, made = authority(), [0], []
    cert, key = tmp_path / "cert", tmp_path / "key"

    def write(name: str) -> None:
        pair = certificate(signer, name)
        cert.write_bytes(pair[0])
        key.write_bytes(pair[1])

    def make(options: TLSOptions) -> Made:
        made.append(Made(options))
        return made[-1]

    write("one")
    files = TLSFiles(TLSOptions(cert_file=str(cert), key_file=str(key)), monotonic_ns=lambda: now[0])
    transport = Renewing(make, files)
    transport.round_trip(GET)
    assert [one.closed for one in made] == [False]
    write("two")
    now[0] = SECOND
    transport.round_trip(GET)

    assert [one.closed for one in made] == [True, False]
    assert made[1].options.cert_data == cert.read_bytes()


@pytest.mark.parity("TRN-15", "TRN-10", "PAIN-33")
def test_authorities_that_are_not_there_yet_trust_nobody_until_they_are(tmp_path: Path) -> None:
    file, now, told = tmp_path / "ca", [0], []
    file.write_text("\n")
    files = TLSFiles(TLSOptions(ca_file=str(file)), monotonic_ns=lambda: now[0], reloaded=told.append)
    assert (files().trust_nobody, files().context().cert_store_stats()["x509"]) == (True, 0)

    def after(content: bytes) -> TLSOptions:
        file.write_bytes(content)
        now[0] += 300 * SECOND
        return files()

    roots = pem(authority()[0])
    assert after(b"\n").trust_nobody
    assert after(roots).ca_data == roots
    for bad in (b"", b"rubbish", roots[:50]):
        assert after(bad).ca_data == roots
    other = pem(authority("other")[0])
    assert after(other).ca_data == other
    assert told == ["unchanged", "success", "failure", "failure", "failure", "success"]


@pytest.mark.parity("TRN-15")
def test_metrics_are_told_of_authorities_that_are_looked_at(tmp_path: Path) -> None:
    told: list[str] = []
    file, clock = tmp_path / "ca", Clock()
    file.write_bytes(pem(authority()[0]))

    class Metrics(RequestMetrics):
        def ca_reload(self, result: str) -> None:
            told.append(result)

    transport: Any = connect(
        Config("https://s.invalid", tls=TLSClientConfig(ca_file=str(file)), metrics=Metrics()), clock=clock
    )
    clock.now = 300 * SECOND
    with pytest.raises(TransportError):
        transport.round_trip(GET)
    transport.close()

    assert told == ["unchanged"]


# --- logs


def _logged(caplog: pytest.LogCaptureFixture, verbosity: int, body: bytes | None = None) -> list[str]:
    answer = Response(200, [("content-type", "text/plain")], b"hello")
    request = Request("POST", "/api", [("a", "b")], [("authorization", "Bearer hidden"), ("x", "y")], body)
    transport = Debugging(Script(answer), monotonic_ns=Clock().monotonic_ns, verbosity=verbosity, base_url="http://s")
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "kubeclient.transport"):
        transport.round_trip(request)
    assert "hidden" not in caplog.text
    return caplog.messages


@pytest.mark.parity("TRN-21", "TRN-22")
def test_each_verbosity_shows_more_of_a_request(caplog: pytest.LogCaptureFixture) -> None:
    head = "Request POST http://s/api?a=b\nauthorization: Bearer <masked>\nx: y"

    assert _logged(caplog, 5) == []
    assert _logged(caplog, 6) == ["Response POST http://s/api?a=b 200 in 0 milliseconds"]
    assert _logged(caplog, 7) == [head, "Response 200 in 0 milliseconds"]
    assert _logged(caplog, 8) == [
        head,
        "Response 200 in 0 milliseconds\ncontent-type: text/plain",
        "Response Body hello",
    ]
    assert _logged(caplog, 9) == [
        'Request curl -v -XPOST -H "authorization: Bearer <masked>" -H "x: y" \'http://s/api?a=b\'',
        "Response POST http://s/api?a=b 200 in 0 milliseconds\ncontent-type: text/plain",
        "Response Body hello",
    ]


@pytest.mark.parity("TRN-21")
def test_what_becomes_of_a_connection_is_logged_in_milliseconds(caplog: pytest.LogCaptureFixture) -> None:
    now = [0]
    trace = TraceLog(lambda: now[0])
    with caplog.at_level(logging.DEBUG, "kubeclient.transport"):
        trace("connection.connect_tcp.started")
        now[0] = 5_000_000
        trace("connection.connect_tcp.complete")
        trace("connection.start_tls.failed")

    assert caplog.messages == ["HTTP Trace: connection.connect_tcp complete in 5 milliseconds"]


@pytest.mark.parity("TRN-21")
def test_the_network_tells_its_trace() -> None:
    from kubeclient.transport.httpx_ import HTTPXTransport

    events: list[str] = []
    transport = HTTPXTransport("http://127.0.0.1:1", trace=events.append)
    with pytest.raises(TransportError):
        transport.round_trip(GET)
    transport.close()

    assert events[:2] == ["connection.connect_tcp.started", "connection.connect_tcp.failed"]


@pytest.mark.parity("REQ-27")
def test_bodies_are_logged_from_verbosity_eight_on_and_cut(caplog: pytest.LogCaptureFixture) -> None:
    assert "Request Body {}" not in _logged(caplog, 7, b"{}")
    assert "Request Body {}" in _logged(caplog, 8, b"{}")
    long = b"x" * 20000
    assert body_text(long, 8) == "x" * 1024 + " [truncated 18976 chars]"
    assert body_text(long, 9) == "x" * 10240 + " [truncated 9760 chars]"
    assert body_text(long, 10) == "x" * 20000
    assert body_text(b"k8s\x00\x0a", 10) == "00000000  6b 38 73 00 0a"


@pytest.mark.parity("TRN-22")
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("Bearer token", "Bearer <masked>"),
        ("bearer token", "bearer <masked>"),
        ("BASIC dGVzdA==", "BASIC <masked>"),
        ("Negotiate abc def", "Negotiate <masked>"),
        ("Basic", "Basic"),
        ("Basic ", "Basic"),
        ("Digest abc", "<masked>"),
        ("token", "<masked>"),
        ("tok en", "<masked>"),
    ],
)
def test_an_authorization_is_shown_by_its_scheme_alone(value: str, shown: str) -> None:
    assert masked(value) == shown
    assert "dGVzdA" not in curl("http://s", Request("GET", "/", headers=[("authorization", value)]))
