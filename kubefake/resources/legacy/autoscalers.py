"""Autoscalers as autoscaling/v2beta1 and v2beta2 had them. The first writes metrics as the annotations of autoscaling/v1 do.

Follows pkg/apis/autoscaling/{v2beta1,v2beta2}/conversion.go.
"""

from __future__ import annotations

from kubefake.resources.autoscaling.conversion import metric_from_old, metric_to_old
from kubefake.resources.autoscaling.defaults import default_autoscaler
from kubefake.resources.legacy.strategy import View
from kubefake.resources.strategy import JSONObject

__all__ = ["VIEWS"]


def _default(obj: JSONObject) -> None:
    spec = obj["spec"]
    if spec.get("minReplicas") is None:
        spec["minReplicas"] = 1
    if not spec.get("metrics"):
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 80}}]


def _default_newer(obj: JSONObject) -> None:
    default_autoscaler(obj, "v2")


def _to_stored(obj: JSONObject) -> None:
    obj["spec"]["metrics"] = [metric_from_old(one) for one in obj["spec"].get("metrics") or ()]
    status = obj.get("status") or {}
    if status.get("currentMetrics") is not None:
        status["currentMetrics"] = [metric_from_old(one, status=True) for one in status["currentMetrics"]]


def _from_stored(obj: JSONObject) -> None:
    obj["spec"]["metrics"] = [metric_to_old(one) for one in obj["spec"].get("metrics") or ()]
    status = obj.get("status") or {}
    if status.get("currentMetrics") is not None:
        status["currentMetrics"] = [metric_to_old(one, status=True) for one in status["currentMetrics"]]


_NAME = "horizontalpodautoscalers"
VIEWS: dict[tuple[str, str, str], View] = {
    ("autoscaling", "v2beta1", _NAME): View(_default, _to_stored, _from_stored, alike=False),
    ("autoscaling", "v2beta2", _NAME): View(_default_newer, alike=False),
}
