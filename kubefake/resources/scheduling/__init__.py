"""The scheduling.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.strategy import JSONObject, Strategy

__all__ = ["STRATEGIES"]


def _default(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


STRATEGIES: Mapping[str, Strategy] = {
    "priorityclasses": BuiltinStrategy("scheduling.k8s.io", "priorityclasses", default=_default)
}
