"""What gives credentials to requests that have none: a plugin, a legacy provider. One contract for both colours.

`credential` may block, so that it is called beside the event loop; `valid` never does.
"""

from __future__ import annotations

from typing import Protocol

from kubeclient.machines.exec_credential import Credential

__all__ = ["CredentialSource"]


class CredentialSource(Protocol):
    """Keeps a credential for as long as it is good. Safe for threads."""

    def valid(self) -> Credential | None:
        """The credential that is there, if it can still be used. Never waits."""
        ...

    def credential(self) -> Credential:
        """A credential that has not expired; fetches one where there is none. Raises TransportError."""
        ...

    def refused(self, used: Credential) -> None:
        """The server does not accept a credential: the next request asks for another."""
        ...
