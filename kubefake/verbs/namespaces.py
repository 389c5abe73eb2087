"""The end of a namespace: it is marked as terminating, and goes when whoever empties it has taken the finalizer out.

Follows pkg/registry/core/namespace/storage/storage.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubefake.store import Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.delete import collector_finalizers, delete_version
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import ordered
from kubefake.wire.options import DeleteOptions

__all__ = ["delete_namespace"]


def delete_namespace(core: Core, call: Call, options: DeleteOptions) -> Outcome:
    """Deletes a namespace, or begins to. Raises NotFound, Conflict, Forbidden for protected ones."""
    version = core.store.get(call.resource.table, call.name)
    if version is None:
        raise missing(call)
    old = version.obj
    _check_preconditions(call, options, old["metadata"])
    core.admit(call, "DELETE", None, old)
    core.validate(call, "DELETE", None, old)
    if "deletionTimestamp" not in old["metadata"]:
        return _terminate(core, call, options, version)
    if call.resource.strategy.holds(old):
        return Outcome(200, version)
    return delete_version(core, call, options, version)


def _check_preconditions(call: Call, options: DeleteOptions, meta: Mapping[str, Any]) -> None:
    for name, key, wanted in (
        ("UID", "uid", options.uid),
        ("ResourceVersion", "resourceVersion", options.resource_version),
    ):
        if wanted is not None and wanted != meta[key]:
            text = f"Precondition failed: {name} in precondition: {wanted}, {name} in object meta: {meta[key]}"
            raise errors.new_conflict(call.resource.group_resource, call.name, text)


def _terminate(core: Core, call: Call, options: DeleteOptions, version: Version) -> Outcome:
    old = version.obj
    meta = {**old["metadata"], "deletionTimestamp": call.now}
    finalizers, changed = collector_finalizers(call, options, meta)
    if changed:
        meta["finalizers"] = finalizers
        if not finalizers:
            del meta["finalizers"]
    obj = {**old, "metadata": ordered(meta), "status": {**old.get("status", {}), "phase": "Terminating"}}
    if call.dry_run:
        return Outcome(200, obj=obj)
    new = core.store.put(version.table, version.key, obj, version)
    core.committed(call, "MODIFIED", new.obj, old)
    return Outcome(200, new)
