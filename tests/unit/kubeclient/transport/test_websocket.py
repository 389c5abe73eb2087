"""WebSockets to a server of this process, in both colours and over both libraries."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kubeclient._async.connect import connect as async_connect
from kubeclient._sync.connect import connect
from kubeclient.apimachinery.errors import Forbidden
from kubeclient.rest import Config, TLSClientConfig
from kubeclient.runtime.clock import RealClock
from kubeclient.transport._sync.websocket import WebSocket
from kubeclient.transport.library import HTTPLibrary
from kubeclient.transport.protocol import ConnectionLost, Request, TransportError, UpgradeFailure
from kubeclient.transport.tls import TLSOptions

from .loopback import Serve, answering, authority, certificate, pem, read_head, server_context, serving

pytest.importorskip("wsproto")

V5 = "v5.channel.k8s.io"
EXEC = Request("GET", "/exec", [("command", "ls")], [("sec-websocket-protocol", f"{V5}, v4.channel.k8s.io")])


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def _accepting(
    serve: Callable[[socket.socket, Any], None], protocol: str = V5, heads: list[bytes] | None = None
) -> Any:
    """A server that opens the WebSocket and hands over to the test with the server's frames."""

    def run(connection: socket.socket) -> None:
        from wsproto.connection import Connection, ConnectionType
        from wsproto.utilities import generate_accept_token

        head = read_head(connection)
        if heads is not None:
            heads.append(head)
        key = re.search(rb"sec-websocket-key: (\S+)", head, re.IGNORECASE)
        assert key is not None
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + generate_accept_token(key[1]) + b"\r\n"
            b"Sec-WebSocket-Protocol: " + protocol.encode() + b"\r\n\r\n"
        )
        serve(connection, Connection(ConnectionType.SERVER))

    return run


def _echo(connection: socket.socket, frames: Any) -> None:
    """Says everything back in two pieces, answers to pings, and closes as it is asked to."""
    from wsproto import events

    whole = b""
    while data := connection.recv(65536):
        frames.receive_data(data)
        for event in frames.events():
            if isinstance(event, events.BytesMessage):
                whole += event.data
                if event.message_finished:
                    half = len(whole) // 2
                    connection.sendall(frames.send(events.BytesMessage(whole[:half], message_finished=False)))
                    connection.sendall(frames.send(events.BytesMessage(whole[half:])))
                    whole = b""
            elif isinstance(event, events.TextMessage):
                connection.sendall(frames.send(event))
            elif isinstance(event, events.Ping):
                connection.sendall(frames.send(event.response()))
            elif isinstance(event, events.CloseConnection):
                connection.sendall(frames.send(event.response()))
                return


def _config(port: int, **more: Any) -> Config:
    return Config(f"http://127.0.0.1:{port}/base", **more)


@pytest.mark.parity("TRN-24", "PAIN-35e")
def test_messages_go_both_ways_over_a_connection_of_their_own(library: ModuleType) -> None:
    heads: list[bytes] = []
    with serving(_accepting(_echo, heads=heads)) as port:
        transport = connect(_config(port, bearer_token="t"), clock=RealClock(), module=library, websocket=True)
        first: Any = transport.open_stream(EXEC)
        second: Any = transport.open_stream(EXEC)
        first.ping()
        first.send(b"\x00hello")
        first.send("text")
        second.send(b"x" * 100_000)

        assert (first.status, first.subprotocol) == (101, V5)
        assert [first.receive(), first.receive()] == [b"\x00hello", "text"]
        assert second.receive() == b"x" * 100_000
        for one in (first, second):
            one.close()
            one.close()
            assert one.receive() is None
        with pytest.raises(ConnectionLost, match="the WebSocket is closed"):
            first.send(b"late")
        transport.close()

    text = heads[0].decode().lower()
    assert text.startswith("get /base/exec?command=ls http/1.1\r\n")
    for line in ("upgrade: websocket", "connection: upgrade", "sec-websocket-version: 13", "authorization: bearer t"):
        assert line in text
    assert f"sec-websocket-protocol: {V5}, v4.channel.k8s.io" in text
    assert len(heads) == 2


