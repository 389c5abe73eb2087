"""Pods: their defaults, their first status, how long they are given to end, and what their status may change.

Follows pkg/registry/core/pod/strategy.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.builtin import BuiltinStrategy, as_errors, nested
from kubefake.resources.core.pod_defaults import default_pod
from kubefake.resources.core.pod_subresources import check_ephemeral, check_resize, keep_ephemeral, keep_resize
from kubefake.resources.core.pod_update import check_pod_status_update, check_pod_update
from kubefake.resources.core.pod_validation import check_pod
from kubefake.resources.core.pod_warnings import warn_new_pod, warn_pod
from kubefake.resources.core.qos import qos_class
from kubefake.resources.strategy import Context, FieldError, JSONObject

__all__ = ["PodStrategy"]

Object = Mapping[str, Any]


def _first_ip(obj: Object) -> str:
    addresses = obj.get("status", {}).get("podIPs") or ()
    return str(addresses[0].get("ip", "")) if addresses else ""


def _host_network(obj: Object) -> str:
    return "true" if obj.get("spec", {}).get("hostNetwork") else "false"


_FIELDS = {
    "spec.nodeName": nested("spec", "nodeName"),
    "spec.host": nested("spec", "nodeName"),
    "spec.restartPolicy": nested("spec", "restartPolicy"),
    "spec.schedulerName": nested("spec", "schedulerName"),
    "spec.serviceAccountName": nested("spec", "serviceAccountName"),
    "spec.hostNetwork": _host_network,
    "status.phase": nested("status", "phase"),
    "status.podIP": _first_ip,
    "status.podIPs": nested("status", "nothing"),
    "status.nominatedNodeName": nested("status", "nominatedNodeName"),
}


_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"


def _confine(spec: JSONObject, annotations: Object) -> None:
    """Says in fields what annotations said of containers' AppArmor profiles (applyAppArmorVersionSkew)."""
    if not any(key.startswith(_APP_ARMOR) for key in annotations):
        return
    for key in ("initContainers", "containers"):
        for container in spec.get(key) or ():
            profile = _profile(annotations.get(_APP_ARMOR + container.get("name", ""), ""))
            context = container.get("securityContext") or {}
            if profile and context.get("appArmorProfile") is None:
                container["securityContext"] = {**context, "appArmorProfile": profile}


def _drop_gated(spec: JSONObject) -> None:
    """Forgets what is behind gates that are shut."""
    spec.pop("schedulingGroup", None)
    for volume in spec.get("volumes") or ():
        for source in (volume.get("projected") or {}).get("sources") or ():
            source.pop("clusterTrustBundle", None)
            source.pop("podCertificate", None)


def _profile(text: str) -> JSONObject:
    kinds = {"runtime/default": "RuntimeDefault", "unconfined": "Unconfined"}
    if text in kinds:
        return {"type": kinds[text]}
    name = text.removeprefix("localhost/")
    return {"type": "Localhost", "localhostProfile": name} if name != text and name else {}


