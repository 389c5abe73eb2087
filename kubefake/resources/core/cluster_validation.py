"""What is wrong with nodes and persistent volumes.

Follows pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from itertools import pairwise

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import (
    IMMUTABLE,
    Object,
    dns_label,
    dns_subdomain,
    immutable,
    is_ip,
    label_name,
    one_of,
    path_without_backsteps,
)
from kubefake.resources.core.avoided_pods import check_avoided
from kubefake.resources.core.claim_validation import ACCESS_MODES
from kubefake.resources.core.diffs import go_value, spec_diff
from kubefake.resources.core.quantities import quantity
from kubefake.resources.core.resource_validation import check_quantity
from kubefake.resources.core.scheduling_validation import check_node_selector, check_taint_effect
from kubefake.resources.core.service_validation import cidr_for_legacy_field
from kubefake.resources.core.volume_validation import SOURCES, check_csi_driver
from kubefake.resources.core.volume_warnings import renewed
from kubefake.resources.strategy import Context

__all__ = [
    "check_node",
    "check_node_status",
    "check_node_update",
    "check_volume",
    "check_volume_spec",
    "check_volume_update",
]

_ONE_TYPE = "may not specify more than 1 volume type"


def _taints(found: list[FieldError], path: str, taints: list[Object]) -> None:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        here, key, effect = f"{path}[{index}]", taint.get("key", ""), taint.get("effect", "")
        found += label_name(f"{here}.key", key)
        texts = validation.is_valid_label_value(taint.get("value", ""))
        if texts:
            found.append(field.invalid(f"{here}.value", taint.get("value", ""), ";".join(texts)))
        found += check_taint_effect(f"{here}.effect", effect)
        if (effect, key) in seen:
            shown = go_value("core/v1.Taint", taint)
            text = "taints must be unique by key and effect pair"
            found.append(FieldError(field.DUPLICATE, here, shown, text))
        seen.add((effect, key))


def _node_resources(found: list[FieldError], status: Object) -> None:
    for key in ("capacity", "allocatable"):
        for name, text in (status.get(key) or {}).items():
            found += check_quantity(f"status.{key}.{name}", name, text)


def check_node(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new node."""
    found = check_avoided(obj["metadata"].get("annotations") or {})
    spec = obj.get("spec") or {}
    _taints(found, "metadata.taints", spec.get("taints") or [])
    _node_resources(found, obj.get("status") or {})
    ranges = spec.get("podCIDRs") or []
    for index, text in enumerate(ranges):
        found += cidr_for_legacy_field(f"spec.podCIDRs[{index}]", text)
    if len(ranges) < 2:
        return found
    unread = next(((index, text) for index, text in enumerate(ranges) if not _is_range(text)), None)
    if unread is not None:
        problem = f"invalid CIDR[{unread[0]}]: <nil> (invalid CIDR address: {unread[1]})"
        text = f"invalid PodCIDRs. failed to check with dual stack with error:{problem}"
        found.append(field.internal_error("spec.podCIDRs", text))
    if unread is not None or len(ranges) > 2 or len({":" in text for text in ranges}) != 2:
        text = "may specify no more than one CIDR for each IP family"
        found.append(field.invalid("spec.podCIDRs", ranges, text))
    return found


def _is_range(text: str) -> bool:
    """Whether Go's reader of ranges takes it, leading zeros and all."""
    address, slash, length = text.partition("/")
    parts = address.split(".")
    if len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        address = ".".join(str(int(part)) for part in parts)
    limit = 128 if ":" in address else 32
    return bool(slash) and is_ip(address) and length.isascii() and length.isdigit() and int(length) <= limit


def check_node_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a node: what is wrong with it as with a new one, and with the change."""
    return check_node(obj, context) + check_node_status(obj, old, context)


def check_node_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a node's status (ValidateNodeUpdate)."""
    found = check_avoided(obj["metadata"].get("annotations") or {})
    spec, status, before = obj.get("spec") or {}, obj.get("status") or {}, old.get("spec") or {}
    _node_resources(found, status)
    seen: list[Object] = []
    for index, address in enumerate(status.get("addresses") or ()):
        if address in seen:
            shown = go_value("core/v1.NodeAddress", address)
            found.append(field.duplicate(f"status.addresses[{index}]", shown))
        seen.append(address)
    features = status.get("declaredFeatures") or []
    for index, (previous, feature) in enumerate(pairwise(features), 1):
        if feature == previous:
            found.append(field.duplicate(f"status.declaredFeatures[{index}]", feature))
        elif feature < previous:
            text = "list must be sorted alphabetically"
            found.append(field.invalid(f"status.declaredFeatures[{index}]", feature, text))
    was = before.get("podCIDRs") or []
    if was and was != (spec.get("podCIDRs") or []):
        text = 'node updates may not change podCIDR except from "" to valid'
        found.append(field.forbidden("spec.podCIDRs", text))
    if before.get("providerID") and before["providerID"] != spec.get("providerID"):
        text = 'node updates may not change providerID except from "" to valid'
        found.append(field.forbidden("spec.providerID", text))
    _taints(found, "metadata.taints", spec.get("taints") or [])
    if spec.get("externalID", "") != before.get("externalID", ""):
        found.append(field.forbidden("spec.externalID", "may not be updated"))
    return found


