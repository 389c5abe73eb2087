"""Port forwarding over SPDY, by itself or inside of a WebSocket: any number of connections, made by the client one by one.

Follows kubelet pkg/cri/streaming/portforward/httpstream.go: a connection is a stream of errors and a stream of data, which
have the same request ID and name the port.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kubeclient.apimachinery.spdy import (
    REFUSED_STREAM,
    DataReceived,
    Pinged,
    SpdyConnection,
    SpdyError,
    SpdyEvent,
    StreamOpened,
    StreamReset,
)
from kubefake.containers.opening import PortsOpening
from kubefake.streams.ports import PortLink

__all__ = ["PORT_FORWARD", "TUNNEL_PREFIX", "PortTunnel"]

PORT_FORWARD = "portforward.k8s.io"
TUNNEL_PREFIX = "SPDY/3.1+"
_PIECE = 32 * 1024
_MAX_LINKS = 1000


@dataclass(slots=True)
class _Pair:
    """The two streams of one connection, as far as they are there."""

    port: int
    error: int = 0
    data: int = 0
    link: PortLink | None = None


class PortTunnel:
    """Implements `Endpoint` for port forwarding: messages are pieces of SPDY, whose borders mean nothing."""

    def __init__(self, opening: PortsOpening, subprotocol: str) -> None:
        self.subprotocol = subprotocol
        self._opening = opening
        self._spdy = SpdyConnection(client=False)
        self._lock = threading.RLock()  # several threads may send
        self._out: deque[bytes] = deque()
        self._pairs: dict[str, _Pair] = {}
        self._by_stream: dict[int, _Pair] = {}
        self._closed = False
        self._callback: Callable[[], None] = _nobody

    def start(self) -> None:
        """Connections are begun as the client makes them."""

    def receive(self, message: bytes | str) -> None:
        data = message.encode("latin-1", "replace") if isinstance(message, str) else message
        try:
            with self._lock:
                for event in self._spdy.receive(data):
                    self._handle(event)
        except SpdyError:
            self.close()
        self._callback()

    def _handle(self, event: SpdyEvent) -> None:
        if isinstance(event, StreamOpened):
            self._opened(event)
        elif isinstance(event, DataReceived):
            pair = self._by_stream.get(event.stream)
            if pair is not None and pair.link is not None and event.stream == pair.data:
                pair.link.incoming.push(event.data)
                if event.ended:
                    pair.link.incoming.end()
        elif isinstance(event, StreamReset):
            pair = self._by_stream.get(event.stream)
            if pair is not None and pair.link is not None and event.stream == pair.data:
                pair.link.leave()
        elif isinstance(event, Pinged) and not event.ours:
            self._out.append(self._spdy.ping(event.number))

    def _opened(self, event: StreamOpened) -> None:
        """A stream of a pair; one that says too little, or too much, is refused."""
        headers = event.headers
        kind, port, request = headers.get("streamtype"), headers.get("port", ""), headers.get("requestid", "")
        known = port.isascii() and port.isdigit() and 0 < int(port) <= 65535 and kind in ("error", "data")
        pair = self._pairs.get(request)
        if not known or (pair is not None and (pair.error if kind == "error" else pair.data)):
            self._out.append(self._spdy.reset(event.stream, REFUSED_STREAM))
            return
        if pair is None:
            if len(self._pairs) >= _MAX_LINKS:
                self._out.append(self._spdy.reset(event.stream, REFUSED_STREAM))
                return
            pair = self._pairs[request] = _Pair(int(port))
        self._by_stream[event.stream] = pair
        self._out.append(self._spdy.reply(event.stream))
        if kind == "error":
            pair.error = event.stream
        else:
            pair.data = event.stream
        if pair.error and pair.data:
            pair.link = PortLink(self._opening, pair.port)
            pair.link.on_change(self._changed)
            pair.link.start()

    def _changed(self) -> None:
        self._callback()

    def poll(self) -> bytes | None:
        with self._lock:
            if self._closed:
                return None
            if self._out:
                return self._out.popleft()
            for request, pair in self._pairs.items():
                link = pair.link
                if link is None:
                    continue
                if data := link.outgoing.take(_PIECE):
                    return self._spdy.data(pair.data, data)
                if link.done and link.outgoing.over:
                    self._forget(request, pair)
                    ended = self._spdy.data(pair.error, link.error.encode(), end=True)
                    return ended + self._spdy.data(pair.data, b"", end=True)
            return None

    def _forget(self, request: str, pair: _Pair) -> None:
        del self._pairs[request]
        self._by_stream.pop(pair.error, None)
        self._by_stream.pop(pair.data, None)

    @property
    def ended(self) -> bool:
        return self._closed

    @property
    def full(self) -> bool:
        with self._lock:
            return any(pair.link is not None and pair.link.incoming.full for pair in self._pairs.values())

    def on_wake(self, callback: Callable[[], None]) -> None:
        self._callback = callback

    def close(self) -> None:
        with self._lock:
            self._closed = True
            links = [pair.link for pair in self._pairs.values() if pair.link is not None]
        for link in links:
            link.leave()


def _nobody() -> None:
    """Called before a front door listens."""
