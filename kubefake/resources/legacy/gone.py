"""Kinds that servers of today have in no version: pod security policies and pod presets.

Follows pkg/apis/policy/v1beta1/defaults.go, pkg/apis/policy/validation and pkg/apis/settings/validation of the last Kubernetes
that had them. They are stored and served; no admission enforces them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import label_selector, one_of
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

Object = Mapping[str, Any]

_RULES = {
    "runAsUser": ("MustRunAs", "MustRunAsNonRoot", "RunAsAny"),
    "runAsGroup": ("MayRunAs", "MustRunAs", "RunAsAny"),
    "seLinux": ("MustRunAs", "RunAsAny"),
    "supplementalGroups": ("MayRunAs", "MustRunAs", "RunAsAny"),
    "fsGroup": ("MayRunAs", "MustRunAs", "RunAsAny"),
}


def _default_policy(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    spec = obj.setdefault("spec", {})
    if spec.get("allowPrivilegeEscalation") is None:
        spec["allowPrivilegeEscalation"] = True


def _check_policy(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    for name, rules in _RULES.items():
        strategy = spec.get(name)
        if strategy is not None:
            found += one_of(f"spec.{name}.rule", strategy.get("rule", ""), rules)
    if spec.get("defaultAllowPrivilegeEscalation") and not spec.get("allowPrivilegeEscalation", True):
        text = (
            "Cannot set DefaultAllowPrivilegeEscalation to true without also setting AllowPrivilegeEscalation to true"
        )
        found.append(field.invalid("spec.defaultAllowPrivilegeEscalation", True, text))
    return found


def _check_preset(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    spec = obj.get("spec") or {}
    found = label_selector("spec.selector", spec.get("selector"))
    if not any(spec.get(name) for name in ("env", "envFrom", "volumes", "volumeMounts")):
        text = "must specify at least one"
        found.append(field.required("spec.volumes, spec.env, spec.envFrom, spec.volumeMounts", text))
    return found


STRATEGIES: Mapping[tuple[str, str], Strategy] = {
    ("policy", "podsecuritypolicies"): BuiltinStrategy(
        "policy", "podsecuritypolicies", default=_default_policy, check=_check_policy
    ),
    ("settings.k8s.io", "podpresets"): BuiltinStrategy("settings.k8s.io", "podpresets", check=_check_preset),
}
