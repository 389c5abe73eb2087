"""What informers tell of themselves to whoever counts, and the names under which they are counted.

Only an informer with a name is counted, and each resource under a name once: two that were counted under the same name
would be one in every graph. Ported from client-go tools/cache/{identity,fifo_metrics,reflector_metrics}.go.
"""

from __future__ import annotations

import logging
from typing import Protocol

__all__ = ["InformerMetrics", "InformerName", "InformerNames", "StoreMetrics"]

logger = logging.getLogger("kubeclient.informer")


class InformerMetrics:
    """Hooks that an informer calls. A subclass overrides those it wants; each returns at once and raises nothing."""

    def queued(self, items: int) -> None:
        """So many deltas wait to be taken over."""

    def processed(self, seconds: float) -> None:
        """Deltas were taken over, which took so long."""

    def backlog(self, handler: str, notifications: int) -> None:
        """So many notifications wait for a handler."""

    def stored(self, resource_version: str) -> None:
        """The copy is as new as this."""


class StoreMetrics(Protocol):
    """What makes the hooks of an informer."""

    def __call__(self, name: str, resource: str) -> InformerMetrics:
        """Those for the informer of that name, for that resource."""
        ...


class InformerNames:
    """The names that are taken."""

    def __init__(self) -> None:
        self._taken: dict[str, InformerName] = {}

    def reserve(self, name: str) -> InformerName:
        """Takes a name until it is released. Raises ValueError when it is empty or taken."""
        if not name:
            raise ValueError("the name of an informer must not be empty")
        if name in self._taken:
            raise ValueError(f"the informer name {name!r} is taken already")
        made = self._taken[name] = InformerName(name, self)
        return made

    def _release(self, name: InformerName) -> None:
        if self._taken.get(name.name) is name:
            del self._taken[name.name]


class InformerName:
    """A name that one program part counts its informers under, from `InformerNames.reserve`."""

    def __init__(self, name: str, names: InformerNames) -> None:
        self.name = name
        self._names = names
        self._resources: set[str] = set()
        self._released = False

    def with_resource(self, resource: str) -> bool:
        """Whether that resource may be counted under this name: the first time it is asked for, and not when released."""
        if self._released or resource in self._resources:
            logger.warning("informer %s: %s is not counted, as it would be counted twice", self.name, resource)
            return False
        self._resources.add(resource)
        return True

    def release(self) -> None:
        """Gives the name back; nothing is counted under it from now on. May be called twice."""
        self._released = True
        self._names._release(self)

    def __repr__(self) -> str:
        return f"<InformerName {self.name}{' released' if self._released else ''}>"
