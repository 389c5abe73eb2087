"""Namespaces: they carry their name as a label, and stay until their finalizers are gone.

Follows pkg/registry/core/namespace/strategy.go and pkg/apis/core/v1/defaults.go (SetDefaults_Namespace).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import validation
from kubefake.resources.strategy import Context, FieldError, JSONObject, Strategy

__all__ = ["NAME_LABEL", "NamespaceStrategy"]

NAME_LABEL = "kubernetes.io/metadata.name"
_FINALIZER = "kubernetes"


class NamespaceStrategy(Strategy):
    """The habits of namespaces."""

    tracks_generation = False
    metadata_checks = ("whole", "update")
    field_labels = ("status.phase",)

    def default(self, obj: JSONObject, version: str) -> None:  # noqa: ARG002
        name = obj["metadata"].get("name")
        if name:
            obj["metadata"].setdefault("labels", {})[NAME_LABEL] = name
        status = obj.get("status") or {}
        if not status.get("phase"):
            obj["status"] = {**status, "phase": "Active"}

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:  # noqa: ARG002
        self.default(obj, "v1")
        spec = obj.setdefault("spec", {})
        finalizers = spec.get("finalizers") or []
        spec["finalizers"] = finalizers if _FINALIZER in finalizers else [*finalizers, _FINALIZER]
        obj["status"] = {"phase": "Active"}

    def prepare_for_update(self, obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:
        self.default(obj, "v1")
        obj["status"] = old.get("status", {})
        if context.subresource != "finalize":
            obj["spec"] = old.get("spec", {})

    def validate_name(self, name: str, *, prefix: bool) -> list[str]:
        return validation.is_dns1123_label(name.removesuffix("-") if prefix else name)

    def validate(self, obj: Mapping[str, Any], context: Context) -> list[FieldError]:
        found = []
        for index, name in enumerate(obj.get("spec", {}).get("finalizers") or ()):
            path = f"spec.finalizers[{index}]" if context.subresource == "finalize" else "spec.finalizers"
            found += [
                FieldError(path, "FieldValueInvalid", f'Invalid value: "{name}": {text}')
                for text in validation.is_label_key(name)
            ]
            if "/" not in name and name not in ("kubernetes", "orphan", "foregroundDeletion"):
                text = "name is neither a standard finalizer name nor is it fully qualified"
                found.append(FieldError(path, "FieldValueInvalid", f'Invalid value: "{name}": {text}'))
        return found

    def validate_update(self, obj: Mapping[str, Any], old: Mapping[str, Any], context: Context) -> list[FieldError]:  # noqa: ARG002
        if context.subresource != "status":
            return self.validate(obj, context)
        ending = "deletionTimestamp" in obj["metadata"]
        phase = obj.get("status", {}).get("phase", "")
        wanted = "Terminating" if ending else "Active"
        if phase == wanted:
            return []
        text = f"may only be '{wanted}' if `deletionTimestamp` is {'not ' if ending else ''}empty"
        return [FieldError("status.Phase", "FieldValueInvalid", f'Invalid value: "{phase}": {text}')]

    def holds(self, obj: Mapping[str, Any]) -> bool:
        return bool(obj.get("spec", {}).get("finalizers"))

    def field_values(self, obj: Mapping[str, Any]) -> Mapping[str, str]:
        return {"status.phase": obj.get("status", {}).get("phase", "")}
