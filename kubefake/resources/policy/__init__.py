"""The policy group: budgets of disruption."""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.apps.validation import at_most_all, int_or_percent
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object, at_least_zero, label_selector, one_of
from kubefake.resources.conditions import check_conditions
from kubefake.resources.core.diffs import go_value
from kubefake.resources.strategy import Context, Strategy

__all__ = ["STRATEGIES"]


def _check(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        text = "minAvailable and maxUnavailable cannot be both set"
        found.append(field.invalid("spec", go_value("policy/v1.PodDisruptionBudgetSpec", spec), text))
    for key in ("minAvailable", "maxUnavailable"):
        value = spec.get(key)
        if value is not None:
            found += int_or_percent(f"spec.{key}", value) + at_most_all(f"spec.{key}", value)
    found += label_selector("spec.selector", spec.get("selector"))
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None:
        found += one_of("spec.unhealthyPodEvictionPolicy", policy, ("AlwaysAllow", "IfHealthyBudget"))
    return found


def _check_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    status = obj.get("status") or {}
    found = check_conditions("status.conditions", status.get("conditions"))
    for key in ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"):
        found += at_least_zero(f"status.{key}", status.get(key))
    return found


STRATEGIES: Mapping[str, Strategy] = {
    "poddisruptionbudgets": BuiltinStrategy("policy", "poddisruptionbudgets", check=_check, check_status=_check_status)
}
