"""Bodies that are read piece by piece, in both colours: what wakes a blocked reader is different in each."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from .library import HTTPLibrary, response_headers
from .protocol import Request

__all__ = ["AsyncBody", "Body", "async_wake", "wake"]


class AsyncBody:
    """The body of an answer that is read piece by piece."""

    def __init__(self, library: HTTPLibrary, request: Request, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response_headers(response)
        self._library = library
        self._request = request
        self._response = response
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_raw():
                if self._closed:
                    return
                yield chunk
        except self._library.errors as error:
            if not self._closed:
                raise self._library.translated(error, self._request, head=True) from error
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._response.aclose()


class Body:
    """As AsyncBody, for threads: `close` wakes a reader in another thread."""

    def __init__(self, library: HTTPLibrary, request: Request, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response_headers(response)
        self._library = library
        self._request = request
        self._response = response
        self._lock = threading.Lock()
        self._reading = False
        self._closed = False
        self._freed = False

    def __iter__(self) -> Iterator[bytes]:
        chunks = self._response.iter_raw()
        try:
            while self._enter():
                chunk = next(chunks, None)
                if not self._leave() or chunk is None:
                    return
                yield chunk
        except self._library.errors as error:
            if not self._closed:
                raise self._library.translated(error, self._request, head=True) from error
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
                wake(self._response.extensions.get("network_stream"))  # the reader frees it then
                return
            if self._freed:
                return
            self._freed = True
        self._response.close()


def async_wake(stream: Any) -> None:
    """Nothing to do: closing a connection wakes the tasks that read from it."""


def wake(stream: Any) -> None:
    """Wakes the thread that reads from a connection: closing a socket does not, shutting it down does."""
    raw = stream.get_extra_info("socket") if stream is not None else None
    if raw is not None:
        try:
            # The plain call, as an SSL socket's would drop the session under the reader.
            socket.socket.shutdown(raw, socket.SHUT_RDWR)
        except OSError:
            return
