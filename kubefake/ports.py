"""The ports through which the pure rooms receive time, identifiers and randomness. Protocols only."""

from __future__ import annotations

from typing import Protocol

from kubeclient.runtime.protocol import Clock

__all__ = ["Clock", "Ids", "Random"]


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
