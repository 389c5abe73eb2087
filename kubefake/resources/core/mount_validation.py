"""What is wrong with where containers mount volumes and see block devices.

Follows pkg/apis/core/validation/validation.go (ValidateVolumeMounts, ValidateVolumeDevices).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, one_of, relative_path

__all__ = ["check_devices", "check_mounts"]


def check_mounts(
    path: str, mounts: Sequence[Object], devices: Sequence[Object], volumes: Mapping[str, Object], container: Object
) -> list[FieldError]:
    """The mounts of a container."""
    found: list[FieldError] = []
    points: set[str] = set()
    names = {device.get("name", "") for device in devices}
    paths = {device.get("devicePath", "") for device in devices}
    for index, mount in enumerate(mounts):
        here, name, point = f"{path}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            found.append(field.required(f"{here}.name"))
        if name not in volumes:
            found.append(field.not_found(f"{here}.name", name))
        if not point:
            found.append(field.required(f"{here}.mountPath"))
        if point in points:
            found.append(field.invalid(f"{here}.mountPath", point, "must be unique"))
        points.add(point)
        if name in names:
            found.append(field.invalid(f"{here}.name", name, "must not already exist in volumeDevices"))
        if point in paths:
            text = "must not already exist as a path in volumeDevices"
            found.append(field.invalid(f"{here}.mountPath", point, text))
        sub, expression = mount.get("subPath"), mount.get("subPathExpr")
        if sub:
            found += relative_path(f"{path}.subPath", sub)
        if expression:
            if sub:
                text = "subPathExpr and subPath are mutually exclusive"
                found.append(field.invalid(f"{here}.subPathExpr", expression, text))
            found += relative_path(f"{path}.subPathExpr", expression)
        _propagation(found, f"{path}.mountPropagation", mount.get("mountPropagation"), container)
        _recursive(found, f"{path}.recursiveReadOnly", mount)
    return found


def _propagation(found: list[FieldError], path: str, mode: str | None, container: Object) -> None:
    if mode is None:
        return
    found += one_of(path, mode, ("Bidirectional", "HostToContainer", "None"))
    if mode == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        text = "Bidirectional mount propagation is available only to privileged containers"
        found.append(field.forbidden(path, text))


def _recursive(found: list[FieldError], path: str, mount: Object) -> None:
    mode = mount.get("recursiveReadOnly")
    if mode is None or mode == "Disabled":
        return
    if mode not in ("Enabled", "IfPossible"):
        found.append(field.not_supported(path, mode, ["Disabled", "Enabled", "IfPossible"]))
        return
    if not mount.get("readOnly"):
        found.append(field.forbidden(path, "may only be specified when readOnly is true"))
    if mount.get("mountPropagation") not in (None, "None"):
        text = "may only be specified when mountPropagation is None or not specified"
        found.append(field.forbidden(path, text))


def check_devices(
    path: str, devices: Sequence[Object], mounts: Sequence[Object], volumes: Mapping[str, Object]
) -> list[FieldError]:
    """The block devices of a container."""
    found: list[FieldError] = []
    names: set[str] = set()
    points: set[str] = set()
    mounted = {mount.get("name", "") for mount in mounts}
    taken = {mount.get("mountPath", "") for mount in mounts}
    for index, device in enumerate(devices):
        here, name, point = f"{path}[{index}]", device.get("name", ""), device.get("devicePath", "")
        volume = volumes.get(name)
        if not name:
            found.append(field.required(f"{here}.name"))
        if name in names:
            found.append(field.invalid(f"{here}.name", name, "must be unique"))
        if volume is None:
            found.append(field.not_found(f"{here}.name", name))
        elif volume.get("persistentVolumeClaim") is None and volume.get("ephemeral") is None:
            text = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            found.append(field.invalid(f"{here}.name", name, text))
        if not point:
            found.append(field.required(f"{here}.devicePath"))
        if point in points:
            found.append(field.invalid(f"{here}.devicePath", point, "must be unique"))
        if point and ".." in point.split("/"):
            found.append(field.invalid(f"{here}.devicePath", point, "can not contain backsteps ('..')"))
        else:
            points.add(point)
        if name in mounted:
            found.append(field.invalid(f"{here}.name", name, "must not already exist in volumeMounts"))
        if point in taken:
            text = "must not already exist as a path in volumeMounts"
            found.append(field.invalid(f"{here}.devicePath", point, text))
        if name:
            names.add(name)
    return found
