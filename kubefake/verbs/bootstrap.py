"""What exists on a cluster before anybody asks: written straight to the store, through no admission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubeclient.apimachinery.gvk import GroupVersion
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
        obj["metadata"] = ordered(meta)
        core.store.put(resource.table, resource.key(meta.get("namespace", ""), meta["name"]), obj, None)
    core.store.compact(core.store.revision)
