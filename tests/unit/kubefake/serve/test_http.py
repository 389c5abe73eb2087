"""What goes over the wire, byte for byte where it matters."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kubeclient.transport.protocol import Request, Response
from kubefake.faults.door import Door
from kubefake.faults.latency import Fixed
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import Delay, LoseAnswer, Refuse
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.serve.thread import ServerThread
from kubefake.sim.rng import Seeds

PATIENCE = 5.0


class Wire:
    """A plain connection to a server."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self.file = self.socket.makefile("rb")

    def send(self, text: str) -> None:
        self.socket.sendall(text.replace("\n", "\r\n").encode("latin-1"))

    def head(self) -> list[str]:
        lines = []
        while line := self.file.readline().rstrip(b"\r\n"):
            lines.append(line.decode("latin-1"))
        return lines

    def answer(self) -> tuple[str, bytes]:
        """Status line and body of an answer with a length."""
        head = self.head()
        length = next(int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:"))
        return head[0], self.file.read(length)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture
def url(server: Any) -> Iterator[str]:
    with ServerThread(Door(server, lock=threading.RLock())) as running:
        yield running.url


@pytest.fixture
def wire(url: str) -> Iterator[Wire]:
    wire = Wire(url)
    yield wire
    wire.close()


def test_a_connection_serves_one_request_after_another(wire: Wire, server: Any) -> None:
    for path in ("/a", "/b%2Fc?x=1&x=2"):
        wire.send(f"GET {path} HTTP/1.1\nHost: x\nUser-Agent: kubectl/v1.36 (linux)\n\n")
        assert wire.answer() == ("HTTP/1.1 200 OK", b'{"ok":true}')

    assert [request.path for request in server.requests] == ["/a", "/b%2Fc"]
    assert list(server.requests[1].query) == [("x", "1"), ("x", "2")]
    assert server.callers[0] == Caller("kubectl", ADMIN.user)


def test_pipelined_requests_are_answered_in_order(wire: Wire, server: Any) -> None:
    server.answer = lambda request: Response(200, [], request.path.encode())

    wire.send("".join(f"GET /{number} HTTP/1.1\nHost: x\n\n" for number in range(20)))

    assert [wire.answer()[1] for _ in range(20)] == [b"/%d" % number for number in range(20)]


def test_pipelined_requests_wait_for_a_delayed_one(server: Any, hand_clock: Any) -> None:
    plan = FaultPlan(hand_clock, Seeds(1).stream)
    plan.add(effect=Delay(Fixed(0.001)), nth=1)
    plan.add(effect=Refuse(503), nth=3)
    server.answer = lambda request: Response(200, [], request.path.encode())
    with ServerThread(Door(server, plan)) as running:
        wire = Wire(running.url)
        wire.send("GET /1 HTTP/1.1\nHost: x\n\nGET /2 HTTP/1.1\nHost: x\n\nGET /3 HTTP/1.1\nHost: x\n\n")
        answers = [wire.answer() for _ in range(3)]
        wire.close()

    assert [line for line, _ in answers] == ["HTTP/1.1 200 OK"] * 2 + ["HTTP/1.1 503 Service Unavailable"]
    assert [body for _, body in answers[:2]] == [b"/1", b"/2"]


def test_bodies_arrive_whole_however_they_are_sent(wire: Wire, server: Any) -> None:
    wire.send("POST /a HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello")
    wire.answer()
    wire.send("POST /a HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n2\nhe\n3\nllo\n0\n\n")
    wire.answer()

    assert [request.body for request in server.requests] == [b"hello", b"hello"]


def test_a_client_that_asks_before_it_sends_its_body_is_told_to_go_on(wire: Wire, server: Any) -> None:
    wire.send("POST /a HTTP/1.1\nHost: x\nContent-Length: 2\nExpect: 100-continue\n\n")
    assert wire.head() == ["HTTP/1.1 100 Continue"]
    wire.send("hi")
    wire.answer()

    assert server.requests[0].body == b"hi"


def test_head_has_the_length_and_no_body(wire: Wire) -> None:
    wire.send("HEAD /a HTTP/1.1\nHost: x\n\nGET /b HTTP/1.1\nHost: x\n\n")

    assert "content-length: 11" in [line.lower() for line in wire.head()]
    assert wire.answer() == ("HTTP/1.1 200 OK", b'{"ok":true}')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("NONSENSE\n\n", "HTTP/1.1 400 Bad Request"),
        ("GET /a HTTP/1.1\n\n", "HTTP/1.1 400 Bad Request"),
        ("GET /a HTTP/1.1\nHost: x\nBig: " + "x" * (1 << 21), "HTTP/1.1 431 Request Header Fields Too Large"),
    ],
)
def test_what_is_no_request_is_answered_once_and_hung_up_on(wire: Wire, text: str, line: str) -> None:
    wire.send(text)

    assert wire.answer()[0] == line
    with contextlib.suppress(ConnectionResetError):  # what was still on its way to the closed connection
        assert wire.file.read() == b""


