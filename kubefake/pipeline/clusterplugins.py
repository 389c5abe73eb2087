"""Builtin admission that every cluster has, of what belongs to the cluster: nodes, storage, ingress.

Follows plugin/pkg/admission/{nodetaint,storage/storageobjectinuseprotection,storage/storageclass/setdefault,
storage/persistentvolume/resize,network/defaultingressclass}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.quantity import Quantity
from kubefake.resources.core.quantities import quantity
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call

__all__ = ["ClaimResize", "DefaultClasses", "StorageInUse", "TaintNodes"]

Object = Mapping[str, Any]
_NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
_PROTECTED = {
    "persistentvolumes": "kubernetes.io/pv-protection",
    "persistentvolumeclaims": "kubernetes.io/pvc-protection",
    "volumeattributesclasses.storage.k8s.io": "kubernetes.io/vac-protection",
}
_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
_INGRESS_CLASS = "kubernetes.io/ingress.class"


class _Mutating:
    """A plugin that refuses nothing."""

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:
        """Nothing is refused."""


class TaintNodes(_Mutating):
    """New nodes are not ready, until somebody takes the taint away."""

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:  # noqa: ARG002
        if obj is None or operation != "CREATE" or call.resource.table != "nodes" or call.subresource:
            return
        spec = obj.setdefault("spec", {})
        taints = spec.get("taints") or []
        if not any(taint.get("key") == _NOT_READY["key"] and taint.get("effect") == "NoSchedule" for taint in taints):
            spec["taints"] = [*taints, dict(_NOT_READY)]


class StorageInUse(_Mutating):
    """Volumes and claims are held until nobody uses them."""

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:  # noqa: ARG002
        name = _PROTECTED.get(call.resource.table)
        if obj is None or name is None or operation != "CREATE" or call.subresource:
            return
        finalizers = obj["metadata"].get("finalizers") or []
        if name not in finalizers:
            obj["metadata"]["finalizers"] = [*finalizers, name]


class ClaimResize:
    """Claims grow only when they are bound, and only when their storage class lets them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:
        """Nothing is changed."""

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:
        """Raises Forbidden."""
        if call.resource.table != "persistentvolumeclaims" or operation != "UPDATE" or call.subresource:
            return
        if obj is None or old is None or _storage(obj) <= _storage(old):
            return
        text = ""
        if (old.get("status") or {}).get("phase") != "Bound":
            text = "Only bound persistent volume claims can be expanded"
        elif not self._may_grow(obj, old):
            text = (
                "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
                "support resize"
            )
        if text:
            raise errors.new_forbidden(call.resource.group_resource, call.name, text)

    def _may_grow(self, obj: Object, old: Object) -> bool:
        name = _class_of(obj)
        found = self._store.get("storageclasses.storage.k8s.io", name) if name and name == _class_of(old) else None
        return found is not None and found.obj.get("allowVolumeExpansion") is True


def _storage(claim: Object) -> Quantity:
    requests = ((claim.get("spec") or {}).get("resources") or {}).get("requests") or {}
    return quantity(requests.get("storage", "0"))


def _class_of(claim: Object) -> str:
    annotations = claim["metadata"].get("annotations") or {}
    return str(annotations.get(_BETA_CLASS) or claim["spec"].get("storageClassName") or "")


class DefaultClasses(_Mutating):
    """Claims and ingresses that name no class get the default one, if there is any; the newest of several."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:  # noqa: ARG002
        if obj is None or operation != "CREATE" or call.subresource:
            return
        table = call.resource.table
        annotations = obj["metadata"].get("annotations") or {}
        if table == "persistentvolumeclaims":
            if obj["spec"].get("storageClassName") is None and _BETA_CLASS not in annotations:
                self._set(obj, "storageClassName", "storageclasses.storage.k8s.io", "storageclass.kubernetes.io")
        elif table == "ingresses.networking.k8s.io":
            spec = obj.setdefault("spec", {})
            if spec.get("ingressClassName") is None and _INGRESS_CLASS not in annotations:
                self._set(obj, "ingressClassName", "ingressclasses.networking.k8s.io", "ingressclass.kubernetes.io")

    def _set(self, obj: JSONObject, key: str, table: str, group: str) -> None:
        marks = (f"{group}/is-default-class", group.replace(".kubernetes", ".beta.kubernetes", 1) + "/is-default-class")
        classes = [
            version.obj["metadata"]
            for version in self._store.list(table)
            if any((version.obj["metadata"].get("annotations") or {}).get(mark) == "true" for mark in marks)
        ]
        if classes:
            # The newest, and of equally old ones the first by name.
            classes.sort(key=lambda meta: meta["name"])
            classes.sort(key=lambda meta: meta["creationTimestamp"], reverse=True)
            obj["spec"][key] = classes[0]["name"]
