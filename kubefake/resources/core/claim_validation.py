"""What is wrong with claims for volumes, on their own or in a template.

Follows pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimUpdate).
"""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, dns_label, dns_subdomain, immutable, label_selector
from kubefake.resources.core.quantities import quantity
from kubefake.resources.core.resource_validation import check_quantity
from kubefake.resources.strategy import Context

__all__ = ["ACCESS_MODES", "check_claim", "check_claim_spec", "check_claim_status", "check_claim_update"]

ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
_ONCE = "ReadWriteOncePod"


def check_claim(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new claim."""
    return check_claim_spec("spec", obj.get("spec", {}))


def check_claim_spec(path: str, spec: Object) -> list[FieldError]:
    """What a claim asks for."""
    modes = spec.get("accessModes") or ()
    found: list[FieldError] = []
    if not modes:
        found.append(field.required(f"{path}.accessModes", "at least 1 access mode is required"))
    found += label_selector(f"{path}.selector", spec.get("selector"))
    found += [field.not_supported(f"{path}.accessModes", m, ACCESS_MODES) for m in modes if m not in ACCESS_MODES]
    if _ONCE in modes and any(mode in ACCESS_MODES and mode != _ONCE for mode in modes):
        text = "may not use ReadWriteOncePod with other access modes"
        found.append(field.forbidden(f"{path}.accessModes", text))
    storage = (spec.get("resources", {}).get("requests") or {}).get("storage")
    here = f"{path}.resources[storage]"
    if storage is None:
        found.append(field.required(here))
    elif quantity(storage).sign <= 0:
        found.append(field.invalid(here, storage, "must be greater than zero"))
    else:
        found += check_quantity(here, "storage", storage)
    if spec.get("storageClassName"):
        found += dns_subdomain(f"{path}.storageClassName", spec["storageClassName"])
    if spec.get("volumeMode") not in ("Block", "Filesystem", None):
        found.append(field.not_supported(f"{path}.volumeMode", spec["volumeMode"], ["Block", "Filesystem"]))
    found += _sources(path, spec)
    if spec.get("volumeAttributesClassName"):
        found += dns_subdomain(f"{path}.volumeAttributesClassName", spec["volumeAttributesClassName"])
    return found


def _sources(path: str, spec: Object) -> list[FieldError]:
    found: list[FieldError] = []
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    for key, value in (("dataSource", source), ("dataSourceRef", reference)):
        if value is None:
            continue
        here, group, kind = f"{path}.{key}", value.get("apiGroup") or "", value.get("kind", "")
        found += [field.required(f"{here}.{name}") for name in ("name", "kind") if not value.get(name)]
        if not group and kind != "PersistentVolumeClaim":
            text = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            found.append(field.invalid(here, kind, text))
        if group:
            found += dns_subdomain(f"{here}.apiGroup", group)
        if value.get("namespace"):
            found += dns_label(f"{here}.namespace", value["namespace"])
    if source is None or reference is None:
        return found
    if reference.get("namespace"):
        text = "may not be specified when dataSourceRef.namespace is specified"
        found.append(field.invalid(path, {}, text))
    elif any(source.get(key) != reference.get(key) for key in ("apiGroup", "kind", "name")):
        found.append(field.invalid(path, {}, "must match dataSourceRef"))
    return found


def check_claim_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a claim: only the size may, and only of one that is bound."""
    found = check_claim(obj, context)
    spec, before = dict(obj["spec"]), dict(old["spec"])
    bound = (obj.get("status") or {}).get("phase") == "Bound"
    if not before.get("volumeName") and "volumeName" in spec:  # which may be set once
        before["volumeName"] = spec["volumeName"]
    found += _class_kept(obj, old, spec)
    if bound:
        spec.pop("volumeAttributesClassName", None)
        before.pop("volumeAttributesClassName", None)
        size = (before.get("resources", {}).get("requests") or {}).get("storage")
        resources = spec.get("resources", {})
        if size is not None and resources.get("requests"):
            spec["resources"] = {**resources, "requests": {**resources["requests"], "storage": size}}
    if spec != before:
        from kubefake.resources.core.diffs import spec_diff

        text = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n"
        found.append(field.forbidden("spec", text + spec_diff("PersistentVolumeClaimSpec", before, spec)))
    new_size, old_size = (
        quantity((o["spec"].get("resources", {}).get("requests") or {}).get("storage", "0")) for o in (obj, old)
    )
    if new_size < old_size:
        capacity = quantity(((old.get("status") or {}).get("capacity") or {}).get("storage", "0"))
        if new_size <= capacity:
            text = "field can not be less than status.capacity"
            found.append(field.forbidden("spec.resources.requests.storage", text))
    found += immutable("volumeMode", obj["spec"].get("volumeMode"), old["spec"].get("volumeMode"))
    current = (old.get("status") or {}).get("currentVolumeAttributesClassName")
    wanted = obj["spec"].get("volumeAttributesClassName")
    if wanted != old["spec"].get("volumeAttributesClassName") and current is not None and not wanted:
        what = "nil" if wanted is None else "empty string"
        text = f"update to {what} is forbidden when status.currentVolumeAttributesClassName is not nil"
        found.append(field.forbidden("spec.volumeAttributesClassName", text))
    return found


def _class_kept(obj: Object, old: Object, spec: dict[str, Any]) -> list[FieldError]:
    """The annotation of old that names a class stays; a claim without a class may be given one, which `spec` then forgets."""
    given, before = ((one["metadata"].get("annotations") or {}).get(_BETA_CLASS) for one in (obj, old))
    wanted = spec.get("storageClassName")
    new = wanted is not None and old["spec"].get("storageClassName") is None
    if new and before is not None and wanted == before and given in (None, before):
        del spec["storageClassName"]
        return []
    if new and before is None:
        del spec["storageClassName"]
    return immutable(f"metadata.annotations.{_BETA_CLASS}", given or "", before or "")


_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
_RESIZING = (
    "ControllerResizeInProgress",
    "ControllerResizeInfeasible",
    "NodeResizeInProgress",
    "NodeResizeInfeasible",
    "NodeResizePending",
)


def check_claim_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a claim's status (ValidatePersistentVolumeClaimStatusUpdate)."""
    status = obj.get("status") or {}
    found: list[FieldError] = []
    for name, size in sorted((status.get("capacity") or {}).items()):
        found += _size(f"status.capacity[{name}]", size)
    path = "status.allocatedResourceStatuses"
    for name, state in sorted((status.get("allocatedResourceStatuses") or {}).items()):
        found += _resource_name(path, name)
        if state not in _RESIZING:
            found.append(field.not_supported(path, name, _RESIZING))
    path = "status.allocatedResources"
    for name, size in sorted((status.get("allocatedResources") or {}).items()):
        odd = _resource_name(path, name)
        found += odd or _size(f"{path}[{name}]", size) or check_quantity(f"{path}[{name}]", name, size)
    return found


def _size(path: str, text: str) -> list[FieldError]:
    amount = quantity(text)
    return [field.invalid(path, amount.value(), "must be a valid resource quantity")] if amount.sign < 0 else []


def _resource_name(path: str, name: str) -> list[FieldError]:
    """Of the resources of Kubernetes' own a claim has its storage."""
    found = [field.invalid(path, name, text) for text in validation.is_label_key(name)]
    native = "/" not in name or "kubernetes.io/" in name
    return found or ([field.not_supported(path, name, ["storage"])] if native and name != "storage" else [])
