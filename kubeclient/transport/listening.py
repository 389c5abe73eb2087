"""Listening on a local port, in both colours: each connection is handed to a function, in a task or a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable

__all__ = ["AsyncListener", "AsyncLocalConnection", "Listener", "LocalConnection"]

_BACKLOG = 128


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


class AsyncLocalConnection:
    """A connection of a local client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, limit: int) -> bytes:
        """What there is; empty at the end, also of a connection that broke."""
        try:
            return await self._reader.read(limit)
        except OSError:
            return b""

    async def write(self, data: bytes) -> None:
        """Raises OSError."""
        self._writer.write(data)
        await self._writer.drain()

    async def close_writing(self) -> None:
        with contextlib.suppress(OSError):
            self._writer.write_eof()

    async def aclose(self) -> None:
        """A reader that waits sees the end. May be called twice."""
        self._writer.close()


class AsyncListener:
    """Listens on a port, 0 for a free one, on the running loop. Raises OSError.

    Attributes:
        port: the one that it listens on.
    """

    def __init__(self, host: str, port: int, serve: Callable[[AsyncLocalConnection], Awaitable[None]]) -> None:
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._serve = serve
        self._server: asyncio.Server | None = None
        self._connections: dict[AsyncLocalConnection, asyncio.Task[None] | None] = {}

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accepted, sock=self._socket)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = AsyncLocalConnection(reader, writer)
        self._connections[connection] = asyncio.current_task()
        try:
            await self._serve(connection)
        finally:
            self._connections.pop(connection, None)
            await connection.aclose()

    async def aclose(self) -> None:
        """Listens no more and ends what goes on. May be called twice."""
        if self._server is None:
            self._socket.close()
            return
        self._server.close()
        tasks = [task for task in self._connections.values() if task is not None]
        for connection in list(self._connections):
            await connection.aclose()
        await asyncio.gather(*tasks, return_exceptions=True)


class LocalConnection:
    """As AsyncLocalConnection, for threads. `close` may be called from another thread than the reader's."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def read(self, limit: int) -> bytes:
        try:
            return self._socket.recv(limit)
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close_writing(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Listener:
    """As AsyncListener, for threads."""

    def __init__(self, host: str, port: int, serve: Callable[[LocalConnection], None]) -> None:
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._serve = serve
        self._lock = threading.Lock()
        self._threads: dict[threading.Thread, LocalConnection] = {}
        self._acceptor = threading.Thread(target=self._accept, name=f"listener on {host}:{self.port}", daemon=True)

    def start(self) -> None:
        self._acceptor.start()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._socket.accept()
            except OSError:
                return  # it is closed
            connection = LocalConnection(accepted)
            thread = threading.Thread(target=self._run, args=(connection,), name="forwarded connection", daemon=True)
            with self._lock:
                self._threads[thread] = connection
            thread.start()

    def _run(self, connection: LocalConnection) -> None:
        try:
            self._serve(connection)
        finally:
            connection.close()
            with self._lock:
                self._threads.pop(threading.current_thread(), None)

    def close(self) -> None:
        """Listens no more and ends what goes on. May be called twice."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._socket.close()
        if self._acceptor.is_alive():
            self._acceptor.join()
        with self._lock:
            running = list(self._threads.items())
        for thread, connection in running:
            connection.close()
            thread.join()
