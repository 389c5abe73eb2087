"""Autoscalers as autoscaling/v1 shows them, and back: what it has no fields for rides in annotations.

Follows pkg/apis/autoscaling/v1/conversion.go. The annotations' JSON is part of the API: v1 metrics by their wire names, and the
behaviour by the Go names of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kubefake.resources.autoscaling.defaults import default_metrics
from kubefake.resources.strategy import JSONObject

__all__ = ["convert_autoscaler", "metric_from_old", "metric_to_old"]

_PREFIX = "autoscaling.alpha.kubernetes.io/"
_METRICS, _CURRENT = f"{_PREFIX}metrics", f"{_PREFIX}current-metrics"
_CONDITIONS, _BEHAVIOR = f"{_PREFIX}conditions", f"{_PREFIX}behavior"
_ROUND_TRIP = frozenset({_METRICS, _CURRENT, _CONDITIONS, _BEHAVIOR})
_RULES = ("stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance")

Object = Mapping[str, Any]


def convert_autoscaler(obj: JSONObject, version: str) -> JSONObject:
    """An autoscaler as the version wanted; one that is in that version already comes back as it is."""
    if obj.get("apiVersion") == f"autoscaling/{version}":
        return obj
    return _to_v1(obj) if version == "v1" else _to_v2(obj)


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _decode(annotations: Mapping[str, str], key: str) -> Any:
    try:
        return msgspec.json.decode(annotations[key].encode())
    except (KeyError, msgspec.MsgspecError):
        return None


def _with_annotations(meta: Object, added: Mapping[str, str]) -> JSONObject:
    kept = {key: value for key, value in (meta.get("annotations") or {}).items() if key not in _ROUND_TRIP}
    annotations = dict(sorted({**kept, **added}.items()))
    result = {key: value for key, value in meta.items() if key != "annotations"}
    if annotations:
        result["annotations"] = annotations
    return result


def _is_cpu(metric: Object) -> bool:
    return metric.get("type") == "Resource" and (metric.get("resource") or {}).get("name") == "cpu"


def _to_v1(obj: Object) -> JSONObject:
    spec, status = obj.get("spec", {}), obj.get("status", {})
    added: dict[str, str] = {}
    others, utilization = [], None
    for metric in spec.get("metrics") or ():
        use = (metric.get("resource") or {}).get("target", {}).get("averageUtilization") if _is_cpu(metric) else None
        if use is None:
            others.append(metric_to_old(metric))
        elif utilization is None:
            utilization = use
    if others:
        added[_METRICS] = _encode(others)
    if status.get("currentMetrics"):
        added[_CURRENT] = _encode([metric_to_old(metric, status=True) for metric in status["currentMetrics"]])
    if spec.get("behavior") is not None:
        added[_BEHAVIOR] = _encode(
            {key[0].upper() + key[1:]: _go_rules(spec["behavior"].get(key)) for key in ("scaleUp", "scaleDown")}
        )
    if status.get("conditions"):
        added[_CONDITIONS] = _encode(status["conditions"])
    shown = {key: spec[key] for key in ("scaleTargetRef", "minReplicas", "maxReplicas") if key in spec}
    if utilization is not None:
        shown["targetCPUUtilizationPercentage"] = utilization
    result: JSONObject = {
        "kind": obj["kind"],
        "apiVersion": "autoscaling/v1",
        "metadata": _with_annotations(obj["metadata"], added),
        "spec": shown,
        "status": _status_to_v1(status),
    }
    return result


def _status_to_v1(status: Object) -> JSONObject:
    shown = {key: status[key] for key in ("observedGeneration", "lastScaleTime") if key in status}
    shown["currentReplicas"] = status.get("currentReplicas", 0)
    shown["desiredReplicas"] = status.get("desiredReplicas", 0)
    for metric in status.get("currentMetrics") or ():
        use = (metric.get("resource") or {}).get("current", {}).get("averageUtilization") if _is_cpu(metric) else None
        if use is not None:
            shown["currentCPUUtilizationPercentage"] = use
    return shown


def _go_rules(rules: Object | None) -> JSONObject | None:
    if rules is None:
        return None
    result: JSONObject = {key[0].upper() + key[1:]: rules.get(key) for key in _RULES}
    if rules.get("policies") is not None:
        result["Policies"] = [
            {"Type": p.get("type", ""), "Value": p.get("value", 0), "PeriodSeconds": p.get("periodSeconds", 0)}
            for p in rules["policies"]
        ]
    return result


def _wire_rules(rules: Object | None) -> JSONObject | None:
    if rules is None:
        return None
    result: JSONObject = {}
    for key in _RULES:
        value = rules.get(key[0].upper() + key[1:])
        if value is not None:
            result[key] = value
    if "policies" in result:
        result["policies"] = [{key[0].lower() + key[1:]: v for key, v in p.items()} for p in result["policies"]]
    return result


# Per metric type: the v2 part's name, and pairs of (path in v2, name in v1); the target stands for `current` in a status.
_PARTS: Mapping[str, tuple[str, tuple[tuple[tuple[str, ...], str], ...]]] = {
    "Resource": (
        "resource",
        (
            (("name",), "name"),
            (("target", "averageUtilization"), "targetAverageUtilization"),
            (("target", "averageValue"), "targetAverageValue"),
        ),
    ),
    "ContainerResource": (
        "containerResource",
        (
            (("name",), "name"),
            (("target", "averageUtilization"), "targetAverageUtilization"),
            (("target", "averageValue"), "targetAverageValue"),
            (("container",), "container"),
        ),
    ),
    "Pods": (
        "pods",
        (
            (("metric", "name"), "metricName"),
            (("target", "averageValue"), "targetAverageValue"),
            (("metric", "selector"), "selector"),
        ),
    ),
    "Object": (
        "object",
        (
            (("describedObject",), "target"),
            (("metric", "name"), "metricName"),
            (("target", "value"), "targetValue"),
            (("metric", "selector"), "selector"),
            (("target", "averageValue"), "averageValue"),
        ),
    ),
    "External": (
        "external",
        (
            (("metric", "name"), "metricName"),
            (("metric", "selector"), "metricSelector"),
            (("target", "value"), "targetValue"),
            (("target", "averageValue"), "targetAverageValue"),
        ),
    ),
}


def _v1_name(name: str, *, status: bool) -> str:
    return f"current{name[6:]}" if status and name.startswith("target") and name != "target" else name


def metric_to_old(metric: Object, *, status: bool = False) -> JSONObject:
    """A metric of autoscaling/v2 as v1's annotations and v2beta1 write it; of the status with `status`."""
    kind = metric.get("type", "")
    result: JSONObject = {"type": kind}
    if kind not in _PARTS:
        return result
    part, pairs = _PARTS[kind]
    source = metric.get(part) or {}
    shown: JSONObject = {}
    for path, name in pairs:
        value: Any = source
        for key in path:
            value = (value or {}).get("current" if status and key == "target" else key)
        if value is None and name in ("targetValue", "targetAverageValue") and _always(kind, name, status=status):
            value = "0"
        if value is not None:
            shown[_v1_name(name, status=status)] = value
    result[part] = shown
    return result


