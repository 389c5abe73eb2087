"""Delete: at once, after a grace period, or when the last finalizer is gone.

Follows k8s.io/apiserver/pkg/registry/generic/registry/store.go (Delete, updateForGracefulDeletionAndFinalizers) and
pkg/registry/rest/delete.go (BeforeDelete).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubefake.resources.strategy import JSONObject
from kubefake.store import Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import ordered
from kubefake.verbs.shape import as_shown
from kubefake.verbs.times import format_seconds, parse_seconds
from kubefake.wire.options import DeleteOptions

__all__ = ["check_preconditions", "collector_finalizers", "delete", "delete_endpoints", "delete_version", "success"]

_ORPHAN = "orphan"
_FOREGROUND = "foregroundDeletion"

Grace = Literal["none", "graceful", "pending"]


def delete(core: Core, call: Call, options: DeleteOptions) -> Outcome:
    """Deletes the named object. Raises NotFound, Conflict and what admission raises."""
    resource = call.resource
    version = core.store.get(resource.table, resource.key(call.namespace, call.name))
    if version is None:
        raise missing(call)
    check_preconditions(call, options, version.obj["metadata"])
    core.admit(call, "DELETE", None, version.obj)
    core.validate(call, "DELETE", None, version.obj)
    return delete_version(core, call, options, version)


def delete_endpoints(core: Core, call: Call, service: Mapping[str, Any]) -> None:
    """Deletes the Endpoints of a service that is gone, so that a later one of its name does not find them (afterDelete)."""
    resource = core.registry.lookup("", "v1", "endpoints")
    assert resource is not None
    namespace, name = service.get("namespace", ""), service["name"]
    version = core.store.get(resource.table, resource.key(namespace, name))
    if version is not None:
        own = replace(
            call, resource=resource, namespace=namespace, name=name, subresource="", verb="delete", warnings=[]
        )
        delete_version(core, own, DeleteOptions(), version)


def check_preconditions(call: Call, options: DeleteOptions, meta: Mapping[str, Any]) -> None:
    about = GroupResource(call.resource.storage.group, call.resource.kind)  # events are the core group's
    if options.uid is not None and options.uid != meta.get("uid"):
        raise errors.new_conflict(
            about,
            call.name,
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({meta.get('uid')}). "
            "The object might have been deleted and then recreated",
        )
    if options.resource_version is not None and options.resource_version != meta["resourceVersion"]:
        raise errors.new_conflict(
            about,
            call.name,
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match the ResourceVersion "
            f"in record ({meta['resourceVersion']}). The object might have been modified",
        )


def delete_version(core: Core, call: Call, options: DeleteOptions, version: Version) -> Outcome:
    """Deletes an object whose preconditions hold."""
    resource = call.resource
    old = version.obj
    meta = {**old["metadata"]}
    obj = {**old, "metadata": meta}
    grace = _begin(call, options, obj)
    if grace == "pending":
        return _answer(call, old, version)
    finalizers, changed = collector_finalizers(call, options, meta)
    if not (grace == "graceful" or changed or finalizers):
        return _remove(core, call, version, old)
    if changed:
        if finalizers:
            meta["finalizers"] = finalizers
        else:
            meta.pop("finalizers", None)
    if grace == "none":
        if not finalizers:
            return _remove(core, call, version, old)
        _mark(meta, call.now)
    waits = bool(finalizers) or meta.get("deletionGracePeriodSeconds", 0) > 0
    obj["metadata"] = ordered(meta)
    code = 202 if options.orphan_dependents is False and waits else 200
    if call.dry_run:
        return Outcome(code, obj=as_shown(resource, obj)) if waits else _answer(call, obj, version)
    if obj != old:
        version = core.store.put(resource.table, version.key, obj, version)
        core.committed(call, "MODIFIED", version.obj, old)
    if waits:
        return Outcome(code, version)
    return _remove(core, call, version, version.obj)


def _begin(call: Call, options: DeleteOptions, obj: JSONObject) -> Grace:
    """Marks the object as being deleted if its kind knows grace (rest.BeforeDelete)."""
    meta = obj["metadata"]
    requested = options.grace_period_seconds
    if requested is not None and requested < 0:
        requested = 1
    strategy = call.resource.strategy
    if "deletionTimestamp" in meta:
        running = meta.get("deletionGracePeriodSeconds")
        if strategy.grace_seconds(obj, requested) is None or running is None:
            return "none"
        if requested is None or requested >= running:
            return "pending"
        started = parse_seconds(meta["deletionTimestamp"]) - running
        meta["deletionTimestamp"] = format_seconds(started + requested)
        meta["deletionGracePeriodSeconds"] = requested
        return "graceful"
    seconds = strategy.grace_seconds(obj, requested)
    if seconds is None:
        return "none"
    meta["deletionTimestamp"] = format_seconds(parse_seconds(call.now) + seconds)
    meta["deletionGracePeriodSeconds"] = seconds
    if meta.get("generation", 0) > 0:
        meta["generation"] += 1
    return "graceful"


def _mark(meta: JSONObject, now: str) -> None:
    """Marks an object that waits for finalizers only (store.markAsDeleting)."""
    if "deletionTimestamp" not in meta:
        if meta.get("generation", 0) > 0:
            meta["generation"] += 1
        meta["deletionTimestamp"] = now
    elif meta["deletionTimestamp"] > now:
        meta["deletionTimestamp"] = now
    meta["deletionGracePeriodSeconds"] = 0


def collector_finalizers(call: Call, options: DeleteOptions, meta: Mapping[str, Any]) -> tuple[list[str], bool]:
    """The finalizers the object is to have, by what the garbage collector shall do; and whether that is a change."""
    present = list(meta.get("finalizers") or ())
    if call.resource.plural == "events" and call.resource.group in ("", "events.k8s.io"):
        return present, False  # dependents of events are not collected
    wanted = [name for name in present if name not in (_ORPHAN, _FOREGROUND)]
    policy = _policy(call, options, present)
    if policy == "Orphan":
        wanted.append(_ORPHAN)
    elif policy == "Foreground":
        wanted.append(_FOREGROUND)
    return (present, False) if sorted(wanted) == sorted(present) else (wanted, True)


def _policy(call: Call, options: DeleteOptions, finalizers: list[str]) -> str:
    if options.orphan_dependents is not None:
        return "Orphan" if options.orphan_dependents else "Background"
    if options.propagation_policy:
        return options.propagation_policy
    for name in finalizers:
        if name == _ORPHAN:
            return "Orphan"
        if name == _FOREGROUND:
            return "Foreground"
    return "Orphan" if call.resource.strategy.orphans_dependents else "Background"


def _remove(core: Core, call: Call, version: Version, shown: JSONObject) -> Outcome:
    """The object goes now. Watchers are told its last state under the deletion's revision."""
    if not call.dry_run:
        old = version.obj
        last = {**old, "metadata": {**old["metadata"]}}
        version = core.store.delete(call.resource.table, version.key, last, version)
        core.committed(call, "DELETED", version.obj, old)
    return _answer(call, shown, version)


def _answer(call: Call, obj: JSONObject, version: Version) -> Outcome:
    if call.resource.strategy.returns_deleted:
        tried = call.dry_run and obj is not version.obj
        return Outcome(200, obj=as_shown(call.resource, obj)) if tried else Outcome(200, version=version)
    return Outcome(200, obj=success(call, version.name, obj["metadata"].get("uid", "")), foreign=True)


def success(call: Call, name: str, uid: str) -> JSONObject:
    """The Status of a deletion that is done."""
    details: JSONObject = {"name": name}
    if call.resource.group:
        details["group"] = call.resource.group
    details["kind"] = call.resource.plural
    if uid:
        details["uid"] = uid
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