def test_a_client_may_ask_to_be_hung_up_on(wire: Wire) -> None:
    wire.send("GET /a HTTP/1.1\nHost: x\nConnection: close\n\n")

    assert wire.answer()[1] == b'{"ok":true}'
    assert wire.file.read() == b""


def test_large_answers_are_compressed_for_who_takes_it(url: str, server: Any) -> None:
    body = b"x" * (128 * 1024 + 1)
    server.answer = lambda _: Response(200, [("content-type", "application/json")], body)
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)

    connection.request("GET", "/a", headers={"Accept-Encoding": "gzip"})
    packed = connection.getresponse()
    packed_body = packed.read()
    connection.request("GET", "/a")
    plain = connection.getresponse()

    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed_body) == body
    assert plain.headers["content-encoding"] is None
    assert plain.read() == body
    connection.close()


def test_a_watch_is_chunked_and_its_frames_come_at_once(wire: Wire, server: Any) -> None:
    server.first_frames = (b"one\n",)
    wire.send("GET /a?watch=true HTTP/1.1\nHost: x\n\n")

    assert "transfer-encoding: chunked" in [line.lower() for line in wire.head()]
    assert wire.file.read(9) == b"4\r\none\n\r\n"
    server.streams[0].push(b"two\n")
    assert wire.file.read(9) == b"4\r\ntwo\n\r\n"
    server.streams[0].end()
    assert wire.file.read(5) == b"0\r\n\r\n"
    wire.send("GET /b HTTP/1.1\nHost: x\n\n")
    assert wire.answer()[1] == b'{"ok":true}'


def test_a_watcher_that_hangs_up_is_forgotten(wire: Wire, server: Any) -> None:
    closed = threading.Event()
    server.first_frames = (b"one\n",)
    wire.send("GET /a?watch=true HTTP/1.1\nHost: x\n\n")
    wire.head()
    close = server.streams[0].close

    def close_and_tell() -> None:
        close()
        closed.set()

    server.streams[0].close = close_and_tell
    wire.close()

    assert closed.wait(PATIENCE)


def test_a_slow_watcher_holds_only_itself_up(wire: Wire, server: Any) -> None:
    wire.send("GET /a?watch=true HTTP/1.1\nHost: x\n\n")
    wire.head()
    piece = b"x" * 1_000_000 + b"\n"
    server.streams[0].push(*[piece] * 30)
    other = Wire(f"http://{wire.socket.getpeername()[0]}:{wire.socket.getpeername()[1]}")
    other.send("GET /b HTTP/1.1\nHost: x\n\n")

    assert other.answer()[1] == b'{"ok":true}'
    assert len(server.streams[0].frames) > 0
    server.streams[0].end()
    read = 0
    while (size := int(wire.file.readline(), 16)) > 0:
        read += len(wire.file.read(size))
        wire.file.readline()
    assert read == 30 * len(piece)
    other.close()


def test_a_lost_answer_breaks_the_connection(server: Any, hand_clock: Any) -> None:
    plan = FaultPlan(hand_clock, Seeds(1).stream)
    plan.add(effect=LoseAnswer())
    with ServerThread(Door(server, plan)) as running:
        wire = Wire(running.url)
        wire.send("PUT /a HTTP/1.1\nHost: x\nContent-Length: 0\n\n")
        assert wire.file.read() == b""
        wire.close()
    assert len(server.requests) == 1


def test_an_error_inside_the_server_is_a_500_and_logged(
    wire: Wire, server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(request: Request) -> Response:
        raise LookupError("a bug")

    server.answer = fail
    wire.send("GET /a HTTP/1.1\nHost: x\n\n")

    assert wire.answer()[0] == "HTTP/1.1 500 Internal Server Error"
    assert "GET /a failed inside the server" in caplog.text


def test_stopping_ends_watches_in_good_order(server: Any) -> None:
    running = ServerThread(Door(server)).start()
    wire = Wire(running.url)
    wire.send("GET /a?watch=true HTTP/1.1\nHost: x\n\n")
    wire.head()

    running.stop()
    running.stop()

    assert wire.file.read() == b"0\r\n\r\n"
    assert server.streams[0].closed
    wire.close()


def test_a_port_that_is_taken_raises_where_the_server_is_started(url: str, server: Any) -> None:
    port = int(url.rpartition(":")[2])

    with pytest.raises(OSError, match="in use"):
        ServerThread(Door(server), port=port).start()


def test_reading_ahead_of_a_watch_is_bounded_and_loses_nothing(wire: Wire, server: Any) -> None:
    wire.send("GET /a?watch=true HTTP/1.1\nHost: x\n\n")
    wire.head()
    request = b"GET /b HTTP/1.1\r\nHost: x\r\nPad: " + b"x" * 100_000 + b"\r\n\r\n"
    sender = threading.Thread(target=lambda: wire.socket.sendall(request * 100))
    sender.start()

    server.streams[0].end()

    assert wire.file.read(5) == b"0\r\n\r\n"
    assert [wire.answer()[0] for _ in range(100)] == ["HTTP/1.1 200 OK"] * 100
    sender.join(PATIENCE)
