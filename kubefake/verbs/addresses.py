"""The IPAddress objects of services: one for each address that a service has, as long as it has it.

Follows pkg/registry/core/service/ipallocator/ipallocator.go: an address is taken before the service is stored, and given
back after it is gone or needs it no more. Watchers of services see nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.store import Store

__all__ = ["SERVICES", "give_back", "take"]

SERVICES = "services"
"""The table of what has addresses."""

_TABLE = "ipaddresses.networking.k8s.io"
_API_VERSION = "networking.k8s.io/v1"
Object = Mapping[str, Any]

_LABELS = {"ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"}
_OWNED: Object = {
    "f:metadata": {
        "f:labels": {
            ".": {},
            "f:ipaddress.kubernetes.io/ip-family": {},
            "f:ipaddress.kubernetes.io/managed-by": {},
        }
    },
    "f:spec": {"f:parentRef": {".": {}, "f:name": {}, "f:namespace": {}, "f:resource": {}}},
}


def take(store: Store, service: Object, old: Object | None, uid: Any, now: str) -> None:
    """Stores an IPAddress for every address that the service did not have yet; `uid` makes uids."""
    had = _addresses(old)
    for address in _addresses(service):
        if address in had or store.get(_TABLE, address) is not None:
            continue
        meta = service["metadata"]
        family = "IPv6" if ":" in address else "IPv4"
        entry = {
            "manager": "kube-apiserver",
            "operation": "Update",
            "apiVersion": _API_VERSION,
            "time": now,
            "fieldsType": "FieldsV1",
            "fieldsV1": _OWNED,
        }
        own = {
            "name": address,
            "uid": uid(),
            "resourceVersion": "",
            "creationTimestamp": now,
            "labels": {"ipaddress.kubernetes.io/ip-family": family, **_LABELS},
            "managedFields": [entry],
        }
        parent = {"resource": SERVICES, "namespace": meta.get("namespace", ""), "name": meta["name"]}
        obj = {"kind": "IPAddress", "apiVersion": _API_VERSION, "metadata": own, "spec": {"parentRef": parent}}
        store.put(_TABLE, address, obj, None)


def give_back(store: Store, service: Object | None, old: Object) -> None:
    """Takes away the IPAddresses of what a service has no more; None: there is no service any more."""
    kept = _addresses(service)
    for address in _addresses(old):
        version = store.get(_TABLE, address) if address not in kept else None
        if version is None:
            continue
        parent = (version.obj.get("spec") or {}).get("parentRef") or {}
        if (parent.get("namespace"), parent.get("name")) == (old["metadata"].get("namespace"), old["metadata"]["name"]):
            store.delete(_TABLE, address, {**version.obj, "metadata": {**version.obj["metadata"]}}, version)


def _addresses(service: Object | None) -> list[str]:
    listed = ((service or {}).get("spec") or {}).get("clusterIPs") or ()
    return [address for address in listed if address and address != "None"]
