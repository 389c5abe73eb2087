"""Runs a command in a container, or attaches to one, and carries its input and its outputs, over a WebSocket.

    executor = AsyncExecutor(connect(config, clock=clock, websocket=True))
    await executor.stream("/api/v1/namespaces/default/pods/a/exec", ["ls"], stdout=sys.stdout.buffer.write)

Ported from client-go tools/remotecommand.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
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
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime, AsyncTask
from kubeclient.transport.protocol import AsyncTransport, Request, TransportError

__all__ = ["AsyncExecutor"]

Sink = Callable[[bytes], object]

_PIECE = 32 * 1024
_BEAT_SECONDS = 5.0
_READ_SECONDS = 61.0


class AsyncExecutor:
    """Runs commands over a transport whose streams are WebSockets.

    Args:
        transport: of `connect(config, websocket=True)`; closed by who made it.
        runtime: the tasks that carry input; by default the one of the context.
        protocols: what is offered to the server, the best first: version 5, and 4 for servers that know no better.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        *,
        runtime: AsyncRuntime | None = None,
        protocols: Sequence[str] = PROTOCOLS,
    ) -> None:
        self._transport = transport
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._protocols = tuple(protocols)

    async def stream(
        self,
        path: str,
        command: Sequence[str] = (),
        *,
        container: str = "",
        stdin: AsyncIterator[bytes] | bytes | None = None,
        stdout: Sink | None = None,
        stderr: Sink | None = None,
        tty: bool = False,
        sizes: AsyncIterator[tuple[int, int]] | None = None,
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
        socket: Any = await self._transport.open_stream(Request("GET", path, query, offered))
        sinks = {STDOUT: stdout, STDERR: stderr}
        socket.read_timeout = _READ_SECONDS
        over, deaf = self._runtime.event(), self._runtime.event()
        heart = self._runtime.spawn(self._beat, socket, over, name="heartbeat")
        tasks: list[AsyncTask] = []
        try:
            if stdin is not None:
                tasks.append(self._runtime.spawn(self._feed, socket, stdin, deaf, name="stdin"))
            if sizes is not None and tty:
                tasks.append(self._runtime.spawn(self._resize, socket, sizes, name="terminal sizes"))
            ended = await self._carry(socket, sinks, deaf)
        finally:
            over.set()
            await socket.aclose()
            for task in tasks:
                task.cancel()  # a thread that waits for input cannot be: it ends when there is some
            await heart.join()
        if ended is not None:
            raise ended

    async def _beat(self, socket: Any, over: AsyncEvent) -> None:
        """Asks every few seconds whether the other end is there, so that silence of a minute means that it is not."""
        try:
            while await self._runtime.sleep(_BEAT_SECONDS, over):
                await socket.ping()
        except TransportError:
            return

    @staticmethod
    async def _carry(socket: Any, sinks: dict[int, Sink | None], deaf: AsyncEvent) -> Exception | None:
        """Hands over what comes until the connection is ended; returns how the command ended.

        Sets `deaf` when the command has closed its input.
        """
        told: list[bytes] = []
        while True:
            message = await socket.receive()
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

    async def _feed(self, socket: Any, stdin: AsyncIterator[bytes] | bytes, deaf: AsyncEvent) -> None:
        """Sends input until it ends, or until nobody takes it any more."""
        try:
            if isinstance(stdin, bytes):
                await self._send(socket, stdin, deaf)
            else:
                async for piece in stdin:
                    await self._send(socket, piece, deaf)
                    if deaf.is_set():
                        return
            if socket.subprotocol == PROTOCOLS[0] and not deaf.is_set():
                await socket.send(ending(STDIN))
        except TransportError:
            return

    @staticmethod
    async def _send(socket: Any, data: bytes, deaf: AsyncEvent) -> None:
        for at in range(0, len(data), _PIECE):
            if deaf.is_set():
                return
            await socket.send(frame(STDIN, data[at : at + _PIECE]))

    @staticmethod
    async def _resize(socket: Any, sizes: AsyncIterator[tuple[int, int]]) -> None:
        try:
            async for width, height in sizes:
                await socket.send(resized(width, height))
        except TransportError:
            return