def _always(kind: str, name: str, *, status: bool) -> bool:
    """Whether v1 writes a quantity that there is none of."""
    if kind == "Pods":
        return True
    if name == "targetValue":
        return kind == "Object" or (status and kind == "External")
    return status and kind in ("Resource", "ContainerResource")


def metric_from_old(metric: Object, *, status: bool = False) -> JSONObject:
    """The other way round."""
    kind = metric.get("type", "")
    result: JSONObject = {"type": kind}
    if kind not in _PARTS:
        return result
    part, pairs = _PARTS[kind]
    source = metric.get(part) or {}
    here: JSONObject = {}
    target: JSONObject = {}
    for path, name in pairs:
        value = source.get(_v1_name(name, status=status))
        if value is None:
            continue
        if path[0] == "target":
            if not (kind == "Object" and path[1] == "value" and value == "0" and source.get("averageValue")):
                target[path[1]] = value
        elif len(path) == 2:
            here.setdefault(path[0], {})[path[1]] = value
        else:
            here[path[0]] = value
    if status:
        here["current"] = target
    else:
        what = "Utilization" if "averageUtilization" in target else "Value" if "value" in target else "AverageValue"
        if kind == "Object" and "averageValue" in target:
            what = "AverageValue"
        here["target"] = {"type": what, **target}
    result[part] = here
    return result


def _to_v2(obj: Object) -> JSONObject:
    given, was = obj.get("spec", {}), obj.get("status", {})
    annotations = obj["metadata"].get("annotations") or {}
    spec = {key: given[key] for key in ("scaleTargetRef", "minReplicas", "maxReplicas") if key in given}
    metrics = [metric_from_old(metric) for metric in _decode(annotations, _METRICS) or ()]
    utilization = given.get("targetCPUUtilizationPercentage")
    if utilization is not None:
        target = {"type": "Utilization", "averageUtilization": utilization}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    default_metrics(spec)
    behavior = _decode(annotations, _BEHAVIOR)
    if isinstance(behavior, dict) and any(value is not None for value in behavior.values()):
        rules = {key: _wire_rules(behavior.get(key[0].upper() + key[1:])) for key in ("scaleUp", "scaleDown")}
        spec["behavior"] = {key: value for key, value in rules.items() if value is not None}
    status = {key: was[key] for key in ("observedGeneration", "lastScaleTime", "currentReplicas") if key in was}
    status["desiredReplicas"] = was.get("desiredReplicas", 0)
    current = _decode(annotations, _CURRENT)
    if current is not None:
        status["currentMetrics"] = [metric_from_old(metric, status=True) for metric in current]
    elif was.get("currentCPUUtilizationPercentage") is not None:
        use = {"averageUtilization": was["currentCPUUtilizationPercentage"]}
        status["currentMetrics"] = [{"type": "Resource", "resource": {"name": "cpu", "current": use}}]
    else:
        status["currentMetrics"] = None
    conditions = _decode(annotations, _CONDITIONS)
    if conditions:
        status["conditions"] = conditions
    return {
        "kind": obj["kind"],
        "apiVersion": "autoscaling/v2",
        "metadata": _with_annotations(obj["metadata"], {}),
        "spec": spec,
        "status": status,
    }
