"""Eviction: a deletion of a pod that the budgets of disruption may refuse.

Follows pkg/registry/core/pod/storage/eviction.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubeclient.apimachinery import errors, field, labels
from kubeclient.apimachinery.gvk import GroupKind, GroupResource
from kubeclient.apimachinery.status import Status, StatusCause, StatusDetails
from kubeclient.apimachinery.status_error import StatusError
from kubefake.resources.strategy import JSONObject
from kubefake.store import Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.delete import check_preconditions, delete_version
from kubefake.verbs.metadata import ordered
from kubefake.verbs.shape import in_stored_order
from kubefake.wire.options import read_delete_options

__all__ = ["EVICTION_VERSIONS", "evict"]

EVICTION_VERSIONS = frozenset({"policy/v1", "policy/v1beta1"})
"""The API versions that evictions are taken in."""

_BUDGETS = GroupResource("policy", "poddisruptionbudget")
_TABLE = "poddisruptionbudgets.policy"
_MAX_DISRUPTED = 2000
_REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
_SUCCESS: JSONObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."


def evict(core: Core, call: Call, eviction: JSONObject) -> Outcome:
    """Evicts the named pod.

    Raises NotFound, BadRequest for another name, Invalid for wrong delete options, TooManyRequests when a budget does not allow
    it, Conflict, Forbidden, and a StatusError when the request and its body differ in what is only tried.
    """
    if eviction["metadata"].get("name", "") != call.name:
        raise errors.new_bad_request("name in URL does not match name in Eviction object")
    given = eviction.get("deleteOptions")
    _check_options(call, given or {})
    call = replace(call, dry_run=call.dry_run or bool((given or {}).get("dryRun")))
    core.admit(call, "CREATE", eviction, None)
    core.validate(call, "CREATE", eviction, None)
    resource = call.resource
    version = core.store.get(resource.table, resource.key(call.namespace, call.name))
    if version is None:
        raise errors.new_not_found(resource.group_resource, call.name)
    options = read_delete_options([], given)
    pod = version.obj
    moving = _may_change(pod)
    if not _ends_anyway(pod):
        moving = False
        budgets = _budgets_of(core, pod)
        if len(budgets) > 1:
            raise StatusError(Status(status="Failure", message=_SEVERAL, code=500))
        if budgets and not (moving := _is_unhealthy_and_free(pod, budgets[0].obj)):
            _take(core, call, budgets[0], pod["metadata"]["name"])
    if moving:  # the server then asks for the version that it has seen, whatever the client asked for
        options = replace(options, resource_version=None)
    check_preconditions(call, options, pod["metadata"])
    if not call.dry_run:
        version = _mark(core, call, version)
        options = replace(options, resource_version=None)
    delete_version(core, call, replace(options, dry_run=call.dry_run), version)
    return Outcome(201, obj=dict(_SUCCESS), foreign=True)


def _check_options(call: Call, given: JSONObject) -> None:
    dry_run = given.get("dryRun")
    if call.dry_run and dry_run and dry_run != ["All"]:
        text = f"Non-matching dry-run options in request and content: [All] and [{' '.join(dry_run)}]"
        raise StatusError(Status(status="Failure", message=text, code=500))
    name = "ignoreStoreReadErrorWithClusterBreakingPotential"
    if given.get(name):
        text = "can not be set for pod eviction, try after removing the option"
        causes = [field.invalid(f"deleteOptions.{name}", True, text)]
        raise errors.new_invalid(GroupKind("policy", "Eviction"), call.name, causes)


def _ends_anyway(pod: Mapping[str, Any]) -> bool:
    phase = pod.get("status", {}).get("phase")
    return phase in ("Succeeded", "Failed", "Pending") or "deletionTimestamp" in pod["metadata"]


def _may_change(pod: Mapping[str, Any]) -> bool:
    """Whether a pod that budgets do not hold may still become one that they do (shouldEnforceResourceVersion)."""
    phase = pod.get("status", {}).get("phase")
    return phase not in ("Succeeded", "Failed") and "deletionTimestamp" not in pod["metadata"]


def _budgets_of(core: Core, pod: Mapping[str, Any]) -> list[Version]:
    own = pod["metadata"].get("labels") or {}
    found = []
    for version in core.store.list(_TABLE, pod["metadata"]["namespace"]):
        try:
            selector = labels.from_label_selector((version.obj.get("spec") or {}).get("selector"))
        except ValueError:
            continue
        if selector.matches(own):
            found.append(version)
    return found


def _is_unhealthy_and_free(pod: Mapping[str, Any], budget: Mapping[str, Any]) -> bool:
    """Whether the pod is not ready, and its budget lets such pods go."""
    conditions = pod.get("status", {}).get("conditions") or ()
    if any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions):
        return False
    if (budget.get("spec") or {}).get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status") or {}
    wanted = status.get("desiredHealthy", 0)
    return bool(status.get("currentHealthy", 0) >= wanted > 0)


def _refusal(message: str, retry_after: int) -> StatusError:
    refused = errors.new_too_many_requests(_REFUSED, retry_after)
    details = refused.status.details
    assert isinstance(details, StatusDetails)
    details.causes.append(StatusCause(reason="DisruptionBudget", message=message))
    return refused


def _take(core: Core, call: Call, version: Version, pod: str) -> None:
    """Uses one of the disruptions that the budget allows (checkAndDecrement)."""
    budget = version.obj
    name, status = budget["metadata"]["name"], budget.get("status") or {}
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        raise _refusal(f"The disruption budget {name} is still being processed by the server.", 10)
    allowed, disrupted = status.get("disruptionsAllowed", 0), status.get("disruptedPods") or {}
    if allowed < 0:
        raise errors.new_forbidden(_BUDGETS, name, "pdb disruptions allowed is negative")
    if len(disrupted) > _MAX_DISRUPTED:
        text = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise errors.new_forbidden(_BUDGETS, name, text)
    if allowed == 0:
        raise _refusal(_why_not(name, status), 0)
    if call.dry_run:
        return
    changed = {**status, "disruptedPods": {**disrupted, pod: call.now}, "disruptionsAllowed": allowed - 1}
    if allowed == 1:
        changed["conditions"] = _exhausted(status, call.now)
    new: JSONObject = {**budget, "metadata": {**budget["metadata"]}, "status": changed}
    resource = core.registry.lookup("policy", "v1", "poddisruptionbudgets")
    assert resource is not None
    # The server writes the status as a client of its own.
    own = replace(call, resource=resource, verb="update", name=name, subresource="status", manager="kube-apiserver")
    core.ownership.record_update(own, budget, new)
    new["metadata"] = ordered(new["metadata"])
    core.store.put(version.table, version.key, in_stored_order(resource, new), version)


def _why_not(name: str, status: Mapping[str, Any]) -> str:
    conditions = status.get("conditions") or ()
    condition: Mapping[str, Any] = next((one for one in conditions if one.get("type") == "DisruptionAllowed"), {})
    said = condition.get("message") if condition.get("status") == "False" else ""
    healthy, wanted = status.get("currentHealthy", 0), status.get("desiredHealthy", 0)
    text = f"The disruption budget {name} does not allow evicting pods currently"
    if said and condition.get("reason") == "SyncFailed":
        return f"{text} because it failed sync: {said}"
    if healthy <= wanted:
        return f"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
    return f"{text} ({condition.get('reason', '')}): {said}" if said else text


def _exhausted(status: Mapping[str, Any], now: str) -> list[JSONObject]:
    """The conditions of a budget whose last disruption is taken."""
    conditions = [dict(one) for one in status.get("conditions") or ()]
    found = next((one for one in conditions if one.get("type") == "DisruptionAllowed"), None)
    if found is None:
        found = {"type": "DisruptionAllowed", "status": ""}
        conditions.append(found)
    if found.get("status") != "False":
        found["lastTransitionTime"] = now
    found.update(status="False", reason="InsufficientPods", message="")
    if status.get("observedGeneration"):
        found["observedGeneration"] = status["observedGeneration"]
    return conditions


def _mark(core: Core, call: Call, version: Version) -> Version:
    """Says in the pod's status why it ends."""
    old = version.obj
    status = dict(old.get("status", {}))
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": call.now,
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    conditions = list(status.get("conditions") or ())
    for index, one in enumerate(conditions):
        if one.get("type") == "DisruptionTarget":
            if one.get("status") == "True":
                condition["lastTransitionTime"] = one.get("lastTransitionTime")
            conditions[index] = condition
            break
    else:
        conditions.append(condition)
    status["conditions"] = conditions
    obj = {**old, "metadata": ordered(old["metadata"]), "status": status}
    if obj == old:
        return version
    new = core.store.put(version.table, version.key, obj, version)
    core.committed(call, "MODIFIED", new.obj, old)
    return new
