"""Apply: server-side apply of a configuration, which creates what is not there.

Follows k8s.io/apiserver/pkg/endpoints/handlers/patch.go (applyPatcher).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubefake.resources.resource import Resource
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.failures import internal
from kubefake.verbs.metadata import DOUBLE_OWNERS_ADMITTED, dedup_owner_references, match_namespace
from kubefake.verbs.patch import Decode, PatchDecodeError, converted
from kubefake.verbs.update import check_name, write

__all__ = ["apply"]


def apply(core: Core, call: Call, config: JSONObject, doubles: list[str], decode: Decode, *, force: bool) -> Outcome:
    """Applies a configuration under the call's manager.

    Raises:
        Conflict: others own fields with other values, and `force` is not set.
        BadRequest, Invalid, NotFound (subresources, namespaces).
    """
    resource = call.resource

    def produce(live: Mapping[str, Any] | None) -> JSONObject:
        merged = core.ownership.apply(call, live, config, force=force)
        try:
            obj, _ = decode(merged) if resource.custom else converted(resource.node, merged, decode)
        except PatchDecodeError as exc:
            raise internal(_unconvertible(resource, config, str(exc))) from exc
        if doubles and call.field_validation == "Strict":
            text = "\n  ".join(("error converting YAML to JSON: yaml: unmarshal errors:", *doubles))
            raise errors.new_bad_request(f"error strict decoding YAML: {text}")
        if call.field_validation != "Ignore":
            for problem in doubles:
                call.warn(problem)
        meta = obj["metadata"]
        if live is None and meta.get("uid"):
            text = f"uid mismatch: the provided object specified uid {meta['uid']}, and no existing object was found"
            raise errors.new_conflict(resource.group_resource, call.name, text)
        match_namespace(resource, call.namespace, meta)
        check_name(call, obj)
        for uid in dedup_owner_references(obj):
            call.warn(DOUBLE_OWNERS_ADMITTED.format(uid))
        return obj

    return write(core, call, produce, may_create=True)


def _unconvertible(resource: Resource, config: Mapping[str, Any], problem: str) -> str:
    """What is told of a merged object that fits the schema and not the type: quantities, times, bytes."""
    meta = config.get("metadata") or {}
    about = f"{resource.api_version}, Kind={resource.kind}"
    if problem.startswith("illegal base64"):
        problem = f"error decoding from json: {problem}"
    about = about if resource.group else f"/{about}"
    name = f"{meta.get('namespace') or ''}/{meta.get('name') or ''}"
    return (
        f"failed to convert new object ({name}; {about}) to proper version: "
        f"unable to convert unstructured object to {about}: {problem}"
    )
