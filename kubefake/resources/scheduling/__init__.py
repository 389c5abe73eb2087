"""The scheduling.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object, immutable
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

_HIGHEST = 1_000_000_000
_SYSTEM = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


class PriorityClassStrategy(BuiltinStrategy):
    """Priority classes: their generation never moves."""

    def generation_matters(self, obj: Mapping[str, Any], old: Mapping[str, Any]) -> bool:  # noqa: ARG002
        return False


def _default(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


def _check(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    found: list[FieldError] = []
    name, value = obj["metadata"].get("name", ""), obj.get("value", 0)
    if name.startswith("system-"):
        if name not in _SYSTEM:
            problem = f"{name} is not a known system priority class"
        elif value != _SYSTEM[name]:
            problem = f"value of {name} PriorityClass must be {_SYSTEM[name]}"
        else:
            problem = f"globalDefault of {name} PriorityClass must be false" if obj.get("globalDefault") else ""
        if problem:
            text = f"priority class names with 'system-' prefix are reserved for system use only. error: {problem}"
            found.append(field.forbidden("metadata.name", text))
    elif value > _HIGHEST:
        text = f"maximum allowed value of a user defined priority is {_HIGHEST}"
        found.append(field.forbidden("value", text))
    policy = obj.get("preemptionPolicy")
    if policy not in ("PreemptLowerPriority", "Never", None):
        found.append(field.not_supported("preemptionPolicy", policy, ["PreemptLowerPriority", "Never"]))
    return found


def _check_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    found: list[FieldError] = []
    if obj.get("value", 0) != old.get("value", 0):
        found.append(field.forbidden("value", "may not be changed in an update."))
    return found + immutable("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))


STRATEGIES: Mapping[str, Strategy] = {
    "priorityclasses": PriorityClassStrategy(
        "scheduling.k8s.io", "priorityclasses", default=_default, check=_check, check_update=_check_update
    )
}
