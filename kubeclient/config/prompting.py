"""Asks a person for a name and a password, once. Ported from client-go tools/clientcmd/auth_loaders.go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .kubeconfig import AuthInfo

__all__ = ["PromptedUser"]


@dataclass
class PromptedUser:
    """Who a person says to be; the answers are kept for as long as this lives.

    `ask` is given what to show, and whether the answer is a secret, and returns the answer.
    """

    ask: Callable[[str, bool], str]
    _known: tuple[str, str] | None = field(default=None, repr=False)

    def identify(self, user: AuthInfo) -> tuple[str, str]:
        """A user's name and password: its own, or those that the person gives."""
        if _identified(user):
            return user.username, user.password
        if self._known is None:
            self._known = (self.ask("Please enter Username: ", False), self.ask("Please enter Password: ", True))
        return self._known


def _identified(user: AuthInfo) -> bool:
    """Whether a server can tell who this is."""
    certificate = user.client_certificate or user.client_certificate_data
    token = user.token or user.token_file
    return bool(user.username or certificate or token or user.auth_provider or user.exec is not None)
