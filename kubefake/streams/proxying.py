"""An HTTP request to the handler of a port, which gets and gives bytes as a server of HTTP/1.1 does."""

from __future__ import annotations

from collections.abc import Callable

import h11

from kubeclient.apimachinery import errors
from kubeclient.transport.protocol import Response
from kubefake.containers.opening import ProxyOpening
from kubefake.streams.ports import PortLink
from kubefake.wire.status import error_response

__all__ = ["ProxyExchange"]

_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"content-length"})
_MAX_BYTES = 64 << 20


class ProxyExchange:
    """One request and its answer, which comes whole."""

    def __init__(self, opening: ProxyOpening) -> None:
        assert opening.request is not None
        self._link = PortLink(opening, opening.port)
        self._http = h11.Connection(h11.CLIENT)
        self._head: h11.Response | None = None
        self._body: list[bytes] = []
        self._size = 0
        request = opening.request
        body = request.body or b""
        fields = [("host", f"{opening.pod}:{opening.port}"), *request.headers, ("content-length", str(len(body)))]
        fields.append(("connection", "close"))
        head = h11.Request(method=request.method, target=request.path, headers=fields)
        sent = [self._http.send(head), self._http.send(h11.Data(data=body)) if body else b""]
        sent.append(self._http.send(h11.EndOfMessage()))
        self._sent = b"".join(data or b"" for data in sent)

    def start(self) -> None:
        """Asks the handler."""
        self._link.incoming.push(self._sent)
        self._link.incoming.end()
        self._link.start()

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Adds what is called when there may be an answer."""
        self._link.on_change(callback)

    def poll(self) -> Response | None:
        """The answer, once it is there; a 503 for one that is none, as the proxy of a server gives it."""
        try:
            while data := self._link.outgoing.take():
                self._http.receive_data(data)
            if self._link.outgoing.over:
                self._http.receive_data(b"")
            while (event := self._http.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Response):
                    self._head = event
                elif isinstance(event, h11.Data):
                    self._size += len(event.data)
                    if self._size > _MAX_BYTES:
                        return self._failed("the answer is too large")
                    self._body.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    return self._whole()
                elif isinstance(event, h11.ConnectionClosed):
                    return self._failed("EOF")
        except h11.RemoteProtocolError as error:
            return self._failed(self._link.error or str(error))
        return None

    def _whole(self) -> Response:
        assert self._head is not None
        self.close()
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self._head.headers
            if name not in _HOP_BY_HOP
        ]
        return Response(self._head.status_code, headers, b"".join(self._body))

    def _failed(self, why: str) -> Response:
        self.close()
        return error_response(errors.new_service_unavailable(f"error trying to reach service: {why}"))

    def close(self) -> None:
        """Wants no more of it. May be called twice."""
        self._link.leave()
