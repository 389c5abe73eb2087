"""Commands in containers: input, outputs and ends, against a kubelet of this process, in both colours."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import pytest

from kubeclient._async.connect import connect as async_connect
from kubeclient._sync.connect import connect
from kubeclient.apimachinery.errors import InternalError
from kubeclient.machines.remote_command import end_of, split
from kubeclient.remotecommand import AsyncExecutor, CodeExitError, Executor, UpgradeFailure
from kubeclient.rest import Config
from kubeclient.runtime.clock import RealClock
from kubeclient.transport.protocol import ConnectionLost

from .loopback import answering, read_head, serving

pytest.importorskip("wsproto")

PATH = "/api/v1/namespaces/default/pods/a/exec"
OK = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


def failed(code: str) -> dict[str, Any]:
    causes = [{"reason": "ExitCode", "message": code}]
    return {**OK, "status": "Failure", "reason": "NonZeroExitCode", "message": "exit", "details": {"causes": causes}}


class Kubelet:
    """Reads input to its end, where the protocol has one, then writes and ends the command."""

    def __init__(
        self, *writes: bytes, status: Any = OK, protocols: tuple[str, ...] = ("v5", "v4"), abrupt: bool = False
    ) -> None:
        self.writes, self.status, self.protocols, self.abrupt = writes, status, protocols, abrupt
        self.head, self.messages = "", list[bytes]()

    def __call__(self, connection: socket.socket) -> None:
        from wsproto.connection import Connection, ConnectionType
        from wsproto.events import BytesMessage, CloseConnection
        from wsproto.utilities import generate_accept_token

        self.head = read_head(connection).decode()
        key = re.search(r"sec-websocket-key: (\S+)", self.head, re.IGNORECASE)
        offered = re.search(r"sec-websocket-protocol: (.*)\r\n", self.head, re.IGNORECASE)
        assert key is not None
        assert offered is not None
        chosen = next(one for one in offered[1].split(", ") if one.split(".")[0] in self.protocols)
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + generate_accept_token(key[1].encode())
            + f"\r\nSec-WebSocket-Protocol: {chosen}\r\n\r\n".encode()
        )
        frames = Connection(ConnectionType.SERVER)
        if "stdin=true" in self.head:
            self._read_input(connection, frames, ends=chosen.startswith("v5"))
        for data in self.writes:
            connection.sendall(frames.send(BytesMessage(data)))
        if self.abrupt:
            return
        if self.status is not None:
            connection.sendall(frames.send(BytesMessage(b"\x03" + json.dumps(self.status).encode())))
        connection.sendall(frames.send(CloseConnection(1000)))
        connection.recv(1024)

    def _read_input(self, connection: socket.socket, frames: Any, *, ends: bool) -> None:
        from wsproto.events import BytesMessage

        whole = b""
        while data := connection.recv(65536):
            frames.receive_data(data)
            for event in frames.events():
                if isinstance(event, BytesMessage):
                    whole += event.data
                    if event.message_finished:
                        self.messages.append(whole)
                        whole = b""
            resized = "tty=true" not in self.head or any(message[:1] == b"\x04" for message in self.messages)
            ended = b"\xff\x00" in self.messages if ends else any(one.endswith(b".") for one in self.messages)
            if ended and resized:
                return


Run = Callable[..., tuple[bytes, bytes]]


@pytest.fixture(params=["threads", "asyncio"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a command against a kubelet and returns what it wrote."""

    def threads(kubelet: Any, *command: str, **more: Any) -> tuple[bytes, bytes]:
        out, err = bytearray(), bytearray()
        if isinstance(more.get("stdin"), list):
            more["stdin"] = iter(more["stdin"])
        if "sizes" in more:
            more["sizes"] = iter(more["sizes"])
        with serving(kubelet) as port:
            transport = connect(Config(f"http://127.0.0.1:{port}"), clock=RealClock(), websocket=True)
            Executor(transport).stream(PATH, command, stdout=out.extend, stderr=err.extend, **more)
        return bytes(out), bytes(err)

    async def each(items: list[Any]) -> AsyncIterator[Any]:
        for item in items:
            yield item

    def aio(kubelet: Any, *command: str, **more: Any) -> tuple[bytes, bytes]:
        out, err = bytearray(), bytearray()
        if isinstance(more.get("stdin"), list):
            more["stdin"] = each(more["stdin"])
        if "sizes" in more:
            more["sizes"] = each(more["sizes"])

        async def go(port: int) -> None:
            transport = async_connect(Config(f"http://127.0.0.1:{port}"), clock=RealClock(), websocket=True)
            await AsyncExecutor(transport).stream(PATH, command, stdout=out.extend, stderr=err.extend, **more)

        with serving(kubelet) as port:
            asyncio.run(go(port))
        return bytes(out), bytes(err)

    return threads if request.param == "threads" else aio


