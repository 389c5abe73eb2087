"""Hands fields that client-side apply owns over to server-side apply, in an object's managed fields.

Values in, values out; who calls it writes the object. Ported from client-go util/csaupgrade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubeclient.api.meta_v1 import ManagedFieldsEntry
from kubeclient.apimachinery import json
from kubeclient.apimachinery.fields_v1 import FieldsV1
from kubeclient.apimachinery.unstructured import Unstructured

__all__ = ["find_fields_owners", "upgrade_managed_fields", "upgrade_managed_fields_patch"]

_UPDATE = "Update"
_APPLY = "Apply"
_ORDER = {"f": 0, "k": 1, "v": 2, "i": 3}

Path = tuple[str, ...]
Entry = dict[str, Any]


def find_fields_owners(
    managed_fields: Iterable[Any], operation: str, fields: Mapping[str, Any] | FieldsV1
) -> list[Any]:
    """The entries of that operation ("Update", "Apply") that own every one of the fields; those that cannot be read own none."""
    wanted = _members(fields.fields() if isinstance(fields, FieldsV1) else fields)
    found = []
    for entry in managed_fields:
        plain = _plain(entry)
        if plain.get("operation") != operation:
            continue
        try:
            owned = _owned(plain)
        except ValueError:
            continue
        if wanted <= owned:
            found.append(entry)
    return found


def upgrade_managed_fields(obj: Any, csa_managers: Iterable[str], ssa_manager: str, *, subresource: str = "") -> None:
    """Makes `ssa_manager`, as it applies, own what `csa_managers` own by updates; those entries go.

    It cannot be undone. Works before and after the first server-side apply, on models and on objects without types.

    Args:
        obj: changed in place.
        csa_managers: names of managers, such as "kubectl-client-side-apply".
        ssa_manager: the manager that will apply from now on.
        subresource: looks at the entries of a subresource alone.

    Raises:
        ValueError: an entry's fields cannot be read.
    """
    before = _read(obj)
    after = _upgraded(before, csa_managers, ssa_manager, subresource)
    if after == before:
        return
    if isinstance(obj, Unstructured | dict):
        obj["metadata"]["managedFields"] = after
    else:
        obj.metadata.managed_fields = json.convert(after, list[ManagedFieldsEntry])


def upgrade_managed_fields_patch(
    obj: Any, csa_managers: Iterable[str], ssa_manager: str, *, subresource: str = ""
) -> bytes | None:
    """The JSON patch that does on the server what `upgrade_managed_fields` does here; None when there is nothing to do.

    The server refuses it with a conflict when the object has changed since. Raises ValueError as `upgrade_managed_fields`.
    """
    before = _read(obj)
    after = _upgraded(before, csa_managers, ssa_manager, subresource)
    if after == before:
        return None
    return json.encode(
        [
            {"op": "replace", "path": "/metadata/managedFields", "value": after},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": _metadata(obj).get("resourceVersion", "")},
        ]
    )


def _upgraded(entries: list[Entry], csa_managers: Iterable[str], ssa_manager: str, subresource: str) -> list[Entry]:
    for manager in sorted(set(csa_managers)):
        entries = _without_manager(entries, manager, ssa_manager, subresource)
    return entries


def _without_manager(entries: list[Entry], csa_manager: str, ssa_manager: str, subresource: str) -> list[Entry]:
    """The entries once one manager's updates belong to the one that applies."""

    def is_csa(entry: Entry) -> bool:
        return _is(entry, csa_manager, _UPDATE, subresource)

    entries = [dict(entry) for entry in entries]
    target = next((entry for entry in entries if _is(entry, ssa_manager, _APPLY, subresource)), None)
    if target is None:
        # The newest entry stands first: it becomes the one that applies.
        target = next(filter(is_csa, entries), None)
        if target is None:
            return entries
        target["operation"], target["manager"] = _APPLY, ssa_manager
    source = next((one for one in entries if is_csa(one) and one.get("apiVersion") == target.get("apiVersion")), None)
    owned = _owned(target)
    if source is not None:
        owned |= _owned(source)
    target["fieldsV1"] = _tree(owned)
    return [entry for entry in entries if not is_csa(entry)]


def _is(entry: Entry, manager: str, operation: str, subresource: str) -> bool:
    wanted = (manager, operation, subresource)
    return (entry.get("manager", ""), entry.get("operation", ""), entry.get("subresource", "")) == wanted


def _read(obj: Any) -> list[Entry]:
    return list(_metadata(obj).get("managedFields") or ())


def _metadata(obj: Any) -> dict[str, Any]:
    if isinstance(obj, Unstructured | Mapping):
        return dict(obj.get("metadata") or {})
    return _plain(obj.metadata)


def _plain(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else json.to_builtins(value)


def _owned(entry: Entry) -> set[Path]:
    fields = entry.get("fieldsV1") or {}
    if not isinstance(fields, Mapping):
        raise ValueError(f"the managed fields of {entry.get('manager')!r} are no object but {type(fields).__name__}")  # noqa: TRY004
    return _members(fields)


def _members(tree: Mapping[str, Any]) -> set[Path]:
    """The fields of a tree, each by the elements that lead to it."""
    return set(_walk(tree, ()))


def _walk(tree: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for element, below in tree.items():
        if element == ".":
            yield path
            continue
        if element[:2] not in {"f:", "k:", "v:", "i:"} or not isinstance(below, Mapping):
            raise ValueError(f"managed fields: {'/'.join((*path, element))!r} is no field")
        if below:
            yield from _walk(below, (*path, element))
        else:
            yield (*path, element)


def _tree(members: set[Path]) -> dict[str, Any]:
    """The tree of some fields, in the order the server writes them: names, keys, values, indexes."""
    root: dict[str, Any] = {}
    for path in sorted(members, key=lambda path: [(_ORDER[element[0]], element) for element in path]):
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node["."] = {}
    return _without_lone_dots(root)


def _without_lone_dots(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        element: {} if below.keys() == {"."} else _without_lone_dots(below) if below else below
        for element, below in tree.items()
    }
