"""Cells of the groups apps, batch, autoscaling and policy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kubeclient.apimachinery import labels
from kubeclient.apimachinery.quantity import Quantity

from .text import (
    Cells,
    JSONMapping,
    age,
    container_cells,
    format_labels,
    format_selector,
    human_duration,
    meta_age,
    name_of,
    seconds_between,
)

__all__ = [
    "controller_revision",
    "cron_job",
    "daemon_set",
    "deployment",
    "horizontal_pod_autoscaler",
    "job",
    "pod_disruption_budget",
    "replica_set",
    "stateful_set",
]


def _template(spec: JSONMapping) -> JSONMapping:
    found: JSONMapping = (spec.get("template") or {}).get("spec") or {}
    return found


def deployment(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    names, images = container_cells(_template(spec))
    return [
        name_of(obj),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        meta_age(obj, now),
        names,
        images,
        str(labels.from_label_selector(spec.get("selector"))),
    ]


def replica_set(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    names, images = container_cells(_template(spec))
    return [
        name_of(obj),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        meta_age(obj, now),
        names,
        images,
        format_selector(spec.get("selector")),
    ]


def stateful_set(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return [name_of(obj), ready, meta_age(obj, now), *container_cells(_template(spec))]


def daemon_set(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    template = _template(spec)
    names, images = container_cells(template)
    return [
        name_of(obj),
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        format_labels(template.get("nodeSelector")),
        meta_age(obj, now),
        names,
        images,
        format_selector(spec.get("selector")),
    ]


def controller_revision(obj: JSONMapping, now: datetime) -> Cells:
    owner = next((o for o in obj["metadata"].get("ownerReferences") or () if o.get("controller")), None)
    controller = "<none>"
    if owner is not None:
        group = owner.get("apiVersion", "").rpartition("/")[0]
        kind = owner.get("kind", "").lower()
        controller = f"{kind}.{group}/{owner.get('name', '')}" if group else f"{kind}/{owner.get('name', '')}"
    return [name_of(obj), controller, obj.get("revision", 0), meta_age(obj, now)]


_JOB_STATES = ("Suspended", "FailureTarget", "SuccessCriteriaMet")


def _job_status(obj: JSONMapping, status: JSONMapping) -> str:
    first: dict[str, bool] = {}
    for condition in status.get("conditions") or ():
        first.setdefault(condition.get("type", ""), condition.get("status") == "True")
    if first.get("Complete"):
        return "Complete"
    if first.get("Failed"):
        return "Failed"
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return next((state for state in _JOB_STATES if first.get(state)), "Running")


def job(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    succeeded = status.get("succeeded", 0)
    if spec.get("completions") is not None:
        completions = f"{succeeded}/{spec['completions']}"
    elif (spec.get("parallelism") or 0) > 1:
        completions = f"{succeeded}/1 of {spec['parallelism']}"
    else:
        completions = f"{succeeded}/1"
    took = ""
    if status.get("startTime"):
        end = datetime.fromisoformat(status["completionTime"]) if status.get("completionTime") else now
        took = human_duration(seconds_between(status["startTime"], end))
    names, images = container_cells(_template(spec))
    state, selector = _job_status(obj, status), format_selector(spec.get("selector"))
    return [name_of(obj), state, completions, took, meta_age(obj, now), names, images, selector]


def cron_job(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    job_spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    names, images = container_cells(_template(job_spec))
    suspend = spec.get("suspend")
    return [
        name_of(obj),
        spec.get("schedule", ""),
        spec.get("timeZone") or "<none>",
        "<unset>" if suspend is None else str(suspend),
        len(status.get("active") or ()),
        age(status["lastScheduleTime"], now) if status.get("lastScheduleTime") else "<none>",
        meta_age(obj, now),
        names,
        images,
        format_selector(job_spec.get("selector")),
    ]


def pod_disruption_budget(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}

    def bound(name: str) -> str:
        return "N/A" if spec.get(name) is None else str(spec[name])

    allowed = status.get("disruptionsAllowed", 0)
    return [name_of(obj), bound("minAvailable"), bound("maxUnavailable"), allowed, meta_age(obj, now)]


# --- autoscaling


_METRICS_ANNOTATION = "autoscaling.alpha.kubernetes.io/metrics"
_CURRENT_ANNOTATION = "autoscaling.alpha.kubernetes.io/current-metrics"


def _from_v1(obj: JSONMapping) -> tuple[list[Any], list[Any]]:
    """Metrics of version 1: the CPU's own fields, and the others in annotations with version 2's older names."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    annotations = obj["metadata"].get("annotations") or {}
    specs = [_v1_metric(m, "target") for m in json.loads(annotations.get(_METRICS_ANNOTATION, "[]"))]
    current = [_v1_metric(m, "current") for m in json.loads(annotations.get(_CURRENT_ANNOTATION, "[]"))]
    if spec.get("targetCPUUtilizationPercentage") is not None:
        target = {"averageUtilization": spec["targetCPUUtilizationPercentage"]}
        specs.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if not current and status.get("currentCPUUtilizationPercentage") is not None:
        now = {"averageUtilization": status["currentCPUUtilizationPercentage"]}
        current.append({"type": "Resource", "resource": {"name": "cpu", "current": now}})
    return specs, current


