"""The seam between clients and whatever carries their requests.

Everything above this file builds `Request` values and reads `Response` values; everything below it (the network, an
in-memory cluster, a middleware) implements `AsyncTransport` or `Transport`. No HTTP library's types or exceptions pass
this line, so that a library can be exchanged without anybody's `except` clause going dead.

Header names are lower case in both directions. A header that comes several times is several pairs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

__all__ = [
    "AsyncStream",
    "AsyncTransport",
    "BodyLost",
    "ConnectFailed",
    "ConnectionLost",
    "HeaderList",
    "QueryList",
    "Request",
    "Response",
    "Stream",
    "TimedOut",
    "Transport",
    "TransportError",
    "UpgradeFailure",
    "header",
    "headers_all",
]

HeaderList = Sequence[tuple[str, str]]
QueryList = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Request:
    """One HTTP request, independent of any HTTP library.

    Attributes:
        method: the HTTP method, upper case.
        path: the URL path, percent-encoded as it goes over the wire, starting with a slash, without the query.
        query: decoded key and value pairs, in order; keys may repeat.
        headers: pairs with lower-case names.
        body: the bytes of the body, or None for a request without one.
        timeout: seconds the client is ready to wait for the whole answer; for a stream, for its head. None: no limit.
    """

    method: str
    path: str
    query: QueryList = ()
    headers: HeaderList = ()
    body: bytes | None = None
    timeout: float | None = None


@dataclass(slots=True)
class Response:
    """A whole answer: status, headers (lower-case names) and all bytes of the body."""

    status: int
    headers: HeaderList = field(default=())
    body: bytes = b""


class TransportError(Exception):
    """The request got no answer; whether the server acted on it is not known unless a subclass says so."""


class ConnectFailed(TransportError):
    """No connection was made (name resolution, refused, TLS, proxy): the server never saw the request."""


class ConnectionLost(TransportError):
    """The connection broke after the request was sent: the server may have acted on it."""


class BodyLost(ConnectionLost):
    """The connection broke while the body of an answer came: the server has acted, what it said is not known."""


class TimedOut(TransportError):
    """The answer did not come within the time the request allowed: the server may have acted on it."""


class UpgradeFailure(TransportError):
    """The server answered and did not upgrade the connection: a WebSocket is not to be had here, another way may be.

    Attributes:
        status: the HTTP status of the answer, 0 where the handshake broke for another reason.
        cause: why, a StatusError where the server said it in one.
    """

    def __init__(self, cause: Exception, status: int = 0) -> None:
        super().__init__(f"unable to upgrade streaming request: {cause}")
        self.cause = cause
        self.status = status


class AsyncStream(Protocol):
    """An answer whose body arrives piece by piece: a watch, a followed log. Must be closed by its reader."""

    status: int
    headers: HeaderList

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Chunks of the body as they arrive; chunk borders carry no meaning. Raises TransportError when it breaks."""
        ...

    async def aclose(self) -> None:
        """Ends the stream. A reader that is blocked in it wakes and sees the end. May be called twice."""
        ...


class AsyncTransport(Protocol):
    """Carries requests in the world of asyncio."""

    async def round_trip(self, request: Request) -> Response:
        """Sends a request and returns the whole answer, whatever its status. Raises TransportError."""
        ...

    async def open_stream(self, request: Request) -> AsyncStream:
        """Sends a request and returns as soon as the head of the answer is there. Raises TransportError."""
        ...

    async def aclose(self) -> None:
        """Frees connections; requests after it raise TransportError."""
        ...


class Stream(Protocol):
    """As AsyncStream, for threads. `close` may be called from another thread than the reader's."""

    status: int
    headers: HeaderList

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class Transport(Protocol):
    """As AsyncTransport, for threads. Safe for use by several threads at once."""

    def round_trip(self, request: Request) -> Response: ...

    def open_stream(self, request: Request) -> Stream: ...

    def close(self) -> None: ...


def header(headers: HeaderList, name: str) -> str | None:
    """The value of the first header of that (lower-case) name, or None."""
    for key, value in headers:
        if key == name:
            return value
    return None


def headers_all(headers: HeaderList, name: str) -> list[str]:
    """The values of all headers of that (lower-case) name, in order."""
    return [value for key, value in headers if key == name]
