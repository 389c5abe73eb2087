"""What is wrong with conditions of the common kind, in the status of whatever has them.

Follows k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go (ValidateConditions).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, label_name, one_of

__all__ = ["check_conditions"]

_REASON: Final = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"
_REASONS: Final = (
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or "
    "'_,:', and must end with an alphanumeric character or '_'"
)
_EXAMPLES: Final = ("my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB")
_LONGEST_REASON: Final = 1024
_LONGEST_MESSAGE: Final = 32 * 1024


def check_conditions(path: str, conditions: Sequence[Object] | None) -> list[FieldError]:
    """A list of conditions, each of another type."""
    found: list[FieldError] = []
    seen = set()
    for index, condition in enumerate(conditions or ()):
        here = f"{path}[{index}]"
        kind = condition.get("type", "")
        if kind in seen:
            found.append(field.duplicate(f"{here}.type", kind))
        seen.add(kind)
        found += label_name(f"{here}.type", kind)
        found += one_of(f"{here}.status", condition.get("status", ""), ("False", "True", "Unknown"))
        generation = condition.get("observedGeneration", 0)
        if generation < 0:
            text = "must be greater than or equal to zero"
            found.append(field.invalid(f"{here}.observedGeneration", generation, text))
        if not condition.get("lastTransitionTime"):
            found.append(field.required(f"{here}.lastTransitionTime"))
        found += _reason(f"{here}.reason", condition.get("reason", ""))
        if len(condition.get("message", "").encode()) > _LONGEST_MESSAGE:
            found.append(field.too_long(f"{here}.message", _LONGEST_MESSAGE))
    return found


def _reason(path: str, reason: str) -> list[FieldError]:
    if not reason:
        return [field.required(path)]
    found = []
    if not re.fullmatch(_REASON, reason):
        found.append(field.invalid(path, reason, validation.regex_error(_REASONS, _REASON, *_EXAMPLES)))
    if len(reason) > _LONGEST_REASON:
        found.append(field.too_long(path, _LONGEST_REASON))
    return found
