"""The ports through which the pure rooms receive time, identifiers and randomness. Protocols only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kubeclient.runtime.protocol import Clock

__all__ = ["Clock", "Ids", "Random", "Signer"]


class Random(Protocol):
    """A seeded source of decisions. Two sources of one seed and one name give the same numbers for ever."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...

    def randrange(self, stop: int, /) -> int:
        """A whole number in [0, stop)."""
        ...


class Ids(Protocol):
    """Identifiers a cluster hands out; from its seed alone, so that the same seed gives the same bytes."""

    def uid(self) -> str:
        """A new version-4 UUID in its text form."""
        ...

    def name_suffix(self) -> str:
        """Five characters of Kubernetes' safe alphabet, for generateName."""
        ...

    def token(self, length: int) -> str:
        """Random text of that many URL-safe characters."""
        ...


class Signer(Protocol):
    """The key with which a cluster signs the tokens of service accounts.

    Attributes:
        algorithm: its name in JSON Web Signatures: "RS256".
    """

    @property
    def algorithm(self) -> str: ...

    @property
    def key_id(self) -> str:
        """What names the key in tokens and in the key set."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature of some bytes."""
        ...

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether that is this key's signature of those bytes."""
        ...

    def public_key(self) -> Mapping[str, str]:
        """The key as a JSON Web Key."""
        ...