@pytest.mark.parity("RCM-01", "RCM-03", "PAIN-35c")
def test_everything_that_a_command_wrote_is_there_when_it_is_over(run: Run) -> None:
    kubelet = Kubelet(*[b"\x01" + bytes([65 + number]) * 50_000 for number in range(5)], b"\x02oops", b"\x01.")

    out, err = run(kubelet, "ls", "-l", container="c")

    assert (len(out), out[-1:], err) == (250_001, b".", b"oops")
    assert "?command=ls&command=-l&container=c&stdout=true&stderr=true " in kubelet.head


@pytest.mark.parity("RCM-02", "RCM-04", "PAIN-35b", "PAIN-35c")
def test_version_five_is_offered_first_and_tells_the_command_of_the_end_of_its_input(run: Run) -> None:
    kubelet = Kubelet(b"\x01done")

    assert run(kubelet, "cat", stdin=[b"one", b"x" * 40_000]) == (b"done", b"")

    assert "sec-websocket-protocol: v5.channel.k8s.io, v4.channel.k8s.io" in kubelet.head.lower()
    assert [message[:1] for message in kubelet.messages] == [b"\x00", b"\x00", b"\x00", b"\xff"]
    assert b"".join(message[1:] for message in kubelet.messages[:3]) == b"one" + b"x" * 40_000


@pytest.mark.parity("RCM-03", "RCM-04")
@pytest.mark.parametrize("size", [1, 1000, 32 * 1024, 64 * 1024, 300_000])
def test_bytes_go_both_ways_unchanged(run: Run, size: int) -> None:
    given = Random(size).randbytes(size)
    kubelet = Kubelet(*(b"\x01" + given[at : at + 8192] for at in range(0, size, 8192)), b"\x02" + given[:1000])

    out, err = run(kubelet, "cat", stdin=[given[: size // 2], b"", given[size // 2 :]])

    assert (out, err) == (given, given[:1000])
    assert b"".join(message[1:] for message in kubelet.messages if message[:1] == b"\x00") == given


@pytest.mark.parity("PAIN-35b", "RCM-04")
def test_a_server_that_knows_version_four_only_gets_input_without_its_end(run: Run) -> None:
    kubelet = Kubelet(b"\x01done", protocols=("v4",))

    assert run(kubelet, "cat", stdin=b"all.") == (b"done", b"")
    assert kubelet.messages == [b"\x00all."]


@pytest.mark.parity("RCM-05", "PAIN-35b", "UEX-01")
def test_a_command_that_fails_says_its_exit_code(run: Run) -> None:
    with pytest.raises(CodeExitError, match="command terminated with exit code 42") as ended:
        run(Kubelet(status=failed("42")), "false")
    assert ended.value.code == 42


@pytest.mark.parity("RCM-05")
@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("text", "error stream protocol error: "),
        (failed("many"), 'error stream protocol error: invalid exit code value "many"'),
        ({**failed("1"), "details": {}}, 'error stream protocol error: no ExitCode cause given for "NonZeroExitCode"'),
    ],
)
def test_an_end_that_cannot_be_read_is_an_error(status: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        raise end_of(json.dumps(status).encode()) or AssertionError


@pytest.mark.parity("RCM-05")
def test_another_failure_is_the_servers_status(run: Run) -> None:
    broken = {**OK, "status": "Failure", "reason": "InternalError", "message": "no such container", "code": 500}

    with pytest.raises(InternalError, match="no such container"):
        run(Kubelet(status=broken), "ls")
    assert run(Kubelet(b"\x01a", status=None), "ls") == (b"a", b"")


@pytest.mark.parity("RCM-06")
def test_a_terminal_has_one_output_and_is_told_of_its_size(run: Run) -> None:
    kubelet = Kubelet(b"\x01both")

    out, _ = run(kubelet, "sh", stdin=b"", tty=True, sizes=[(80, 24)])

    assert b'\x04{"Width":80,"Height":24}' in kubelet.messages
    assert (out, "stderr=true" in kubelet.head, "tty=true" in kubelet.head) == (b"both", False, True)


@pytest.mark.parity("RCM-08")
def test_a_connection_that_breaks_is_no_end(run: Run) -> None:
    with pytest.raises(ConnectionLost):
        run(Kubelet(b"\x01half", abrupt=True), "ls")


@pytest.mark.parity("RCM-08")
@pytest.mark.parametrize("message", ["text", b"\x09odd", b"\x00echo"])
def test_a_message_of_no_channel_is_refused(message: bytes | str) -> None:
    with pytest.raises(ValueError, match="a message of a command"):
        split(message)


@pytest.mark.parity("RCM-09", "TRN-25")
def test_a_server_without_websockets_is_told_by_the_error(run: Run) -> None:
    with pytest.raises(UpgradeFailure):
        run(answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "ls")


def test_input_that_nobody_takes_any_more_is_left_alone() -> None:
    kubelet = Kubelet(b"\x01early")
    kubelet._read_input = lambda *_, **__: None  # type: ignore[method-assign]

    with serving(kubelet) as port:
        transport = connect(Config(f"http://127.0.0.1:{port}"), clock=RealClock(), websocket=True)
        out = bytearray()
        Executor(transport).stream(PATH, ["true"], stdin=b"a", stdout=out.extend)

    assert bytes(out) == b"early"
