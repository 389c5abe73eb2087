"""Subresources that many kinds share: scale, and the finalize of namespaces.

Follows pkg/registry/apps/deployment/storage/storage.go (ScaleREST) and pkg/registry/core/namespace/storage/storage.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.merge.scale import ScaleHandler
from kubefake.resources.strategy import JSONObject
from kubefake.store import Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import parse_revision
from kubefake.verbs.update import check_name, in_request_version, write

__all__ = ["SCALE_API_VERSION", "get_scale", "owned_scale", "scale_of", "write_scale"]

SCALE_API_VERSION = "autoscaling/v1"
_REPLICAS = ("f:spec", "f:replicas")


def get_scale(core: Core, call: Call) -> Outcome:
    """The Scale of the named object. Raises NotFound."""
    return Outcome(200, obj=scale_of(call, _find(core, call)), foreign=True)


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
    spec, status = parent.get("spec", {}), parent.get("status", {})
    shown = {
        key: meta[key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp") if key in meta
    }
    scale_status: JSONObject = {"replicas": status.get("replicas", 0)}
    selector = _selector_text(spec.get("selector"), call)
    if selector:
        scale_status["selector"] = selector
    replicas = spec.get("replicas", 0)
    return {
        "kind": "Scale",
        "apiVersion": SCALE_API_VERSION,
        "metadata": shown,
        "spec": {"replicas": replicas} if replicas else {},
        "status": scale_status,
    }


def _handler(core: Core, call: Call, entries: Any) -> ScaleHandler:
    paths = {call.resource.api_version: _REPLICAS}
    return ScaleHandler(entries, call.resource.api_version, paths, core.ownership.cache)


def _selector_text(selector: Any, call: Call) -> str:
    from kubeclient.apimachinery import labels

    if not selector:
        return ""
    if call.resource.plural == "replicationcontrollers":
        return str(labels.from_set(selector))
    return str(labels.from_label_selector(selector))


def write_scale(core: Core, call: Call, scale: JSONObject, managed: list[dict[str, Any]] | None) -> Outcome:
    """Writes a Scale's replicas to its parent; `managed` are the Scale's managedFields after the write.

    Raises Conflict for a stale resourceVersion, Invalid for a negative number.
    """
    meta = scale["metadata"]
    check_name(call, scale)
    replicas = scale.get("spec", {}).get("replicas", 0)
    if replicas < 0:
        text = "must be greater than or equal to 0"
        kind = GroupKind("autoscaling", "Scale")
        raise errors.new_invalid(kind, call.name, [field.invalid("spec.replicas", replicas, text)])
    given = meta.get("resourceVersion") or ""
    revision = parse_revision(given) if given else 0

    def produce(live: Mapping[str, Any] | None) -> JSONObject:
        assert live is not None
        parent = {**live, "metadata": {**live["metadata"]}, "spec": {**live.get("spec", {}), "replicas": replicas}}
        parent["metadata"]["resourceVersion"] = str(revision) if revision else live["metadata"]["resourceVersion"]
        entries = _handler(core, call, live["metadata"].get("managedFields")).to_parent(managed)
        if entries:
            parent["metadata"]["managedFields"] = entries
        else:
            parent["metadata"].pop("managedFields", None)
        return parent

    main = replace(call, subresource="")
    _find(core, call)
    outcome = write(core, main, produce)
    version = outcome.version if outcome.version is not None else _find(core, call)
    if outcome.obj is not None:
        version = Version(version.table, version.key, version.revision, None, outcome.obj, b"", False)
    return Outcome(200, obj=scale_of(call, version), foreign=True)