class PodStrategy(BuiltinStrategy):
    """The habits of pods."""

    def __init__(self) -> None:
        super().__init__(
            "",
            "pods",
            default=default_pod,
            check=check_pod,
            check_update=check_pod_update,
            check_status=check_pod_status_update,
            warn=warn_pod,
            fields=_FIELDS,
            status_resets=(("f:spec",), ("f:metadata", "f:deletionTimestamp"), ("f:metadata", "f:ownerReferences")),
        )

    def default(self, obj: JSONObject, version: str) -> None:
        super().default(obj, version)
        if obj.get("status"):
            _follow_ips(obj["status"])

    def forewarnings(self, obj: Object) -> list[str]:
        return warn_new_pod(obj)

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:
        spec = obj["spec"]
        if spec.get("terminationGracePeriodSeconds", 0) < 0:
            spec["terminationGracePeriodSeconds"] = 1
        status: JSONObject = {"phase": "Pending"}
        if spec.get("schedulingGates"):
            status["conditions"] = [
                {
                    "type": "PodScheduled",
                    "status": "False",
                    "lastProbeTime": None,
                    "lastTransitionTime": context.now,
                    "reason": "SchedulingGated",
                    "message": "Scheduling is blocked due to non-empty scheduling gates",
                }
            ]
        status["qosClass"] = qos_class(spec)
        obj["status"] = status
        _confine(spec, obj["metadata"].get("annotations") or {})
        _drop_gated(spec)
        _merge_label_keys(obj)

    def prepare_for_update(self, obj: JSONObject, old: Object, context: Context) -> None:
        if context.subresource == "ephemeralcontainers":
            keep_ephemeral(obj, old)
        elif context.subresource == "resize":
            keep_resize(obj, old)
        elif not context.subresource and obj["spec"].get("terminationGracePeriodSeconds", 0) < 0:
            obj["spec"]["terminationGracePeriodSeconds"] = 1

    def validate_update(self, obj: Object, old: Object, context: Context) -> list[FieldError]:
        if context.subresource == "ephemeralcontainers":
            return as_errors(check_ephemeral(obj, old))
        if context.subresource == "resize":
            return as_errors(check_resize(obj, old))
        return super().validate_update(obj, old, context)

    def prepare_for_status_update(self, obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG002
        meta, before = obj["metadata"], old["metadata"]
        meta.pop("deletionTimestamp", None)
        if "deletionTimestamp" in before:
            meta["deletionTimestamp"] = before["deletionTimestamp"]
        if before.get("ownerReferences"):
            meta["ownerReferences"] = before["ownerReferences"]
        else:
            meta.pop("ownerReferences", None)
        status, was = obj.setdefault("status", {}), old.get("status", {})
        if not status.get("qosClass") and was.get("qosClass"):
            status["qosClass"] = was["qosClass"]
        if not status.get("observedGeneration") and was.get("observedGeneration"):
            status["observedGeneration"] = was["observedGeneration"]
        seen: dict[str, list[int]] = {}
        for condition in was.get("conditions") or ():
            seen.setdefault(condition.get("type", ""), []).append(condition.get("observedGeneration", 0))
        for condition in status.get("conditions") or ():
            known = seen.get(condition.get("type", ""))
            generation = known.pop(0) if known else 0
            if generation and not condition.get("observedGeneration"):
                condition["observedGeneration"] = generation

    def grace_seconds(self, obj: Object, requested: int | None) -> int | None:
        """What was asked for or the pod says; a pod that is on no node, or has ended, goes at once."""
        spec = obj.get("spec", {})
        seconds = spec.get("terminationGracePeriodSeconds", 0) if requested is None else requested
        if not spec.get("nodeName") or obj.get("status", {}).get("phase") in ("Failed", "Succeeded"):
            return 0
        return max(int(seconds), 0) if seconds >= 0 else 1


def _follow_ips(status: JSONObject) -> None:
    """Keeps podIP and podIPs, hostIP and hostIPs in step (Convert_v1_PodStatus_To_core_PodStatus)."""
    for one, many in (("podIP", "podIPs"),):
        first, listed = status.get(one), status.get(many)
        if first and (not listed or listed[0].get("ip") != first):
            status[many] = [{"ip": first}]
        elif listed and not first:
            status[one] = listed[0].get("ip", "")


def _merge_label_keys(obj: JSONObject) -> None:
    """Selectors that name label keys get the pod's own values for them (mutatePodAffinity and its spread twin)."""
    spec, labels = obj["spec"], obj["metadata"].get("labels") or {}
    affinity = spec.get("affinity") or {}
    for key in ("podAffinity", "podAntiAffinity"):
        side = affinity.get(key) or {}
        terms = list(side.get("requiredDuringSchedulingIgnoredDuringExecution") or ())
        weighted = side.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [term.get("podAffinityTerm", {}) for term in weighted]
        for term in terms:
            _add_expressions(term, labels)
    for constraint in spec.get("topologySpreadConstraints") or ():
        if constraint.get("matchLabelKeys"):
            _add_expressions(constraint, labels)


def _add_expressions(term: JSONObject, labels: Mapping[str, str]) -> None:
    selector = term.get("labelSelector")
    if selector is None:
        return
    for keys, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
        for key in term.get(keys) or ():
            if key in labels:
                expression = {"key": key, "operator": operator, "values": [labels[key]]}
                selector.setdefault("matchExpressions", []).append(expression)
