"""Connections over time: kept, dead, late, many at once, and of HTTP/2."""

from __future__ import annotations

import asyncio
import importlib
import socket
import ssl
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kubeclient._sync.connect import connect
from kubeclient.rest import Config, TransportCache
from kubeclient.runtime.clock import RealClock
from kubeclient.transport.httpx_ import AsyncHTTPXTransport, HTTPXTransport
from kubeclient.transport.protocol import Request, TimedOut
from kubeclient.transport.tls import TLSOptions

from .loopback import answering, authority, certificate, pem, read_head, server_context, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
GET = Request("GET", "/api", timeout=10.0)


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_a_kept_connection_that_the_server_ended_is_replaced(library: ModuleType) -> None:
    connections: list[int] = []
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        read_head(connection)
        connection.sendall(OK)
        connection.shutdown(socket.SHUT_RDWR)
        ended.set()

    with serving(serve) as port:
        transport = HTTPXTransport(f"http://127.0.0.1:{port}", module=library)
        assert transport.round_trip(GET).status == 200
        assert ended.wait(5)
        ended.clear()
        assert transport.round_trip(GET).status == 200
        transport.close()

    assert len(connections) == 2


def test_a_connection_whose_answer_came_too_late_is_not_used_again(library: ModuleType) -> None:
    over = threading.Event()
    connections: list[int] = []

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        read_head(connection)
        if len(connections) == 1:
            over.wait(5)
        connection.sendall(OK)
        connection.recv(1)

    with serving(serve) as port:
        transport = HTTPXTransport(f"http://127.0.0.1:{port}", module=library)
        with pytest.raises(TimedOut):
            transport.round_trip(Request("GET", "/", timeout=0.05))
        assert transport.round_trip(GET).status == 200
        over.set()
        transport.close()

    assert len(connections) == 2


def test_dead_connections_of_a_function_are_replaced_and_good_ones_kept(library: ModuleType) -> None:
    connections: list[int] = []
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        for _ in range(2):
            read_head(connection)
            connection.sendall(OK)
        connection.shutdown(socket.SHUT_RDWR)
        ended.set()

    with serving(serve) as port:
        transport = HTTPXTransport(
            "http://anywhere", module=library, dial=lambda host, number: socket.create_connection(("127.0.0.1", port))
        )
        for _ in range(2):
            assert transport.round_trip(GET).status == 200
        assert ended.wait(5)
        assert transport.round_trip(GET).status == 200
        transport.close()

    assert len(connections) == 2


def test_many_threads_use_one_transport(library: ModuleType) -> None:
    statuses: list[int] = []
    with serving(answering(*[OK] * 80)) as port:
        transport = HTTPXTransport(f"http://127.0.0.1:{port}", module=library)

        def work() -> None:
            statuses.extend(transport.round_trip(GET).status for _ in range(10))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transport.close()

    assert statuses == [200] * 80


def test_many_tasks_use_one_transport(library: ModuleType) -> None:
    async def run(port: int) -> list[int]:
        transport = AsyncHTTPXTransport(f"http://127.0.0.1:{port}", module=library)
        answers = await asyncio.gather(*(transport.round_trip(GET) for _ in range(30)))
        await transport.aclose()
        return [answer.status for answer in answers]

    with serving(answering(*[OK] * 30)) as port:
        assert asyncio.run(run(port)) == [200] * 30


@pytest.mark.parity("TRN-16")
def test_clients_that_are_made_at_once_share_one_transport() -> None:
    cache: TransportCache[Any] = TransportCache()
    made: list[Any] = []
    together = threading.Barrier(8)

    def work() -> None:
        together.wait(5)
        made.append(connect(Config("http://s"), clock=RealClock(), cache=cache))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(one.inner) for one in made}) == 1
    for one in made:
        one.close()
    assert made[0].inner._closed


def _http2(connection: socket.socket) -> None:
    """Answers every request of a connection in HTTP/2."""
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import RequestReceived

    spoken = H2Connection(H2Configuration(client_side=False))
    spoken.initiate_connection()
    connection.sendall(spoken.data_to_send())
    while data := connection.recv(65536):
        for event in spoken.receive_data(data):
            if isinstance(event, RequestReceived):
                spoken.send_headers(event.stream_id, [(":status", "200"), ("x-protocol", "h2")])
                spoken.send_data(event.stream_id, b"{}", end_stream=True)
        connection.sendall(spoken.data_to_send())


@pytest.mark.parity("TRN-20")
def test_http2_is_spoken_with_servers_that_do(library: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("h2")
    known = authority()
    context: ssl.SSLContext = server_context(certificate(known, "127.0.0.1"), tmp_path)
    context.set_alpn_protocols(["h2", "http/1.1"])
    tls = TLSOptions(ca_data=pem(known[0]))

    async def run(url: str) -> list[Any]:
        transport = AsyncHTTPXTransport(url, tls=tls, module=library, http2=True)
        answers = await asyncio.gather(*(transport.round_trip(GET) for _ in range(5)))
        await transport.aclose()
        return [answer.body for answer in answers]

    with serving(_http2, context) as port:
        transport = HTTPXTransport(f"https://127.0.0.1:{port}", tls=tls, module=library, http2=True)
        response = transport.round_trip(GET)
        transport.close()
        bodies = asyncio.run(run(f"https://127.0.0.1:{port}"))

    assert (response.body, ("x-protocol", "h2") in response.headers) == (b"{}", True)
    assert bodies == [b"{}"] * 5
