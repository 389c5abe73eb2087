# generated from kubeclient/transport/_async/websocket.py by .ci/twin.py, do not edit
"""WebSockets to a server: a transport whose streams can be written to. Needs the extra `stream`.

Each has a connection of its own: what is upgraded is never used for anything else. It goes through the proxy, the TLS and
the dialling of the config, and through the same wrappers as other requests. Ported from client-go transport/websocket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from kubeclient.apimachinery.extras import need
from kubeclient.transport.bodies import wake
from kubeclient.transport.dialing import DialBackend
from kubeclient.transport.library import HTTPLibrary, response_headers
from kubeclient.transport.offload import Lock
from kubeclient.transport.protocol import ConnectionLost, HeaderList, Request, Response, TransportError
from kubeclient.transport.upgrading import READ_SIZE, asked, check_handshake, protocols_of

__all__ = ["WebSocket", "WebSocketTransport"]

_SWITCHING = 101
_NORMAL = 1000
_ENDINGS = (1000, 1001, 1005)


class WebSocket:
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
        self._writing = Lock()
        self._parts: list[Any] = []
        self._closed = False

    def send(self, data: bytes | str) -> None:
        """Sends a message. Raises ConnectionLost."""
        from wsproto.events import BytesMessage, TextMessage

        self._write(TextMessage(data) if isinstance(data, str) else BytesMessage(data))

    def ping(self) -> None:
        """Asks the other end whether it is there; its answer keeps proxies from giving the connection up."""
        from wsproto.events import Ping

        self._write(Ping())

    def _write(self, event: Any) -> None:
        from wsproto.utilities import LocalProtocolError

        with self._writing:
            if self._closed:
                raise ConnectionLost(f"{self._request.path}: the WebSocket is closed")
            try:
                # Both directions have one time limit: a socket of a thread keeps it for both, and is changed by each.
                self._stream.write(self._frames.send(event), self.read_timeout)
            except LocalProtocolError as error:
                raise ConnectionLost(f"{self._request.path}: the WebSocket is closed") from error
            except self._library.low_errors as error:
                raise ConnectionLost(f"{self._request.path}: connection lost: {error}") from error

    def receive(self) -> bytes | str | None:
        """The next message, None at the end. Raises ConnectionLost when the connection breaks or is ended with an error."""
        from wsproto.events import CloseConnection, Message, Ping

        while not self._closed:
            for event in self._frames.events():
                if isinstance(event, Message):
                    self._parts.append(event.data)
                    if event.message_finished:
                        return self._whole()
                elif isinstance(event, Ping):
                    self._write(event.response())
                elif isinstance(event, CloseConnection):
                    self._ended(event)
                    return None
            self._read()
        return None

    def _whole(self) -> bytes | str:
        parts, self._parts = self._parts, []
        if isinstance(parts[0], str):
            return "".join(parts)
        return b"".join(parts)

    def _read(self) -> None:
        from wsproto.utilities import RemoteProtocolError

        try:
            data = self._stream.read(READ_SIZE, self.read_timeout)
            if self._closed:
                return
            if not data:
                raise ConnectionLost(f"{self._request.path}: connection lost: unexpected end")
            self._frames.receive_data(data)
        except RemoteProtocolError as error:
            self.close()
            raise ConnectionLost(f"{self._request.path}: what came is no WebSocket frame: {error}") from error
        except self._library.low_errors as error:
            if not self._closed:
                self.close()
                why = str(error) or "the other end is silent"
                raise ConnectionLost(f"{self._request.path}: connection lost: {why}") from error

    def _ended(self, event: Any) -> None:
        """The other end is done: the same is said back, and the connection closed."""
        with suppress(ConnectionLost):
            self._write(event.response())
        self.close()
        if event.code not in _ENDINGS:
            why = f": {event.reason}" if event.reason else ""
            raise ConnectionLost(f"{self._request.path}: websocket: close {event.code}{why}")

    def __iter__(self) -> Iterator[bytes]:
        return self._messages()

    def _messages(self) -> Iterator[bytes]:
        while True:
            message = self.receive()
            if message is None:
                return
            yield message.encode() if isinstance(message, str) else message

    def close(self) -> None:
        """Ends the WebSocket. A reader that waits wakes and sees the end. May be called twice."""
        from wsproto.events import CloseConnection

        if self._closed:
            return
        with suppress(ConnectionLost):
            self._write(CloseConnection(_NORMAL))
        self._closed = True
        wake(self._stream)
        self._stream.close()
        self._pool.close()


class WebSocketTransport:
    """An Transport whose streams are WebSockets. The request offers its protocols in `sec-websocket-protocol`.

    Args:
        make: gives the library's view of the server, see HTTPLibrary.

    Raises MissingExtra when the extra `stream` is not installed.
    """

    def __init__(self, make: Callable[[], HTTPLibrary]) -> None:
        need("stream", "wsproto")  # now, so that the first WebSocket does not fail
        self._library = make()

    def round_trip(self, request: Request) -> Response:
        """Raises TransportError: a WebSocket has no whole answer."""
        raise TransportError(f"{request.method} {request.path}: a WebSocket is opened as a stream")

    def open_stream(self, request: Request) -> WebSocket:
        """Opens a WebSocket. Raises UpgradeFailure when the server does not want one, and other TransportErrors."""
        from wsproto.utilities import generate_accept_token, generate_nonce

        key, library = generate_nonce(), self._library
        sent = asked(request, key.decode())
        pool = library.pool(library.module.HTTPTransport, DialBackend)
        opened = False
        try:
            response = pool.handle_request(library.request(sent, stream=True))
            body = b""
            if response.status_code != _SWITCHING:
                body = response.read()
            accept = generate_accept_token(key).decode()
            chosen = check_handshake(
                response.status_code, response_headers(response), body, offered=protocols_of(request), accept=accept
            )
            opened = True
            return WebSocket(library, request, response, pool, chosen)
        except library.errors as error:
            raise library.translated(error, sent) from error
        finally:
            if not opened:
                pool.close()

    def close(self) -> None:
        """Nothing is shared between WebSockets: each is closed by who opened it."""

    def __repr__(self) -> str:
        return f"<WebSocketTransport {self._library.base_url}>"
