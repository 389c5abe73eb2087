"""The network transports, in both colours and over both libraries, against a server in this process."""

from __future__ import annotations

import asyncio
import importlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType

import pytest

from kubeclient.transport.httpx_ import AsyncHTTPXTransport, HTTPXTransport
from kubeclient.transport.protocol import ConnectFailed, ConnectionLost, Request, TimedOut, TransportError, header


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    release = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = f"{self.path} {self.headers['x-one']} {body.decode()}".encode()
        self.send_response(409)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Two", "2")
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        if self.path == "/base/silent":
            self.release.wait(10)
            return
        if self.path == "/base/broken":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\none\r\n")
        self.wfile.flush()
        self.release.wait(10)

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def server() -> Iterator[str]:
    _Handler.release.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/base"
        _Handler.release.set()
        running.shutdown()
        thread.join()


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


POST = Request("POST", "/a%2Fb", [("q", "a b"), ("q", "c")], [("x-one", "1")], b"body")


def test_a_request_arrives_as_it_is_and_any_answer_is_an_answer(server: str, library: ModuleType) -> None:
    transport = HTTPXTransport(server, module=library)

    response = transport.round_trip(POST)
    transport.close()

    assert (response.status, response.body) == (409, b"/base/a%2Fb?q=a%20b&q=c 1 body")
    assert header(response.headers, "x-two") == "2"


def test_the_other_colour_does_the_same(server: str, library: ModuleType) -> None:
    async def run() -> tuple[int, bytes]:
        transport = AsyncHTTPXTransport(server, module=library)
        response = await transport.round_trip(POST)
        await transport.aclose()
        return response.status, response.body

    assert asyncio.run(run()) == (409, b"/base/a%2Fb?q=a%20b&q=c 1 body")


def test_an_answer_that_does_not_come_is_a_timeout(server: str, library: ModuleType) -> None:
    transport = HTTPXTransport(server, module=library)

    with pytest.raises(TimedOut, match=r'GET ".*/silent": no answer within 0.05 seconds'):
        transport.round_trip(Request("GET", "/silent", timeout=0.05))
    transport.close()


def test_a_connection_that_breaks_is_told_from_one_that_never_was(server: str, library: ModuleType) -> None:
    transport = HTTPXTransport(server, module=library)
    with pytest.raises(ConnectionLost):
        transport.round_trip(Request("GET", "/broken"))
    transport.close()

    nowhere = HTTPXTransport("http://127.0.0.1:1", module=library)
    with pytest.raises(ConnectFailed):
        nowhere.round_trip(Request("GET", "/"))
    nowhere.close()


def test_closing_a_stream_wakes_its_reader_in_another_thread(server: str, library: ModuleType) -> None:
    transport = HTTPXTransport(server, module=library)
    stream = transport.open_stream(Request("GET", "/watch"))
    seen: list[bytes] = []
    got_one = threading.Event()

    def read() -> None:
        for chunk in stream:
            seen.append(chunk)
            got_one.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert got_one.wait(5)
    stream.close()
    reader.join(5)
    transport.close()

    assert (reader.is_alive(), seen) == (False, [b"one"])


def test_closing_a_stream_wakes_its_reader_in_another_task(server: str, library: ModuleType) -> None:
    async def run() -> list[bytes]:
        transport = AsyncHTTPXTransport(server, module=library)
        stream = await transport.open_stream(Request("GET", "/watch"))
        seen: list[bytes] = []
        got_one = asyncio.Event()

        async def read() -> None:
            async for chunk in stream:
                seen.append(chunk)
                got_one.set()

        reader = asyncio.create_task(read())
        await asyncio.wait_for(got_one.wait(), 5)
        await stream.aclose()
        await asyncio.wait_for(reader, 5)
        await transport.aclose()
        return seen

    assert asyncio.run(run()) == [b"one"]


def test_a_closed_transport_says_so() -> None:
    transport = HTTPXTransport("http://127.0.0.1:1")
    transport.close()

    with pytest.raises(TransportError, match="the transport is closed"):
        transport.round_trip(Request("GET", "/"))


def test_a_server_that_is_no_url_is_refused() -> None:
    with pytest.raises(ValueError, match="must be an http or https URL"):
        HTTPXTransport("host:80")
