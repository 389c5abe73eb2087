"""The network, carried by httpx or by its fork httpx2, whichever module is handed in; httpx is imported on first use.

Requests go straight to the library's connection pool: no cookies, redirects or authentication of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from kubeclient.transport.bodies import AsyncBody
from kubeclient.transport.dialing import AsyncDialBackend, Dial
from kubeclient.transport.library import HTTPLibrary, Proxy, response_headers
from kubeclient.transport.protocol import Request, Response, TransportError
from kubeclient.transport.tls import TLSOptions

__all__ = ["AsyncHTTPXTransport"]


class AsyncHTTPXTransport:
    """An AsyncTransport over the network.

    Args:
        base_url: the server; a path in it is a prefix of every request's path.
        tls: how the server proves itself and how this client does.
        proxy: the URL of a proxy, or a function from the server's URL to one or to nothing; empty: the one that the
            environment names for the server, if any.
        disable_compression: do not ask for compressed answers.
        module: httpx or httpx2.
        http2: speak HTTP/2 to servers that do; needs the extra `http2`.
        dial: makes connections in the place of the library.
        resolved: is told of each host and the seconds that the resolution of its name took, by `monotonic_ns`.
        trace: is told what becomes of connections, in the names of httpcore.

    Raises ValueError for what cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tls: TLSOptions | None = None,
        proxy: Proxy = "",
        disable_compression: bool = False,
        module: ModuleType | None = None,
        http2: bool = False,
        dial: Dial | None = None,
        resolved: Callable[[str, float], None] | None = None,
        monotonic_ns: Callable[[], int] | None = None,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self._library = HTTPLibrary(
            base_url,
            tls or TLSOptions(),
            proxy=proxy,
            disable_compression=disable_compression,
            module=module,
            http2=http2,
            dial=dial,
            resolved=resolved,
            monotonic_ns=monotonic_ns,
            trace=trace,
        )
        self._errors = self._library.errors
        self._pool = self._library.pool(self._library.module.AsyncHTTPTransport, AsyncDialBackend)
        self._traced = trace is not None
        self._closed = False

    async def _send(self, request: Request, *, stream: bool) -> Any:
        if self._closed:
            raise TransportError("the transport is closed")
        response = None
        try:
            prepared = self._library.request(request, stream=stream)
            if self._traced:
                self._library.async_trace(prepared)
            response = await self._pool.handle_async_request(prepared)
            if not stream:
                await response.aread()
                await response.aclose()
            elif request.timeout is not None:
                prepared.extensions["timeout"]["read"] = None  # the limit is for the head; the body takes its time
        except self._errors as error:
            raise self._library.translated(error, request, head=response is not None) from error
        return response

    async def round_trip(self, request: Request) -> Response:
        """Sends a request and returns the whole answer. Raises TransportError."""
        response = await self._send(request, stream=False)
        return Response(response.status_code, response_headers(response), response.content)

    async def open_stream(self, request: Request) -> AsyncBody:
        """Sends a request and returns when the head of the answer is there. Raises TransportError."""
        return AsyncBody(self._library, request, await self._send(request, stream=True))

    async def aclose(self) -> None:
        """Closes all connections; requests after it raise TransportError."""
        self._closed = True
        await self._pool.aclose()

    def __repr__(self) -> str:
        return f"<AsyncHTTPXTransport {self._library.base_url}>"
