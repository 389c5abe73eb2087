"""What decoding fills into horizontal pod autoscalers, in both of their versions.

Follows pkg/apis/autoscaling/{v1,v2}/defaults.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.strategy import JSONObject

__all__ = ["default_autoscaler", "default_metrics"]

_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_KEYS = ("selectPolicy", "stabilizationWindowSeconds", "policies", "tolerance")


def default_autoscaler(obj: JSONObject, version: str) -> None:
    """SetDefaults_HorizontalPodAutoscaler."""
    spec = obj["spec"]
    spec.setdefault("minReplicas", 1)
    if version == "v1":
        # Said by the conversion to the server's own type and back, before anybody is noted as the owner of fields.
        if _METRICS not in (obj["metadata"].get("annotations") or {}):
            spec.setdefault("targetCPUUtilizationPercentage", 80)
        return
    default_metrics(spec)
    behavior = spec.get("behavior")
    if behavior is not None:
        behavior["scaleUp"] = _rules(behavior.get("scaleUp"), 0, [("Pods", 4), ("Percent", 100)])
        behavior["scaleDown"] = _rules(behavior.get("scaleDown"), None, [("Percent", 100)])


def default_metrics(spec: JSONObject) -> None:
    """Without metrics the processors' use decides."""
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _rules(given: Mapping[str, Any] | None, window: int | None, policies: list[tuple[str, int]]) -> JSONObject:
    rules: JSONObject = {}
    if window is not None:
        rules["stabilizationWindowSeconds"] = window
    rules["selectPolicy"] = "Max"
    rules["policies"] = [{"type": kind, "value": value, "periodSeconds": 15} for kind, value in policies]
    for key in _KEYS:
        if given is not None and given.get(key) is not None:
            rules[key] = given[key]
    return rules
