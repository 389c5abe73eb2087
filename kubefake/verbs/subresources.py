"""Subresources that many kinds share: scale, and the finalize of namespaces.

Follows pkg/registry/apps/deployment/storage/storage.go (ScaleREST) and pkg/registry/core/namespace/storage/storage.go.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubeclient.apimachinery import errors, validation
from kubeclient.apimachinery.gvk import GroupKind, GroupResource
from kubefake.merge.scale import ScaleHandler
from kubefake.resources.checks import at_least_zero
from kubefake.resources.paths import fields_of, find, set_value
from kubefake.resources.strategy import JSONObject
from kubefake.store import Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.get import get
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import match_namespace, parse_revision, validate_metadata
from kubefake.verbs.update import check_name, in_request_version, write
from kubefake.wire.options import GetOptions

__all__ = ["get_scale", "owned_scale", "scale_of", "write_scale"]

_SPEC_REPLICAS = ".spec.replicas"
_REPLICAS = ("f:spec", "f:replicas")


def get_scale(core: Core, call: Call, options: GetOptions) -> Outcome:
    """The Scale of the named object. Raises NotFound, Timeout; InternalError for a custom object that does not say how many."""
    get(core, call, options)
    version = _find(core, call)
    paths = call.resource.strategy.scale
    if paths is not None and _number_at(in_request_version(call, version), paths.spec) is None:
        raise errors.new_internal_error(f'the spec replicas field "{paths.spec}" does not exist')
    return Outcome(200, obj=scale_of(call, version), foreign=True)


def _find(core: Core, call: Call) -> Version:
    resource = call.resource
    version = core.store.get(resource.table, resource.key(call.namespace, call.name))
    if version is None:
        raise missing(call)
    return version


def owned_scale(core: Core, call: Call) -> JSONObject:
    """The Scale with the managedFields that only its writers see. Raises NotFound."""
    version = _find(core, call)
    scale = scale_of(call, version)
    managed = _handler(core, call, version.obj["metadata"].get("managedFields")).to_subresource()
    if managed:
        scale["metadata"]["managedFields"] = managed
    return scale


def scale_of(call: Call, version: Version) -> JSONObject:
    """How many there are to be, and are, as a Scale."""
    parent = in_request_version(call, version)
    meta = parent["metadata"]
    shown = {
        key: meta[key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp") if key in meta
    }
    paths = call.resource.strategy.scale
    if paths is None:
        spec = parent.get("spec", {})
        replicas, current = spec.get("replicas", 0), parent.get("status", {}).get("replicas", 0)
        selector = _selector_text(spec.get("selector"), call)
    else:
        replicas = _number_at(parent, paths.spec) or 0
        current = _number_at(parent, paths.status) or 0
        selector = _text_at(parent, paths.selector)
    scale_status: JSONObject = {"replicas": current}
    if selector:
        scale_status["selector"] = selector
    kind = call.resource.subresources["scale"].kind
    if kind.group != "autoscaling" and paths is None:
        scale_status = _older_status(current, parent.get("spec", {}).get("selector"), selector)
    return {
        "kind": "Scale",
        "apiVersion": kind.api_version,
        "metadata": shown,
        "spec": {"replicas": replicas} if replicas else {},
        "status": scale_status,
    }


def _older_status(replicas: int, given: Any, selector: str) -> JSONObject:
    """The status of a Scale of apps/v1beta1, apps/v1beta2 and extensions/v1beta1, which had two selectors."""
    status: JSONObject = {"replicas": replicas}
    if given and given.get("matchLabels"):
        status["selector"] = given["matchLabels"]
    if selector:
        status["targetSelector"] = selector
    return status


def _number_at(obj: Mapping[str, Any], path: str) -> int | None:
    found = find(obj, path)
    return found[0] if found and type(found[0]) is int else None


def _text_at(obj: Mapping[str, Any], path: str) -> str:
    found = find(obj, path) if path else []
    return found[0] if found and isinstance(found[0], str) else ""


def _handler(core: Core, call: Call, entries: Any) -> ScaleHandler:
    paths = call.resource.strategy.scale
    replicas = _REPLICAS if paths is None else tuple(f"f:{name}" for name in fields_of(paths.spec))
    return ScaleHandler(entries, call.resource.api_version, {call.resource.api_version: replicas}, core.ownership.cache)


def _selector_text(selector: Any, call: Call) -> str:
    from kubeclient.apimachinery import labels

    if not selector:
        return ""
    if call.resource.plural == "replicationcontrollers":
        return str(labels.from_set(selector))
    return str(labels.from_label_selector(selector))


def _name_problems(name: str, prefix: bool) -> list[str]:
    return validation.is_dns1123_subdomain(name.removesuffix("-") if prefix else name)


def _check_scale(call: Call, scale: JSONObject, replicas: int) -> None:
    """Raises Invalid for what a Scale may not say (ValidateScale)."""
    found = validate_metadata(scale["metadata"], call.resource, _name_problems)
    found += at_least_zero("spec.replicas", replicas)
    if found:
        raise errors.new_invalid(GroupKind("autoscaling", "Scale"), call.name, found)


def write_scale(core: Core, call: Call, scale: JSONObject, managed: list[dict[str, Any]] | None) -> Outcome:
    """Writes a Scale's replicas to its parent; `managed` are the Scale's managedFields after the write.

    Raises Conflict for a stale resourceVersion, Invalid for a negative number.
    """
    meta = scale["metadata"]
    check_name(call, scale)
    match_namespace(call.resource, call.namespace, meta)
    replicas = scale.get("spec", {}).get("replicas", 0)
    paths = call.resource.strategy.scale
    if paths is None:
        _check_scale(call, scale, replicas)
    live_uid = _find(core, call).obj["metadata"]["uid"]
    uid = meta.get("uid") or live_uid
    if uid != live_uid and call.verb == "patch" and paths is None:
        text = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {live_uid}"
        resource = GroupResource(call.resource.group, f"{call.resource.plural}/scale")
        raise errors.new_conflict(resource, call.name, text)
    given = meta.get("resourceVersion") or ""
    revision = parse_revision(given) if given else 0

    def produce(live: Mapping[str, Any] | None) -> JSONObject:
        assert live is not None
        parent = copy.deepcopy(dict(live))
        set_value(parent, _SPEC_REPLICAS if paths is None else paths.spec, replicas)
        parent["metadata"]["resourceVersion"] = str(revision) if revision else live["metadata"]["resourceVersion"]
        entries = _handler(core, call, live["metadata"].get("managedFields")).to_parent(managed)
        if entries:
            parent["metadata"]["managedFields"] = entries
        else:
            parent["metadata"].pop("managedFields", None)
        return parent

    main = replace(call, subresource="", through="scale")
    outcome = write(core, main, produce, wanted_uid=uid if call.verb == "update" else "")
    version = outcome.version if outcome.version is not None else _find(core, call)
    if outcome.obj is not None:
        version = Version(version.table, version.key, version.revision, None, outcome.obj, b"", False)
    return Outcome(200, obj=scale_of(call, version), foreign=True)
