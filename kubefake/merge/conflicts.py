"""What an apply says when others own what it would change. Words only.

Follows k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go. Go lists the causes of several managers in random
order; here they are in the order of the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kubeclient.apimachinery.errors import StatusError, new_apply_conflict
from kubeclient.apimachinery.status import CAUSE_FIELD_MANAGER_CONFLICT, StatusCause

from .fieldset import Path, path_text
from .managed import Key

__all__ = ["Conflict", "conflict_error"]


class Conflict(NamedTuple):
    """A field that an apply would change, and who owns it."""

    manager: Key
    path: Path


def conflict_error(conflicts: Sequence[Conflict]) -> StatusError:
    """The Conflict that the server answers an apply with."""
    by_manager: dict[Key, list[str]] = {}
    for conflict in conflicts:
        by_manager.setdefault(conflict.manager, []).append(path_text(conflict.path))
    managers = sorted(by_manager, key=Key.identifier)
    causes = [
        StatusCause(reason=CAUSE_FIELD_MANAGER_CONFLICT, message=f"conflict with {manager}", field=path)
        for manager in managers
        for path in by_manager[manager]
    ]
    if len(conflicts) == 1:
        message = f"Apply failed with 1 conflict: conflict with {managers[0]}: {by_manager[managers[0]][0]}"
    else:
        lines: list[str] = []
        for manager in managers:
            lines.append(f"conflicts with {manager}:")
            lines += [f"- {path}" for path in by_manager[manager]]
        message = f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)
    return new_apply_conflict(causes, message)
