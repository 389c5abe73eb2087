"""The network at its worst: names that lead nowhere, TLS that does not fit, proxies, answers that are none."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import socket
import ssl
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kubeclient._sync.clientset import Clientset
from kubeclient._sync.connect import connect
from kubeclient.apimachinery.errors import InternalError, StatusError
from kubeclient.clientcmd import client_config, parse
from kubeclient.rest import Config, RequestMetrics, TLSClientConfig
from kubeclient.runtime.clock import RealClock
from kubeclient.transport.environment import environment_proxy, safe_url
from kubeclient.transport.httpx_ import AsyncHTTPXTransport, HTTPXTransport
from kubeclient.transport.protocol import (
    BodyLost,
    ConnectFailed,
    ConnectionLost,
    Request,
    Response,
    TimedOut,
    TransportError,
)
from kubeclient.transport.tls import TLSOptions

from .loopback import answering, authority, certificate, pem, read_head, server_context, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
GET = Request("GET", "/api", timeout=10.0)


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


@pytest.fixture(params=["threads", "asyncio"])
def ask(request: pytest.FixtureRequest, library: ModuleType) -> Callable[..., Response]:
    """Makes a transport of one colour, sends a request, closes it."""

    def threads(url: str, sent: Request = GET, **more: Any) -> Response:
        transport = HTTPXTransport(url, module=library, **more)
        try:
            return transport.round_trip(sent)
        finally:
            transport.close()

    def aio(url: str, sent: Request = GET, **more: Any) -> Response:
        async def run() -> Response:
            transport = AsyncHTTPXTransport(url, module=library, **more)
            try:
                return await transport.round_trip(sent)
            finally:
                await transport.aclose()

        return asyncio.run(run())

    return threads if request.param == "threads" else aio


def test_a_name_that_nobody_knows_is_named(ask: Callable[..., Response]) -> None:
    with pytest.raises(
        ConnectFailed, match=r'GET "http://no.such.invalid/api": no connection: lookup no.such.invalid: '
    ):
        ask("http://no.such.invalid")


def test_a_port_that_nobody_listens_on_says_refused(ask: Callable[..., Response]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(ConnectFailed, match=f'GET "http://127.0.0.1:{port}/api": no connection: connection refused'):
        ask(f"http://127.0.0.1:{port}")


@pytest.mark.parity("CFG-08", "TRN-10")
def test_a_server_proves_itself_by_the_authorities_that_are_given(ask: Callable[..., Response], tmp_path: Path) -> None:
    known, stranger = authority(), authority("stranger")
    roots = pem(known[0])
    with serving(answering(*[OK] * 4), server_context(certificate(known, "127.0.0.1"), tmp_path)) as port:
        url = f"https://127.0.0.1:{port}"
        assert ask(url, tls=TLSOptions(ca_data=roots)).status == 200
        assert ask(url, tls=TLSOptions(insecure=True)).status == 200
        for untrusted in (TLSOptions(ca_data=pem(stranger[0])), TLSOptions(trust_nobody=True), TLSOptions()):
            with pytest.raises(ConnectFailed, match="tls: failed to verify certificate: "):
                ask(url, tls=untrusted)


@pytest.mark.parity("CFG-08", "PORT-10")
def test_the_name_in_the_certificate_can_be_another_than_the_hosts(
    ask: Callable[..., Response], tmp_path: Path
) -> None:
    known = authority()
    roots = pem(known[0])
    with serving(answering(OK, OK), server_context(certificate(known, "api.cluster.local"), tmp_path)) as port:
        url = f"https://127.0.0.1:{port}"
        assert ask(url, tls=TLSOptions(ca_data=roots, server_name="api.cluster.local")).status == 200
        with pytest.raises(ConnectFailed, match="tls: failed to verify certificate"):
            ask(url, tls=TLSOptions(ca_data=roots))


@pytest.mark.parity("CFG-08")
def test_a_client_proves_itself_by_its_certificate(ask: Callable[..., Response], tmp_path: Path) -> None:
    known = authority()
    roots, (cert, key) = pem(known[0]), certificate(known, "client")
    context = server_context(certificate(known, "127.0.0.1"), tmp_path, clients=roots)
    with serving(answering(OK, OK), context) as port:
        url = f"https://127.0.0.1:{port}"
        assert ask(url, tls=TLSOptions(ca_data=roots, cert_data=cert, key_data=key)).status == 200
        with pytest.raises(TransportError):
            ask(url, tls=TLSOptions(ca_data=roots))


@pytest.mark.parity("PORT-10")
def test_a_certificate_from_memory_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []

    load = ssl.SSLContext.load_cert_chain

    def seeing(context: ssl.SSLContext, cert: str, key: str) -> None:
        modes.extend(stat.S_IMODE(Path(file).stat().st_mode) for file in (cert, key))
        load(context, cert, key)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", seeing)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cert, key = certificate(authority(), "client")

    TLSOptions(cert_data=cert, key_data=key).context()

    assert modes == [0o600, 0o600]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parity("TRN-10", "PORT-10")
def test_old_versions_of_tls_are_not_spoken(tmp_path: Path) -> None:
    assert TLSOptions().context().minimum_version == ssl.TLSVersion.TLSv1_2
    assert TLSOptions(trust_nobody=True).context().cert_store_stats()["x509"] == 0
    with pytest.raises(ValueError, match="specifying a root certificates file with the insecure flag is not allowed"):
        TLSOptions(insecure=True, ca_data=b"x").context()


def test_a_server_that_speaks_no_tls_is_told_of(ask: Callable[..., Response]) -> None:
    plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"

    def serve(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(plain)

    with serving(serve) as port, pytest.raises(ConnectFailed, match="tls: the server does not speak TLS"):
        ask(f"https://127.0.0.1:{port}", tls=TLSOptions(insecure=True))


@pytest.mark.parity("RES-08")
def test_half_a_body_is_told_from_a_connection_that_broke_before(ask: Callable[..., Response]) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    told = r"unexpected error when reading response body. Please retry. Original error"
    with serving(answering(half)) as port, pytest.raises(BodyLost, match=told):
        ask(f"http://127.0.0.1:{port}")

    def silent(connection: socket.socket) -> None:
        read_head(connection)

    with serving(silent) as port, pytest.raises(ConnectionLost) as lost:
        ask(f"http://127.0.0.1:{port}")
    assert not isinstance(lost.value, BodyLost)


def test_what_is_no_http_is_a_broken_connection(ask: Callable[..., Response]) -> None:
    with (
        serving(answering(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")) as port,
        pytest.raises(ConnectionLost, match="connection lost"),
    ):
        ask(f"http://127.0.0.1:{port}")


@pytest.mark.parity("CFG-10")
def test_compression_is_asked_for_and_undone_unless_it_is_turned_off(ask: Callable[..., Response]) -> None:
    seen: list[bytes] = []
    packed = gzip.compress(b"packed")
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    torn = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
    with serving(answering(answer, OK, torn, seen=seen)) as port:
        url = f"http://127.0.0.1:{port}"
        assert ask(url).body == b"packed"
        assert ask(url, disable_compression=True).body == b"{}"
        with pytest.raises(TransportError, match="the body cannot be decompressed"):
            ask(url)

    assert [b"accept-encoding: gzip" in head.lower() for head in seen] == [True, False, True]


@pytest.mark.parity("CFG-15")
def test_connections_can_be_made_by_a_function(library: ModuleType) -> None:
    asked: list[tuple[str, int]] = []
    with serving(answering(OK, OK)) as port:

        def dial(host: str, number: int) -> socket.socket:
            asked.append((host, number))
            return socket.create_connection(("127.0.0.1", port))

        async def async_dial(host: str, number: int) -> socket.socket:
            return dial(host, number)

        async def run() -> int:
            transport = AsyncHTTPXTransport("http://anywhere:81", module=library, dial=async_dial)
            response = await transport.round_trip(GET)
            await transport.aclose()
            return response.status

        transport = HTTPXTransport("http://anywhere:80", module=library, dial=dial)
        assert transport.round_trip(GET).status == 200
        transport.close()
        assert asyncio.run(run()) == 200

    assert asked == [("anywhere", 80), ("anywhere", 81)]


@pytest.mark.parity("CFG-15")
def test_a_function_that_cannot_connect_is_a_failed_connection(ask: Callable[..., Response]) -> None:
    def dial(host: str, port: int) -> socket.socket:
        raise OSError("no route")

    with pytest.raises(ConnectFailed, match="no route"):
        ask("http://anywhere", dial=dial)


@pytest.mark.parity("CFG-15", "CFG-08")
def test_tls_goes_over_connections_of_a_function_too(ask: Callable[..., Response], tmp_path: Path) -> None:
    known = authority()
    with serving(answering(OK), server_context(certificate(known, "server.local"), tmp_path)) as port:

        def dial(host: str, number: int) -> socket.socket:
            return socket.create_connection(("127.0.0.1", port))

        assert ask("https://server.local", tls=TLSOptions(ca_data=pem(known[0])), dial=dial).status == 200


@pytest.mark.parity("CFG-15")
def test_a_proxy_is_named_by_url_or_by_a_function(ask: Callable[..., Response]) -> None:
    seen: list[bytes] = []
    asked: list[str] = []

    with serving(answering(OK, OK, seen=seen)) as port:

        def choose(url: str) -> str:
            asked.append(url)
            return f"http://127.0.0.1:{port}"

        assert ask("http://server.invalid", proxy=f"http://me:secret@127.0.0.1:{port}").status == 200
        assert ask("http://server.invalid", proxy=choose).status == 200

    assert [head.split(b"\r\n")[0] for head in seen] == [b"GET http://server.invalid/api HTTP/1.1"] * 2
    assert asked == ["http://server.invalid"]


@pytest.mark.parity("CFG-15")
def test_a_function_can_choose_no_proxy(ask: Callable[..., Response], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(answering(OK)) as port:
        assert ask(f"http://127.0.0.1:{port}", proxy=lambda url: None).status == 200


def test_a_proxy_that_refuses_is_named_without_its_password(ask: Callable[..., Response], tmp_path: Path) -> None:
    refusing = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(refusing)) as port, pytest.raises(ConnectFailed) as refused:
        ask("https://server.invalid", proxy=f"http://me:secret@127.0.0.1:{port}", tls=TLSOptions(insecure=True))
    with pytest.raises(ConnectFailed, match=r'no connection by the proxy "http://127.0.0.1:1": connection refused'):
        ask("http://server.invalid", proxy="http://me:secret@127.0.0.1:1")

    assert f'the proxy "http://127.0.0.1:{port}" refused: 407' in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["ftp://proxy", "proxy:80", "://"])
def test_a_proxy_that_is_none_is_refused(ask: Callable[..., Response], proxy: str) -> None:
    with pytest.raises(ValueError, match=r"unsupported scheme|invalid proxy"):
        ask("http://server.invalid", proxy=proxy)


@pytest.mark.parity("TRN-19", "PORT-09")
@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        ("https://a.example", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.example", {"https_proxy": "p:1"}, "http://p:1"),
        ("http://a.example", {"HTTPS_PROXY": "http://p:1"}, ""),
        ("http://a.example", {"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ("http://a.example", {"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, ""),
        ("https://a.example", {"ALL_PROXY": "socks5://p:1"}, "socks5://p:1"),
        ("https://localhost", {"HTTPS_PROXY": "http://p:1"}, ""),
        ("https://127.3.2.1:6443", {"HTTPS_PROXY": "http://p:1"}, ""),
        ("https://[::1]:6443", {"HTTPS_PROXY": "http://p:1"}, ""),
        ("https://10.1.2.3", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, ""),
        ("https://11.1.2.3", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "http://p:1"),
        ("https://[fd00::1]", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "fd00::/8"}, ""),
        ("https://10.1.2.3", {"HTTPS_PROXY": "http://p:1", "no_proxy": "10.1.2.3"}, ""),
        ("https://10.1.2.3:6443", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.1.2.3:443"}, "http://p:1"),
        ("https://10.1.2.3", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.1.2.3:443"}, ""),
        ("https://a.example", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example"}, ""),
        ("https://example", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, "http://p:1"),
        ("https://a.example", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "x, *.example"}, ""),
        ("https://aexample", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example"}, "http://p:1"),
        ("https://a.example", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, ""),
        ("https://a.example", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "bad/net"}, "http://p:1"),
    ],
)
def test_the_environment_names_proxies_and_what_is_reached_without(
    url: str, environ: dict[str, str], proxy: str
) -> None:
    assert environment_proxy(url, environ) == proxy
    assert safe_url("http://me:secret@host:1/x") == "http://host:1/x"


@pytest.mark.parity("PAIN-08")
@pytest.mark.parity("TRN-19")
def test_connections_are_kept_and_probed_as_gos_are(library: ModuleType) -> None:
    transport = HTTPXTransport("http://127.0.0.1:1", module=library)
    options = transport._library.options
    transport.close()

    assert (options["limits"].max_keepalive_connections, options["limits"].keepalive_expiry) == (25, 90.0)
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options["socket_options"]
    prepared = transport._library.request(Request("GET", "/"), stream=False)
    assert prepared.extensions["timeout"]["connect"] == 30.0


def test_connections_are_used_again(ask: Callable[..., Response], library: ModuleType) -> None:
    connections: list[int] = []
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        answering(OK, OK)(connection)
        ended.set()

    with serving(serve) as port:
        transport = HTTPXTransport(f"http://127.0.0.1:{port}", module=library)
        transport.round_trip(GET)
        transport.round_trip(GET)
        transport.close()
        assert ended.wait(5)

    assert connections == [1]


@pytest.mark.parity("REQ-29")
def test_the_time_that_names_take_is_told_to_metrics_that_care(ask: Callable[..., Response]) -> None:
    told: list[str] = []
    with serving(answering(OK, OK)) as port:

        class Metrics(RequestMetrics):
            def resolver_latency(self, host: str, seconds: float) -> None:
                told.append(host)

        for metrics in (Metrics(), RequestMetrics()):
            transport = connect(Config(f"http://localhost:{port}", metrics=metrics), clock=RealClock())
            transport.round_trip(GET)
            transport.close()

    assert told == ["localhost"]


def test_an_extra_that_is_missing_is_named(library: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "h2", None)
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(ValueError, match='the extra "http2" of this package is not installed'):
        HTTPXTransport("http://127.0.0.1:1", module=library, http2=True)
    with pytest.raises(ValueError, match='the extra "socks" of this package is not installed'):
        HTTPXTransport("http://server.invalid", module=library, proxy="socks5://127.0.0.1:1")


@pytest.mark.parity("TRN-20", "PAIN-35", "PORT-09")
def test_http2_is_spoken_where_it_is_asked_for_and_not_forbidden(
    library: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("h2")
    monkeypatch.delenv("DISABLE_HTTP2", raising=False)

    def asks(**more: Any) -> bool:
        transport: Any = connect(Config("http://h", **more), clock=RealClock(), module=library)
        transport.close()
        return bool(transport._library.options["http2"])

    assert [asks(), asks(http2=True)] == [False, True]
    assert not asks(http2=True, tls=TLSClientConfig(next_protos=["http/1.1"]))
    monkeypatch.setenv("DISABLE_HTTP2", "anything")
    assert not asks(http2=True)


def test_a_server_that_does_not_answer_in_time_is_a_timeout(ask: Callable[..., Response]) -> None:
    over = threading.Event()

    def silent(connection: socket.socket) -> None:
        read_head(connection)
        over.wait(5)

    with serving(silent) as port:
        try:
            with pytest.raises(TimedOut, match=f'GET "http://127.0.0.1:{port}/": no answer within 0.05 seconds'):
                ask(f"http://127.0.0.1:{port}", Request("GET", "/", timeout=0.05))
        finally:
            over.set()


KUBECONFIG = """
clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
users: [{name: u, user: {token: hidden}}]
"""


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n<p>no", "<p>no"),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "currently unable to handle the request"),
        (b'HTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{"ki', "unknown"),
    ],
)
def test_what_is_no_status_is_one_clear_error(answer: bytes, message: str) -> None:
    with serving(answering(answer)) as port:
        config = client_config(parse(KUBECONFIG % port)).config
        with Clientset.from_config(config) as client, pytest.raises(StatusError) as failed:
            client.core_v1.pods("default").get("a")

    told = f"{failed.value} {[cause.message for cause in failed.value.status.details.causes]}"  # type: ignore[union-attr]
    assert message in told
    assert "get pods a" in told
    assert "hidden" not in told


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            b"Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            "the answer is no object but text/html: <html>",
        ),
        (
            b"Content-Type: application/json\r\nContent-Length: 0\r\n\r\n",
            "0-length response with status code: 200 and content type: application/json",
        ),
    ],
)
def test_a_good_answer_that_is_no_object_is_one_clear_error(answer: bytes, message: str) -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\n" + answer)) as port:
        config = Config(f"http://127.0.0.1:{port}")
        with Clientset.from_config(config) as client, pytest.raises(InternalError) as failed:
            client.core_v1.pods("default").get("a")

    assert f'GET "/api/v1/namespaces/default/pods/a": {message}' in str(failed.value)


def _socks(connection: socket.socket) -> None:
    """A SOCKS5 proxy that lets everybody in and answers in the place of the server."""
    connection.recv(3)
    connection.sendall(b"\x05\x00")
    connection.recv(262)
    connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    answering(OK)(connection)


@pytest.mark.parity("PORT-09")
def test_socks_is_spoken_where_its_extra_is_installed(ask: Callable[..., Response]) -> None:
    pytest.importorskip("socksio")
    with serving(_socks) as port:
        assert ask("http://server.invalid", proxy=f"socks5://127.0.0.1:{port}").status == 200
