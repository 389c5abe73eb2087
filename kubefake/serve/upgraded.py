"""A connection that has stopped to speak HTTP: moves messages between an endpoint and a client's WebSocket, or its SPDY.

WebSockets need wsproto, the extra `stream`. What messages mean is the endpoint's; this file keeps the handshake, frames, pings
and the closing.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Protocol

from kubeclient.transport.protocol import HeaderList, header
from kubefake.containers.opening import Opening
from kubefake.streams.accept import accept, accept_spdy
from kubefake.streams.endpoint import Endpoint

__all__ = ["BadUpgradeError", "Frames", "Upgraded", "agree"]

_NORMAL, _PROTOCOL_ERROR = 1000, 1002
_LINGER_SECONDS = 2.0
_PROTOCOL = "sec-websocket-protocol"
_SPDY_PROTOCOL = "x-stream-protocol-version"


class BadUpgradeError(Exception):
    """A handshake that is none, or of another version."""


class Frames(Protocol):
    """Messages as bytes of a connection, the server's side.

    Attributes:
        closed: whether the client has ended it.
    """

    closed: bool

    def receive(self, data: bytes) -> tuple[list[bytes | str], bytes]:
        """Whole messages in what came, and what has to be answered at once."""
        ...

    def message(self, message: bytes | str) -> bytes: ...

    def end(self) -> bytes:
        """What ends it."""
        ...


def agree(opening: Opening, headers: HeaderList) -> tuple[Endpoint, Frames, list[tuple[str, str]]]:
    """Settles what is spoken from now on: the endpoint, how its messages look on the wire, and the headers of the answer.

    Raises BadUpgradeError, ProtocolRefusedError, and ModuleNotFoundError without wsproto.
    """
    wanted = (header(headers, "upgrade") or "").lower()
    if wanted == "spdy/3.1":
        endpoint = accept_spdy(opening, _offered(headers, _SPDY_PROTOCOL))
        fields = [("upgrade", "SPDY/3.1"), ("connection", "Upgrade"), (_SPDY_PROTOCOL, endpoint.subprotocol)]
        return endpoint, PlainFrames(), fields
    if wanted != "websocket":
        raise BadUpgradeError(f"400 Bad Request: {wanted} is not spoken here, websocket and SPDY/3.1 are")
    fields = _websocket_headers(headers)
    endpoint = accept(opening, _offered(headers, _PROTOCOL))
    if endpoint.subprotocol:
        fields.append((_PROTOCOL, endpoint.subprotocol))
    return endpoint, WebSocketFrames(), fields


def _offered(headers: HeaderList, name: str) -> list[str]:
    """The protocols that a client offers, its favourite first."""
    return [one.strip() for key, value in headers if key == name for one in value.split(",") if one.strip()]


def _websocket_headers(headers: HeaderList) -> list[tuple[str, str]]:
    """The headers with which a WebSocket is agreed to."""
    from wsproto.utilities import generate_accept_token

    key = header(headers, "sec-websocket-key")
    if not key:
        raise BadUpgradeError("400 Bad Request: not a handshake of a WebSocket")
    if header(headers, "sec-websocket-version") != "13":
        raise BadUpgradeError("400 Bad Request: only version 13 of WebSockets is spoken")
    accepted = generate_accept_token(key.encode("ascii", "replace")).decode()
    return [("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-accept", accepted)]


class PlainFrames:
    """Messages that are bytes already."""

    closed = False

    def receive(self, data: bytes) -> tuple[list[bytes | str], bytes]:
        return [data], b""

    def message(self, message: bytes | str) -> bytes:
        return message.encode() if isinstance(message, str) else message

    def end(self) -> bytes:
        return b""


class WebSocketFrames:
    """Messages as the frames of a WebSocket."""

    def __init__(self) -> None:
        from wsproto.connection import Connection, ConnectionType

        self._frames = Connection(ConnectionType.SERVER)
        self._parts: list[Any] = []
        self.closed = False

    def receive(self, data: bytes) -> tuple[list[bytes | str], bytes]:
        from wsproto.events import CloseConnection, Message, Ping
        from wsproto.utilities import LocalProtocolError, RemoteProtocolError

        messages: list[bytes | str] = []
        replies = b""
        try:
            self._frames.receive_data(data)
            for event in self._frames.events():
                if isinstance(event, Message):
                    self._parts.append(event.data)
                    if event.message_finished:
                        parts, self._parts = self._parts, []
                        messages.append("".join(parts) if isinstance(parts[0], str) else b"".join(parts))
                elif isinstance(event, Ping):
                    replies += self._frames.send(event.response())
                elif isinstance(event, CloseConnection):
                    self.closed = True
                    replies += self._frames.send(event.response())
        except RemoteProtocolError:
            self.closed = True
            replies += self.end(_PROTOCOL_ERROR)
        except LocalProtocolError:  # both sides ended it at once
            self.closed = True
        return messages, replies

    def message(self, message: bytes | str) -> bytes:
        from wsproto.events import BytesMessage, TextMessage

        return self._frames.send(TextMessage(message) if isinstance(message, str) else BytesMessage(message))

    def end(self, code: int = _NORMAL) -> bytes:
        """The frame that ends it; nothing when it is ended already."""
        from wsproto.events import CloseConnection
        from wsproto.utilities import LocalProtocolError

        try:
            return self._frames.send(CloseConnection(code))
        except LocalProtocolError:
            return b""


class Upgraded:
    """Moves messages of one connection.

    Args:
        opening: what the connection was opened by; who cuts it breaks the connection off.
        endpoint: what they mean.
        frames: how they look on the wire.
        transport: of the connection; closed at the end.
        loop: where it lives.
    """

    def __init__(
        self,
        opening: Opening,
        endpoint: Endpoint,
        frames: Frames,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.opening = opening
        self._endpoint = endpoint
        self._frames = frames
        self._transport = transport
        self._loop = loop
        self._thread = threading.get_ident()
        self._scheduled = self._paused = self._ending = False
        self._reading = True

    def start(self) -> None:
        self._endpoint.on_wake(self._wake)
        self.opening.when_cut(self._cut)
        self._run()

    def receive(self, data: bytes) -> None:
        """Bytes of the client."""
        messages, replies = self._frames.receive(data)
        if replies:
            self._transport.write(replies)
        for message in messages:
            self._endpoint.receive(message)
        if self._frames.closed:
            self.close()
            self._transport.close()
            return
        self._run()

    def pause(self) -> None:
        """The peer reads too slowly: the endpoint keeps what it has, and handlers wait."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self._schedule()

    def finish(self) -> None:
        """Ends it in good order, before its time."""
        self.close()
        self._end()

    def close(self) -> None:
        """Tells the endpoint that the client is gone. May be called twice."""
        self._endpoint.close()

    def _cut(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._transport.abort)

    def _wake(self) -> None:
        if threading.get_ident() == self._thread:
            self._schedule()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        if not self._scheduled and not self._ending:
            self._scheduled = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        self._scheduled = False
        if self._ending or self._transport.is_closing():
            return
        while not self._paused and (message := self._endpoint.poll()) is not None:
            self._transport.write(self._frames.message(message))
        if self._endpoint.ended and not self._paused:
            self._end()
        elif self._reading == self._endpoint.full:
            self._reading = not self._reading
            (self._transport.resume_reading if self._reading else self._transport.pause_reading)()

    def _end(self) -> None:
        if self._ending:
            return
        self._ending = True
        self._transport.write(self._frames.end())
        if not self._reading:
            self._transport.resume_reading()
        # The client says goodbye too and closes; one that does not is not waited for.
        self._loop.call_later(_LINGER_SECONDS, self._transport.close)
