"""client-go's `tools/portforward`: local ports that lead to ports of a pod, and connections to them without a local port."""

from __future__ import annotations

from kubeclient._async.port_forward import AsyncPortForwarder
from kubeclient._async.port_tunnel import AsyncPodConnection, AsyncPortTunnel
from kubeclient._async.port_tunnel import open_tunnel as async_open_tunnel
from kubeclient._sync.port_forward import PortForwarder
from kubeclient._sync.port_tunnel import PodConnection, PortTunnel, open_tunnel
from kubeclient.machines.port_forward import ForwardedPort, LostConnectionError
from kubeclient.transport.protocol import UpgradeFailure

__all__ = [
    "AsyncPodConnection",
    "AsyncPortForwarder",
    "AsyncPortTunnel",
    "ForwardedPort",
    "LostConnectionError",
    "PodConnection",
    "PortForwarder",
    "PortTunnel",
    "UpgradeFailure",
    "async_open_tunnel",
    "open_tunnel",
]
