"""What is wrong with horizontal pod autoscalers, as they are stored.

Follows pkg/apis/autoscaling/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import NEGATIVE, Object, at_least_zero, dns_label, named, one_of
from kubefake.resources.core.quantities import quantity
from kubefake.resources.core.resource_validation import container_resource_name
from kubefake.resources.strategy import Context

__all__ = ["check_autoscaler", "check_autoscaler_status"]

_PARTS = (
    ("object", "Object"),
    ("external", "External"),
    ("pods", "Pods"),
    ("resource", "Resource"),
    ("containerResource", "ContainerResource"),
)
_TYPES = sorted(kind for _, kind in _PARTS)


def check_autoscaler(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """An autoscaler."""
    spec = obj["spec"]
    found: list[FieldError] = []
    low, high = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if low is not None and low < 1:
        found.append(field.invalid("spec.minReplicas", low, "must be greater than or equal to 1"))
    if high == 0:
        found.append(field.required("spec.maxReplicas", "must be set and greater than 0"))
    elif high < 0:
        found.append(field.invalid("spec.maxReplicas", high, "must be greater than or equal to 1"))
    if low is not None and high < low:
        text = "must be greater than or equal to `minReplicas`"
        found.append(field.invalid("spec.maxReplicas", high, text))
    _reference(found, "spec.scaleTargetRef", spec.get("scaleTargetRef") or {})
    metrics = spec.get("metrics") or ()
    for index, metric in enumerate(metrics):
        _metric(found, f"spec.metrics[{index}]", metric)
    if low == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        text = "must specify at least one Object or External metric to support scaling to zero replicas"
        found.append(field.forbidden("spec.metrics", text))
    behavior = spec.get("behavior") or {}
    for key in ("scaleUp", "scaleDown"):
        if behavior.get(key) is not None:
            _rules(found, f"spec.behavior.{key}", behavior[key])
    return found


def _reference(found: list[FieldError], path: str, reference: Object) -> None:
    for key in ("kind", "name"):
        value, here = reference.get(key, ""), f"{path}.{key}"
        found += named(here, value, validation.is_path_segment_name) if value else [field.required(here)]
    version = reference.get("apiVersion", "")
    if version.count("/") > 1:
        text = f"unexpected GroupVersion string: {version}"
        found.append(field.invalid(f"{path}.apiVersion", version, text))
    elif (
        path == "spec.scaleTargetRef"
        and not version.rpartition("/")[0]
        and reference.get("kind") != "ReplicationController"
    ):
        found.append(field.invalid(f"{path}.apiVersion", version, "apiVersion must specify API group"))


def _metric(found: list[FieldError], path: str, metric: Object) -> None:
    kind = metric.get("type", "")
    if not kind:
        found.append(field.required(f"{path}.type", "must specify a metric source type"))
    found += one_of(f"{path}.type", kind, _TYPES)
    present = [(key, part) for key, part in _PARTS if metric.get(key) is not None]
    if present:
        key, part = present[0]
        _source(found, f"{path}.{key}", part, metric[key])
    expected = next((key for key, part in _PARTS if part == kind), "")
    if expected:
        if metric.get(expected) is None:
            text = "must populate information for the given metric source"
            found.append(field.required(f"{path}.{expected}", text))
    else:
        found += one_of(f"{path}.type", kind, _TYPES)
    if len(present) != 1:
        text = "must populate the given metric source only"
        found += [field.forbidden(f"{path}.{key}", text) for key, _ in present if key != expected]


def _source(found: list[FieldError], path: str, kind: str, source: Object) -> None:
    target = source.get("target") or {}
    if kind == "Object":
        _reference(found, f"{path}.describedObject", source.get("describedObject") or {})
    if kind in ("Object", "External", "Pods"):
        name, here = (source.get("metric") or {}).get("name", ""), f"{path}.metric.name"
        wrong = named(here, name, validation.is_path_segment_name)
        found += wrong if name else [field.required(here, "must specify a metric name")]
    else:
        name, here = source.get("name", ""), f"{path}.name"
        if not name:
            found.append(field.required(here, "must specify a resource name"))
        elif kind == "ContainerResource":
            found += container_resource_name(here, name)
    if kind == "ContainerResource":
        container, here = source.get("container", ""), f"{path}.container"
        found += dns_label(here, container) if container else [field.required(here, "must specify a container")]
    _target(found, f"{path}.target", target)
    value, average, use = (target.get(key) is not None for key in ("value", "averageValue", "averageUtilization"))
    if kind == "Object" and not value and not average:
        text = "must set either a target value or averageValue"
        found.append(field.required(f"{path}.target.averageValue", text))
    elif kind == "External":
        if not value and not average:
            text = "must set either a target value for metric or a per-pod target"
            found.append(field.required(f"{path}.target.averageValue", text))
        if value and average:
            text = "may not set both a target value for metric and a per-pod target"
            found.append(field.forbidden(f"{path}.target.value", text))
    elif kind == "Pods" and not average:
        text = "must specify a positive target averageValue"
        found.append(field.required(f"{path}.target.averageValue", text))
    elif kind in ("Resource", "ContainerResource"):
        if not use and not average:
            text = "must set either a target raw value or a target utilization"
            found.append(field.required(f"{path}.target.averageUtilization", text))
        if use and average:
            text = "may not set both a target raw value and a target utilization"
            found.append(field.forbidden(f"{path}.target.averageValue", text))


def _target(found: list[FieldError], path: str, target: Object) -> None:
    kind = target.get("type", "")
    if not kind:
        found.append(field.required(f"{path}.type", "must specify a metric target type"))
    if kind not in ("Utilization", "Value", "AverageValue"):
        text = "must be either Utilization, Value, or AverageValue"
        found.append(field.invalid(f"{path}.type", kind, text))
    given = {key: target[key] for key in ("value", "averageValue") if target.get(key) is not None}
    bad = {key: text for key, text in given.items() if quantity(text).sign <= 0}
    found += [field.invalid(f"{path}.{key}", text, "must be positive") for key, text in bad.items()]
    use = target.get("averageUtilization")
    if use is not None and use < 1:
        found.append(field.invalid(f"{path}.averageUtilization", use, "must be greater than 0"))


def _rules(found: list[FieldError], path: str, rules: Object) -> None:
    window = rules.get("stabilizationWindowSeconds")
    here = f"{path}.stabilizationWindowSeconds"
    if window is not None and window < 0:
        found.append(field.invalid(here, window, "must be greater than or equal to zero"))
    if window is not None and window > 3600:
        found.append(field.invalid(here, window, "must be less than or equal to 3600"))
    if rules.get("selectPolicy") is not None:
        found += one_of(f"{path}.selectPolicy", rules["selectPolicy"], ("Disabled", "Max", "Min"))
    if not rules.get("policies"):
        found.append(field.required(f"{path}.policies", "must specify at least one Policy"))
    for index, policy in enumerate(rules.get("policies") or ()):
        where = f"{path}.policies[{index}]"
        found += one_of(f"{where}.type", policy.get("type", ""), ("Percent", "Pods"))
        value, period = policy.get("value", 0), policy.get("periodSeconds", 0)
        if value <= 0:
            found.append(field.invalid(f"{where}.value", value, "must be greater than zero"))
        if period <= 0:
            found.append(field.invalid(f"{where}.periodSeconds", period, "must be greater than zero"))
        if period > 1800:
            found.append(field.invalid(f"{where}.periodSeconds", period, "must be less than or equal to 1800"))
    tolerance = rules.get("tolerance")
    if tolerance is not None and quantity(tolerance).sign < 0:
        found.append(field.invalid(f"{path}.tolerance", tolerance, NEGATIVE))


def check_autoscaler_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of an autoscaler's status."""
    status = obj.get("status") or {}
    found: list[FieldError] = []
    for key in ("currentReplicas", "desiredReplicas"):
        found += at_least_zero(f"status.{key}", status.get(key))
    return found
