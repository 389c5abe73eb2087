"""Strategic merge patches from two or three states of an object. Nothing given is changed.

Ported from apimachinery pkg/util/strategicpatch/patch.go (CreateTwoWayMergePatch, CreateThreeWayMergePatch).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kubeclient.apimachinery import json
from kubeclient.apimachinery.unstructured import deep_copy

from .patch_schema import (
    DELETE_FROM,
    DIRECTIVE,
    ORDER,
    RETAIN_KEYS,
    FieldPatch,
    MergePatchError,
    field_patch,
    in_order,
    index_of,
    key_of,
    same,
)

__all__ = ["PatchConflictError", "create_three_way_merge_patch", "create_two_way_merge_patch"]


class PatchConflictError(MergePatchError):
    """What the patch changes was changed otherwise meanwhile."""

    def __init__(self, patch: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
        super().__init__(f"patch:\n{patch}\nconflicts with changes made from original to current:\n{changed}\n")
        self.patch = dict(patch)
        self.changed = dict(changed)


@dataclass(frozen=True, slots=True)
class _How:
    order: bool = True
    deletions: bool = True
    changes: bool = True
    retains: bool = False


def _content(obj: Any) -> dict[str, Any]:
    if obj is None:
        return {}
    content = dict(obj) if isinstance(obj, Mapping) else json.to_builtins(obj)
    return content if isinstance(content, dict) else {}


def _model(model: Any, *objects: Any) -> Any:
    if model is not None:
        return model
    for obj in objects:
        if obj is not None and not isinstance(obj, Mapping):
            return type(obj)
    raise TypeError("which model? a strategic merge patch of objects without types needs one")


def create_two_way_merge_patch(original: Any, modified: Any, model: Any = None) -> dict[str, Any]:
    """What makes the second object of the first: a strategic merge patch, empty when they are the same.

    Objects are models or mappings of the wire; with mappings alone, `model` says what they are. Raises MergePatchError.
    """
    model = _model(model, original, modified)
    found: dict[str, Any] = deep_copy(_diff(_content(original), _content(modified), model, _How()))
    return found


def create_three_way_merge_patch(
    original: Any, modified: Any, current: Any, model: Any = None, *, overwrite: bool = True
) -> dict[str, Any]:
    """What makes of the current object what was wanted to be made of the original one, and deletes what went from it.

    Raises MergePatchError, and PatchConflictError when the current object was changed in the same place and not `overwrite`.
    """
    from .strategic_patch import merged_patches

    model = _model(model, original, modified, current)
    before, wanted, now = _content(original), _content(modified), _content(current)
    delta = _diff(now, wanted, model, _How(deletions=False))
    deletions = _diff(before, wanted, model, _How(changes=False))
    patch = merged_patches(deep_copy(deletions), deep_copy(delta), model)
    if not overwrite:
        changed = _diff(before, now, model, _How(order=False))
        if _conflict(patch, changed, model, FieldPatch(False, False, False, "", model)):
            raise PatchConflictError(patch, changed)
    return patch


def _kind(value: Any) -> type:
    for kind in (dict, list, bool, str):
        if isinstance(value, kind):
            return kind
    return type(None) if value is None else float


def _diff(original: dict[str, Any], modified: dict[str, Any], type_: Any, how: _How) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    inner = replace(how, retains=False)
    for key in sorted(original):
        old = original[key]
        if key not in modified:
            if how.deletions:
                patch[key] = None
            continue
        new = modified[key]
        if _kind(old) is not _kind(new):
            if how.changes:
                patch[key] = new
        elif isinstance(old, dict):
            _diff_map(key, old, new, patch, type_, inner)
        elif isinstance(old, list):
            _diff_list(key, old, new, patch, type_, inner)
        elif how.changes and not same(old, new):
            patch[key] = new
    if how.changes:
        patch.update({key: value for key, value in modified.items() if key not in original})
    if how.retains and modified:
        dropped = any(value is not None and key not in modified for key, value in original.items())
        if patch or dropped:
            patch[RETAIN_KEYS] = sorted(modified)
    return patch


def _diff_map(key: str, old: Any, new: Any, patch: dict[str, Any], type_: Any, how: _How) -> None:
    if same(old, new):
        return
    field = field_patch(type_, key)
    if field.replaces:
        if how.changes:
            patch[key] = new
        return
    found = _diff(old, new, field.type, replace(how, retains=field.retains))
    if found:
        patch[key] = found


def _diff_list(key: str, old: list[Any], new: list[Any], patch: dict[str, Any], type_: Any, how: _How) -> None:
    if same(old, new):
        return
    field = field_patch(type_, key)
    if not field.merges:
        if how.changes:
            patch[key] = new
        return
    if not old:
        if new and how.changes:
            patch[key] = new
        return
    kinds = {_kind(item) for item in [*old, *new]}
    if list in kinds:
        raise MergePatchError("lists of lists are not supported")
    changed, deleted, order = _diff_items(old, new, field, how) if dict in kinds else _diff_scalars(old, new, how)
    parts = {key: changed, DELETE_FROM + key: deleted, ORDER + key: order}
    patch.update({name: part for name, part in parts.items() if part})


def _diff_scalars(old: list[Any], new: list[Any], how: _How) -> tuple[list[Any], list[Any], list[Any]]:
    added = [item for item in new if index_of(old, item, "") < 0] if how.changes else []
    deleted = sorted((item for item in old if index_of(new, item, "") < 0), key=str) if how.deletions else []
    ordered = how.order and (bool(deleted) or how.changes)
    return added, deleted, new if ordered else []


def _diff_items(old: list[Any], new: list[Any], field: FieldPatch, how: _How) -> tuple[list[Any], list[Any], list[Any]]:
    key = field.key
    if not key:
        raise MergePatchError("cannot diff lists of maps without a merge key")
    changed: list[Any] = []
    for item in new:
        at = index_of(old, item, key)
        if at >= 0:
            found = _diff(old[at], item, field.type, replace(how, retains=field.retains))
            if found:
                changed.append({**found, key: item[key]})
        elif how.changes:
            changed.append(item)
    if how.deletions:
        gone = sorted((key_of(item, key) for item in old if index_of(new, item, key) < 0), key=str)
        deletions = [{DIRECTIVE: "delete", key: value} for value in gone]
    else:
        deletions = []
    moved = len(old) != len(new) or any(
        not same(key_of(one, key), key_of(other, key)) for one, other in zip(old, new, strict=True)
    )
    patches = in_order(changed, new, key) + deletions
    ordered = how.order and ((how.changes and (bool(patches) or moved)) or (how.deletions and bool(patches)))
    return patches, [], [{key: item[key]} for item in new] if ordered else []


def _conflict(one: Any, other: Any, type_: Any, field: FieldPatch) -> bool:
    """Whether two patches of the same field say different things."""
    if isinstance(one, dict) and isinstance(other, dict):
        if (DIRECTIVE in one or DIRECTIVE in other) and one.get(DIRECTIVE) != other.get(DIRECTIVE):
            return True
        return not field.replaces and any(
            _conflict(value, other[key], inner.type, inner)
            for key, value in one.items()
            if key in other and key not in (DIRECTIVE, RETAIN_KEYS) and not key.startswith((ORDER, DELETE_FROM))
            for inner in (field_patch(type_, key),)
        )
    if isinstance(one, list) and isinstance(other, list):
        if field.merges and field.key:
            pairs = [(item, index_of(other, item, field.key)) for item in one]
            return any(_conflict(item, other[at], type_, field) for item, at in pairs if at >= 0)
        if field.merges:
            return False
        return not same(one, other)
    return not same(one, other)
