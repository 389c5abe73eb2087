"""Pods by their side doors: ephemeral containers, and new resources for those that run.

Follows pkg/registry/core/pod/strategy.go and pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate,
ValidatePodResize).
"""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object
from kubefake.resources.core.diffs import spec_diff
from kubefake.resources.core.pod_validation import check_pod_metadata_and_spec
from kubefake.resources.core.qos import qos_class
from kubefake.resources.strategy import JSONObject

__all__ = ["check_ephemeral", "check_resize", "keep_ephemeral", "keep_resize"]

_MIRROR = "kubernetes.io/config.mirror"
_KEPT_META = ("labels", "annotations", "finalizers", "ownerReferences", "generateName")
_LISTS = ("containers", "initContainers")
_RESIZABLE = frozenset({"cpu", "memory"})
_ONLY = "only cpu and memory resources are mutable"


def _keep_metadata(obj: JSONObject, old: Object) -> None:
    meta, before = obj["metadata"], old["metadata"]
    for key in _KEPT_META:
        meta.pop(key, None)
        if key in before:
            meta[key] = before[key]


def keep_ephemeral(obj: JSONObject, old: Object) -> None:
    """Drops every change but that of the ephemeral containers."""
    containers = obj["spec"].get("ephemeralContainers")
    spec = {key: value for key, value in old["spec"].items() if key != "ephemeralContainers"}
    if containers:
        spec["ephemeralContainers"] = containers
    obj["spec"], obj["status"] = spec, old.get("status", {})
    _keep_metadata(obj, old)


def keep_resize(obj: JSONObject, old: Object) -> None:
    """Drops every change but that of resources; containers that come, go or move are left for validation to refuse."""
    spec, before = obj["spec"], old["spec"]
    if any(len(spec.get(key) or ()) != len(before.get(key) or ()) for key in _LISTS):
        return
    merged = dict(before)
    for key in _LISTS:
        if spec.get(key):
            merged[key] = _merged(spec[key], before[key])
    merged.pop("resources", None)
    if spec.get("resources") is not None:
        merged["resources"] = spec["resources"]
    obj["spec"], obj["status"] = merged, old.get("status", {})
    _keep_metadata(obj, old)


def _merged(new: list[JSONObject], old: list[Object]) -> list[Any]:
    if any(one.get("name") != was.get("name") for one, was in zip(new, old, strict=True)):
        return new
    result = []
    for one, was in zip(new, old, strict=True):
        container = {**was, "resources": one.get("resources", {})}
        container.pop("resizePolicy", None)
        if one.get("resizePolicy"):
            container["resizePolicy"] = one["resizePolicy"]
        result.append(container)
    return result


def check_ephemeral(obj: Object, old: Object) -> list[FieldError]:
    """Ephemeral containers come, and stay as they are."""
    found = check_pod_metadata_and_spec(obj)
    if _MIRROR in (old["metadata"].get("annotations") or {}):
        return [field.forbidden("[]", "static pods do not support ephemeral containers")]
    path = "spec.ephemeralContainers"
    now = {container.get("name", ""): container for container in obj["spec"].get("ephemeralContainers") or ()}
    for container in old["spec"].get("ephemeralContainers") or ():
        name = container.get("name", "")
        if name not in now:
            found.append(field.forbidden(path, f'existing ephemeral containers "{name}" may not be removed\n'))
        elif now[name] != container:
            text = f'existing ephemeral containers "{name}" may not be changed\n'
            found.append(field.forbidden(path, text + spec_diff("EphemeralContainer", container, now[name])))
    return found


def check_resize(obj: Object, old: Object) -> list[FieldError]:
    """Processors and memory may change, within the pod's class."""
    found = check_pod_metadata_and_spec(obj)
    if _MIRROR in (old["metadata"].get("annotations") or {}):
        return [field.forbidden("[]", "static pods cannot be resized")]
    spec, before = obj["spec"], old["spec"]
    if (before.get("os") or {}).get("name") == "windows":
        return [field.forbidden("[]", "windows pods cannot be resized")]
    if (old.get("status") or {}).get("qosClass", qos_class(before)) != qos_class(spec):
        text = "Pod QOS Class may not change as a result of resizing"
        found.append(field.invalid("spec", (obj.get("status") or {}).get("qosClass", ""), text))
    if not _supported(old):
        found.append(field.forbidden("spec", "Pod running on node without support for resize"))
    if spec.get("resources") or before.get("resources"):
        _pod_level(found, spec.get("resources"), before.get("resources"))
    ordering = _ordering(spec, before)
    if ordering:
        return found + ordering
    _containers(found, spec, before)
    return found


def _supported(old: Object) -> bool:
    for status in (old.get("status") or {}).get("containerStatuses") or ():
        if (status.get("state") or {}).get("running") is not None:
            return status.get("resources") is not None
    return True


def _removed(new: Object | None, old: Object | None) -> bool:
    return any(name not in (new or {}) for name in old or ())


def _fixed(resources: Object | None) -> dict[str, Any]:
    """What of some resources may not change."""
    result: dict[str, Any] = {}
    for kind in ("limits", "requests"):
        kept = {k: v for k, v in ((resources or {}).get(kind) or {}).items() if k not in _RESIZABLE}
        if kept:
            result[kind] = kept
    return result


def _pod_level(found: list[FieldError], new: Object | None, old: Object | None) -> None:
    if old is not None and new is None:
        found.append(field.forbidden("spec.resources", "pod-level resources cannot be removed"))
        return
    for kind in ("requests", "limits"):
        if _removed((new or {}).get(kind), (old or {}).get(kind)):
            text = f"pod-level resource {kind} cannot be removed"
            found.append(field.forbidden(f"spec.resources.{kind}", text))
    if _fixed(new) != _fixed(old):
        found.append(field.forbidden("spec", "only cpu and memory resources are mutable at pod-level"))


def _ordering(spec: Object, before: Object) -> list[FieldError]:
    found = []
    for key in _LISTS:
        new, old = spec.get(key) or [], before.get(key) or []
        if len(new) != len(old):
            found.append(field.forbidden(f"spec.{key}", f"{key} may not be added or removed on resize"))
            continue
        moved = [index for index, was in enumerate(old) if new[index].get("name") != was.get("name")]
        text = f"{key} may not be renamed or reordered on resize"
        found += [field.forbidden(f"spec.{key}[{index}].name", text) for index in moved]
    return found


def _containers(found: list[FieldError], spec: Object, before: Object) -> None:
    rest: list[FieldError] = []
    for key in ("initContainers", "containers"):
        for index, (new, old) in enumerate(zip(spec.get(key) or (), before.get(key) or (), strict=True)):
            path = f"spec.{key}[{index}]"
            now, was = new.get("resources") or {}, old.get("resources") or {}
            gone = [kind for kind in ("requests", "limits") if _removed(now.get(kind), was.get(kind))]
            text = "resource {} cannot be removed"
            found += [field.forbidden(f"{path}.resources.{kind}", text.format(kind)) for kind in gone]
            others = [{k: v for k, v in one.items() if k != "resources"} for one in (new, old)]
            if others[0] != others[1] or _fixed(now) != _fixed(was):
                here = "spec" if key == "containers" else path
                words = "only cpu and memory resources for init or sidecar containers are mutable"
                rest.append(field.forbidden(here, _ONLY if key == "containers" else words))
    found += rest
