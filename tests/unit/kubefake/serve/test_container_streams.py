"""Scripted containers over HTTP: ports that are forwarded, commands and logs, with this package's own clients."""

from __future__ import annotations

import asyncio
import http.client
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubeclient._async.connect import connect as async_connect
from kubeclient._sync.connect import connect
from kubeclient.apimachinery.errors import BadRequest
from kubeclient.portforward import AsyncPortForwarder, ForwardedPort, LostConnectionError, PortForwarder, UpgradeFailure
from kubeclient.remotecommand import AsyncExecutor, Executor
from kubeclient.rest import Config
from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.threads import ThreadRuntime
from kubeclient.transport.protocol import ConnectionLost, Request
from kubefake import Cluster

pytest.importorskip("wsproto")

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web/"


async def shout(connection: Any) -> None:
    while data := await connection.read(10_000):
        await connection.write(data.upper())


def answer(connection: Any) -> None:
    while connection.readline().strip():
        continue
    connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(objects=[POD])
    cluster.pods.script("web", ports={8080: shout, 80: answer})
    return cluster


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    with cluster.serve() as server:
        yield server.url


Forward = Callable[..., BaseException | None]


@pytest.fixture(params=["threads", "asyncio"])
def forward(request: pytest.FixtureRequest, url: str) -> Forward:
    """Forwards ports, calls a function with the forwarder when it is ready, then stops; returns what it ended with."""

    def threads(
        use: Callable[[Any, Callable[[], object]], None], ports: list[str], **options: Any
    ) -> BaseException | None:
        runtime = ThreadRuntime()
        stop, ready, ended = runtime.event(), runtime.event(), list[BaseException | None]()
        transport = connect(Config(url), clock=RealClock(), websocket=True)
        forwarder = PortForwarder(transport, PATH + "portforward", ports, stop=stop, ready=ready, **options)

        def run() -> None:
            try:
                forwarder.forward()
                ended.append(None)
            except Exception as error:
                ended.append(error)
            ready.set()

        thread = threading.Thread(target=run)
        thread.start()
        assert ready.wait(10)
        if not ended:
            use(forwarder, stop.set)
        thread.join(10)
        return ended[0]

    def aio(use: Callable[[Any, Callable[[], object]], None], ports: list[str], **options: Any) -> BaseException | None:
        async def main() -> BaseException | None:
            runtime = AioRuntime()
            stop, ready = runtime.event(), runtime.event()
            transport = async_connect(Config(url), clock=RealClock(), websocket=True)
            forwarder = AsyncPortForwarder(transport, PATH + "portforward", ports, stop=stop, ready=ready, **options)
            task = asyncio.create_task(forwarder.forward())
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            loop = asyncio.get_running_loop()
            if not task.done():
                await asyncio.to_thread(use, forwarder, lambda: loop.call_soon_threadsafe(stop.set))
            await asyncio.wait((task,), timeout=10)
            return task.exception()

        return asyncio.run(main())

    return threads if request.param == "threads" else aio