@pytest.mark.parity("TRN-24")
def test_messages_go_both_ways_under_asyncio(library: ModuleType) -> None:
    async def run(port: int) -> list[Any]:
        transport = async_connect(_config(port), clock=RealClock(), module=library, websocket=True)
        stream: Any = await transport.open_stream(EXEC)
        await asyncio.gather(*(stream.send(bytes([number]) * 5000) for number in range(5)))
        got = [await stream.receive() for _ in range(5)]
        await stream.ping()
        reading = asyncio.create_task(stream.receive())
        await stream.send("end")
        got.append(await reading)
        await stream.aclose()
        got.append(await stream.receive())
        return got

    with serving(_accepting(_echo)) as port:
        got = asyncio.run(run(port))

    assert sorted(got[:5]) == [bytes([number]) * 5000 for number in range(5)]
    assert got[5:] == ["end", None]


@pytest.mark.parity("TRN-24", "PAIN-35d")
def test_it_goes_over_tls_and_by_a_function_that_dials(library: ModuleType, tmp_path: Path) -> None:
    known = authority()
    with serving(_accepting(_echo), server_context(certificate(known, "server.local"), tmp_path)) as port:
        config = Config(
            "https://server.local",
            tls=TLSClientConfig(ca_data=pem(known[0])),
            dial=lambda host, number: socket.create_connection(("127.0.0.1", port)),
        )
        stream: Any = connect(config, clock=RealClock(), module=library, websocket=True).open_stream(EXEC)
        stream.send(b"secret")
        assert stream.receive() == b"secret"
        stream.close()


def _proxy(port: int, heads: list[str]) -> Serve:
    """Connects whoever asks for it to that port, and carries bytes both ways."""

    def carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve(connection: socket.socket) -> None:
        head = read_head(connection)
        heads.append(head.split(b"\r\n")[0].decode())
        with socket.create_connection(("127.0.0.1", port)) as server:
            if head.startswith(b"CONNECT"):
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(head)
            back = threading.Thread(target=carry, args=(server, connection))
            back.start()
            carry(connection, server)
            back.join()

    return serve


@pytest.mark.parity("TRN-24", "CFG-15")
@pytest.mark.parametrize("tls", [False, True])
def test_tunnels_go_through_proxies(library: ModuleType, tmp_path: Path, tls: bool) -> None:
    known = authority()
    context = server_context(certificate(known, "server.local"), tmp_path) if tls else None
    heads: list[str] = []
    with serving(_accepting(_echo), context) as port, serving(_proxy(port, heads)) as proxy:
        config = Config(
            f"{'https' if tls else 'http'}://server.local",
            tls=TLSClientConfig(ca_data=pem(known[0]) if tls else b""),
            proxy_url=f"http://127.0.0.1:{proxy}",
        )
        stream: Any = connect(config, clock=RealClock(), module=library, websocket=True).open_stream(EXEC)
        stream.send(b"through")
        assert stream.receive() == b"through"
        stream.close()

    assert len(heads) == 1
    assert heads[0].startswith("CONNECT server.local:443 " if tls else "GET http://server.local/exec")


@pytest.mark.parity("TRN-24", "TRN-25")
@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (
            "403 Forbidden",
            json.dumps(
                {
                    "kind": "Status",
                    "apiVersion": "v1",
                    "status": "Failure",
                    "reason": "Forbidden",
                    "message": "no exec",
                    "code": 403,
                }
            ),
            "no exec",
        ),
        ("404 Not Found", "page not found", r"websocket: bad handshake \(status 404\): page not found"),
        ("200 OK", "", r"websocket: bad handshake \(status 200\)$"),
        ("400 Bad Request", "x" * 70_000, "x" * 60_000),
    ],
)
def test_a_server_that_does_not_upgrade_says_why(library: ModuleType, status: str, body: str, message: str) -> None:
    answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    with serving(answering(answer)) as port:
        transport = connect(_config(port), clock=RealClock(), module=library, websocket=True)
        with pytest.raises(UpgradeFailure, match=f"^unable to upgrade streaming request: .*{message}") as failed:
            transport.open_stream(EXEC)

    assert failed.value.status == int(status[:3])
    assert isinstance(failed.value.cause, Forbidden) is (failed.value.status == 403)
    assert len(str(failed.value)) < 65 * 1024 + 200


