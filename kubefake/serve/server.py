"""The HTTP(S) front door: listens, keeps track of connections, stops in good order."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from email.utils import formatdate
from typing import Any

from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.protocol import AsyncRuntime
from kubefake.faults.door import Door
from kubefake.pipeline.caller import ADMIN, Caller, UserInfo
from kubefake.serve.connection import Connection

__all__ = ["HttpServer"]

_BACKLOG = 128


class HttpServer:
    """Serves a door on a TCP port, within a running event loop.

    Args:
        door: where requests go.
        host: the address to listen on.
        port: the port; 0 for a free one.
        caller: who a client without a certificate is; one without a `user` is known by its request's credentials.
        tls: serve HTTPS with this context. A client certificate that it verifies names the user.
        runtime: carries out delays, and tells the same time as the server behind the door.
    """

    def __init__(
        self,
        door: Door,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        caller: Caller = ADMIN,
        tls: ssl.SSLContext | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self.door = door
        self.host = host
        self.port = port
        self.caller = caller
        self.runtime: AsyncRuntime = AioRuntime() if runtime is None else runtime
        self.loop: asyncio.AbstractEventLoop
        self._tls = tls
        self._listener: asyncio.Server | None = None
        self._connections: dict[Connection, None] = {}
        self._idle = asyncio.Event()
        self._date = (0, "")

    @property
    def url(self) -> str:
        """Where clients find it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self._tls is None else 'https'}://{host}:{self.port}"

    async def start(self) -> None:
        """Begins to listen; `port` and `url` are known afterwards. Raises OSError when the port is taken."""
        self.loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        # Naming the protocol is what makes asyncio, and every accepted socket, know it for TCP.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.host, self.port))
        except BaseException:
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self._listener = await self.loop.create_server(
            lambda: Connection(self), sock=listener, ssl=self._tls, backlog=_BACKLOG
        )

    async def stop(self, grace: float = 1.0) -> None:
        """Takes no new connection, ends watches, waits up to `grace` seconds for answers owed, then breaks off."""
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        for connection in list(self._connections):
            connection.drain()
        await asyncio.sleep(0)  # noqa: TID251  closed connections report themselves in the next turn
        try:
            async with asyncio.timeout(grace):
                while self._connections:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            for connection in list(self._connections):
                connection.abort()
            await asyncio.sleep(0)  # noqa: TID251

    def opened(self, connection: Connection) -> None:
        self._connections[connection] = None

    def lost(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
        if not self._connections:
            self._idle.set()

    def caller_of(self, connection: ssl.SSLObject | None) -> Caller:
        """Who a connection's verified client certificate names: the common name, with its organisations as groups."""
        certificate: dict[str, Any] | None = connection.getpeercert() if connection is not None else None
        if connection is None or not certificate:
            return self.caller
        subject = [pair for part in certificate.get("subject", ()) for pair in part]
        name = next((value for key, value in subject if key == "commonName"), "")
        if not name:
            return self.caller
        groups = tuple(value for key, value in subject if key == "organizationName")
        digest = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
        extra = {"authentication.kubernetes.io/credential-id": (f"X509SHA256={digest}",)}
        user = UserInfo(name, (*groups, "system:authenticated"), extra=extra)
        return Caller(user=user, certified=True)

    def date(self) -> str:
        """The Date header, made anew once a second."""
        second = self.runtime.clock.time_ns() // 1_000_000_000
        if second != self._date[0]:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]
