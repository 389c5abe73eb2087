"""Builtin admission by the Pod Security Standards: the labels of a namespace say which level its pods keep to.

Pods that do not keep to the enforced level are refused; what does not keep to the level of warnings is warned of, templates
included. Nothing is audited: this server has no audit log. Follows k8s.io/pod-security-admission/{admission,api}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.pipeline.podchecks import LATEST, Refusal, evaluate
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call

__all__ = ["PodSecurity"]

Object = Mapping[str, Any]
_PREFIX: Final = "pod-security.kubernetes.io/"
_LEVELS: Final = ("privileged", "baseline", "restricted")
_MODES: Final = ("enforce", "audit", "warn")
_VERSION = re.compile(r"v1\.(0|[1-9]\d*)", re.ASCII)
_CHECKED_SUBRESOURCES: Final = frozenset({"", "ephemeralcontainers", "resize"})
_CONTAINERS: Final = ("initContainers", "containers")
_APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "podtemplates": ("template",),
    "replicationcontrollers": ("spec", "template"),
    "daemonsets.apps": ("spec", "template"),
    "deployments.apps": ("spec", "template"),
    "replicasets.apps": ("spec", "template"),
    "statefulsets.apps": ("spec", "template"),
    "jobs.batch": ("spec", "template"),
    "cronjobs.batch": ("spec", "jobTemplate", "spec", "template"),
}


class _Wanted(NamedTuple):
    """A level of a version, as a namespace asks for it."""

    level: str = "privileged"
    version: str = "latest"

    @property
    def minor(self) -> int:
        found = _VERSION.fullmatch(self.version)
        return int(found[1]) if found else LATEST

    def refusals(self, pod: Object) -> list[Refusal]:
        return evaluate(self.level, self.minor, pod.get("metadata", {}).get("annotations") or {}, pod.get("spec") or {})

    def __str__(self) -> str:
        return f'"{self.level}:{self.version}"'


class PodSecurity:
    """Holds pods to the level of their namespace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:
        """Nothing is changed."""

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:
        """Refuses or warns."""
        if obj is None:
            return
        table = call.resource.table
        if table == "pods":
            self._pod(call, operation, obj, old)
        elif table == "namespaces":
            if not call.subresource:
                self._namespace(call, obj, old)
        elif table in _TEMPLATES and not call.subresource and not call.through:
            warn = self._wanted(call)[1]
            template: Any = obj
            for key in _TEMPLATES[table]:
                template = (template or {}).get(key)
            if template and warn.level != "privileged":
                _warn(call, warn, warn.refusals(template))

    def _wanted(self, call: Call) -> tuple[_Wanted, _Wanted]:
        """What the request's namespace enforces, and what it warns of."""
        namespace = self._store.get("namespaces", call.namespace)
        found = (namespace.obj["metadata"].get("labels") if namespace is not None else None) or {}
        if not any(key.startswith(_PREFIX) for key in found):
            return _Wanted(), _Wanted()
        enforce = _read(found, "enforce")
        warn = _read(found, "warn")
        if f"{_PREFIX}warn" not in found and _LEVELS.index(enforce.level) > 0:
            warn = enforce  # who enforces a level warns of it where nothing can be enforced
        return enforce, warn

    def _pod(self, call: Call, operation: str, pod: Object, old: Object | None) -> None:
        if call.subresource not in _CHECKED_SUBRESOURCES:
            return
        enforce, warn = self._wanted(call)
        if enforce.level == warn.level == "privileged":
            return
        if operation == "UPDATE" and call.subresource != "ephemeralcontainers" and not _matters(pod, old or {}):
            return
        refusals = enforce.refusals(pod)
        if refusals:
            text = f"violates PodSecurity {enforce}: {', '.join(map(str, refusals))}"
            raise errors.new_forbidden(call.resource.group_resource, pod["metadata"].get("name", ""), text)
        _warn(call, warn, warn.refusals(pod))

    def _namespace(self, call: Call, obj: Object, old: Object | None) -> None:
        given: Object = obj["metadata"].get("labels") or {}
        before: Object = (old or {}).get("metadata", {}).get("labels") or {}
        found = _mislabelled(given)
        if found and not (old is not None and _mislabelled(before) == found):
            raise errors.new_invalid(GroupKind("", "Namespace"), obj["metadata"].get("name", ""), found)
        if old is None:
            return
        now, was = _read(given, "enforce"), _read(before, "enforce")
        if now == was or now.level == "privileged":
            return
        if now.version == was.version and _LEVELS.index(now.level) < _LEVELS.index(was.level):
            return
        self._tell_of_pods(call, now)

    def _tell_of_pods(self, call: Call, wanted: _Wanted) -> None:
        """Warns of pods that were there before their namespace enforced a level."""
        violations: dict[str, list[str]] = {}
        for version in self._store.list("pods", call.name):
            refusals = wanted.refusals(version.obj)
            if refusals:
                reasons = ", ".join(refusal.reason for refusal in refusals)
                violations.setdefault(reasons, []).append(version.obj["metadata"]["name"])
        if violations:
            call.warn(f'existing pods in namespace "{call.name}" violate the new PodSecurity enforce level {wanted}')
        for reasons, names in sorted(violations.items()):
            call.warn(f"{_some(names)}: {reasons}")


def _some(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{names[0]} (and {len(names) - 1} other pod{'s' if len(names) > 2 else ''})"


def _warn(call: Call, wanted: _Wanted, refusals: Sequence[Refusal]) -> None:
    if refusals:
        call.warn(f"would violate PodSecurity {wanted}: {', '.join(map(str, refusals))}")


def _read(labels: Object, mode: str) -> _Wanted:
    """A mode's level and version; what cannot be read is held to the strictest, as far as something is held to it."""
    level = labels.get(f"{_PREFIX}{mode}", "privileged")
    version = labels.get(f"{_PREFIX}{mode}-version", "latest")
    if level not in _LEVELS:
        level = "restricted" if mode == "enforce" else "privileged"
    return _Wanted(level, version if _VERSION.fullmatch(version) else "latest")


def _mislabelled(labels: Object) -> list[field.FieldError]:
    found: list[field.FieldError] = []
    for mode in _MODES:
        key = f"{_PREFIX}{mode}"
        level = labels.get(key)
        if level is not None and level not in _LEVELS:
            text = f"must be one of {', '.join(_LEVELS)}"
            found.append(field.invalid(f"metadata.labels[{key}]", level, text))
        version = labels.get(f"{key}-version")
        if version is not None and version != "latest" and not _VERSION.fullmatch(version):
            found.append(field.invalid(f"metadata.labels[{key}-version]", version, 'must be "latest" or "v1.x"'))
    return found


def _matters(pod: Object, old: Object) -> bool:
    """Whether an update changes something that the checks look at: images, and annotations of profiles."""
    for key in _CONTAINERS:
        now, was = pod["spec"].get(key) or (), old.get("spec", {}).get(key) or ()
        if [c.get("image") for c in now] != [c.get("image") for c in was]:
            return True
    return _profiles(pod) != _profiles(old)


def _profiles(pod: Object) -> dict[str, str]:
    annotations: Object = pod.get("metadata", {}).get("annotations") or {}
    return {key: value for key, value in annotations.items() if key.startswith(_APPARMOR)}
