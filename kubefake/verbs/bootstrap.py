"""What exists on a cluster before anybody asks: written straight to the store, through no admission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubeclient.apimachinery.gvk import GroupVersion
from kubefake.resources.resource import Resource
from kubefake.resources.strategy import JSONObject
from kubefake.schema.decode import decode
from kubefake.verbs.apiservices import local_api_services
from kubefake.verbs.call import Core
from kubefake.verbs.metadata import ordered
from kubefake.verbs.times import format_seconds

__all__ = ["bootstrap"]

_NS = 1_000_000_000


def bootstrap(core: Core, objects: Iterable[dict[str, Any]]) -> None:
    """Stores objects as they are given, with uids and creation times of the cluster's own; then forgets how they came."""
    now = format_seconds(core.clock.time_ns() // _NS)
    served = ((resource.group, resource.version) for resource in core.registry)
    for given in (*objects, *local_api_services(served, now)):
        group_version = GroupVersion.parse(given["apiVersion"])
        resource = core.registry.by_kind(group_version.group, group_version.version, given["kind"])
        if resource is None or "create" not in resource.verbs:
            continue
        obj, _ = decode(resource.node, given)
        obj = {"kind": given["kind"], "apiVersion": given["apiVersion"], **obj}
        meta = obj["metadata"]
        meta.update(uid=core.ids.uid(), resourceVersion="", creationTimestamp=now)
        meta["managedFields"] = _owners(core, resource, obj, now)
        obj["metadata"] = ordered(meta)
        core.store.put(resource.table, resource.key(meta.get("namespace", ""), meta["name"]), obj, None)
    core.store.compact(core.store.revision)


_SERVER = "kube-apiserver"
_PRODUCERS = {"flowcontrol.apiserver.k8s.io": "api-priority-and-fairness-config-producer-v1"}
"""Who made what exists from the start, where it was not the server itself."""

_CIDR_CONTROLLER = "kubernetes-service-cidr-controller"


def _owners(core: Core, resource: Resource, obj: JSONObject, now: str) -> list[JSONObject]:
    """The managedFields of an object that stood there from the start."""
    ownership = core.ownership
    producer = _PRODUCERS.get(resource.group, _SERVER)
    entries = ownership.manager(resource, "").update(None, _as_sent(obj), producer, now) or []
    if obj["kind"] == "ServiceCIDR":  # whose controller, a part of the server, applies its status
        head = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": {"name": obj["metadata"]["name"]}}
        live = {**_as_sent(obj), "metadata": {**obj["metadata"], "managedFields": entries}}
        conditions = [{key: value for key, value in one.items() if value} for one in obj["status"]["conditions"]]
        config = {**head, "status": {"conditions": conditions}}
        entries = ownership.manager(resource, "status").apply(live, config, _CIDR_CONTROLLER, now)[1] or []
    return entries


def _as_sent(obj: JSONObject) -> JSONObject:
    """The object as its maker sent it: without what others fill in, who own nothing."""
    sent = {key: value for key, value in obj.items() if key != "status"}
    if "aggregationRule" in sent:
        sent.pop("rules", None)
    if obj["kind"] == "Namespace":
        sent.pop("spec", None)
    elif obj["kind"] == "Service":
        spec = obj["spec"]
        sent["spec"] = {key: value for key, value in spec.items() if key not in ("clusterIPs", "ipFamilies")}
    return sent
