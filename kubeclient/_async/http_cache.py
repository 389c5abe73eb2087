"""A transport that keeps answers in files and asks whether they have changed. Streams pass through.

Ported from client-go discovery/cached/disk/round_tripper.go and third_party/forked/httpcache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kubeclient.machines.http_cache import CachedAnswer, cache_key, is_cacheable, kept
from kubeclient.transport.protocol import AsyncStream, AsyncTransport, Request, Response, TransportError

__all__ = ["AsyncHTTPCache"]

_NOT_MODIFIED = 304
_SERVER_ERROR = 500


class Store(Protocol):
    """Where answers are kept: `kubeclient.config.http_cache_files`, or anything else that keeps bytes."""

    def get(self, key: str) -> bytes | None: ...

    def set(self, key: str, content: bytes) -> None: ...

    def delete(self, key: str) -> None: ...


class AsyncHTTPCache:
    """Wraps a transport.

    Args:
        transport: carries what is not answered here; closed with this one.
        store: where answers are kept, for one server and one identity.
        time_ns: nanoseconds since 1970.
    """

    def __init__(self, transport: AsyncTransport, store: Store, *, time_ns: Callable[[], int]) -> None:
        self._transport = transport
        self._store = store
        self._time_ns = time_ns

    async def round_trip(self, request: Request) -> Response:
        """The answer of the server, or the one that was kept, when it is good still. Raises TransportError."""
        key = cache_key(request)
        if not is_cacheable(request):
            self._store.delete(key)
            return await self._transport.round_trip(request)
        content = self._store.get(key)
        cached = None if content is None else CachedAnswer.read(content)
        if cached is None or not cached.fits(request):
            return self._keep(key, request, await self._transport.round_trip(request))
        if cached.is_fresh(request, self._time_ns()):
            return cached.answer()
        return await self._confirmed(key, request, cached)

    async def _confirmed(self, key: str, request: Request, cached: CachedAnswer) -> Response:
        try:
            response = await self._transport.round_trip(cached.question(request))
        except TransportError:
            if cached.is_good_after_failure(request, self._time_ns()):
                return cached.answer()
            self._store.delete(key)
            raise
        if response.status == _NOT_MODIFIED:
            response = cached.answer(response.headers)
        elif response.status >= _SERVER_ERROR and cached.is_good_after_failure(request, self._time_ns()):
            return cached.answer()
        return self._keep(key, request, response)

    def _keep(self, key: str, request: Request, response: Response) -> Response:
        content = kept(request, response)
        if content is None:
            self._store.delete(key)
        else:
            self._store.set(key, content)
        return response

    async def open_stream(self, request: Request) -> AsyncStream:
        """Streams are not kept. Raises TransportError."""
        return await self._transport.open_stream(request)

    async def aclose(self) -> None:
        """Closes the transport."""
        await self._transport.aclose()

    def __repr__(self) -> str:
        return f"<AsyncHTTPCache over {self._transport!r}>"
