"""What controllers agree on: keys of objects and of their owners, and what a reconciliation can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.apimachinery.meta import controller_of, meta_namespace_key, part_of

__all__ = ["ControllerMetrics", "Requeue", "owner_key"]


class ControllerMetrics:
    """Hooks that a controller calls. A subclass overrides those it wants; each returns at once and raises nothing."""

    def reconciled(self, controller: str, result: str, seconds: float) -> None:
        """A reconciliation is over: "success", "requeue" or "error"."""


@dataclass(frozen=True, slots=True)
class Requeue:
    """What a reconciliation returns that wants to be called again.

    Attributes:
        after: in so many seconds, as after a success; None: when the rate limiter allows it, as after a failure.
    """

    after: float | None = None


def owner_key(kind: str, group: str | None = None) -> Callable[[Any], str | None]:
    """The key of the object of that kind that controls an object; None where no such one does.

    Args:
        kind: of the owner.
        group: of the owner; None for any group.
    """

    def key(obj: Any) -> str | None:
        owner = controller_of(obj)
        if owner is None or part_of(owner, "kind", "kind") != kind:
            return None
        if group is not None and GroupVersion.parse(part_of(owner, "apiVersion", "api_version")).group != group:
            return None
        namespace, slash, _ = meta_namespace_key(obj).rpartition("/")
        return f"{namespace}{slash}{part_of(owner, 'name', 'name')}"

    return key
