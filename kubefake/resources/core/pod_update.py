"""What may change of a pod once it is there.

Follows pkg/apis/core/validation/validation.go (ValidatePodUpdate, ValidatePodStatusUpdate).
"""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import Object, ip_for_legacy_field, is_ip, label_name
from kubefake.resources.core.diffs import go_value, spec_diff
from kubefake.resources.core.pod_validation import check_pod_metadata_and_spec
from kubefake.resources.core.scheduling_validation import check_tolerations
from kubefake.resources.strategy import Context

__all__ = ["check_pod_status_update", "check_pod_update"]

_MAX_INT32 = 2**31 - 1
_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_MIRROR = "kubernetes.io/config.mirror"


def check_pod_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a pod: images, deadlines, more tolerations, fewer gates."""
    found = check_pod_metadata_and_spec(obj)
    _mirror(found, obj, old)
    spec, before = obj["spec"], old["spec"]
    for key in ("containers", "initContainers"):
        containers = spec.get(key) or ()
        if len(containers) != len(before.get(key) or ()):
            found.append(field.forbidden(f"spec.{key}", "pod updates may not add or remove containers"))
            return found
        for index, container in enumerate(containers):
            image, here = container.get("image", ""), f"spec.{key}[{index}].image"
            if not image:
                found.append(field.required(here))
            if image.strip() != image:
                found.append(field.invalid(here, image, "must not have leading or trailing whitespace"))
    if not _deadline(found, spec, before):
        return found
    _tolerations(found, spec, before)
    _gates(found, spec, before)
    if spec == before:
        return found
    munged = _munged(found, spec, before)
    if munged != before:
        text = f"pod updates may not change fields other than {_UPDATABLE}\n"
        found.append(field.forbidden("spec", text + spec_diff("PodSpec", before, munged)))
    return found


def _mirror(found: list[FieldError], obj: Object, old: Object) -> None:
    new, before = (o["metadata"].get("annotations") or {} for o in (obj, old))
    if new.get(_MIRROR) != before.get(_MIRROR):
        path = f"metadata.annotations[{_MIRROR}]"
        text = (
            "may not remove or update mirror pod annotation"
            if _MIRROR in before
            else "may not add mirror pod annotation"
        )
        found.append(field.forbidden(path, text))


def _deadline(found: list[FieldError], spec: Object, before: Object) -> bool:
    path = "spec.activeDeadlineSeconds"
    new, old = spec.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")
    if new is None:
        if old is not None:
            found.append(field.invalid(path, None, "must not update from a positive integer to nil value"))
        return True
    if not 0 <= new <= _MAX_INT32:
        found.append(field.invalid(path, new, validation.inclusive_range_error(0, _MAX_INT32)))
        return False
    if old is not None and old < new:
        found.append(field.invalid(path, new, "must be less than or equal to previous value"))
        return False
    return True


def _but_seconds(toleration: Object) -> dict[str, Any]:
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


def _tolerations(found: list[FieldError], spec: Object, before: Object) -> None:
    new = [_but_seconds(toleration) for toleration in spec.get("tolerations") or ()]
    for toleration in before.get("tolerations") or ():
        if _but_seconds(toleration) not in new:
            text = "existing toleration can not be modified except its tolerationSeconds"
            found.append(field.forbidden("spec.tolerations", text))
            return
    found += check_tolerations("spec.tolerations", spec.get("tolerations"))


def _gates(found: list[FieldError], spec: Object, before: Object) -> None:
    known = {gate.get("name") for gate in before.get("schedulingGates") or ()}
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        name = gate.get("name", "")
        if name not in known:
            text = f"only deletion is allowed, but found new scheduling gate '{name}'"
            found.append(field.forbidden(f"spec.schedulingGates[{index}].name", text))


def _munged(found: list[FieldError], spec: Object, before: Object) -> dict[str, Any]:
    """The new spec without the changes that are allowed."""
    munged = dict(spec)
    for key in ("containers", "initContainers"):
        if spec.get(key):
            munged[key] = [
                {**container, "image": was.get("image", "")}
                for container, was in zip(spec[key], before[key], strict=True)
            ]
    for key in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        munged.pop(key, None)
        if before.get(key) is not None:
            munged[key] = before[key]
    if before.get("terminationGracePeriodSeconds", 0) < 0 and munged.get("terminationGracePeriodSeconds") == 1:
        munged["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    if before.get("schedulingGates"):
        _gated(found, munged, before)
    return munged


def _gated(found: list[FieldError], munged: dict[str, Any], before: Object) -> None:
    """A gated pod may ask for less of the cluster, never for more."""
    old, new = before.get("nodeSelector") or {}, munged.get("nodeSelector") or {}
    if old != new:
        if any(new.get(key) != value for key, value in old.items()):
            text = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
            found.append(field.invalid("spec.nodeSelector", new or None, text))
        munged.pop("nodeSelector", None)
        if "nodeSelector" in before:
            munged["nodeSelector"] = before["nodeSelector"]
    affinity, was = munged.get("affinity") or {}, before.get("affinity") or {}
    if affinity.get("nodeAffinity") != was.get("nodeAffinity"):
        _node_affinity(found, affinity.get("nodeAffinity"), was.get("nodeAffinity"))
        merged = {key: value for key, value in affinity.items() if key != "nodeAffinity"}
        if was.get("nodeAffinity") is not None:
            merged["nodeAffinity"] = was["nodeAffinity"]
        munged.pop("affinity", None)
        if merged or "affinity" in before:
            munged["affinity"] = merged


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _node_affinity(found: list[FieldError], new: Object | None, old: Object | None) -> None:
    path = f"spec.affinity.nodeAffinity.{_REQUIRED}"
    terms = ((old or {}).get(_REQUIRED) or {}).get("nodeSelectorTerms")
    if not terms:
        return
    wanted = ((new or {}).get(_REQUIRED) or {}).get("nodeSelectorTerms") or []
    here = f"{path}.nodeSelectorTerms"
    if len(wanted) != len(terms):
        text = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        shown = [go_value("core/v1.NodeSelectorTerm", term) for term in wanted]
        found.append(field.invalid(here, shown, text))
        return
    for index, (term, was) in enumerate(zip(wanted, terms, strict=True)):
        for key in ("matchExpressions", "matchFields"):
            had = was.get(key) or []
            empty = not was.get("matchExpressions") and not was.get("matchFields")
            if (term.get(key) or [])[: len(had)] != had or (empty and term.get(key)):
                text = "only additions are allowed (no mutations or deletions)"
                shown = go_value("core/v1.NodeSelectorTerm", term)
                found.append(field.invalid(f"{here}[{index}]", shown, text))
                break


def check_pod_status_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a pod's status."""
    status, was = obj.get("status", {}), old.get("status", {})
    found = _conditions(status)
    if obj["spec"].get("nodeName") != old["spec"].get("nodeName"):
        found.append(field.forbidden("status.nodeName", "may not be changed directly"))
    nominated = status.get("nominatedNodeName")
    if nominated:
        found += [
            field.invalid("status.nominatedNodeName", nominated, text)
            for text in validation.is_dns1123_subdomain(nominated)
        ]
        if obj["spec"].get("nodeName") and nominated != was.get("nominatedNodeName"):
            text = "may not be set on pods that are already bound to a node"
            found.append(field.forbidden("status.nominatedNodeName", text))
    for key in ("observedGeneration",):
        value = status.get(key, 0)
        if value < 0:
            found.append(field.invalid(f"status.{key}", value, "must be a non-negative integer"))
        elif value < was.get(key, 0):
            found.append(field.invalid(f"status.{key}", value, "must not be decremented"))
    found += _restarted(obj["spec"].get("restartPolicy"), status, was)
    found += _addresses(status, was)
    if was.get("qosClass") and status.get("qosClass") != was["qosClass"]:
        found.append(field.invalid("status.qosClass", status.get("qosClass", ""), "field is immutable"))
    return found + _claims(obj["spec"], status)


