"""One HTTP/1.1 connection: bytes in, requests to the door, answers and watch frames out.

h11 keeps the grammar; this file keeps the order: one request of a connection is carried out at a time, the ones pipelined
behind it wait in h11. An answer that is whole goes out in one write, head and body together.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import h11

from kubeclient.transport.protocol import (
    ConnectFailed,
    ConnectionLost,
    HeaderList,
    Request,
    Response,
    TimedOut,
)
from kubefake.containers.opening import Opening, ProxyOpening
from kubefake.faults.door import Answer
from kubefake.faults.rules import Crash
from kubefake.pipeline.caller import Caller
from kubefake.serve.answers import compressed, plain_error
from kubefake.serve.pump import Pump
from kubefake.serve.upgraded import BadUpgradeError, Upgraded, agree
from kubefake.streams.bells import AsyncBell
from kubefake.streams.endpoint import ProtocolRefusedError
from kubefake.streams.proxying import ProxyExchange
from kubefake.transport.target import split_target
from kubefake.wire.query import has_bad_escape

if TYPE_CHECKING:
    from kubefake.serve.server import HttpServer

__all__ = ["MAX_BODY_BYTES", "MAX_HEAD_BYTES", "Connection"]

MAX_HEAD_BYTES = 1 << 20
"""Go's DefaultMaxHeaderBytes: a longer head is answered with 431."""

MAX_BODY_BYTES = 16 << 20
"""Beyond this a body is not even read. The apiserver's own, lower limits are kept by the core, with its Status."""

MAX_PIPELINED_BYTES = 1 << 20
"""What is read ahead of a request that is still being answered; at the bound reading stops until it is."""

_MAX_AGENTS = 64
_PLAIN = (("content-type", "text/plain; charset=utf-8"),)

logger = logging.getLogger("kubefake.serve")


