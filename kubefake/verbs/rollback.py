"""The rollback of deployments, which extensions/v1beta1 had: it asks for an older template, and a controller brings it.

Follows pkg/registry/apps/deployment/storage/storage.go (RollbackREST).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.resources.builtin import as_errors
from kubefake.resources.checks import at_least_zero
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.update import write

__all__ = ["rollback"]


def rollback(core: Core, call: Call, wanted: JSONObject) -> Outcome:
    """Notes in a deployment to which revision it is to return. Raises NotFound, BadRequest and Invalid."""
    name = wanted.get("name", "")
    if name != call.name:
        raise errors.new_bad_request("name in URL does not match name in DeploymentRollback object")
    revision = (wanted.get("rollbackTo") or {}).get("revision", 0)
    found = [] if name else [field.required("name", "name is required")]
    found += at_least_zero("rollback.revision", revision)
    if found:
        about = GroupKind(call.resource.group, "DeploymentRollback")
        raise errors.new_invalid(about, name, [error.cause() for error in as_errors(found)])

    def produce(live: Mapping[str, Any] | None) -> JSONObject:
        assert live is not None
        changed = copy.deepcopy(dict(live))
        annotations = wanted.get("updatedAnnotations")
        if annotations:
            meta = changed["metadata"]
            meta["annotations"] = {**(meta.get("annotations") or {}), **annotations}
        changed["spec"]["rollbackTo"] = {"revision": revision} if revision else {}
        return changed

    write(core, replace(call, verb="update", subresource=""), produce)
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "message": f'rollback request for deployment "{name}" succeeded',
        "code": 200,
    }
    return Outcome(200, obj=status, foreign=True)
