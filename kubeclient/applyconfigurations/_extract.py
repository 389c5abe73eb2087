"""Takes out of an object what a field manager has applied to it. Pure functions over plain JSON; no schema is needed.

Follows k8s.io/apimachinery/pkg/util/managedfields/extract.go, which asks a schema whether the end of an owned path is a value
or an empty collection. The managed fields tell that too: where other managers own something below it, it is a collection.
"""

from __future__ import annotations

import json as text
from collections.abc import Mapping, Sequence
from typing import Any

from kubeclient.apimachinery.unstructured import Unstructured

__all__ = ["extract_unstructured", "owned_by"]

_Set = Mapping[str, Any]


def extract_unstructured(obj: Unstructured, field_manager: str, subresource: str = "") -> Unstructured:
    """What `field_manager` has applied of an object of any kind; see KindConfiguration.extract.

    Name, namespace, kind and apiVersion are always there.
    """
    wire = obj.object
    metadata = wire.get("metadata") or {}
    owned = owned_by(wire, field_manager, subresource)
    identity = {name: metadata[name] for name in ("name", "namespace") if metadata.get(name)}
    head: dict[str, Any] = {name: wire[name] for name in ("kind", "apiVersion") if name in wire}
    return Unstructured({**head, **owned, "metadata": {**identity, **owned.get("metadata", {})}})


def owned_by(obj: Mapping[str, Any], field_manager: str, subresource: str) -> dict[str, Any]:
    """The part of an object that a manager owns by applying; empty for a manager that has applied nothing."""
    entries = (obj.get("metadata") or {}).get("managedFields") or ()
    mine = None
    others: list[_Set] = []
    for entry in entries:
        fields = entry.get("fieldsV1") or {}
        applied = entry.get("operation") == "Apply" and (entry.get("subresource") or "") == subresource
        if mine is None and applied and entry.get("manager") == field_manager:
            mine = fields
        else:
            others.append(fields)
    taken = {} if not mine else _take(obj, mine, others)
    return taken if isinstance(taken, dict) else {}


def _take(value: Any, mine: _Set, others: Sequence[_Set]) -> Any:
    inner = [path for path in mine if path != "."]
    if not inner:
        shared = any(path != "." for other in others for path in other)
        return type(value)() if shared and isinstance(value, dict | list) else value
    if isinstance(value, dict):
        names = [path for path in inner if path.startswith("f:") and path[2:] in value]
        return {path[2:]: _take(value[path[2:]], mine[path], _below(others, path)) for path in names}
    if isinstance(value, list):
        return [taken for index, item in enumerate(value) for taken in _item(item, index, mine, inner, others)]
    return value


def _item(item: Any, index: int, mine: _Set, inner: Sequence[str], others: Sequence[_Set]) -> list[Any]:
    """The owned part of an item of a list, in a list; empty where nothing of it is owned."""
    for path in inner:
        form, _, what = path.partition(":")
        if (form == "v" and _same(text.loads(what), item)) or (form == "i" and int(what) == index):
            return [item]
        if form == "k" and isinstance(item, dict):
            keys = text.loads(what)
            if all(key in item and _same(item[key], value) for key, value in keys.items()):
                taken = _take(item, mine[path], _below(others, path))
                return [{**{key: item[key] for key in keys}, **taken}]
    return []


def _below(sets: Sequence[_Set], path: str) -> list[_Set]:
    return [one[path] for one in sets if path in one]


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
