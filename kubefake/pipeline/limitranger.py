"""Builtin admission by LimitRanges: they give containers what these do not say, and bound what they say.

Follows plugin/pkg/admission/limitranger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.quantity import Quantity
from kubefake.resources.core.quantities import pod_limits, pod_requests, quantity
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call

__all__ = ["LimitRanger"]

Object = Mapping[str, Any]
_NOTE: Final = "kubernetes.io/limit-ranger"
_LISTS: Final = (("containers", "container"), ("initContainers", "init container"))


class LimitRanger:
    """Fills and bounds resources of pods, and bounds those of claims."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _limits(self, call: Call) -> list[list[Object]]:
        if not call.namespace or not self._store.table("limitranges").keys:
            return []
        found = self._store.list("limitranges", call.namespace)
        return [v.obj["spec"].get("limits") or [] for v in found if "deletionTimestamp" not in v.obj["metadata"]]

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:  # noqa: ARG002
        if obj is None or call.resource.table != "pods" or operation != "CREATE" or call.subresource:
            return
        for items in self._limits(call):
            _default(obj, items)

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:  # noqa: ARG002
        """Refuses what is out of bounds."""
        table = call.resource.table
        if obj is None or table not in ("pods", "persistentvolumeclaims"):
            return
        if call.subresource != ("resize" if table == "pods" and operation == "UPDATE" else ""):
            return
        broken = _pod if table == "pods" else _claim
        for items in self._limits(call):
            texts = list(dict.fromkeys(text for item in items for text in broken(item, obj)))
            if texts:
                text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
                name = obj["metadata"].get("name", "")
                raise errors.new_forbidden(call.resource.group_resource, name, text)


def _default(pod: JSONObject, items: list[Object]) -> None:
    """What one LimitRange gives; its note takes the place of another's."""
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}
    for item in items:
        if item.get("type") == "Container":
            requests.update(item.get("defaultRequest") or {})
            limits.update(item.get("default") or {})
    notes: list[str] = []
    for key, what in _LISTS:
        for container in pod["spec"].get(key) or ():
            for name, given in (("requests", requests), ("limits", limits)):
                told = _fill(container, name, given)
                if told:
                    notes.append(f"{', '.join(told)} {name[:-1]} for {what} {container.get('name', '')}")
    if notes:
        annotations = pod["metadata"].get("annotations") or {}
        pod["metadata"]["annotations"] = {**annotations, _NOTE: f"LimitRanger plugin set: {'; '.join(notes)}"}


def _fill(container: JSONObject, key: str, defaults: Mapping[str, str]) -> list[str]:
    """Gives a container what it does not say; the names of that."""
    resources = container.setdefault("resources", {})
    given = resources.get(key) or {}
    missing = {name: text for name, text in defaults.items() if name not in given}
    if missing:
        resources[key] = dict(sorted({**given, **missing}.items()))
    return sorted(missing)


def _pod(item: Object, pod: Object) -> Iterator[str]:
    kind, spec = item.get("type", ""), pod["spec"]
    if kind == "Container":
        for key, _ in _LISTS:
            for container in spec.get(key) or ():
                resources: Object = container.get("resources") or {}
                yield from _bounds(item, kind, _amounts(resources, "requests"), _amounts(resources, "limits"))
    elif kind == "Pod":
        yield from _bounds(item, kind, pod_requests(spec, overhead=False), pod_limits(spec, overhead=False))


def _amounts(resources: Object, key: str) -> dict[str, Quantity]:
    return {name: quantity(text) for name, text in (resources.get(key) or {}).items()}


def _bounds(item: Object, kind: str, requests: Mapping[str, Quantity], limits: Mapping[str, Quantity]) -> Iterator[str]:
    for name, text in (item.get("min") or {}).items():
        bound, head = quantity(text), f"minimum {name} usage per {kind} is {text}"
        if name not in requests:
            yield f"{head}.  No request is specified"
        elif requests[name] < bound:
            yield f"{head}, but request is {requests[name]}"
        elif name in limits and limits[name] < bound:
            yield f"{head}, but limit is {limits[name]}"
    for name, text in (item.get("max") or {}).items():
        bound, head = quantity(text), f"maximum {name} usage per {kind} is {text}"
        if name not in limits:
            yield f"{head}.  No limit is specified"
        elif limits[name] > bound:
            yield f"{head}, but limit is {limits[name]}"
        elif name in requests and requests[name] > bound:
            yield f"{head}, but request is {requests[name]}"
    for name, text in (item.get("maxLimitRequestRatio") or {}).items():
        head = f"{name} max limit to request ratio per {kind} is {text}"
        if not requests.get(name):
            yield f"{head}, but no request is specified or request is 0"
        elif not limits.get(name):
            yield f"{head}, but no limit is specified or limit is 0"
        else:
            ratio = limits[name].as_fraction() / requests[name].as_fraction()
            if ratio > quantity(text).as_fraction():
                yield f"{head}, but provided ratio is {float(ratio):f}"


def _claim(item: Object, claim: Object) -> Iterator[str]:
    kind = item.get("type", "")
    if kind != "PersistentVolumeClaim":
        return
    requests = _amounts(claim["spec"].get("resources") or {}, "requests")
    for key, word in (("min", "minimum"), ("max", "maximum")):
        for name, text in (item.get(key) or {}).items():
            bound, head = quantity(text), f"{word} {name} usage per {kind} is {text}"
            if name not in requests:
                yield f"{head}.  No request is specified"
            elif requests[name] < bound if key == "min" else requests[name] > bound:
                yield f"{head}, but request is {requests[name]}"
