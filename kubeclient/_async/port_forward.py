"""Forwards local ports to ports of a pod.

    forwarder = AsyncPortForwarder(transport, "/api/v1/namespaces/default/pods/web/portforward", ["8080:80"], stop=stop)
    await forwarder.forward()

Ported from client-go tools/portforward/portforward.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from kubeclient._async.port_tunnel import AsyncPodConnection, AsyncPortTunnel, open_tunnel
from kubeclient.machines.port_forward import (
    Address,
    ForwardedPort,
    LostConnectionError,
    listening_problem,
    parse_addresses,
    parse_ports,
)
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime
from kubeclient.transport.listening import AsyncListener, AsyncLocalConnection
from kubeclient.transport.protocol import AsyncTransport

__all__ = ["AsyncPortForwarder"]

_PIECE = 32 * 1024
_LOOK_SECONDS = 0.5
"""How soon a lost connection is noticed by who waits to be stopped: nothing can wait for two events."""

logger = logging.getLogger("kubeclient.portforward")


class AsyncPortForwarder:
    """Listens locally and carries connections to a pod.

    Args:
        transport: one whose streams are WebSockets: `connect(config, websocket=True)`, or a fake cluster's.
        path: of the subresource: `…/pods/web/portforward`.
        ports: `5000`, `8888:5000`, or `:5000` for any free local port.
        addresses: where to listen: `localhost`, which is 127.0.0.1 and ::1, of which one suffices, and IP addresses.
        stop: ends it when it is set.
        ready: is set when it listens.
        out, err: take lines of text: what is forwarded from where, and what goes wrong.

    Raises ValueError for ports and addresses that are none.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        path: str,
        ports: Sequence[str | int],
        *,
        addresses: Sequence[str] = ("localhost",),
        stop: AsyncEvent | None = None,
        ready: AsyncEvent | None = None,
        out: Callable[[str], object] | None = None,
        err: Callable[[str], object] | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self._addresses = parse_addresses(addresses)
        self._ports = parse_ports(ports)
        self._transport = transport
        self._path = path
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._stop = stop if stop is not None else self._runtime.event()
        self._ready = ready
        self._out = out
        self._err = err
        self._listeners: list[AsyncListener] = []

    async def forward(self) -> None:
        """Forwards until it is stopped.

        Raises LostConnectionError when the connection to the pod is gone, OSError when no port can be listened on,
        UpgradeFailure when the server does not speak this.
        """
        tunnel = await open_tunnel(self._transport, self._path, runtime=self._runtime)
        try:
            await self._listen(tunnel)
            if self._ready is not None:
                self._ready.set()
            while not await self._stop.wait(_LOOK_SECONDS):
                if tunnel.over.is_set():
                    raise LostConnectionError
        finally:
            await tunnel.aclose()
            for listener in self._listeners:
                await listener.aclose()

    def get_ports(self) -> list[ForwardedPort]:
        """What is forwarded, with the local ports that were found. Raises ValueError before it is ready."""
        if self._ready is None:
            raise ValueError("no Ready channel provided")
        if not self._ready.is_set():
            raise ValueError("listeners not ready")
        return list(self._ports)

    async def _listen(self, tunnel: AsyncPortTunnel) -> None:
        """Listens for every port; one that cannot be had is told of, and missed only if there is no other."""
        listening = False
        for index, port in enumerate(self._ports):
            outcomes: list[tuple[Address, Exception | None]] = []
            for address in self._addresses:
                try:
                    port = self._ports[index] = await self._listen_on(tunnel, address, port)
                    outcomes.append((address, None))
                except OSError as error:
                    outcomes.append((address, error))
            problem = listening_problem(outcomes)
            if not problem:
                listening = True
            elif self._err is not None:
                self._err(f"Unable to listen on port {port.local}: {problem}")
        if not listening:
            wanted = " ".join(f"{{{port.local} {port.remote}}}" for port in self._ports)
            raise OSError(f"unable to listen on any of the requested ports: [{wanted}]")

    async def _listen_on(self, tunnel: AsyncPortTunnel, address: Address, port: ForwardedPort) -> ForwardedPort:
        """Listens on one address; returns the port with its local number."""
        numbers = [port]

        async def serve(connection: AsyncLocalConnection) -> None:
            await self._carry(tunnel, connection, numbers[0])

        listener = AsyncListener(address.address, port.local, serve)
        self._listeners.append(listener)
        numbers[0] = ForwardedPort(listener.port, port.remote)
        await listener.start()
        if self._out is not None:
            self._out(f"Forwarding from {address.joined(listener.port)} -> {port.remote}")
        return numbers[0]

    async def _carry(self, tunnel: AsyncPortTunnel, local: AsyncLocalConnection, port: ForwardedPort) -> None:
        """Carries one connection to its end. What the server has against it ends all of them."""
        if self._out is not None:
            self._out(f"Handling connection for {port.local}")
        try:
            remote = await tunnel.dial(port.remote)
            async with remote:
                sender = self._runtime.spawn(self._send, local, remote, name="forwarded input")
                try:
                    await self._receive(local, remote)
                finally:
                    await local.aclose()
                    await sender.join()
                message = await remote.error()
        except LostConnectionError:
            return
        if message:
            text = f"an error occurred forwarding {port.local} -> {port.remote}: {message}"
            logger.error("%s", text)
            if self._err is not None:
                self._err(text)
            tunnel.over.set()

    @staticmethod
    async def _send(local: AsyncLocalConnection, remote: AsyncPodConnection) -> None:
        try:
            while data := await local.read(_PIECE):
                await remote.write(data)
            await remote.close_writing()
        except LostConnectionError:
            return

    @staticmethod
    async def _receive(local: AsyncLocalConnection, remote: AsyncPodConnection) -> None:
        try:
            while data := await remote.read():
                await local.write(data)
        except OSError:
            return
