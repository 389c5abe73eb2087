"""The network, carried by httpx or by its fork httpx2, whichever module is handed in; httpx is imported on first use.

Requests go straight to the library's connection pool: no cookies, redirects or authentication of its own. None of its
types and exceptions leave this file.
"""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .protocol import ConnectFailed, ConnectionLost, HeaderList, Request, Response, TimedOut, TransportError
from .tls import TLSOptions

__all__ = ["AsyncHTTPXTransport", "HTTPXTransport"]

# As Go's default transport.
_CONNECT_SECONDS = 30.0
_IDLE_SECONDS = 90.0
_IDLE_CONNECTIONS = 25


class _Library:
    """What both colours share: the library, the address, and the translation of requests and errors."""

    def __init__(
        self, base_url: str, tls: TLSOptions, *, proxy: str, disable_compression: bool, module: ModuleType | None
    ) -> None:
        self.module: Any = import_module("httpx") if module is None else module
        self.base_url = base_url.rstrip("/")
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f'the server must be an http or https URL: "{base_url}"')
        self._server_name = tls.server_name
        self._compress = not disable_compression
        self.options: dict[str, Any] = {
            "verify": tls.context() if parts.scheme == "https" else False,
            "trust_env": False,
            "proxy": proxy or _environment_proxy(parts.scheme, parts.netloc) or None,
            "limits": self.module.Limits(
                max_connections=None, max_keepalive_connections=_IDLE_CONNECTIONS, keepalive_expiry=_IDLE_SECONDS
            ),
        }

    def request(self, request: Request, *, stream: bool) -> Any:
        url = self.base_url + request.path
        if request.query:
            url = f"{url}?{urlencode(request.query, quote_via=quote)}"
        headers = list(request.headers)
        if self._compress and not stream:
            headers.append(("accept-encoding", "gzip"))
        limit = request.timeout
        connect = _CONNECT_SECONDS if limit is None else min(limit, _CONNECT_SECONDS)
        extensions: dict[str, Any] = {"timeout": {"connect": connect, "read": limit, "write": limit, "pool": limit}}
        if self._server_name:
            extensions["sni_hostname"] = self._server_name
        return self.module.Request(request.method, url, headers=headers, content=request.body, extensions=extensions)

    def translated(self, error: Exception, request: Request) -> TransportError:
        """The error of the protocol for one of the library."""
        library = self.module
        where = f'{request.method} "{self.base_url}{request.path}"'
        text = str(error) or type(error).__name__
        if isinstance(error, (library.ConnectError, library.ConnectTimeout, library.ProxyError, library.PoolTimeout)):
            return ConnectFailed(f"{where}: no connection: {text}")
        if isinstance(error, library.TimeoutException):
            return TimedOut(f"{where}: no answer within {request.timeout} seconds")
        if isinstance(error, (library.NetworkError, library.RemoteProtocolError)):
            return ConnectionLost(f"{where}: connection lost: {text}")
        return TransportError(f"{where}: {text}")


def _environment_proxy(scheme: str, netloc: str) -> str:
    """The proxy that the environment names for an address, empty for none."""
    host = netloc.rpartition("@")[2]
    if urllib.request.proxy_bypass(host):
        return ""
    proxies = urllib.request.getproxies()
    return proxies.get(scheme, "") or proxies.get("all", "")


def _headers(response: Any) -> HeaderList:
    return [(name.decode("ascii").lower(), value.decode("latin-1")) for name, value in response.headers.raw]