@pytest.mark.parity("RCM-11")
def test_a_redirect_is_never_followed(library: ModuleType) -> None:
    elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(elsewhere)) as port:
        transport = connect(_config(port), clock=RealClock(), module=library, websocket=True)
        with pytest.raises(UpgradeFailure, match=r"bad handshake \(status 302\)"):
            transport.open_stream(EXEC)


@pytest.mark.parity("TRN-24", "TRN-25")
def test_a_protocol_that_nobody_offered_is_refused(library: ModuleType) -> None:
    with serving(_accepting(_echo, protocol="odd")) as port:
        transport = connect(_config(port), clock=RealClock(), module=library, websocket=True)
        with pytest.raises(
            UpgradeFailure, match=f'invalid protocol, expected one of \\["{V5}", "v4.channel.k8s.io"\\], got "odd"'
        ):
            transport.open_stream(EXEC)


@pytest.mark.parity("TRN-24")
def test_an_answer_of_another_kind_of_server_is_refused() -> None:
    odd = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n\r\n"
    with serving(answering(odd)) as port:
        transport = connect(_config(port), clock=RealClock(), websocket=True)
        with pytest.raises(UpgradeFailure, match="the answer is that of no WebSocket server"):
            transport.open_stream(EXEC)
        with pytest.raises(TransportError, match="a WebSocket is opened as a stream"):
            transport.round_trip(EXEC)


def _ending(data: Callable[[Any], bytes]) -> Any:
    def serve(connection: socket.socket, frames: Any) -> None:
        connection.sendall(data(frames))

    return _accepting(serve)


@pytest.mark.parity("TRN-24")
@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_an_end_that_is_said_is_the_end_and_an_error_is_one(library: ModuleType, code: int) -> None:
    from wsproto.events import CloseConnection

    with serving(_ending(lambda frames: frames.send(CloseConnection(code, "why")))) as port:
        stream: Any = connect(_config(port), clock=RealClock(), module=library, websocket=True).open_stream(EXEC)
        if code == 1011:
            with pytest.raises(ConnectionLost, match="websocket: close 1011: why"):
                stream.receive()
        else:
            assert list(stream) == []


@pytest.mark.parity("TRN-24")
@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff\xff"])
def test_a_connection_that_breaks_is_told_from_an_end(library: ModuleType, data: bytes) -> None:
    with serving(_ending(lambda frames: data)) as port:
        stream: Any = connect(_config(port), clock=RealClock(), module=library, websocket=True).open_stream(EXEC)
        with pytest.raises(ConnectionLost):
            stream.receive()
        stream.close()


@pytest.mark.parity("TRN-24")
def test_closing_wakes_a_reader_in_another_thread(library: ModuleType) -> None:
    with serving(_accepting(_echo)) as port:
        stream: Any = connect(_config(port), clock=RealClock(), module=library, websocket=True).open_stream(EXEC)
        got: list[Any] = []
        started = threading.Event()

        def read() -> None:
            stream.send(b"one")
            got.append(stream.receive())
            started.set()
            got.append(stream.receive())

        reader = threading.Thread(target=read)
        reader.start()
        assert started.wait(5)
        stream.close()
        reader.join(5)

    assert (reader.is_alive(), got) == (False, [b"one", None])


class _Wire:
    """A connection whose other end has said that it is done, and takes nothing any more."""

    def __init__(self, received: bytes, error: type[Exception]) -> None:
        self.received = received
        self.error = error
        self.closed = False

    def read(self, size: int, timeout: float | None = None) -> bytes:
        return self.received

    def write(self, data: bytes, timeout: float | None = None) -> None:
        raise self.error

    def get_extra_info(self, info: str) -> None:
        return None

    def close(self) -> None:
        self.closed = True


@pytest.mark.parity("TRN-24")
def test_a_connection_is_closed_whose_end_cannot_be_answered(library: ModuleType) -> None:
    from wsproto.connection import Connection, ConnectionType
    from wsproto.events import CloseConnection

    end = Connection(ConnectionType.SERVER).send(CloseConnection(1000))
    reached = HTTPLibrary("http://localhost", TLSOptions(), module=library)
    wire, pool = _Wire(end, reached.low_errors[0]), _Wire(b"", OSError)
    response = library.Response(101, extensions={"network_stream": wire})

    assert WebSocket(reached, EXEC, response, pool, V5).receive() is None
    assert wire.closed
    assert pool.closed