def check_volume(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A persistent volume."""
    found = check_volume_spec("spec", obj["spec"])
    return found + _mount_options(obj)


_MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
_TAKE_OPTIONS = (
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "cinder",
    "rbd",
    "quobyte",
    "iscsi",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "nfs",
    "photonPersistentDisk",
)


def _mount_options(obj: Object) -> list[FieldError]:
    """The annotation that came before spec.mountOptions is for some sources only."""
    if _MOUNT_OPTIONS not in (obj["metadata"].get("annotations") or {}):
        return []
    if any(obj["spec"].get(key) is not None for key in _TAKE_OPTIONS):
        return []
    text = "may not specify mount options for this volume type"
    return [field.forbidden(f"metadata.annotations.{_MOUNT_OPTIONS}", text)]


def check_volume_spec(path: str, spec: Object, *, inline: bool = False) -> list[FieldError]:
    """What a volume is; `inline`: as a part of something else, which says less."""
    found: list[FieldError] = []
    if inline:
        found += [field.forbidden(f"{path}.{key}", _INLINE) for key in ("claimRef", "capacity") if spec.get(key)]
        if spec.get("csi") is None:
            found.append(field.required(f"{path}.csi", "has to be specified in the context of inline volumes"))
    _access_modes(found, f"{path}.accessModes", spec.get("accessModes") or [])
    if not inline:
        _capacity(found, f"{path}.capacity", spec.get("capacity"))
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy and inline:
        if policy != "Retain":
            text = "may only be Retain in the context of inline volumes"
            found.append(field.forbidden(f"{path}.persistentVolumeReclaimPolicy", text))
    elif policy:
        found += one_of(f"{path}.persistentVolumeReclaimPolicy", policy, ("Delete", "Recycle", "Retain"))
    _volume_affinity(found, f"{path}.nodeAffinity", spec.get("nodeAffinity"), inline=inline)
    _persistent_source(found, path, spec)
    host = spec.get("hostPath")
    if host is not None and posixpath.normpath(host.get("path") or ".") == "/" and policy == "Recycle":
        text = "may not be 'recycle' for a hostPath mount of '/'"
        found.append(field.forbidden(f"{path}.persistentVolumeReclaimPolicy", text))
    if spec.get("storageClassName"):
        here = f"{path}.storageClassName"
        found += [field.forbidden(here, _INLINE)] if inline else dns_subdomain(here, spec["storageClassName"])
    mode = spec.get("volumeMode")
    if mode is not None and inline:
        if mode != "Filesystem":
            text = "may not specify volumeMode other than Filesystem in the context of inline volumes"
            found.append(field.forbidden(f"{path}.volumeMode", text))
    elif mode is not None:
        found += one_of(f"{path}.volumeMode", mode, ("Block", "Filesystem"))
    _attributes_class(found, path, spec)
    return found


_INLINE = "may not be specified in the context of inline volumes"


def _access_modes(found: list[FieldError], path: str, modes: list[str]) -> None:
    if not modes:
        found.append(field.required(path))
    found += [field.not_supported(path, mode, ACCESS_MODES) for mode in modes if mode not in ACCESS_MODES]
    if "ReadWriteOncePod" in modes and any(mode in ACCESS_MODES and mode != "ReadWriteOncePod" for mode in modes):
        found.append(field.forbidden(path, "may not use ReadWriteOncePod with other access modes"))


def _capacity(found: list[FieldError], path: str, given: Mapping[str, str] | None) -> None:
    capacity = given or {}
    if not capacity:
        found.append(field.required(path))
    if "storage" not in capacity or len(capacity) > 1:
        found.append(field.not_supported(path, given, ["storage"]))
    for name, text in capacity.items():
        value, here = quantity(text), f"{path}[{name}]"
        if value.sign < 0:
            found.append(field.invalid(here, value.value(), "must be a valid resource quantity"))
        if value.sign <= 0:
            found.append(field.invalid(here, text, "must be greater than zero"))


def _volume_affinity(found: list[FieldError], path: str, affinity: Object | None, *, inline: bool) -> None:
    if affinity is None:
        return
    if inline:
        found.append(field.forbidden(path, _INLINE))
    elif affinity.get("required") is None:
        found.append(field.required(f"{path}.required", "must specify required node constraints"))
    else:
        found += check_node_selector(f"{path}.required", affinity["required"])


def _attributes_class(found: list[FieldError], path: str, spec: Object) -> None:
    name = spec.get("volumeAttributesClassName")
    if name is None:
        return
    here = f"{path}.volumeAttributesClassName"
    found += dns_subdomain(here, name) if name else [field.required(here, "an empty string is disallowed")]
    if spec.get("csi") is None:
        found.append(field.required(f"{path}.csi", "has to be specified when using volumeAttributesClassName"))


def _local(path: str, source: Object) -> list[FieldError]:
    if not source.get("path"):
        return [field.required(f"{path}.path")]
    return path_without_backsteps(f"{path}.path", source["path"])


_REFERENCES = (
    "controllerPublishSecretRef",
    "controllerExpandSecretRef",
    "nodePublishSecretRef",
    "nodeExpandSecretRef",
)


def _csi(path: str, source: Object) -> list[FieldError]:
    found = check_csi_driver(f"{path}.driver", source.get("driver", ""))
    if not source.get("volumeHandle"):
        found.append(field.required(f"{path}.volumeHandle"))
    for key in _REFERENCES:
        reference = source.get(key)
        if reference is None:
            continue
        name, namespace, here = reference.get("name", ""), reference.get("namespace", ""), f"{path}.{key}"
        found += dns_subdomain(f"{here}.name", name) if name else [field.required(f"{here}.name")]
        found += dns_label(f"{here}.namespace", namespace) if namespace else [field.required(f"{here}.namespace")]
    return found


def _glusterfs(path: str, source: Object) -> list[FieldError]:
    found = SOURCES["glusterfs"](path, source)
    namespace = source.get("endpointsNamespace")
    here = f"{path}.endpointsNamespace"
    if namespace == "":
        text = "if the endpointnamespace is set, it must be a valid namespace name"
        found.append(field.invalid(here, namespace, text))
    elif namespace is not None:
        found += dns_label(here, namespace)
    return found


def _azure_file(path: str, source: Object) -> list[FieldError]:
    found = SOURCES["azureFile"](path, source)
    if source.get("secretNamespace") == "":
        found.append(field.required(f"{path}.secretNamespace"))
    return found


def _storage_os(path: str, source: Object) -> list[FieldError]:
    found = SOURCES["storageos"](path, source)
    if source.get("secretRef") is not None and not source["secretRef"].get("namespace"):
        found.append(field.required(f"{path}.secretRef.namespace"))
    return found


_PERSISTENT: Mapping[str, Callable[[str, Object], list[FieldError]]] = {
    **{key: SOURCES[key] for key in ("hostPath", "gcePersistentDisk", "awsElasticBlockStore")},
    "glusterfs": _glusterfs,
    **{key: SOURCES[key] for key in ("flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi", "cinder", "fc")},
    "flexVolume": SOURCES["flexVolume"],
    "azureFile": _azure_file,
    **{
        key: SOURCES[key] for key in ("vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO")
    },
    "local": _local,
    "storageos": _storage_os,
    "csi": _csi,
}


def _persistent_source(found: list[FieldError], path: str, spec: Object) -> None:
    chosen = False
    for key, check in _PERSISTENT.items():
        source = spec.get(key)
        if source is None:
            continue
        if chosen:
            found.append(field.forbidden(f"{path}.{key}", _ONE_TYPE))
            continue
        chosen = True
        found += check(f"{path}.{'persistentDisk' if key == 'gcePersistentDisk' else key}", source)
        if key == "local" and (spec.get("nodeAffinity") or {}).get("required") is None:
            found.append(field.required(f"{path}.nodeAffinity", "Local volume requires node affinity"))
    if not chosen:
        found.append(field.required(path, "must specify a volume type"))


def check_volume_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a volume: not of where it is. The server looks at all of it twice."""
    spec, before = obj["spec"], old["spec"]
    found = check_volume(obj, context) + check_volume_spec("spec", spec)
    new, was = ({key: part[key] for key in _PERSISTENT if part.get(key) is not None} for part in (spec, before))
    if (was.get("csi") or {}).get("controllerExpandSecretRef") is None and new.get("csi") and was.get("csi"):
        new["csi"] = {key: value for key, value in new["csi"].items() if key != "controllerExpandSecretRef"}
    if new != was:
        text = "spec.persistentvolumesource is immutable after creation\n"
        found.append(
            field.forbidden("spec.persistentvolumesource", text + spec_diff("PersistentVolumeSource", was, new))
        )
    found += immutable("volumeMode", spec.get("volumeMode"), before.get("volumeMode"))
    affinity = before.get("nodeAffinity")
    if affinity is not None and renewed(affinity, spec.get("nodeAffinity")) != spec.get("nodeAffinity"):
        shown = go_value("core/v1.VolumeNodeAffinity", spec.get("nodeAffinity"))
        text = f"{IMMUTABLE}, except for updating from beta label to GA"
        found.append(field.invalid("nodeAffinity", shown, text))
    if before.get("volumeAttributesClassName") is not None and spec.get("volumeAttributesClassName") is None:
        text = "update from non-nil value to nil is forbidden"
        found.append(field.forbidden("spec.volumeAttributesClassName", text))
    return found
