"""Builtin admission by RuntimeClasses: a pod gets the overhead and the scheduling of the class that it names.

Follows plugin/pkg/admission/runtimeclass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import Status
from kubeclient.apimachinery.status_error import StatusError
from kubefake.resources.core.quantities import quantity
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call

__all__ = ["RuntimeClasses"]

Object = Mapping[str, Any]
_TABLE: Final = "runtimeclasses.node.k8s.io"
_DIFFERS: Final = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
_NO_CLASS: Final = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"


class RuntimeClasses:
    """Looks up the classes of new pods."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _class(self, call: Call, pod: Object) -> Object | None:
        name = pod["spec"].get("runtimeClassName")
        if name is None:
            return None
        if not name:  # which the server's own client does not ask for
            raise StatusError(Status.failure(500, "", "resource name may not be empty"))
        version = self._store.get(_TABLE, name)
        if version is None:
            raise _refused(call, pod, f'pod rejected: RuntimeClass "{name}" not found')
        return version.obj

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:  # noqa: ARG002
        if obj is None or not _is_new_pod(call, operation):
            return
        found = self._class(call, obj)
        if found is None:
            return
        spec = obj["spec"]
        fixed = (found.get("overhead") or {}).get("podFixed")
        if found.get("overhead") is not None:
            if spec.get("overhead") is not None and not _same(spec["overhead"], fixed):
                raise _refused(call, obj, _DIFFERS)
            if fixed:
                spec["overhead"] = dict(fixed)
        scheduling: Object = found.get("scheduling") or {}
        selector = spec.get("nodeSelector") or {}
        for key, value in (scheduling.get("nodeSelector") or {}).items():
            if key in selector and selector[key] != value:
                text = (
                    f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; "
                    f"pod.spec.nodeSelector[{key}] = {selector[key]}"
                )
                raise _refused(call, obj, text)
        if scheduling.get("nodeSelector"):
            spec["nodeSelector"] = dict(sorted({**selector, **scheduling["nodeSelector"]}.items()))
        if scheduling.get("tolerations"):
            spec["tolerations"] = _merged([*(spec.get("tolerations") or ()), *scheduling["tolerations"]])

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:  # noqa: ARG002
        """An overhead is the one of the class."""
        if obj is None or not _is_new_pod(call, operation):
            return
        given = obj["spec"].get("overhead")
        found = self._class(call, obj)
        if found is not None and found.get("overhead") is not None:
            if not _same(given, found["overhead"].get("podFixed")):
                raise _refused(call, obj, _DIFFERS)
        elif given:
            raise _refused(call, obj, _NO_CLASS)


def _is_new_pod(call: Call, operation: str) -> bool:
    return call.resource.table == "pods" and operation == "CREATE" and not call.subresource


def _refused(call: Call, pod: Object, text: str) -> errors.Forbidden:
    return errors.new_forbidden(call.resource.group_resource, pod["metadata"].get("name", ""), text)


def _same(one: Object | None, other: Object | None) -> bool:
    left = {name: quantity(text) for name, text in (one or {}).items()}
    return left == {name: quantity(text) for name, text in (other or {}).items()}


def _merged(tolerations: Sequence[Object]) -> list[dict[str, Any]]:
    """Without those that others cover (MergeTolerations)."""
    kept: list[dict[str, Any]] = []
    for index, one in enumerate(tolerations):
        if any(_covers(other, one) for other in kept):
            continue
        if any(other != one and _covers(other, one) for other in tolerations[index + 1 :]):
            continue
        kept.append(dict(one))
    return kept


def _covers(wide: Object, narrow: Object) -> bool:
    if wide == narrow:
        return True
    operator = wide.get("operator") or "Equal"
    if wide.get("key", "") != narrow.get("key", "") and (wide.get("key") or operator != "Exists"):
        return False
    if wide.get("effect") and wide["effect"] != narrow.get("effect", ""):
        return False
    seconds = wide.get("tolerationSeconds")
    if wide.get("effect") == "NoExecute" and seconds is not None:
        mine = narrow.get("tolerationSeconds")
        if mine is None or mine > seconds:
            return False
    if operator == "Exists":
        return True
    return (narrow.get("operator") or "Equal") == "Equal" and narrow.get("value", "") == wide.get("value", "")
