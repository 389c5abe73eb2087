"""From an answer that opens a connection to the endpoint that speaks with the client."""

from __future__ import annotations

from collections.abc import Sequence

from kubefake.containers.opening import CommandOpening, Opening, PortsOpening
from kubefake.streams.channels import CommandChannels
from kubefake.streams.command import CommandStreams
from kubefake.streams.command_spdy import CommandSpdy
from kubefake.streams.endpoint import Endpoint, ProtocolRefusedError
from kubefake.streams.port_channels import PortChannels
from kubefake.streams.port_tunnel import PORT_FORWARD, TUNNEL_PREFIX, PortTunnel

__all__ = ["accept", "accept_spdy"]


def accept(opening: Opening, offered: Sequence[str]) -> Endpoint:
    """The endpoint for a client's WebSocket, with the handler begun. Raises ProtocolRefusedError.

    Args:
        offered: the protocols of the client, its favourite first.
    """
    endpoint: CommandChannels | PortChannels | PortTunnel
    if isinstance(opening, CommandOpening):
        endpoint = CommandChannels(CommandStreams(opening), offered)
    else:
        assert isinstance(opening, PortsOpening)
        if TUNNEL_PREFIX + PORT_FORWARD in offered:
            endpoint = PortTunnel(opening, TUNNEL_PREFIX + PORT_FORWARD)
        else:
            endpoint = PortChannels(opening, offered)
    endpoint.start()
    return endpoint


def accept_spdy(opening: Opening, offered: Sequence[str]) -> Endpoint:
    """The endpoint for a client that speaks SPDY itself, whose messages are pieces of it. Raises ProtocolRefusedError."""
    if isinstance(opening, CommandOpening):
        return CommandSpdy(CommandStreams(opening), offered)
    if isinstance(opening, PortsOpening) and PORT_FORWARD in (offered or (PORT_FORWARD,)):
        return PortTunnel(opening, PORT_FORWARD)
    raise ProtocolRefusedError(f"unable to upgrade: unable to negotiate protocol: client supports {list(offered)}")
