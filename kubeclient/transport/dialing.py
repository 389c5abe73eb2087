"""Connections that a user's function makes, and the times that name resolution takes: the network below an HTTP library.

Both implement the network backend of httpcore (and httpcore2), told by its form: these packages are not imported here.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from inspect import isawaitable
from typing import Any

__all__ = ["AsyncDialBackend", "Dial", "DialBackend"]

Dial = Callable[[str, int], Any]
"""Takes a host and a port, returns a connected socket; under asyncio it may be an async function. Raises OSError."""

Resolved = Callable[[str, float], None]
_SECOND = 1_000_000_000


class _Errors:
    """Turns errors of sockets into those of the library, which alone it expects."""

    def __init__(self, core: Any) -> None:
        self._core = core

    def connect(self, error: Exception) -> Exception:
        if isinstance(error, TimeoutError):
            return self._core.ConnectTimeout(str(error))  # type: ignore[no-any-return]
        return self._core.ConnectError(str(error))  # type: ignore[no-any-return]

    def read(self, error: Exception) -> Exception:
        if isinstance(error, TimeoutError):
            return self._core.ReadTimeout(str(error))  # type: ignore[no-any-return]
        return self._core.ReadError(str(error))  # type: ignore[no-any-return]

    def write(self, error: Exception) -> Exception:
        if isinstance(error, TimeoutError):
            return self._core.WriteTimeout(str(error))  # type: ignore[no-any-return]
        return self._core.WriteError(str(error))  # type: ignore[no-any-return]


class _AsyncStream:
    """A connected socket under asyncio."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, errors: _Errors) -> None:
        self._reader, self._writer, self._errors = reader, writer, errors

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)
        except OSError as error:
            raise self._errors.read(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()
        except OSError as error:
            raise self._errors.write(error) from error

    async def aclose(self) -> None:
        self._writer.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _AsyncStream:
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except OSError as error:
            self._writer.close()
            raise self._errors.connect(error) from error
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._reader.at_eof()
        return self._writer.get_extra_info(info)


class AsyncDialBackend:
    """Connects by a function of the user, or as the library does while it measures name resolution.

    Args:
        core: httpcore or httpcore2.
        inner: the library's own backend, for what is not asked for here.
        dial: makes connections; None: the library does.
        resolved: is told of a host and the seconds that its resolution took.
        monotonic_ns: for these seconds.
    """

    def __init__(
        self, core: Any, inner: Any, dial: Dial | None, resolved: Resolved | None, monotonic_ns: Callable[[], int]
    ) -> None:
        self._errors, self._inner, self._dial = _Errors(core), inner, dial
        self._resolved, self._monotonic_ns = resolved, monotonic_ns

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Any:
        if self._dial is None:
            host = await self._lookup(host, port)
            return await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        try:
            async with asyncio.timeout(timeout):
                made = self._dial(host, port)
                connected: socket.socket = await made if isawaitable(made) else made
                connected.setblocking(False)
                reader, writer = await asyncio.open_connection(sock=connected)
        except OSError as error:
            raise self._errors.connect(error) from error
        return _AsyncStream(reader, writer, self._errors)

    async def _lookup(self, host: str, port: int) -> str:
        """The first address of a host, and how long it took to find it."""
        if self._resolved is None:
            return host
        started = self._monotonic_ns()
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise self._errors.connect(error) from error
        self._resolved(host, (self._monotonic_ns() - started) / _SECOND)
        return str(found[0][4][0])

    def sleep(self, seconds: float) -> Awaitable[None]:
        """The library's pauses between attempts of its own."""
        return self._inner.sleep(seconds)  # type: ignore[no-any-return]


class _Stream:
    """A connected socket for threads."""

    def __init__(self, connected: socket.socket, errors: _Errors) -> None:
        self._socket, self._errors = connected, errors

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._socket.settimeout(timeout)
            return self._socket.recv(max_bytes)
        except OSError as error:
            raise self._errors.read(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._socket.settimeout(timeout)
            self._socket.sendall(buffer)
        except OSError as error:
            raise self._errors.write(error) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        try:
            self._socket.settimeout(timeout)
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._errors)
        except OSError as error:
            self._socket.close()
            raise self._errors.connect(error) from error

    def get_extra_info(self, info: str) -> Any:
        if info == "socket":
            return self._socket
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":
            return _is_readable(self._socket)
        return None


def _is_readable(connected: socket.socket) -> bool:
    """Whether something can be read at once; of a connection that is kept, that is its end."""
    if not hasattr(select, "poll"):  # Windows, where numbers of sockets have no limit
        return bool(select.select([connected], [], [], 0)[0])
    poll = select.poll()
    poll.register(connected.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class DialBackend:
    """As AsyncDialBackend, for threads."""

    def __init__(
        self, core: Any, inner: Any, dial: Dial | None, resolved: Resolved | None, monotonic_ns: Callable[[], int]
    ) -> None:
        self._errors, self._inner, self._dial = _Errors(core), inner, dial
        self._resolved, self._monotonic_ns = resolved, monotonic_ns

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Any:
        if self._dial is None:
            host = self._lookup(host, port)
            return self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        try:
            connected: socket.socket = self._dial(host, port)
        except OSError as error:
            raise self._errors.connect(error) from error
        return _Stream(connected, self._errors)

    def _lookup(self, host: str, port: int) -> str:
        if self._resolved is None:
            return host
        started = self._monotonic_ns()
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise self._errors.connect(error) from error
        self._resolved(host, (self._monotonic_ns() - started) / _SECOND)
        return str(found[0][4][0])

    def sleep(self, seconds: float) -> None:
        """The library's pauses between attempts of its own."""
        self._inner.sleep(seconds)