def _v1_metric(metric: JSONMapping, prefix: str) -> dict[str, Any]:
    """`targetAverageValue` and its like, gathered under `target`."""
    out: dict[str, Any] = {"type": metric.get("type", "")}
    for key, body in metric.items():
        if isinstance(body, dict):
            named = {n.removeprefix(prefix): v for n, v in body.items() if n.startswith(prefix) and n != prefix}
            values = {n[0].lower() + n[1:]: v for n, v in named.items()}
            out[key] = {"name": body.get("name") or body.get("metricName", ""), prefix: values}
    return out


def _quantity(value: object) -> str:
    return str(Quantity(str(value)))


def _metric(spec: JSONMapping, status: JSONMapping) -> str:
    kind = spec.get("type", "")
    key = kind[:1].lower() + kind[1:]
    body = spec.get(key)
    if not isinstance(body, dict):
        return "<unknown type>"
    target, current = body.get("target") or {}, (status.get(key) or {}).get("current") or {}

    def now(field: str) -> str:
        return _quantity(current[field]) if current.get(field) is not None else "<unknown>"

    if kind in ("Resource", "ContainerResource"):
        name = body.get("name", "")
        if target.get("averageValue") is not None:
            return f"{name}: {now('averageValue')}/{_quantity(target['averageValue'])}"
        usage = current.get("averageUtilization")
        shown = "<unknown>" if usage is None else f"{usage}%"
        wanted = target.get("averageUtilization")
        return f"{name}: {shown}/{'<auto>' if wanted is None else f'{wanted}%'}"
    if kind == "Pods":
        return f"{now('averageValue')}/{_quantity(target.get('averageValue', '0'))}"
    if target.get("averageValue") is not None:
        return f"{now('averageValue')}/{_quantity(target['averageValue'])} (avg)"
    return f"{now('value')}/{_quantity(target.get('value', '0'))}"


def _metrics(specs: Sequence[JSONMapping], statuses: Sequence[JSONMapping]) -> str:
    if not specs:
        return "<none>"
    found = [_metric(s, statuses[i] if i < len(statuses) else {}) for i, s in enumerate(specs)]
    text = ", ".join(found[:2])
    return f"{text} + {len(found) - 2} more..." if len(found) > 2 else text


def horizontal_pod_autoscaler(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    reference = spec.get("scaleTargetRef") or {}
    if obj.get("apiVersion") == "autoscaling/v1":
        specs, current = _from_v1(obj)
    else:
        specs, current = spec.get("metrics") or [], status.get("currentMetrics") or []
    minimum = spec.get("minReplicas")
    return [
        name_of(obj),
        f"{reference.get('kind', '')}/{reference.get('name', '')}",
        _metrics(specs, current),
        "<unset>" if minimum is None else str(minimum),
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        meta_age(obj, now),
    ]