class _AsyncBody:
    """The body of an answer that is read piece by piece."""

    def __init__(self, library: _Library, request: Request, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = _headers(response)
        self._library = library
        self._request = request
        self._response = response
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        library = self._library.module
        try:
            async for chunk in self._response.aiter_raw():
                if self._closed:
                    return
                yield chunk
        except (library.HTTPError, library.StreamError) as error:
            if not self._closed:
                raise self._library.translated(error, self._request) from error
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._response.aclose()


class AsyncHTTPXTransport:
    """An AsyncTransport over the network.

    Args:
        base_url: the server; a path in it is a prefix of every request's path.
        tls: how the server proves itself and how this client does.
        proxy: the URL of a proxy; empty: the one that the environment names for the server, if any.
        disable_compression: do not ask for compressed answers.
        module: httpx or httpx2.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tls: TLSOptions | None = None,
        proxy: str = "",
        disable_compression: bool = False,
        module: ModuleType | None = None,
    ) -> None:
        self._library = _Library(
            base_url, tls or TLSOptions(), proxy=proxy, disable_compression=disable_compression, module=module
        )
        self._pool = self._library.module.AsyncHTTPTransport(**self._library.options)
        self._closed = False

    async def _send(self, request: Request, *, stream: bool) -> Any:
        if self._closed:
            raise TransportError("the transport is closed")
        try:
            prepared = self._library.request(request, stream=stream)
            response = await self._pool.handle_async_request(prepared)
            if not stream:
                await response.aread()
                await response.aclose()
            elif request.timeout is not None:
                prepared.extensions["timeout"]["read"] = None  # the limit is for the head; the body takes its time
        except (self._library.module.HTTPError, self._library.module.InvalidURL) as error:
            raise self._library.translated(error, request) from error
        return response

    async def round_trip(self, request: Request) -> Response:
        response = await self._send(request, stream=False)
        return Response(response.status_code, _headers(response), response.content)

    async def open_stream(self, request: Request) -> _AsyncBody:
        return _AsyncBody(self._library, request, await self._send(request, stream=True))

    async def aclose(self) -> None:
        self._closed = True
        await self._pool.aclose()

    def __repr__(self) -> str:
        return f"<AsyncHTTPXTransport {self._library.base_url}>"


class _Body:
    """As _AsyncBody, for threads: `close` wakes a reader in another thread."""

    def __init__(self, library: _Library, request: Request, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = _headers(response)
        self._library = library
        self._request = request
        self._response = response
        self._lock = threading.Lock()
        self._reading = False
        self._closed = False
        self._freed = False

    def __iter__(self) -> Iterator[bytes]:
        library = self._library.module
        chunks = self._response.iter_raw()
        try:
            while self._enter():
                chunk = next(chunks, None)
                if not self._leave() or chunk is None:
                    return
                yield chunk
        except (library.HTTPError, library.StreamError) as error:
            if not self._closed:
                raise self._library.translated(error, self._request) from error
        finally:
            self._reading = False
            self.close()

    def _enter(self) -> bool:
        """Marks that this thread may block in the socket; False when the stream is closed."""
        with self._lock:
            self._reading = not self._closed
            return self._reading

    def _leave(self) -> bool:
        with self._lock:
            self._reading = False
            return not self._closed

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._reading:
                # Closing a socket does not wake who reads from it; shutting it down does. The reader frees it then.
                self._shut_down()
                return
            if self._freed:
                return
            self._freed = True
        self._response.close()

    def _shut_down(self) -> None:
        stream = self._response.extensions.get("network_stream")
        raw = stream.get_extra_info("socket") if stream is not None else None
        if raw is not None:
            try:
                # The plain call, as an SSL socket's would drop the session under the reader.
                socket.socket.shutdown(raw, socket.SHUT_RDWR)
            except OSError:
                return


class HTTPXTransport:
    """A Transport over the network; see AsyncHTTPXTransport. Safe for several threads."""

    def __init__(
        self,
        base_url: str,
        *,
        tls: TLSOptions | None = None,
        proxy: str = "",
        disable_compression: bool = False,
        module: ModuleType | None = None,
    ) -> None:
        self._library = _Library(
            base_url, tls or TLSOptions(), proxy=proxy, disable_compression=disable_compression, module=module
        )
        self._pool = self._library.module.HTTPTransport(**self._library.options)
        self._closed = False

    def _send(self, request: Request, *, stream: bool) -> Any:
        if self._closed:
            raise TransportError("the transport is closed")
        try:
            prepared = self._library.request(request, stream=stream)
            response = self._pool.handle_request(prepared)
            if not stream:
                response.read()
                response.close()
            elif request.timeout is not None:
                prepared.extensions["timeout"]["read"] = None  # the limit is for the head; the body takes its time
        except (self._library.module.HTTPError, self._library.module.InvalidURL) as error:
            raise self._library.translated(error, request) from error
        return response

    def round_trip(self, request: Request) -> Response:
        response = self._send(request, stream=False)
        return Response(response.status_code, _headers(response), response.content)

    def open_stream(self, request: Request) -> _Body:
        return _Body(self._library, request, self._send(request, stream=True))

    def close(self) -> None:
        self._closed = True
        self._pool.close()

    def __repr__(self) -> str:
        return f"<HTTPXTransport {self._library.base_url}>"
