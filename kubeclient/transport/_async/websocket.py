"""WebSockets to a server: a transport whose streams can be written to. Needs the extra `stream`.

Each has a connection of its own: what is upgraded is never used for anything else. It goes through the proxy, the TLS and
the dialling of the config, and through the same wrappers as other requests. Ported from client-go transport/websocket.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from kubeclient.apimachinery.extras import need
from kubeclient.transport.bodies import async_wake
from kubeclient.transport.dialing import AsyncDialBackend
from kubeclient.transport.library import HTTPLibrary, response_headers
from kubeclient.transport.offload import AsyncLock
from kubeclient.transport.protocol import ConnectionLost, HeaderList, Request, Response, TransportError
from kubeclient.transport.upgrading import READ_SIZE, asked, check_handshake, protocols_of

__all__ = ["AsyncWebSocket", "AsyncWebSocketTransport"]

_SWITCHING = 101
_NORMAL = 1000
_ENDINGS = (1000, 1001, 1005)


class AsyncWebSocket:
    """A WebSocket that is open. One reader and any number of writers at a time.

    Attributes:
        status: 101.
        headers: of the server's answer.
        subprotocol: the one that the server chose among those of the request; empty for none.
        read_timeout: seconds of silence after which the other end is taken for gone, or of a write that does not end; None:
            never. Set before it is used.
    """

    def __init__(self, library: HTTPLibrary, request: Request, response: Any, pool: Any, subprotocol: str) -> None:
        from wsproto.connection import Connection, ConnectionType

        self.status: int = response.status_code
        self.headers: HeaderList = response_headers(response)
        self.subprotocol = subprotocol
        self.read_timeout: float | None = None
        self._library = library
        self._request = request
        self._pool = pool
        self._stream = response.extensions["network_stream"]
        self._frames = Connection(ConnectionType.CLIENT)
        self._writing = AsyncLock()
        self._parts: list[Any] = []
        self._closed = False

    async def send(self, data: bytes | str) -> None:
        """Sends a message. Raises ConnectionLost."""
        from wsproto.events import BytesMessage, TextMessage

        await self._write(TextMessage(data) if isinstance(data, str) else BytesMessage(data))

    async def ping(self) -> None:
        """Asks the other end whether it is there; its answer keeps proxies from giving the connection up."""
        from wsproto.events import Ping

        await self._write(Ping())

    async def _write(self, event: Any) -> None:
        from wsproto.utilities import LocalProtocolError

        async with self._writing:
            if self._closed:
                raise ConnectionLost(f"{self._request.path}: the WebSocket is closed")
            try:
                # Both directions have one time limit: a socket of a thread keeps it for both, and is changed by each.
                await self._stream.write(self._frames.send(event), self.read_timeout)
            except LocalProtocolError as error:
                raise ConnectionLost(f"{self._request.path}: the WebSocket is closed") from error
            except self._library.low_errors as error:
                raise ConnectionLost(f"{self._request.path}: connection lost: {error}") from error

    async def receive(self) -> bytes | str | None:
        """The next message, None at the end. Raises ConnectionLost when the connection breaks or is ended with an error."""
        from wsproto.events import CloseConnection, Message, Ping

        while not self._closed:
            for event in self._frames.events():
                if isinstance(event, Message):
                    self._parts.append(event.data)
                    if event.message_finished:
                        return self._whole()
                elif isinstance(event, Ping):
                    await self._write(event.response())
                elif isinstance(event, CloseConnection):
                    await self._ended(event)
                    return None
            await self._read()
        return None

    def _whole(self) -> bytes | str:
        parts, self._parts = self._parts, []
        if isinstance(parts[0], str):
            return "".join(parts)
        return b"".join(parts)

    async def _read(self) -> None:
        from wsproto.utilities import RemoteProtocolError

        try:
            data = await self._stream.read(READ_SIZE, self.read_timeout)
            if self._closed:
                return
            if not data:
                raise ConnectionLost(f"{self._request.path}: connection lost: unexpected end")
            self._frames.receive_data(data)
        except RemoteProtocolError as error:
            await self.aclose()
            raise ConnectionLost(f"{self._request.path}: what came is no WebSocket frame: {error}") from error
        except self._library.low_errors as error:
            if not self._closed:
                await self.aclose()
                why = str(error) or "the other end is silent"
                raise ConnectionLost(f"{self._request.path}: connection lost: {why}") from error

    async def _ended(self, event: Any) -> None:
        """The other end is done: the same is said back, and the connection closed."""
        with suppress(ConnectionLost):
            await self._write(event.response())
        await self.aclose()
        if event.code not in _ENDINGS:
            why = f": {event.reason}" if event.reason else ""
            raise ConnectionLost(f"{self._request.path}: websocket: close {event.code}{why}")

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._messages()

    async def _messages(self) -> AsyncIterator[bytes]:
        while True:
            message = await self.receive()
            if message is None:
                return
            yield message.encode() if isinstance(message, str) else message

    async def aclose(self) -> None:
        """Ends the WebSocket. A reader that waits wakes and sees the end. May be called twice."""
        from wsproto.events import CloseConnection

        if self._closed:
            return
        with suppress(ConnectionLost):
            await self._write(CloseConnection(_NORMAL))
        self._closed = True
        async_wake(self._stream)
        await self._stream.aclose()
        await self._pool.aclose()


class AsyncWebSocketTransport:
    """An AsyncTransport whose streams are WebSockets. The request offers its protocols in `sec-websocket-protocol`.

    Args:
        make: gives the library's view of the server, see HTTPLibrary.

    Raises MissingExtra when the extra `stream` is not installed.
    """

    def __init__(self, make: Callable[[], HTTPLibrary]) -> None:
        need("stream", "wsproto")  # now, so that the first WebSocket does not fail
        self._library = make()

    async def round_trip(self, request: Request) -> Response:
        """Raises TransportError: a WebSocket has no whole answer."""
        raise TransportError(f"{request.method} {request.path}: a WebSocket is opened as a stream")

    async def open_stream(self, request: Request) -> AsyncWebSocket:
        """Opens a WebSocket. Raises UpgradeFailure when the server does not want one, and other TransportErrors."""
        from wsproto.utilities import generate_accept_token, generate_nonce

        key, library = generate_nonce(), self._library
        sent = asked(request, key.decode())
        pool = library.pool(library.module.AsyncHTTPTransport, AsyncDialBackend)
        opened = False
        try:
            response = await pool.handle_async_request(library.request(sent, stream=True))
            body = b""
            if response.status_code != _SWITCHING:
                body = await response.aread()
            accept = generate_accept_token(key).decode()
            chosen = check_handshake(
                response.status_code, response_headers(response), body, offered=protocols_of(request), accept=accept
            )
            opened = True
            return AsyncWebSocket(library, request, response, pool, chosen)
        except library.errors as error:
            raise library.translated(error, sent) from error
        finally:
            if not opened:
                await pool.aclose()

    async def aclose(self) -> None:
        """Nothing is shared between WebSockets: each is closed by who opened it."""

    def __repr__(self) -> str:
        return f"<AsyncWebSocketTransport {self._library.base_url}>"