def talk(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        while piece := connection.recv(65536):
            got += piece
        return got


@pytest.mark.parity("PFW-04", "PFW-05", "PFW-07")
def test_several_ports_are_forwarded_until_it_is_stopped(forward: Forward) -> None:
    said: list[str] = []
    got: list[Any] = []

    def use(forwarder: Any, stop: Callable[[], object]) -> None:
        ports = {port.remote: port.local for port in forwarder.get_ports()}
        got.append(ports)
        got.append(talk(ports[8080], b"abc" * 100_000))
        got.append(talk(ports[80], b"GET / HTTP/1.1\r\n\r\n"))
        stop()

    assert forward(use, [":8080", ":80"], out=said.append, addresses=["127.0.0.1"]) is None

    ports = got[0]
    assert got[1:] == [b"ABC" * 100_000, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"]
    assert said[:2] == [f"Forwarding from 127.0.0.1:{ports[remote]} -> {remote}" for remote in (8080, 80)]
    assert said[2:] == [f"Handling connection for {ports[remote]}" for remote in (8080, 80)]


@pytest.mark.parity("PFW-05", "PFW-06")
def test_what_the_server_has_against_one_connection_ends_all(
    forward: Forward, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []

    def use(forwarder: Any, stop: Callable[[], object]) -> None:
        assert talk(forwarder.get_ports()[0].local, b"x") == b""

    ended = forward(use, [":9"], err=said.append, addresses=["127.0.0.1"])

    assert isinstance(ended, LostConnectionError)
    assert len(said) == 1
    assert "-> 9: error forwarding port 9 to pod web" in said[0]
    assert said[0] in caplog.text


@pytest.mark.parity("PFW-02", "PFW-04")
def test_a_port_that_is_taken_is_told_and_none_at_all_is_an_error(forward: Forward) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ended = forward(lambda *_: None, [f"{taken}:80"], err=said.append, addresses=["127.0.0.1"])

    assert isinstance(ended, OSError)
    assert str(ended) == f"unable to listen on any of the requested ports: [{{{taken} 80}}]"
    assert said[0].startswith(f"Unable to listen on port {taken}: listeners failed to create with the following errors")


@pytest.mark.parity("PFW-04")
def test_ports_are_known_when_it_listens() -> None:
    runtime = ThreadRuntime()
    transport: Any = None

    with pytest.raises(ValueError, match="no Ready channel provided"):
        PortForwarder(transport, PATH, ["80"]).get_ports()
    with pytest.raises(ValueError, match="listeners not ready"):
        PortForwarder(transport, PATH, ["80"], ready=runtime.event()).get_ports()
    ready = runtime.event()
    ready.set()
    assert PortForwarder(transport, PATH, ["80"], ready=ready).get_ports() == [ForwardedPort(80, 80)]


def test_a_plain_client_gets_what_a_coroutine_wrote(cluster: Cluster, url: str) -> None:
    async def greet(session: Any) -> int:
        await session.stdout.write(f"hello {(await session.stdin.read()).decode()}")
        return 0

    cluster.pods.script("web", exec=greet)
    out = bytearray()
    for transport in (connect(Config(url), clock=RealClock(), websocket=True), cluster.transport()):
        Executor(transport).stream(PATH + "exec", ["greet"], stdin=b"you", stdout=out.extend)

    assert out == b"hello youhello you"


def test_a_coroutine_gets_what_a_plain_function_wrote(cluster: Cluster, url: str) -> None:
    cluster.pods.script("web", exec=lambda session: session.stdout.write(session.stdin.read()))

    async def main() -> bytes:
        out = bytearray()
        for transport in (async_connect(Config(url), clock=RealClock(), websocket=True), cluster.async_transport()):
            await AsyncExecutor(transport).stream(PATH + "exec", ["cat"], stdin=b"x" * 100_000, stdout=out.extend)
        return bytes(out)

    assert asyncio.run(main()) == b"x" * 200_000


def test_a_terminal_is_told_of_its_sizes(cluster: Cluster, url: str) -> None:
    def tell(session: Any) -> None:
        session.stderr.write(f"tty={session.tty} ")
        for width, height in session.resizes():
            session.stdout.write(f"{width}x{height}")
            return

    cluster.pods.script("web", attach=tell)
    for transport in (connect(Config(url), clock=RealClock(), websocket=True), cluster.transport()):
        out = bytearray()
        Executor(transport).stream(PATH + "attach", stdout=out.extend, tty=True, sizes=iter([(80, 24)]))
        assert out.decode() == "tty=True 80x24"


def test_a_command_without_a_handler_is_refused(cluster: Cluster, url: str) -> None:
    for transport in (connect(Config(url), clock=RealClock(), websocket=True), cluster.transport()):
        with pytest.raises(UpgradeFailure, match=r"has no handler for it: say script\(…, exec=function\)") as caught:
            Executor(transport).stream(PATH + "exec", ["ls"], stdout=print)
        assert caught.value.status == 501


def test_a_request_that_asks_for_no_upgrade_is_refused(cluster: Cluster) -> None:
    with pytest.raises(BadRequest, match="Upgrade request required"):
        cluster.client().rest_client.request("GET").abs_path(PATH + "portforward").do_raw()


def _head(url: str, path: str, **headers: str) -> tuple[int, bytes]:
    """The status and the body of a request that asks for an upgrade."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", path, headers={"Connection": "Upgrade", **headers})
    answer = connection.getresponse()
    body = b"" if answer.status == 101 else answer.read()
    answer.close()
    connection.close()
    return answer.status, body


def test_a_handshake_that_is_none_is_refused(cluster: Cluster, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = PATH + "portforward?ports=80"
    key = {"Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}

    assert _head(url, ports, Upgrade="h2c") == (
        400,
        b"400 Bad Request: h2c is not spoken here, websocket and SPDY/3.1 are",
    )
    assert _head(url, ports, Upgrade="websocket")[0] == 400
    assert _head(url, ports, **key, **{"Sec-WebSocket-Version": "8"})[0] == 400
    assert _head(url, ports, **key, **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "v9"})[0] == 403
    assert _head(url, ports, **{"Upgrade": "SPDY/3.1", "X-Stream-Protocol-Version": "v9"})[0] == 403
    assert _head(url, ports, **key, **{"Sec-WebSocket-Version": "13"})[0] == 101
    for name in ("wsproto", "wsproto.utilities"):
        monkeypatch.setitem(sys.modules, name, None)
    status, body = _head(url, ports, **key, **{"Sec-WebSocket-Version": "13"})
    assert (status, b"pip install 'kubefake[stream]'" in body) == (501, True)


def test_messages_in_pieces_pings_and_the_end_are_those_of_websockets(cluster: Cluster, url: str) -> None:
    from wsproto import ConnectionType, WSConnection
    from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Pong
    from wsproto.events import Request as Opening

    cluster.pods.script("web", exec=lambda session: session.stdout.write(session.stdin.read()))
    host, port = url.removeprefix("http://").split(":")
    client, seen = WSConnection(ConnectionType.CLIENT), list[Any]()
    with socket.create_connection((host, int(port)), timeout=10) as connection:

        def until(kind: type) -> Any:
            while True:
                for event in client.events():
                    seen.append(event)
                    if isinstance(event, kind):
                        return event
                client.receive_data(connection.recv(65536) or None)

        target = PATH + "exec?command=cat&stdin=true&stdout=true"
        connection.sendall(client.send(Opening(url, target, subprotocols=["v5.channel.k8s.io"])))
        assert until(AcceptConnection).subprotocol == "v5.channel.k8s.io"
        for message in (
            BytesMessage(b"\x00one ", message_finished=False), BytesMessage(b"two"), Ping(b"?"), BytesMessage(b"\xff\x00"),
        ):  # fmt: skip
            connection.sendall(client.send(message))
        assert until(Pong).payload == b"?"
        assert until(CloseConnection).code == 1000
        connection.sendall(client.send(CloseConnection(1000)))
        assert connection.recv(1) == b""
    written = [event.data[1:] for event in seen if isinstance(event, BytesMessage) and event.data[:1] == b"\x01"]
    assert b"".join(written) == b"one two"


def test_a_client_that_hangs_up_ends_its_command_and_a_server_that_stops_its_clients(cluster: Cluster) -> None:
    left, began = threading.Event(), threading.Event()

    def wait(session: Any) -> None:
        began.set()
        session.sleep(60)
        left.set()

    cluster.pods.script("web", exec=wait)
    for hangs_up in (True, False):
        left.clear()
        with cluster.serve() as server:
            transport = connect(Config(server.url), clock=RealClock(), websocket=True)
            offered = [("sec-websocket-protocol", "v5.channel.k8s.io")]
            query = [("command", "sleep"), ("stdout", "true")]
            opened: Any = transport.open_stream(Request("GET", PATH + "exec", query, offered))
            assert began.wait(10)
            if hangs_up:
                opened.close()
                assert left.wait(10)
        assert left.wait(10)
        opened.close()


def test_a_partition_breaks_connections_to_containers_off(cluster: Cluster, url: str) -> None:
    began = threading.Event()

    def wait(session: Any) -> None:
        began.set()
        session.sleep(60)

    def cut() -> None:
        began.wait(10)
        cluster.faults.partition("*")

    cluster.pods.script("web", exec=wait)
    for transport in (connect(Config(url), clock=RealClock(), websocket=True), cluster.transport()):
        began.clear()
        cutter = threading.Thread(target=cut)
        cutter.start()
        with pytest.raises(ConnectionLost):
            Executor(transport).stream(PATH + "exec", ["sleep"], stdout=print)
        cutter.join()
        for handle in cluster.faults.rules:
            handle.remove()
