"""The discovery.k8s.io group: endpoint slices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.endpointslices.validation import check_slice, check_slice_update
from kubefake.resources.strategy import JSONObject, Strategy

__all__ = ["STRATEGIES"]

Object = Mapping[str, Any]


class EndpointSliceStrategy(BuiltinStrategy):
    """Slices: a change of labels is a change of what they say; whoever says that there are no endpoints owns that."""

    owned_when_empty = ("endpoints",)

    def generation_matters(self, obj: Object, old: Object) -> bool:
        if (obj["metadata"].get("labels") or {}) != (old["metadata"].get("labels") or {}):
            return True
        return super().generation_matters(obj, old)


def _default(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    for port in obj.get("ports") or ():
        if port.get("name") is None:
            port["name"] = ""
        port.setdefault("protocol", "TCP")


STRATEGIES: Mapping[str, Strategy] = {
    "endpointslices": EndpointSliceStrategy(
        "discovery.k8s.io", "endpointslices", default=_default, check=check_slice, check_update=check_slice_update
    )
}
