"""The autoscaling group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.autoscaling.conversion import convert_autoscaler
from kubefake.resources.autoscaling.defaults import default_autoscaler
from kubefake.resources.autoscaling.validation import check_autoscaler, check_autoscaler_status
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]


class AutoscalerStrategy(BuiltinStrategy):
    """Horizontal pod autoscalers: two versions, of which the older keeps in annotations what it has no fields for."""

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:  # noqa: ARG002
        obj["status"] = {"desiredReplicas": 0, "currentMetrics": None}

    def convert(self, obj: JSONObject, version: str) -> JSONObject:
        return convert_autoscaler(obj, version)


STRATEGIES: Mapping[str, Strategy] = {
    "horizontalpodautoscalers": AutoscalerStrategy(
        "autoscaling",
        "horizontalpodautoscalers",
        default=default_autoscaler,
        check=check_autoscaler,
        check_status=check_autoscaler_status,
    )
}
