# generated from kubeclient/_async/port_forward.py by .ci/twin.py, do not edit
"""Forwards local ports to ports of a pod.

    forwarder = PortForwarder(transport, "/api/v1/namespaces/default/pods/web/portforward", ["8080:80"], stop=stop)
    forwarder.forward()

Ported from client-go tools/portforward/portforward.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from kubeclient._sync.port_tunnel import PodConnection, PortTunnel, open_tunnel
from kubeclient.machines.port_forward import (
    Address,
    ForwardedPort,
    LostConnectionError,
    listening_problem,
    parse_addresses,
    parse_ports,
)
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime
from kubeclient.transport.listening import Listener, LocalConnection
from kubeclient.transport.protocol import Transport

__all__ = ["PortForwarder"]

_PIECE = 32 * 1024
_LOOK_SECONDS = 0.5
"""How soon a lost connection is noticed by who waits to be stopped: nothing can wait for two events."""

logger = logging.getLogger("kubeclient.portforward")


class PortForwarder:
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
        transport: Transport,
        path: str,
        ports: Sequence[str | int],
        *,
        addresses: Sequence[str] = ("localhost",),
        stop: Event | None = None,
        ready: Event | None = None,
        out: Callable[[str], object] | None = None,
        err: Callable[[str], object] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._addresses = parse_addresses(addresses)
        self._ports = parse_ports(ports)
        self._transport = transport
        self._path = path
        self._runtime = runtime if runtime is not None else current_runtime()
        self._stop = stop if stop is not None else self._runtime.event()
        self._ready = ready
        self._out = out
        self._err = err
        self._listeners: list[Listener] = []

    def forward(self) -> None:
        """Forwards until it is stopped.

        Raises LostConnectionError when the connection to the pod is gone, OSError when no port can be listened on,
        UpgradeFailure when the server does not speak this.
        """
        tunnel = open_tunnel(self._transport, self._path, runtime=self._runtime)
        try:
            self._listen(tunnel)
            if self._ready is not None:
                self._ready.set()
            while not self._stop.wait(_LOOK_SECONDS):
                if tunnel.over.is_set():
                    raise LostConnectionError
        finally:
            tunnel.close()
            for listener in self._listeners:
                listener.close()

    def get_ports(self) -> list[ForwardedPort]:
        """What is forwarded, with the local ports that were found. Raises ValueError before it is ready."""
        if self._ready is None:
            raise ValueError("no Ready channel provided")
        if not self._ready.is_set():
            raise ValueError("listeners not ready")
        return list(self._ports)

    def _listen(self, tunnel: PortTunnel) -> None:
        """Listens for every port; one that cannot be had is told of, and missed only if there is no other."""
        listening = False
        for index, port in enumerate(self._ports):
            outcomes: list[tuple[Address, Exception | None]] = []
            for address in self._addresses:
                try:
                    port = self._ports[index] = self._listen_on(tunnel, address, port)
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

    def _listen_on(self, tunnel: PortTunnel, address: Address, port: ForwardedPort) -> ForwardedPort:
        """Listens on one address; returns the port with its local number."""
        numbers = [port]

        def serve(connection: LocalConnection) -> None:
            self._carry(tunnel, connection, numbers[0])

        listener = Listener(address.address, port.local, serve)
        self._listeners.append(listener)
        numbers[0] = ForwardedPort(listener.port, port.remote)
        listener.start()
        if self._out is not None:
            self._out(f"Forwarding from {address.joined(listener.port)} -> {port.remote}")
        return numbers[0]

    def _carry(self, tunnel: PortTunnel, local: LocalConnection, port: ForwardedPort) -> None:
        """Carries one connection to its end. What the server has against it ends all of them."""
        if self._out is not None:
            self._out(f"Handling connection for {port.local}")
        try:
            remote = tunnel.dial(port.remote)
            with remote:
                sender = self._runtime.spawn(self._send, local, remote, name="forwarded input")
                try:
                    self._receive(local, remote)
                finally:
                    local.close()
                    sender.join()
                message = remote.error()
        except LostConnectionError:
            return
        if message:
            text = f"an error occurred forwarding {port.local} -> {port.remote}: {message}"
            logger.error("%s", text)
            if self._err is not None:
                self._err(text)
            tunnel.over.set()

    @staticmethod
    def _send(local: LocalConnection, remote: PodConnection) -> None:
        try:
            while data := local.read(_PIECE):
                remote.write(data)
            remote.close_writing()
        except LostConnectionError:
            return

    @staticmethod
    def _receive(local: LocalConnection, remote: PodConnection) -> None:
        try:
            while data := remote.read():
                local.write(data)
        except OSError:
            return