def _restarted(policy: str | None, status: Object, was: Object) -> list[FieldError]:
    """Containers that ended for good do not run again (ValidateContainerStateTransition)."""
    found: list[FieldError] = []
    if policy == "Always":
        return found
    for key in ("containerStatuses", "initContainerStatuses"):
        now = {one.get("name"): (one.get("state") or {}).get("terminated") for one in status.get(key) or ()}
        for index, one in enumerate(was.get(key) or ()):
            ended = (one.get("state") or {}).get("terminated")
            if ended is None or (ended.get("exitCode", 0) != 0 and policy == "OnFailure"):
                continue
            if one.get("name") in now and now[one.get("name")] is None:
                text = "may not be transitioned to non-terminated state"
                found.append(field.forbidden(f"status.{key}[{index}].state", text))
    return found


def _claims(spec: Object, status: Object) -> list[FieldError]:
    known = {claim.get("name") for claim in spec.get("resourceClaims") or ()}
    text = "must match the name of an entry in `spec.resourceClaims`"
    return [
        field.invalid(f"status.resourceClaimStatuses[{index}].name", one.get("name", ""), text)
        for index, one in enumerate(status.get("resourceClaimStatuses") or ())
        if one.get("name") not in known
    ]


def _conditions(status: Object) -> list[FieldError]:
    found: list[FieldError] = []
    builtin = {"PodScheduled", "Ready", "Initialized", "ContainersReady", "DisruptionTarget"}
    for index, condition in enumerate(status.get("conditions") or ()):
        generation = condition.get("observedGeneration", 0)
        path = f"status.conditions[{index}]"
        if generation < 0:
            text = "must be greater than or equal to 0"
            found.append(field.invalid(f"{path}.observedGeneration", generation, text))
        if condition.get("type") not in builtin:
            found += label_name(f"{path}.Type", condition.get("type", ""))
    return found


def _addresses(status: Object, was: Object) -> list[FieldError]:
    """The addresses of a pod and of its node: well-formed, and no more than one of each family."""
    found: list[FieldError] = []
    hosts = status.get("hostIPs") or []
    for key in ("podIPs", "hostIPs"):
        if key == "hostIPs" and hosts and status.get("hostIP", "") != hosts[0].get("ip"):
            found.append(field.invalid("status.hostIPs[0].ip", hosts[0].get("ip", ""), "must be equal to `hostIP`"))
        listed = [entry.get("ip", "") for entry in status.get(key) or ()]
        known = [entry.get("ip", "") for entry in was.get(key) or ()]
        for index, address in enumerate(listed):
            found += ip_for_legacy_field(f"status.{key}[{index}]", address, known)
        unread = next((at for at, text in enumerate(listed) if not is_ip(_without_zeros(text))), None)
        if len(listed) > 1 and unread is not None:
            problem = f"invalid IP[{unread}]: {listed[unread]}"
            text = f"failed to check for dual stack with error:{problem}"
            found.append(field.internal_error(f"status.{key}", text))
        families = {":" in address for address in listed}
        if len(listed) > 1 and (unread is not None or len(listed) > 2 or len(families) != 2):
            shown = [Ordered({"IP": address}) for address in listed]
            text = "may specify no more than one IP for each IP family"
            found.append(field.invalid(f"status.{key}", shown, text))
    return found


def _without_zeros(text: str) -> str:
    """An address of version 4 as Go's old reader takes it, which does not mind leading zeros."""
    parts = text.split(".")
    if len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        return ".".join(str(int(part)) for part in parts)
    return text
