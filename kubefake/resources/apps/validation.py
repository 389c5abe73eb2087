"""What is wrong with deployments, daemon sets, stateful sets, replica sets and controller revisions.

Follows pkg/apis/apps/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field, labels, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import (
    Object,
    as_selector,
    at_least_zero,
    dns_label,
    immutable,
    label_map,
    label_selector,
)
from kubefake.resources.core.claim_validation import check_claim_spec
from kubefake.resources.core.pod_validation import check_template
from kubefake.resources.strategy import Context

__all__ = [
    "at_most_all",
    "check_daemon_set",
    "check_daemon_set_update",
    "check_deployment",
    "check_deployment_update",
    "check_replica_set",
    "check_replica_set_update",
    "check_revision",
    "check_revision_update",
    "check_stateful_set",
    "check_stateful_set_update",
    "check_status",
    "int_or_percent",
    "matches",
]

_NO_MATCH = "`selector` does not match template `labels`"


def matches(selector: Object | None, template: Object) -> bool | None:
    """Whether a selector selects the pods of a template; None when it cannot be read, or selects everything."""
    try:
        compiled = labels.from_label_selector(selector)
    except ValueError:
        return None
    return compiled.matches((template.get("metadata") or {}).get("labels") or {})


def _selector(found: list[FieldError], spec: Object, kind: str) -> None:
    selector = spec.get("selector")
    if selector is None:
        found.append(field.required("spec.selector"))
        return
    found += label_selector("spec.selector", selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        found.append(field.invalid("spec.selector", as_selector(selector), f"empty selector is invalid for {kind}"))


def _template(found: list[FieldError], spec: Object, kind: str, word: str) -> None:
    """The template, which must be selected and whose pods must run for ever."""
    selector, template = spec.get("selector"), spec.get("template") or {}
    try:
        compiled = labels.from_label_selector(selector)
    except ValueError:
        found.append(field.invalid("spec.selector", as_selector(selector), word))
        return
    own = (template.get("metadata") or {}).get("labels")
    if selector is None or (not compiled.empty and not compiled.matches(own or {})):
        found.append(field.invalid("spec.template.metadata.labels", own, _NO_MATCH))
    found += check_template("spec.template", template)
    _for_ever(found, template, kind)


def _for_ever(found: list[FieldError], template: Object, kind: str) -> None:
    pod = template.get("spec") or {}
    if pod.get("restartPolicy") != "Always":
        path = "spec.template.spec.restartPolicy"
        found.append(field.not_supported(path, pod.get("restartPolicy", ""), ["Always"]))
    if pod.get("activeDeadlineSeconds") is not None:
        path = "spec.template.spec.activeDeadlineSeconds"
        found.append(field.forbidden(path, f"activeDeadlineSeconds in {kind} is not Supported"))


def _percent(value: Any) -> int | None:
    if isinstance(value, str) and not validation.is_valid_percent(value):
        return int(value[:-1])
    return None


def _amount(value: Any) -> int:
    percent = _percent(value)
    if percent is not None:
        return percent
    if isinstance(value, str):
        return int(value) if value.isdigit() else 0
    return int(value or 0)


def int_or_percent(path: str, value: Any) -> list[FieldError]:
    """A number that is not negative, or a percentage (ValidatePositiveIntOrPercent)."""
    if isinstance(value, str):
        return [field.invalid(path, value, text) for text in validation.is_valid_percent(value)]
    return at_least_zero(path, value)


def at_most_all(path: str, value: Any) -> list[FieldError]:
    """A percentage that is not above a hundred."""
    percent = _percent(value)
    return [field.invalid(path, value, "must not be greater than 100%")] if percent and percent > 100 else []


def check_deployment(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A deployment (ValidateDeploymentSpec)."""
    spec = obj["spec"]
    found = at_least_zero("spec.replicas", spec.get("replicas", 0))
    _selector(found, spec, "deployment")
    _template(found, spec, "ReplicaSet", "invalid label selector")
    strategy = spec.get("strategy") or {}
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    path = "spec.strategy.rollingUpdate"
    if kind == "Recreate":
        if rolling is not None:
            text = "may not be specified when strategy `type` is 'Recreate'"
            found.append(field.forbidden(path, text))
    elif kind == "RollingUpdate":
        _rolling(found, path, rolling or {})
    else:
        shown = Ordered({"Type": kind, "RollingUpdate": _go_rolling(rolling)})
        found.append(field.not_supported("spec.strategy", shown, ["Recreate", "RollingUpdate"]))
    ready, deadline = spec.get("minReadySeconds", 0), spec.get("progressDeadlineSeconds")
    found += at_least_zero("spec.minReadySeconds", ready)
    found += at_least_zero("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    if deadline is not None:
        found += at_least_zero("spec.progressDeadlineSeconds", deadline)
        if deadline <= ready:
            text = "must be greater than minReadySeconds"
            found.append(field.invalid("spec.progressDeadlineSeconds", deadline, text))
    return found


def _go_rolling(rolling: Object | None) -> dict[str, Any] | None:
    if rolling is None:
        return None
    return Ordered({"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)})


def _rolling(found: list[FieldError], path: str, rolling: Object) -> None:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    found += int_or_percent(f"{path}.maxUnavailable", unavailable)
    found += int_or_percent(f"{path}.maxSurge", surge)
    if not _amount(unavailable) and not _amount(surge):
        text = "may not be 0 when `maxSurge` is 0"
        found.append(field.invalid(f"{path}.maxUnavailable", unavailable, text))
    found += at_most_all(f"{path}.maxUnavailable", unavailable)


def check_deployment_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a deployment: not of what it selects."""
    found = check_deployment(obj, context)
    return found + immutable("spec.selector", obj["spec"].get("selector"), old["spec"].get("selector"))


def check_replica_set(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A replica set (ValidateReplicaSetSpec)."""
    spec = obj["spec"]
    found = at_least_zero("spec.replicas", spec.get("replicas", 0))
    found += at_least_zero("spec.minReadySeconds", spec.get("minReadySeconds", 0))
    _selector(found, spec, "deployment")
    _template(found, spec, "ReplicaSet", "invalid label selector")
    return found


def check_replica_set_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a replica set: not of what it selects."""
    found = check_replica_set(obj, context)
    return found + immutable("spec.selector", obj["spec"].get("selector"), old["spec"].get("selector"))


def check_daemon_set(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A daemon set (ValidateDaemonSetSpec)."""
    spec = obj["spec"]
    selector, template = spec.get("selector"), spec.get("template") or {}
    found = label_selector("spec.selector", selector)
    own = (template.get("metadata") or {}).get("labels")
    # Without a selector nothing is selected: a nil selector matches no labels.
    if selector is None or matches(selector, template) is False:
        found.append(field.invalid("spec.template.metadata.labels", own, _NO_MATCH))
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        found.append(field.invalid("spec.selector", as_selector(selector), "empty selector is invalid for daemonset"))
    found += check_template("spec.template", template)
    _for_ever(found, template, "DaemonSet")
    found += at_least_zero("spec.minReadySeconds", spec.get("minReadySeconds", 0))
    strategy = spec.get("updateStrategy") or {}
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "RollingUpdate":
        _daemon_rolling(found, "spec.updateStrategy.rollingUpdate", rolling or {})
    elif kind != "OnDelete":
        shown = Ordered({"Type": kind, "RollingUpdate": _go_rolling(rolling)})
        found.append(field.not_supported("spec.updateStrategy", shown, ["RollingUpdate", "OnDelete"]))
    return found + at_least_zero("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def _daemon_rolling(found: list[FieldError], path: str, rolling: Object) -> None:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    here, there = f"{path}.maxUnavailable", f"{path}.maxSurge"
    found += int_or_percent(here, unavailable) + int_or_percent(there, surge)
    found += at_most_all(here, unavailable) + at_most_all(there, surge)
    if _amount(unavailable) and _amount(surge):
        found.append(field.invalid(there, surge, "may not be set when maxUnavailable is non-zero"))
    elif not _amount(unavailable) and not _amount(surge):
        found.append(field.required(here, "cannot be 0 when maxSurge is 0"))


def check_daemon_set_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a daemon set: not of what it selects."""
    found = immutable("spec.selector", obj["spec"].get("selector"), old["spec"].get("selector"))
    return found + check_daemon_set(obj, context)


def check_stateful_set(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new stateful set (ValidateStatefulSetSpec)."""
    return _stateful(obj["spec"], new=True)


def _stateful(spec: Object, *, new: bool) -> list[FieldError]:
    found: list[FieldError] = []
    management = spec.get("podManagementPolicy", "")
    if management not in ("OrderedReady", "Parallel"):
        path = "spec.podManagementPolicy"
        found.append(field.invalid(path, management, "must be 'OrderedReady' or 'Parallel'"))
    _stateful_strategy(found, spec.get("updateStrategy") or {})
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for key in ("whenDeleted", "whenScaled"):
        if retention.get(key) not in ("Retain", "Delete"):
            path = f"spec.persistentVolumeClaimRetentionPolicy.{key}"
            found.append(field.not_supported(path, retention.get(key, ""), ["Retain", "Delete"]))
    claims = spec.get("volumeClaimTemplates") or ()
    if new:
        for index, claim in enumerate(claims):
            found += check_claim_spec(f"spec.volumeClaimTemplates[{index}].spec", claim.get("spec") or {})
    found += at_least_zero("spec.replicas", spec.get("replicas", 0))
    found += at_least_zero("spec.minReadySeconds", spec.get("minReadySeconds", 0))
    found += at_least_zero("spec.ordinals.start", (spec.get("ordinals") or {}).get("start"))
    if new and spec.get("serviceName"):
        found += dns_label("spec.serviceName", spec["serviceName"])
    _selector(found, spec, "statefulset")
    _stateful_template(found, spec, claims)
    return found


def _stateful_template(found: list[FieldError], spec: Object, claims: Any) -> None:
    template = spec.get("template") or {}
    pod = {key: value for key, value in (template.get("spec") or {}).items() if key not in ("subdomain", "hostname")}
    if claims:
        names = {(claim.get("metadata") or {}).get("name", "") for claim in claims}
        volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in sorted(names)]
        pod["volumes"] = volumes + [v for v in pod.get("volumes") or () if v.get("name") not in names]
    checked: Mapping[str, Any] = {**template, "spec": pod}
    selector, meta = spec.get("selector"), template.get("metadata") or {}
    try:
        compiled = labels.from_label_selector(selector)
    except ValueError:
        found.append(field.invalid("spec.selector", as_selector(selector), ""))
    else:
        if selector is None or (not compiled.empty and not compiled.matches(meta.get("labels") or {})):
            found.append(field.invalid("spec.template.metadata.labels", meta.get("labels"), _NO_MATCH))
        found += check_template("spec.template", checked)
        found += label_map("spec.template.labels", meta.get("labels"))
    _for_ever(found, template, "StatefulSet")


def _stateful_strategy(found: list[FieldError], strategy: Object) -> None:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    path = "spec.updateStrategy"
    shown = None
    if rolling is not None:
        shown = Ordered({"Partition": rolling.get("partition", 0), "MaxUnavailable": rolling.get("maxUnavailable")})
    if kind == "OnDelete":
        if rolling is not None:
            text = "only allowed for updateStrategy 'RollingUpdate'"
            found.append(field.invalid(f"{path}.rollingUpdate", shown, text))
    elif kind == "RollingUpdate":
        if rolling is None:
            return
        found += at_least_zero(f"{path}.rollingUpdate.partition", rolling.get("partition", 0))
        unavailable = rolling.get("maxUnavailable")
        if unavailable is not None:
            here = f"{path}.rollingUpdate.maxUnavailable"
            found += int_or_percent(here, unavailable)
            if not _amount(unavailable):
                found.append(field.invalid(here, unavailable, "cannot be 0"))
            found += at_most_all(here, unavailable)
    else:
        text = "must be 'RollingUpdate' or 'OnDelete'"
        found.append(field.invalid(path, Ordered({"Type": kind, "RollingUpdate": shown}), text))


_CHANGEABLE = (
    "replicas",
    "template",
    "updateStrategy",
    "minReadySeconds",
    "ordinals",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
)
_ONLY = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)


def check_stateful_set_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a stateful set: of few fields only."""
    found = _stateful(obj["spec"], new=False)
    new, before = ({key: value for key, value in one["spec"].items() if key not in _CHANGEABLE} for one in (obj, old))
    if new != before:
        found.append(field.forbidden("spec", _ONLY))
    return found


def check_revision(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A revision, which must hold an object."""
    found = at_least_zero("revision", obj.get("revision", 0))
    data = obj.get("data")
    if data is None:
        found.append(field.required("data", "data is mandatory"))
    elif not isinstance(data, Mapping):
        found.append(field.required("data", "data must be a valid JSON object"))
    return found


def check_revision_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a revision: not of what it holds."""
    found = at_least_zero("revision", obj.get("revision", 0))
    return found + immutable("data", obj.get("data"), old.get("data"))


_COUNTS: Mapping[str, tuple[str, ...]] = {
    "deployments": (
        "observedGeneration",
        "replicas",
        "updatedReplicas",
        "readyReplicas",
        "availableReplicas",
        "unavailableReplicas",
        "terminatingReplicas",
        "collisionCount",
    ),
    "daemonsets": (
        "currentNumberScheduled",
        "numberMisscheduled",
        "desiredNumberScheduled",
        "numberReady",
        "observedGeneration",
        "updatedNumberScheduled",
        "numberAvailable",
        "numberUnavailable",
        "collisionCount",
    ),
    "replicasets": ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"),
    "statefulsets": (
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
        "observedGeneration",
        "collisionCount",
    ),
}
_PARTS: Mapping[str, tuple[str, ...]] = {
    "deployments": ("updatedReplicas", "readyReplicas", "availableReplicas"),
    "replicasets": ("fullyLabeledReplicas", "readyReplicas", "availableReplicas"),
    "statefulsets": ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
}


def check_status(plural: str) -> Any:
    """What checks changes of the status of a workload: counts are not negative, and parts no greater than the whole."""

    def check(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
        status, was = obj.get("status") or {}, old.get("status") or {}
        found: list[FieldError] = []
        for key in _COUNTS[plural]:
            found += at_least_zero(f"status.{key}", status.get(key))
        for key in _PARTS.get(plural, ()):
            if status.get(key, 0) > status.get("replicas", 0):
                text = "cannot be greater than status.replicas"
                found.append(field.invalid(f"status.{key}", status.get(key, 0), text))
        available, ready = status.get("availableReplicas", 0), status.get("readyReplicas", 0)
        if plural in _PARTS and available > ready:
            name = "readyReplicas" if plural != "statefulsets" else "status.readyReplicas"
            found.append(field.invalid("status.availableReplicas", available, f"cannot be greater than {name}"))
        before, after = was.get("collisionCount"), status.get("collisionCount")
        if before is not None and (after or 0) < before:
            found.append(field.invalid("status.collisionCount", after or 0, "cannot be decremented"))
        return found

    return check
