"""Conditions in the status of objects: found, set and removed by their type, on typed models and on dicts alike.

Ports apimachinery pkg/api/meta/conditions.go. The time of a transition comes from the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .times import Time

__all__ = [
    "find_status_condition",
    "is_status_condition_false",
    "is_status_condition_present_and_equal",
    "is_status_condition_true",
    "remove_status_condition",
    "set_status_condition",
]

_FIELDS = (("reason", "reason"), ("message", "message"), ("observedGeneration", "observed_generation"))


def _get(condition: Any, wire: str, attribute: str) -> Any:
    return condition.get(wire) if isinstance(condition, Mapping) else getattr(condition, attribute, None)


def _set(condition: Any, wire: str, attribute: str, value: Any) -> None:
    if isinstance(condition, dict):
        if value:
            condition[wire] = value
        else:
            condition.pop(wire, None)
    else:
        setattr(condition, attribute, value)


def _moment(condition: Any) -> Any:
    value = _get(condition, "lastTransitionTime", "last_transition_time")
    return None if not value or (isinstance(value, Time) and value.is_zero) else value


def _stamp(condition: Any, now: Time) -> None:
    value = str(now) if isinstance(condition, dict) else now
    _set(condition, "lastTransitionTime", "last_transition_time", value)


def find_status_condition(conditions: Sequence[Any], type: str) -> Any:
    """The condition of that type (itself, no copy), or None."""
    for condition in conditions:
        if _get(condition, "type", "type") == type:
            return condition
    return None


def set_status_condition(conditions: list[Any], new: Any, *, now: Time) -> bool:
    """Brings the condition of the new one's type up to date, or appends the new one. True when something changed.

    The transition time of the new condition counts where it has one; else it becomes `now` when the condition is new or its
    status differs, and stays as it was otherwise.
    """
    existing = find_status_condition(conditions, _get(new, "type", "type"))
    if existing is None:
        if _moment(new) is None:
            _stamp(new, now)
        conditions.append(new)
        return True
    changed = False
    status = _get(new, "status", "status")
    if _get(existing, "status", "status") != status:
        _set(existing, "status", "status", status)
        moment = _moment(new)
        if moment is None:
            _stamp(existing, now)
        else:
            _set(existing, "lastTransitionTime", "last_transition_time", moment)
        changed = True
    for wire, attribute in _FIELDS:
        value = _get(new, wire, attribute)
        # Absent and zero are one.
        if (_get(existing, wire, attribute) or None) != (value or None):
            _set(existing, wire, attribute, value)
            changed = True
    return changed


def remove_status_condition(conditions: list[Any], type: str) -> bool:
    """Removes the condition of that type. True when there was one."""
    kept = [condition for condition in conditions if _get(condition, "type", "type") != type]
    removed = len(kept) != len(conditions)
    conditions[:] = kept
    return removed


def is_status_condition_present_and_equal(conditions: Sequence[Any], type: str, status: str) -> bool:
    """True when there is a condition of that type with that status."""
    condition = find_status_condition(conditions, type)
    return condition is not None and _get(condition, "status", "status") == status


def is_status_condition_true(conditions: Sequence[Any], type: str) -> bool:
    return is_status_condition_present_and_equal(conditions, type, "True")


def is_status_condition_false(conditions: Sequence[Any], type: str) -> bool:
    return is_status_condition_present_and_equal(conditions, type, "False")
