"""The flowcontrol.apiserver.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.flowcontrol.schema_validation import check_schema
from kubefake.resources.flowcontrol.validation import check_level
from kubefake.resources.strategy import JSONObject, Strategy

__all__ = ["STRATEGIES"]

_GROUP = "flowcontrol.apiserver.k8s.io"


def _default_schema(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    spec = obj["spec"]
    if not spec.get("matchingPrecedence"):
        spec["matchingPrecedence"] = 1000


def _default_level(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    spec = obj["spec"]
    exempt, limited = spec.get("exempt"), spec.get("limited")
    if exempt is not None:
        if exempt.get("nominalConcurrencyShares") is None:
            exempt["nominalConcurrencyShares"] = 0
        exempt.setdefault("lendablePercent", 0)
    if limited is not None:
        if limited.get("nominalConcurrencyShares") is None:
            limited["nominalConcurrencyShares"] = 30
        limited.setdefault("lendablePercent", 0)
        queuing = (limited.get("limitResponse") or {}).get("queuing")
        if queuing is not None:
            for key, value in (("queues", 64), ("handSize", 8), ("queueLengthLimit", 50)):
                if not queuing.get(key):
                    queuing[key] = value


STRATEGIES: Mapping[str, Strategy] = {
    "flowschemas": BuiltinStrategy(_GROUP, "flowschemas", default=_default_schema, check=check_schema),
    "prioritylevelconfigurations": BuiltinStrategy(
        _GROUP, "prioritylevelconfigurations", default=_default_level, check=check_level
    ),
}
