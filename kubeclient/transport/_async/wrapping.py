"""Transports around transports: each changes requests on their way out, or looks at what comes back.

A wrapper carries what it does not care about; `inner` is what it wraps. Ported from client-go
transport/{round_trippers,token_source,transport}.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kubeclient.transport.caching import Leased
from kubeclient.transport.editing import Edit, TokenFile
from kubeclient.transport.protocol import AsyncStream, AsyncTransport, Request, Response, TransportError, header

__all__ = ["AsyncCanceller", "AsyncEditing", "AsyncSharing", "AsyncTokenFileAuth", "AsyncWrapper", "wrapped"]

_UNAUTHORIZED = 401


class AsyncWrapper:
    """An AsyncTransport that hands everything to another; the base of wrappers, users' too."""

    def __init__(self, inner: AsyncTransport) -> None:
        self.inner = inner

    async def round_trip(self, request: Request) -> Response:
        """Carries a request. Raises what the inner transport raises."""
        return await self.inner.round_trip(request)

    async def open_stream(self, request: Request) -> AsyncStream:
        """Carries a request whose answer is read piece by piece. Raises what the inner transport raises."""
        return await self.inner.open_stream(request)

    async def aclose(self) -> None:
        """Closes the inner transport."""
        await self.inner.aclose()

    def __repr__(self) -> str:
        return repr(self.inner)


class AsyncEditing(AsyncWrapper):
    """An AsyncTransport that applies edits, the first first, before another carries the request."""

    def __init__(self, inner: AsyncTransport, *edits: Edit) -> None:
        super().__init__(inner)
        self._edits = edits

    def _edited(self, request: Request) -> Request:
        for edit in self._edits:
            request = edit(request)
        return request

    async def round_trip(self, request: Request) -> Response:
        return await self.inner.round_trip(self._edited(request))

    async def open_stream(self, request: Request) -> AsyncStream:
        return await self.inner.open_stream(self._edited(request))


class AsyncTokenFileAuth(AsyncWrapper):
    """Authenticates by the token in a file. When the server refuses it, the next request reads the file again."""

    def __init__(self, inner: AsyncTransport, token: TokenFile) -> None:
        super().__init__(inner)
        self._token = token

    def _with_token(self, request: Request) -> Request:
        return replace(request, headers=[*request.headers, ("authorization", f"Bearer {self._token()}")])

    async def round_trip(self, request: Request) -> Response:
        if header(request.headers, "authorization") is not None:
            return await self.inner.round_trip(request)
        started = self._token.now_ns()
        response = await self.inner.round_trip(self._with_token(request))
        if response.status == _UNAUTHORIZED:
            self._token.reset_older_than(started)
        return response

    async def open_stream(self, request: Request) -> AsyncStream:
        if header(request.headers, "authorization") is not None:
            return await self.inner.open_stream(request)
        started = self._token.now_ns()
        stream = await self.inner.open_stream(self._with_token(request))
        if stream.status == _UNAUTHORIZED:
            self._token.reset_older_than(started)
        return stream


class AsyncCanceller(AsyncWrapper):
    """Refuses new requests with `error` from the moment on that `ended` says so; those under way go on."""

    def __init__(self, inner: AsyncTransport, ended: Callable[[], bool], error: Exception) -> None:
        super().__init__(inner)
        self._ended = ended
        self._error = error

    async def round_trip(self, request: Request) -> Response:
        if self._ended():
            raise self._error
        return await self.inner.round_trip(request)

    async def open_stream(self, request: Request) -> AsyncStream:
        if self._ended():
            raise self._error
        return await self.inner.open_stream(request)


def wrapped(transport: AsyncTransport, *wrappers: Callable[[AsyncTransport], AsyncTransport] | None) -> AsyncTransport:
    """A transport with wrappers around it, the last outermost; None is no wrapper. Go: transport.Wrappers."""
    for wrap in wrappers:
        if wrap is not None:
            transport = wrap(transport)
    return transport


class AsyncSharing(AsyncWrapper):
    """One client's hold on a transport that several use: closing it closes the transport when nobody else holds it."""

    def __init__(self, leased: Leased[AsyncTransport]) -> None:
        super().__init__(leased.transport)
        self._leased = leased
        self._closed = False

    async def round_trip(self, request: Request) -> Response:
        if self._closed:
            raise TransportError("the transport is closed")
        return await self.inner.round_trip(request)

    async def open_stream(self, request: Request) -> AsyncStream:
        if self._closed:
            raise TransportError("the transport is closed")
        return await self.inner.open_stream(request)

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            if self._leased.give_back():
                await self.inner.aclose()
