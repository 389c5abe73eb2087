# generated from kubeclient/_async/remote_command.py by .ci/twin.py, do not edit
"""Runs a command in a container, or attaches to one, and carries its input and its outputs, over a WebSocket.

    executor = Executor(connect(config, clock=clock, websocket=True))
    executor.stream("/api/v1/namespaces/default/pods/a/exec", ["ls"], stdout=sys.stdout.buffer.write)

Ported from client-go tools/remotecommand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubeclient.machines.remote_command import (
    CLOSE,
    ERROR,
    PROTOCOLS,
    STDERR,
    STDIN,
    STDOUT,
    command_query,
    end_of,
    ending,
    frame,
    resized,
    split,
)
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime, Task
from kubeclient.transport.protocol import Request, Transport, TransportError

__all__ = ["Executor"]

Sink = Callable[[bytes], object]

_PIECE = 32 * 1024
_BEAT_SECONDS = 5.0
_READ_SECONDS = 61.0


class Executor:
    """Runs commands over a transport whose streams are WebSockets.

    Args:
        transport: of `connect(config, websocket=True)`; closed by who made it.
        runtime: the tasks that carry input; by default the one of the context.
        protocols: what is offered to the server, the best first: version 5, and 4 for servers that know no better.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        runtime: Runtime | None = None,
        protocols: Sequence[str] = PROTOCOLS,
    ) -> None:
        self._transport = transport
        self._runtime = runtime if runtime is not None else current_runtime()
        self._protocols = tuple(protocols)

    def stream(
        self,
        path: str,
        command: Sequence[str] = (),
        *,
        container: str = "",
        stdin: Iterator[bytes] | bytes | None = None,
        stdout: Sink | None = None,
        stderr: Sink | None = None,
        tty: bool = False,
        sizes: Iterator[tuple[int, int]] | None = None,
    ) -> None:
        """Carries a command to its end; all that it wrote is handed over by then.

        Args:
            path: of the subresource: `…/pods/a/exec`, `…/pods/a/attach`.
            command: the program and its arguments; empty for attach.
            container: whose; empty: the pod's only or default one.
            stdin: its input; its end is the command's too, where the server speaks version 5.
            stdout, stderr: are called with what it writes.
            tty: it has a terminal: everything comes by `stdout`.
            sizes: widths and heights of the terminal, as they change.

        Raises CodeExitError for a command that fails, UpgradeFailure for a server without WebSockets, StatusError and
        ValueError for what else the server says, TransportError for a connection that breaks.
        """
        query = command_query(
            command,
            container=container,
            stdin=stdin is not None,
            stdout=stdout is not None,
            stderr=stderr is not None,
            tty=tty,
        )
        offered = [("sec-websocket-protocol", protocol) for protocol in self._protocols]
        socket: Any = self._transport.open_stream(Request("GET", path, query, offered))
        sinks = {STDOUT: stdout, STDERR: stderr}
        socket.read_timeout = _READ_SECONDS
        over, deaf = self._runtime.event(), self._runtime.event()
        heart = self._runtime.spawn(self._beat, socket, over, name="heartbeat")
        tasks: list[Task] = []
        try:
            if stdin is not None:
                tasks.append(self._runtime.spawn(self._feed, socket, stdin, deaf, name="stdin"))
            if sizes is not None and tty:
                tasks.append(self._runtime.spawn(self._resize, socket, sizes, name="terminal sizes"))
            ended = self._carry(socket, sinks, deaf)
        finally:
            over.set()
            socket.close()
            for task in tasks:
                task.cancel()  # a thread that waits for input cannot be: it ends when there is some
            heart.join()
        if ended is not None:
            raise ended

    def _beat(self, socket: Any, over: Event) -> None:
        """Asks every few seconds whether the other end is there, so that silence of a minute means that it is not."""
        try:
            while self._runtime.sleep(_BEAT_SECONDS, over):
                socket.ping()
        except TransportError:
            return

    @staticmethod
    def _carry(socket: Any, sinks: dict[int, Sink | None], deaf: Event) -> Exception | None:
        """Hands over what comes until the connection is ended; returns how the command ended.

        Sets `deaf` when the command has closed its input.
        """
        told: list[bytes] = []
        while True:
            message = socket.receive()
            if message is None:
                return end_of(b"".join(told))
            channel, data = split(message)
            if channel == ERROR:
                told.append(data)
            elif channel == CLOSE:
                if data == bytes([STDIN]):
                    deaf.set()
            elif data and (sink := sinks.get(channel)) is not None:
                sink(data)

    def _feed(self, socket: Any, stdin: Iterator[bytes] | bytes, deaf: Event) -> None:
        """Sends input until it ends, or until nobody takes it any more."""
        try:
            if isinstance(stdin, bytes):
                self._send(socket, stdin, deaf)
            else:
                for piece in stdin:
                    self._send(socket, piece, deaf)
                    if deaf.is_set():
                        return
            if socket.subprotocol == PROTOCOLS[0] and not deaf.is_set():
                socket.send(ending(STDIN))
        except TransportError:
            return

    @staticmethod
    def _send(socket: Any, data: bytes, deaf: Event) -> None:
        for at in range(0, len(data), _PIECE):
            if deaf.is_set():
                return
            socket.send(frame(STDIN, data[at : at + _PIECE]))

    @staticmethod
    def _resize(socket: Any, sizes: Iterator[tuple[int, int]]) -> None:
        try:
            for width, height in sizes:
                socket.send(resized(width, height))
        except TransportError:
            return
