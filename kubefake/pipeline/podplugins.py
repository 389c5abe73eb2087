"""Builtin admission of pods that every cluster has: their priority, and how long they stand a node that is gone.

Follows plugin/pkg/admission/{priority,defaulttolerationseconds}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call

__all__ = ["DefaultTolerationSeconds", "Priority"]

_SYSTEM_CRITICAL = 2_000_000_000
_BUILTIN = {"system-cluster-critical": _SYSTEM_CRITICAL, "system-node-critical": _SYSTEM_CRITICAL + 1000}
_SECONDS = 300
_CLASSES = "priorityclasses.scheduling.k8s.io"
_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def _is_pod(call: Call) -> bool:
    return call.resource.table == "pods" and not call.subresource


class Priority:
    """Resolves a pod's priority class to its number, and keeps the default class the only one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        if operation == "DELETE" and call.resource.table == _CLASSES and call.name in _BUILTIN:
            text = "this is a system priority class and cannot be deleted"
            raise errors.new_forbidden(call.resource.group_resource, call.name, text)
        if obj is None or not _is_pod(call):
            return
        spec = obj["spec"]
        if operation == "UPDATE":
            before = (old or {}).get("spec", {})
            for key in ("priority", "preemptionPolicy"):
                if spec.get(key) is None and before.get(key) is not None:
                    spec[key] = before[key]
            return
        name, priority, policy = self._resolve(call, obj)
        given = spec.get("priority")
        if given is not None and given != priority:
            text = (
                f"the integer value of priority ({given}) must not be provided in pod spec; "
                f"priority admission controller computed {priority} from the given PriorityClass name"
            )
            raise errors.new_forbidden(call.resource.group_resource, _name(obj), text)
        wished = spec.get("preemptionPolicy")
        if wished is not None and wished != policy:
            text = (
                f"the string value of PreemptionPolicy ({wished}) must not be provided in pod spec; "
                f"priority admission controller computed {policy} from the given PriorityClass name"
            )
            raise errors.new_forbidden(call.resource.group_resource, _name(obj), text)
        if name:
            spec["priorityClassName"] = name
        spec["priority"], spec["preemptionPolicy"] = priority, policy

    def _resolve(self, call: Call, pod: JSONObject) -> tuple[str, int, str]:
        name = pod["spec"].get("priorityClassName", "")
        if not name:
            default = [c for c in self._classes() if c.get("globalDefault")]
            if not default:
                return "", 0, "PreemptLowerPriority"
            lowest = min(default, key=lambda c: c.get("value", 0))
            return lowest["metadata"]["name"], lowest.get("value", 0), lowest.get("preemptionPolicy", "")
        version = self._store.get(_CLASSES, name)
        if version is None:
            text = f"no PriorityClass with name {name} was found"
            raise errors.new_forbidden(call.resource.group_resource, _name(pod), text)
        found = version.obj
        return name, found.get("value", 0), found.get("preemptionPolicy", "PreemptLowerPriority")

    def _classes(self) -> list[Mapping[str, Any]]:
        return [version.obj for version in self._store.list(_CLASSES)]

    def validate(
        self,
        call: Call,
        operation: str,
        obj: Mapping[str, Any] | None,
        old: Mapping[str, Any] | None,  # noqa: ARG002
    ) -> None:
        """A second default class is refused."""
        if obj is None or call.resource.table != _CLASSES or not obj.get("globalDefault"):
            return
        for other in self._classes():
            name = other["metadata"]["name"]
            if other.get("globalDefault") and (operation == "CREATE" or name != obj["metadata"].get("name")):
                text = f"PriorityClass {name} is already marked as default. Only one default can exist"
                raise errors.new_forbidden(call.resource.group_resource, obj["metadata"].get("name", ""), text)


def _name(obj: JSONObject) -> str:
    return str(obj["metadata"].get("name", ""))


class DefaultTolerationSeconds:
    """Pods stand a node that is not ready or not reachable for five minutes, unless they say otherwise."""

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:  # noqa: ARG002
        if obj is None or not _is_pod(call):
            return
        spec = obj["spec"]
        tolerations = spec.get("tolerations") or []
        missing = [key for key in _TAINTS if not any(_tolerates(toleration, key) for toleration in tolerations)]
        if missing:
            added = [
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _SECONDS}
                for key in missing
            ]
            spec["tolerations"] = [*tolerations, *added]

    def validate(
        self, call: Call, operation: str, obj: Mapping[str, Any] | None, old: Mapping[str, Any] | None
    ) -> None:
        """Nothing is refused."""


def _tolerates(toleration: Mapping[str, Any], key: str) -> bool:
    return toleration.get("key", "") in (key, "") and toleration.get("effect", "") in ("NoExecute", "")
