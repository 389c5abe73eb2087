"""Conditions of a CustomResourceDefinition's status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["condition", "is_true", "with_condition"]


def condition(crd: Mapping[str, Any], type_name: str) -> Mapping[str, Any] | None:
    """The condition of that type, or None."""
    for entry in (crd.get("status") or {}).get("conditions") or ():
        if entry["type"] == type_name:
            return entry  # type: ignore[no-any-return]
    return None


def is_true(crd: Mapping[str, Any], type_name: str) -> bool:
    """Whether the condition is there with status True."""
    found = condition(crd, type_name)
    return found is not None and found["status"] == "True"


def with_condition(
    status: Mapping[str, Any], type_name: str, value: str, reason: str, message: str, now: str
) -> dict[str, Any]:
    """A status with that condition set; its transition time moves only when its status does."""
    conditions = list(status.get("conditions") or ())
    fresh = {"type": type_name, "status": value, "lastTransitionTime": now, "reason": reason, "message": message}
    for index, entry in enumerate(conditions):
        if entry["type"] == type_name:
            if entry["status"] == value:
                fresh["lastTransitionTime"] = entry.get("lastTransitionTime", now)
            conditions[index] = fresh
            break
    else:
        conditions.append(fresh)
    return {"conditions": conditions, **{key: part for key, part in status.items() if key != "conditions"}}