class Connection(asyncio.Protocol):
    """Serves one client connection. Made by `HttpServer`."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._caller: Caller = server.caller
        self._callers: dict[str, Caller] = {}
        self._head: h11.Request | None = None
        self._headers: HeaderList = ()
        self._body: list[bytes] = []
        self._body_size = 0
        self._unread = 0
        self._task: asyncio.Task[None] | None = None
        self._pump: Pump | None = None
        self._upgraded: Upgraded | None = None
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._caller = self._server.caller_of(transport.get_extra_info("ssl_object"))
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._upgraded is not None:
            self._upgraded.close()
            self._upgraded.opening.over = True
        if self._pump is not None:
            self._pump.close()
        if self._task is not None:
            self._task.cancel()
        self._server.lost(self)

    def data_received(self, data: bytes) -> None:
        if self._upgraded is not None:
            self._upgraded.receive(data)
            return
        self._h11.receive_data(data)
        if not self._busy:
            self._advance()
            return
        # Reading goes on beside a watch, so that the end of the connection is noticed, but not without bound.
        self._unread += len(data)
        if self._unread > MAX_PIPELINED_BYTES:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """A watcher that hangs up half-way is gone; who still waits for an answer gets it before the end."""
        if self._upgraded is not None:
            return False
        self._h11.receive_data(b"")
        if not self._busy:
            self._advance()
        return self._task is not None

    def pause_writing(self) -> None:
        if self._pump is not None:
            self._pump.pause()
        elif self._upgraded is not None:
            self._upgraded.pause()

    def resume_writing(self) -> None:
        if self._pump is not None:
            self._pump.resume()
        elif self._upgraded is not None:
            self._upgraded.resume()

    @property
    def _busy(self) -> bool:
        return self._task is not None or self._pump is not None or self._upgraded is not None

    def drain(self) -> None:
        """Closes the connection as soon as it owes no answer; a watch ends now."""
        self._closing = True
        if self._pump is not None:
            self._pump.finish()
        elif self._upgraded is not None:
            self._upgraded.finish()
        elif self._task is None:
            self._transport.close()

    def abort(self) -> None:
        """Breaks the connection off, whatever is under way."""
        self._transport.abort()

    def _advance(self) -> None:
        """Takes events out of h11 until it wants more bytes or a request is under way."""
        if self._unread:
            self._unread = 0
            self._transport.resume_reading()
        while not self._transport.is_closing():
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                self._refuse(error.error_status_hint)
                return
            if event is h11.PAUSED:
                return
            if event is h11.NEED_DATA:
                if self._h11.they_are_waiting_for_100_continue:
                    self._send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
                return
            if isinstance(event, h11.Request):
                self._head, self._body, self._body_size = event, [], 0
            elif isinstance(event, h11.Data):
                self._body_size += len(event.data)
                if self._body_size > MAX_BODY_BYTES:
                    self._refuse(413)
                    return
                self._body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self._serve()
                if self._busy:
                    return
            else:
                self._transport.close()
                return

    def _serve(self) -> None:
        """Carries out the request that is complete: at once where nothing waits, else in a task."""
        head = self._head
        assert head is not None
        headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers]
        path, query = split_target(head.target.decode("latin-1"))
        if not path.startswith("/"):  # absolute form, as proxies are sent it
            path = "/" + path.partition("://")[2].partition("/")[2]
        self._headers = headers
        if has_bad_escape(path):
            self._answer(plain_error(400))
            return
        body = b"".join(self._body) if self._body else None
        request = Request(head.method.decode("ascii"), path, query, headers, body)
        caller = self._caller_for(headers)
        door = self._server.door
        if not door.quiet:
            self._task = self._server.loop.create_task(self._obey(request, caller))
            return
        try:
            answer = door.handle(request, caller)
        except Exception:
            logger.exception("%s %s failed inside the server", request.method, request.path)
            answer = plain_error(500)
        self._answer(answer)

    async def _obey(self, request: Request, caller: Caller) -> None:
        """As the quiet path, for an exchange in which faults have a say."""
        exchange = self._server.door.exchange(request, caller)
        answer: Answer
        try:
            while True:
                await self._server.runtime.sleep(next(exchange).ns / 1e9)
        except StopIteration as end:
            answer = end.value
        except TimedOut:
            return  # the client is never answered; the task stands for the request until it hangs up
        except (ConnectFailed, ConnectionLost, Crash):
            self._transport.abort()
            return
        except Exception:
            logger.exception("%s %s failed inside the server", request.method, request.path)
            answer = plain_error(500)
        self._task = None
        self._answer(answer)
        if not self._busy:
            self._advance()

    def _answer(self, answer: Answer) -> None:
        if self._transport.is_closing():
            if not isinstance(answer, Response):
                answer.close()
        elif type(answer) is Response:  # nearly all are, and nothing more
            self._write_whole(answer)
        elif isinstance(answer, ProxyOpening):
            self._task = self._server.loop.create_task(self._proxied(answer))
        elif isinstance(answer, Opening):
            self._switch(answer)
        elif isinstance(answer, Response):
            self._write_whole(answer)
        else:
            self._begin_stream(answer.status, answer.headers)
            self._pump = Pump(answer, self._server.runtime.clock, self._server.loop, self._on_frames, self._on_end)
            self._pump.start()

    def _write_whole(self, response: Response) -> None:
        assert self._head is not None
        headers, body = compressed(response, self._headers)
        fields = [item for item in headers if item[0] != "content-length"]
        fields.append(("date", self._server.date()))
        if response.status not in (204, 304):
            fields.append(("content-length", str(len(body))))
        if self._closing:
            fields.append(("connection", "close"))
        head = self._h11.send(_response(response.status, fields)) or b""
        if body and self._head.method != b"HEAD":
            head += self._h11.send(h11.Data(data=body)) or b""
        self._transport.write(head + (self._h11.send(h11.EndOfMessage()) or b""))
        self._end_cycle()

    async def _proxied(self, opening: ProxyOpening) -> None:
        """Answers with what the handler of a port answers."""
        exchange, bell = ProxyExchange(opening), AsyncBell(self._server.runtime)
        exchange.on_wake(bell.ring)
        exchange.start()
        try:
            while (response := exchange.poll()) is None:
                await bell.wait()
                bell.clear()
        finally:
            exchange.close()
        self._task = None
        self._answer(response)
        if not self._busy:
            self._advance()

    def _switch(self, opening: Opening) -> None:
        """Leaves HTTP behind for what the client asks for, or refuses it."""
        try:
            endpoint, frames, fields = agree(opening, self._headers)
        except (BadUpgradeError, ProtocolRefusedError) as error:
            status = 403 if isinstance(error, ProtocolRefusedError) else 400
            self._write_whole(Response(status, _PLAIN, str(error).encode()))
            return
        except ModuleNotFoundError:
            why = "kubefake serve: WebSockets need an extra: pip install 'kubefake[stream]'\n"
            self._write_whole(Response(501, _PLAIN, why.encode()))
            return
        self._send(h11.InformationalResponse(status_code=101, headers=[*fields], reason=b"Switching Protocols"))
        self._upgraded = Upgraded(opening, endpoint, frames, self._transport, self._server.loop)
        self._upgraded.start()
        rest, _ = self._h11.trailing_data
        if rest:
            self._upgraded.receive(rest)

    def _begin_stream(self, status: int, headers: HeaderList) -> None:
        fields = [item for item in headers if item[0] not in ("content-length", "transfer-encoding")]
        fields.append(("date", self._server.date()))
        self._send(_response(status, fields))

    def _on_frames(self, frames: bytes) -> None:
        self._send(h11.Data(data=frames))

    def _on_end(self, error: Exception | None) -> None:
        self._pump = None
        if error is not None:
            if not isinstance(error, ConnectionLost):
                logger.error("a watch failed inside the server", exc_info=error)
            self._transport.abort()
            return
        self._send(h11.EndOfMessage())
        self._end_cycle()
        self._server.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if not self._busy:
            self._advance()

    def _end_cycle(self) -> None:
        if self._h11.our_state is h11.MUST_CLOSE or self._closing:
            self._transport.close()
            return
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()

    def _refuse(self, status: int) -> None:
        """Answers what is not HTTP, or too much of it, in the words of Go's net/http, and hangs up."""
        if self._h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            response = plain_error(status)
            fields = [*response.headers, ("content-length", str(len(response.body))), ("connection", "close")]
            self._send(_response(status, fields))
            self._send(h11.Data(data=response.body))
            self._send(h11.EndOfMessage())
        self._transport.close()

    def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data:
            self._transport.write(data)

    def _caller_for(self, headers: HeaderList) -> Caller:
        """The connection's caller under the client name that its User-Agent gives: `kubectl` of `kubectl/v1.36 (…)`."""
        agent = next((value for key, value in headers if key == "user-agent"), "")
        caller = self._callers.get(agent)
        if caller is None:
            if len(self._callers) >= _MAX_AGENTS:
                self._callers.clear()
            name = agent.partition(" ")[0].partition("/")[0]
            caller = self._callers[agent] = replace(self._caller, client=name)
        return caller


_REASONS: dict[int, bytes] = {200: b"OK", 201: b"Created"}


def _response(status: int, fields: HeaderList) -> h11.Response:
    return _known_response(status, tuple(fields))


@lru_cache(512)
def _known_response(status: int, fields: tuple[tuple[str, str], ...]) -> h11.Response:
    """A head, remembered: most answers of a second have the same few, and h11 checks each of their fields."""
    from http import HTTPStatus

    reason = _REASONS.get(status)
    if reason is None:
        try:
            reason = HTTPStatus(status).phrase.encode("ascii")
        except ValueError:
            reason = b""
    return h11.Response(status_code=status, headers=[*fields], reason=reason)
