"""The coordination.k8s.io group: leases."""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object, at_least_zero
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]


def _check(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    seconds = spec.get("leaseDurationSeconds")
    if seconds is not None and seconds <= 0:
        found.append(field.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    return found + at_least_zero("spec.leaseTransitions", spec.get("leaseTransitions"))


def _without_election(obj: JSONObject) -> None:
    """Coordinated election is switched off: what it would be told is forgotten."""
    spec = obj.get("spec") or {}
    for key in ("strategy", "preferredHolder"):
        spec.pop(key, None)


STRATEGIES: Mapping[str, Strategy] = {
    "leases": BuiltinStrategy(
        "coordination.k8s.io",
        "leases",
        check=_check,
        on_create=lambda obj, context: _without_election(obj),  # noqa: ARG005
        on_update=lambda obj, old, context: _without_election(obj),  # noqa: ARG005
    )
}
