"""From an answer that opens a connection to the endpoint that speaks with the client."""

from __future__ import annotations

from collections.abc import Sequence

from kubefake.containers.opening import CommandOpening, Opening, PortsOpening
from kubefake.streams.channels import CommandChannels
from kubefake.streams.command import CommandStreams
from kubefake.streams.endpoint import Endpoint

__all__ = ["accept"]


def accept(opening: Opening, offered: Sequence[str]) -> Endpoint:
    """The endpoint for a client's WebSocket, with the handler begun. Raises ProtocolRefusedError.

    Args:
        offered: the protocols of the client, its favourite first.
    """
    if isinstance(opening, CommandOpening):
        command = CommandChannels(CommandStreams(opening), offered)
        command.start()
        return command
    assert isinstance(opening, PortsOpening)
    raise AssertionError("ports")
