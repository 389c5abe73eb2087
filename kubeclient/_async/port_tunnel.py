"""Connections to ports of a pod through one WebSocket, which carries SPDY.

    async with await open_tunnel(transport, "/api/v1/namespaces/default/pods/web/portforward") as tunnel:
        connection = await tunnel.dial(8080)

Ported from client-go tools/portforward (tunneling_connection.go, portforward.go).
"""

from __future__ import annotations

import logging
from typing import Any, Self

from kubeclient.apimachinery.spdy import (
    DataReceived,
    Pinged,
    SpdyConnection,
    SpdyError,
    SpdyEvent,
    StreamOpened,
    StreamReset,
    WentAway,
)
from kubeclient.machines.port_forward import TUNNEL, LostConnectionError, stream_headers
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime, AsyncTask
from kubeclient.transport.protocol import AsyncTransport, Request, TransportError

__all__ = ["AsyncPodConnection", "AsyncPortTunnel", "open_tunnel"]

_PIECE = 32 * 1024
_BUFFER_BYTES = 256 * 1024
_BEAT_SECONDS = 10.0
_READ_SECONDS = 61.0

logger = logging.getLogger("kubeclient.portforward")


class AsyncPodConnection:
    """A connection to a port of a pod. One reader and one writer at a time.

    Attributes:
        port: the pod's.
    """

    def __init__(self, tunnel: AsyncPortTunnel, port: int, data: int, error: int) -> None:
        self.port = port
        self._tunnel = tunnel
        self.data_stream, self.error_stream = data, error
        runtime = tunnel.runtime
        self._arrived, self._room, self._told = runtime.event(), runtime.event(), runtime.event()
        self._buffer = bytearray()
        self._message = bytearray()
        self._ended = self._finished = self._closed = False

    async def read(self, limit: int = _PIECE) -> bytes:
        """What the pod has sent, up to `limit` bytes; empty at the end. Raises LostConnectionError."""
        while not self._buffer:
            self._arrived.clear()
            if self._ended or self._closed:
                return b""
            if self._tunnel.lost:
                raise LostConnectionError
            if not self._buffer:
                await self._arrived.wait()
        data = bytes(self._buffer[:limit])
        del self._buffer[: len(data)]
        self._room.set()
        return data

    async def write(self, data: bytes) -> None:
        """Sends bytes to the pod. Raises LostConnectionError."""
        for at in range(0, len(data), _PIECE):
            await self._tunnel.send(self._tunnel.spdy.data(self.data_stream, data[at : at + _PIECE]))

    async def close_writing(self) -> None:
        """The pod sees the end of what is sent; what it sends can still be read. May be called twice."""
        if not self._finished and not self._closed:
            self._finished = True
            await self._tunnel.send(self._tunnel.spdy.data(self.data_stream, b"", end=True))

    async def error(self) -> str:
        """Waits for the end of the connection and returns what the server says against it; empty when all is well."""
        while not self._told.is_set() and not self._tunnel.lost and not self._closed:
            await self._told.wait()
        return self._message.decode("utf-8", "replace")

    async def aclose(self) -> None:
        """Wants no more of it. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self.wake()
        if not self._ended and not self._tunnel.lost:
            await self._tunnel.send(self._tunnel.spdy.reset(self.data_stream))
        self._tunnel.forget(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        try:
            await self.aclose()
        except LostConnectionError:
            return

    # Called by the tunnel.

    async def take(self, stream: int, data: bytes, *, ended: bool) -> None:
        """Keeps what came; waits while there is much that nobody reads."""
        if stream == self.error_stream:
            self._message += data
            if ended:
                self._told.set()
            return
        while len(self._buffer) > _BUFFER_BYTES and not self._closed and not self._tunnel.lost:
            self._room.clear()
            await self._room.wait()
        self._buffer += data
        self._ended = self._ended or ended
        self._arrived.set()

    def wake(self) -> None:
        """Everybody who waits looks again."""
        self._arrived.set()
        self._room.set()
        self._told.set()


class AsyncPortTunnel:
    """A WebSocket over which connections are made. Made by `open_tunnel`.

    Attributes:
        lost: the WebSocket is over, whoever ended it.
    """

    def __init__(self, socket: Any, runtime: AsyncRuntime) -> None:
        self.runtime = runtime
        self.spdy = SpdyConnection(client=True)
        self.lost = False
        self._socket = socket
        self._order = runtime.condition()
        self._connections: dict[int, AsyncPodConnection] = {}
        self._request = 0
        self._over = runtime.event()
        self._tasks: list[AsyncTask] = []

    def start(self) -> None:
        """Begins to read."""
        self._tasks = [
            self.runtime.spawn(self._read, name="port tunnel"),
            self.runtime.spawn(self._beat, name="port tunnel heartbeat"),
        ]

    async def dial(self, port: int) -> AsyncPodConnection:
        """A connection to a port of the pod. What is wrong with it is told by its `error`. Raises LostConnectionError."""
        spdy = self.spdy
        async with self._order:  # headers are compressed in the order in which they are sent
            request, self._request = self._request, self._request + 1
            error, first = spdy.open(stream_headers("error", port, request))
            data, second = spdy.open(stream_headers("data", port, request))
            connection = AsyncPodConnection(self, port, data, error)
            self._connections[error] = self._connections[data] = connection
            await self.send(first + spdy.data(error, b"", end=True) + second)
        return connection

    async def send(self, data: bytes) -> None:
        """Sends whole frames. Raises LostConnectionError."""
        try:
            await self._socket.send(data)
        except TransportError as error:
            raise LostConnectionError from error

    def forget(self, connection: AsyncPodConnection) -> None:
        self._connections.pop(connection.error_stream, None)
        self._connections.pop(connection.data_stream, None)

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                for event in self.spdy.receive(message):
                    await self._handle(event)
        except (TransportError, LostConnectionError) as error:
            logger.debug("a tunnel to a pod broke: %s", error)
        except SpdyError as error:
            logger.error("error reading from a tunnel to a pod: %s", error)
        finally:
            self.lost = True
            self._over.set()
            for connection in list(self._connections.values()):
                connection.wake()

    async def _handle(self, event: SpdyEvent) -> None:
        if isinstance(event, DataReceived):
            connection = self._connections.get(event.stream)
            if connection is not None:
                await connection.take(event.stream, event.data, ended=event.ended)
        elif isinstance(event, StreamReset):
            connection = self._connections.get(event.stream)
            if connection is not None:
                await connection.take(event.stream, b"", ended=True)
                await connection.take(connection.error_stream, b"", ended=True)
        elif isinstance(event, Pinged):
            if not event.ours:
                await self.send(self.spdy.ping(event.number))
        elif isinstance(event, StreamOpened):  # servers open none
            await self.send(self.spdy.reset(event.stream))
        elif isinstance(event, WentAway):
            logger.debug("the other end of a tunnel takes no more connections")

    async def _beat(self) -> None:
        """Asks now and then whether the other end is there; that also keeps proxies from giving the connection up."""
        try:
            while await self.runtime.sleep(_BEAT_SECONDS, self._over):
                await self._socket.ping()
        except TransportError:
            return

    @property
    def over(self) -> AsyncEvent:
        """Is set when the connection is lost or closed."""
        return self._over

    async def aclose(self) -> None:
        """Ends all connections. May be called twice."""
        await self._socket.aclose()
        self._over.set()
        for connection in list(self._connections.values()):
            connection.wake()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            await task.join()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()


async def open_tunnel(transport: AsyncTransport, path: str, *, runtime: AsyncRuntime | None = None) -> AsyncPortTunnel:
    """Opens a tunnel to a pod.

    Args:
        transport: one whose streams are WebSockets: `connect(config, websocket=True)`, or a fake cluster's.
        path: of the subresource: `…/pods/web/portforward`.

    Raises UpgradeFailure for a server that does not speak this, and other TransportErrors.
    """
    socket: Any = await transport.open_stream(Request("GET", path, (), [("sec-websocket-protocol", TUNNEL)]))
    socket.read_timeout = _READ_SECONDS
    tunnel = AsyncPortTunnel(socket, runtime if runtime is not None else current_async_runtime())
    tunnel.start()
    return tunnel
