"""Deployments, daemon sets, stateful sets and replica sets as apps/v1beta1, apps/v1beta2 and extensions/v1beta1 had them.

Follows pkg/apis/apps/{v1,v1beta1,v1beta2}/conversion.go and pkg/apis/{apps,extensions}/…/defaults.go.
"""

from __future__ import annotations

from typing import Any

from kubefake.resources.legacy.strategy import View
from kubefake.resources.strategy import JSONObject

__all__ = ["VIEWS"]

_ROLLBACK = "deprecated.deployment.rollback.to"
_GENERATION = "deprecated.daemonset.template.generation"
_NO_LIMIT = 2**31 - 1


def _from_template(obj: JSONObject) -> None:
    """Labels and selector are those of the template where there are none: the versions before apps/v1beta2 did that."""
    spec = obj["spec"]
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels:
        if spec.get("selector") is None:
            spec["selector"] = {"matchLabels": dict(labels)}
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)


def _rolling(spec: JSONObject, **parameters: Any) -> None:
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        for name, value in parameters.items():
            rolling.setdefault(name, value)


def _extensions_deployment(obj: JSONObject) -> None:
    _from_template(obj)
    spec = obj["spec"]
    _rolling(spec, maxUnavailable=1, maxSurge=1)
    spec.setdefault("progressDeadlineSeconds", _NO_LIMIT)
    spec.setdefault("revisionHistoryLimit", _NO_LIMIT)


def _beta1_deployment(obj: JSONObject) -> None:
    _from_template(obj)
    obj["spec"].setdefault("revisionHistoryLimit", 2)


def _beta1_stateful_set(obj: JSONObject) -> None:
    _from_template(obj)
    strategy = obj["spec"].setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "OnDelete"


def _extensions_daemon_set(obj: JSONObject) -> None:
    _from_template(obj)
    strategy = obj["spec"].setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "OnDelete"


def _annotate(obj: JSONObject, name: str, value: str) -> None:
    meta = obj["metadata"]
    meta["annotations"] = {**(meta.get("annotations") or {}), name: value}


def _take_annotation(obj: JSONObject, name: str) -> int | None:
    annotations = obj["metadata"].get("annotations") or {}
    try:
        value = int(annotations.get(name, ""))
    except ValueError:
        return None
    del annotations[name]
    if not annotations:
        del obj["metadata"]["annotations"]
    return value


def _rollback_to_stored(obj: JSONObject) -> None:
    wanted = obj["spec"].pop("rollbackTo", None)
    if wanted is not None:
        _annotate(obj, _ROLLBACK, str(wanted.get("revision", 0)))


def _rollback_from_stored(obj: JSONObject) -> None:
    revision = _take_annotation(obj, _ROLLBACK)
    if revision is not None:
        obj["spec"]["rollbackTo"] = {"revision": revision} if revision else {}


def _generation_to_stored(obj: JSONObject) -> None:
    generation = obj["spec"].pop("templateGeneration", None)
    if generation:
        _annotate(obj, _GENERATION, str(generation))


def _generation_from_stored(obj: JSONObject) -> None:
    generation = _take_annotation(obj, _GENERATION)
    if generation:
        obj["spec"]["templateGeneration"] = generation


def _deployment(default: Any) -> View:
    return View(default, _rollback_to_stored, _rollback_from_stored)


VIEWS: dict[tuple[str, str, str], View] = {
    ("apps", "v1beta1", "deployments"): _deployment(_beta1_deployment),
    ("apps", "v1beta1", "statefulsets"): View(_beta1_stateful_set),
    ("extensions", "v1beta1", "daemonsets"): View(
        _extensions_daemon_set, _generation_to_stored, _generation_from_stored
    ),
    ("extensions", "v1beta1", "deployments"): _deployment(_extensions_deployment),
    ("extensions", "v1beta1", "replicasets"): View(_from_template),
}
