"""The coordination.k8s.io group: leases."""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object, at_least_zero
from kubefake.resources.strategy import Context, Strategy

__all__ = ["STRATEGIES"]


def _check(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    seconds = spec.get("leaseDurationSeconds")
    if seconds is not None and seconds <= 0:
        found.append(field.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    return found + at_least_zero("spec.leaseTransitions", spec.get("leaseTransitions"))


STRATEGIES: Mapping[str, Strategy] = {"leases": BuiltinStrategy("coordination.k8s.io", "leases", check=_check)}
