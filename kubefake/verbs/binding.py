"""The assignment of a pod to a node: pods/binding, which schedulers post. Follows pkg/registry/core/pod/storage/storage.go.

Nobody comes to own the fields it sets: the real server keeps no managedFields of it either.
"""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.status import Status
from kubeclient.apimachinery.status_error import StatusError
from kubefake.resources.strategy import JSONObject
from kubefake.store import Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.metadata import ordered
from kubefake.verbs.shape import in_stored_order

__all__ = ["bind"]

_BINDINGS = GroupResource("", "pods/binding")
_SUCCESS: JSONObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def bind(core: Core, call: Call, binding: JSONObject) -> Outcome:
    """Puts the named pod on the binding's target.

    Raises BadRequest for another name, NotFound, Conflict when the pod cannot be bound, StatusError 500 for a bad target.
    """
    meta = binding.get("metadata", {})
    if meta.get("name", "") != call.name:
        raise errors.new_bad_request("name in URL does not match name in Binding object")
    target = binding.get("target", {})
    _check_target(target)
    if not call.name:
        raise errors.new_bad_request("Name parameter required.")
    resource = call.resource
    version = core.store.get(resource.table, resource.key(call.namespace, call.name))
    if version is None:
        raise errors.new_not_found(resource.group_resource, call.name)
    core.admit(call, "CREATE", binding, None)
    _check_identity(call, meta, version)
    _check_pod(call, version.obj)
    core.validate(call, "CREATE", binding, None)
    if not call.dry_run:
        bound = in_stored_order(resource, _bound(call, version, binding))
        new = core.store.put(version.table, version.key, bound, version)
        core.committed(call, "MODIFIED", new.obj, version.obj)
    return Outcome(201, obj=dict(_SUCCESS), foreign=True)


def _bound(call: Call, version: Version, binding: JSONObject) -> JSONObject:
    old = version.obj
    meta = dict(old["metadata"])
    annotations = binding["metadata"].get("annotations")
    if annotations:
        meta["annotations"] = {**meta.get("annotations", {}), **annotations}
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": call.now}
    status = {key: value for key, value in old.get("status", {}).items() if key != "nominatedNodeName"}
    others = [one for one in status.get("conditions") or () if one.get("type") != "PodScheduled"]
    return {
        **old,
        "metadata": ordered(meta),
        "spec": {**old["spec"], "nodeName": binding["target"]["name"]},
        "status": {**status, "conditions": [*others, scheduled]},
    }


def _check_target(target: Any) -> None:
    causes = []
    if target.get("kind") not in (None, "", "Node"):
        causes.append(f'target.kind: Unsupported value: "{target["kind"]}": supported values: "Node", "<empty>"')
    if not target.get("name"):
        causes.append("target.name: Required value")
    if causes:
        # A bare error in the real server too, hence 500 and no reason.
        text = causes[0] if len(causes) == 1 else f"[{', '.join(causes)}]"
        raise StatusError(Status.failure(500, "", text))


def _check_identity(call: Call, wanted: JSONObject, version: Version) -> None:
    """The binding's own uid and version are preconditions. A dry run checks them above the store, where keys have no prefix."""
    live, prefix = version.obj["metadata"], "" if call.dry_run else "/registry"
    for name, key in (("UID", "uid"), ("ResourceVersion", "resourceVersion")):
        if wanted.get(key) and wanted[key] != live[key]:
            text = (
                f"StorageError: invalid object, Code: 4, Key: {prefix}/pods/{call.namespace}/{call.name}, "
                f"ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: {name} in precondition: {wanted[key]}, "
                f"{name} in object meta: {live[key]}"
            )
            raise errors.new_conflict(call.resource.group_resource, call.name, text)


def _check_pod(call: Call, pod: Any) -> None:
    name, spec = call.name, pod["spec"]
    if "deletionTimestamp" in pod["metadata"]:
        problem = f"pod {name} is being deleted, cannot be assigned to a host"
    elif spec.get("nodeName"):
        problem = f'pod {name} is already assigned to node "{spec["nodeName"]}"'
    elif spec.get("schedulingGates"):
        problem = f"pod {name} has non-empty .spec.schedulingGates"
    else:
        return
    raise errors.new_conflict(_BINDINGS, name, problem)
