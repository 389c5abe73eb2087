"""The server's end of a protocol as a front door sees it: messages in, messages out, and a call when there are some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

__all__ = ["Endpoint", "ProtocolRefusedError"]


class ProtocolRefusedError(Exception):
    """None of the protocols that a client offers is spoken here."""


class Endpoint(Protocol):
    """As WatchStream, both ways. A front door polls until there is nothing, then waits for the call.

    Attributes:
        subprotocol: what was settled on; "" for none.
    """

    subprotocol: str

    def receive(self, message: bytes | str) -> None:
        """A message of the client. One that breaks the protocol ends the connection."""
        ...

    def poll(self) -> bytes | str | None:
        """The next message for the client; None when there is none now."""
        ...

    @property
    def ended(self) -> bool:
        """True when nothing will be sent any more."""
        ...

    @property
    def full(self) -> bool:
        """True when the client should be heard no further for now."""
        ...

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Sets the one callback, which is called from any thread when there may be a message, room or an end."""
        ...

    def close(self) -> None:
        """The client is gone. May be called twice."""
        ...
