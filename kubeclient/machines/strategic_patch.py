"""Applying strategic merge patches: merge keys, `$patch`, `$retainKeys`, `$setElementOrder`, `$deleteFromPrimitiveList`.

Nothing given is changed. Ported from apimachinery pkg/util/strategicpatch/patch.go (StrategicMergePatch, mergeMap).
"""

from __future__ import annotations

from collections.abc import Mapping
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

__all__ = ["merged_patches", "strategic_merge_patch"]

_BAD_ORDER = "invalid patch format of setElementOrder list"
_BAD_RETAIN_KEYS = "invalid patch format of retainKeys"
_BAD_PRIMITIVES = "invalid patch format of primitive list"


def strategic_merge_patch(original: Any, patch: Mapping[str, Any], model: Any = None) -> dict[str, Any]:
    """The object, a model or a mapping of the wire, after the patch. Raises MergePatchError.

    With a mapping, `model` says what it is; raises TypeError without.
    """
    if model is None:
        if isinstance(original, Mapping):
            raise TypeError("which model? a strategic merge patch of an object without a type needs one")
        model = type(original)
    content = deep_copy(dict(original) if isinstance(original, Mapping) else json.to_builtins(original))
    return _Merge(applying=True).maps(content, deep_copy(dict(patch)), model)


def merged_patches(first: dict[str, Any], second: dict[str, Any], model: Any) -> dict[str, Any]:
    """Two patches as one, with the directives of both. Changes what is given."""
    return _Merge(applying=False).maps(first, second, model)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _kept(value: Any) -> Any:
    """A value as it is stored where nothing was: maps with a `$patch` are left out. Other directives stay, as in Go."""
    if isinstance(value, dict):
        return {key: _kept(item) for key, item in value.items() if not _is_directive(item)}
    return [_kept(item) for item in value if not _is_directive(item)] if isinstance(value, list) else value


def _is_directive(item: Any) -> bool:
    return isinstance(item, dict) and DIRECTIVE in item


def _is_deletion(item: Any) -> bool:
    return isinstance(item, dict) and item.get(DIRECTIVE) == "delete"


class _Merge:
    """A patch onto an object, or onto another patch, of which directives are kept."""

    def __init__(self, *, applying: bool) -> None:
        self._applying = applying

    def maps(self, original: dict[str, Any], patch: dict[str, Any], type_: Any) -> dict[str, Any]:
        if DIRECTIVE in patch:
            directive = patch.pop(DIRECTIVE)
            if directive == "replace":
                return patch
            if directive == "delete":
                return {}
            raise MergePatchError(f"unknown patch type: {directive}")
        self._retain(original, patch)
        self._orders(original, patch, type_)
        for key, value in patch.items():
            self._entry(original, key, value, type_)
        return original

    def _entry(self, original: dict[str, Any], key: str, value: Any, type_: Any) -> None:
        deleting = key.startswith(DELETE_FROM)
        if deleting:
            if not isinstance(value, list):
                raise MergePatchError(_BAD_PRIMITIVES)
            if not self._applying:
                if key in original and not same(original[key], value):
                    raise MergePatchError(_BAD_PRIMITIVES)
                original[key] = value
                return
            key = key.removeprefix(DELETE_FROM)
        if value is None:
            original.pop(key, None)
            if self._applying:
                return
        old = original.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            field = field_patch(type_, key)
            original[key] = value if field.replaces else self.maps(old, value, field.type)
        elif isinstance(old, list) and isinstance(value, list):
            original[key] = self._lists(old, value, field_patch(type_, key), deleting=deleting)
        elif not deleting:
            self._put(original, key, value)

    def _put(self, original: dict[str, Any], key: str, value: Any) -> None:
        if self._applying and _is_directive(value):
            original.pop(key, None)
        else:
            original[key] = _kept(_without_nulls(value)) if self._applying else value

    def _retain(self, original: dict[str, Any], patch: dict[str, Any]) -> None:
        if RETAIN_KEYS not in patch:
            return
        kept = patch.pop(RETAIN_KEYS)
        if not self._applying:
            if RETAIN_KEYS in original and not same(original[RETAIN_KEYS], kept):
                raise MergePatchError(_BAD_RETAIN_KEYS)
            original[RETAIN_KEYS] = kept
            return
        named = [key for key, value in patch.items() if value is not None and not key.startswith((ORDER, DELETE_FROM))]
        if not isinstance(kept, list) or any(key not in kept for key in named):
            raise MergePatchError(_BAD_RETAIN_KEYS)
        for key in [key for key in original if key not in kept]:
            del original[key]

    def _orders(self, original: dict[str, Any], patch: dict[str, Any], type_: Any) -> None:
        """Merges the lists of which the patch says the order, and takes them out of the patch."""
        for name in [name for name in patch if name.startswith(ORDER)]:
            order = patch.pop(name)
            if not isinstance(order, list):
                raise MergePatchError(_BAD_ORDER)
            if not self._applying:
                if name in original and not same(original[name], order):
                    raise MergePatchError(_BAD_ORDER)
                original[name] = order
            key = name.removeprefix(ORDER)
            field = field_patch(type_, key)
            old, new = original.get(key), patch.get(key)
            if not isinstance(old, list) and not isinstance(new, list):
                continue
            _check_order(new, order, field.key)
            if not isinstance(old, list):
                merged = _kept(new)
            elif not isinstance(new, list):
                merged = old
            else:
                merged = self._lists(old, new, field, deleting=False)
            patch.pop(key, None)
            stood = old if isinstance(old, list) else []
            if self._applying and field.key and isinstance(new, list):
                stood = _left_in_memory(stood, new, field.key)
            original[key] = _ordered(merged, order, stood, field.key)

    def _lists(self, old: list[Any], patch: list[Any], field: FieldPatch, *, deleting: bool) -> list[Any]:
        if not field.merges and not deleting:
            return patch
        if not old and not patch:
            return old
        if not any(isinstance(item, dict) for item in [*old, *patch]):
            if deleting:
                return [item for item in old if index_of(patch, item, "") < 0]
            merged: list[Any] = []
            for item in [*old, *patch]:
                if index_of(merged, item, "") < 0:
                    merged.append(item)
            return _ordered(merged, patch, old, "")
        if not field.key:
            raise MergePatchError("cannot merge lists without merge key")
        return self._keyed(old, patch, field)

    def _keyed(self, old: list[Any], patch: list[Any], field: FieldPatch) -> list[Any]:
        key = field.key
        changes: list[Any] = []
        merged, replaced = list(old), False
        for item in patch:
            directive = item.get(DIRECTIVE) if isinstance(item, dict) else None
            if directive is None or not self._applying:
                changes.append(item)
            elif directive == "delete":
                wanted = key_of(item, key)
                merged = [one for one in merged if not same(key_of(one, key), wanted)]
            elif directive == "replace":
                replaced = True
            else:
                raise MergePatchError(f"unknown patch type: {directive}")
        if replaced:
            return changes
        for item in changes:
            at = index_of(merged, item, key)
            if at < 0:
                merged.append(item)
            elif _is_deletion(item):
                merged[at] = item
            else:
                merged[at] = self.maps(dict(merged[at]), dict(item), field.type)
        return _ordered(merged, changes, old, key)


def _check_order(patch: Any, order: list[Any], key: str) -> None:
    """Raises MergePatchError when a list and the order that is said of it contradict each other."""
    if not isinstance(patch, list):
        return
    at = 0
    for item in patch:
        if _is_deletion(item):
            continue
        found = index_of(order[at:], item, key)
        if found < 0:
            raise MergePatchError(f"The order in patch list:\n{patch}\n doesn't match {ORDER} list:\n{order}\n")
        at += found + 1


def _left_in_memory(old: list[Any], patch: list[Any], key: str) -> list[Any]:
    """The list as Go finds it after merging, by whose order the others are placed: it deletes and appends in its own memory."""
    deleted = [key_of(item, key) for item in patch if _is_deletion(item)]
    if not deleted:
        return old
    rest = [item for item in old if not any(same(key_of(item, key), wanted) for wanted in deleted)]
    if not any(isinstance(item, dict) and item.get(DIRECTIVE) == "replace" for item in patch):
        added = [item for item in patch if isinstance(item, dict) and DIRECTIVE not in item]
        rest = rest + [item for item in added if index_of(rest, item, key) < 0]
    return rest[: len(old)]


def _ordered(merged: list[Any], order: list[Any], old: list[Any], key: str) -> list[Any]:
    """The items that `order` names in that order, and the others among them by where they stood."""
    order = [item for item in order if not _is_deletion(item)]
    named = in_order([item for item in merged if index_of(order, item, key) >= 0], order, key)
    rest = in_order([item for item in merged if index_of(order, item, key) < 0], old, key)
    result: list[Any] = []
    while named and rest:
        places = index_of(old, rest[0], key), index_of(old, named[0], key)
        first = min(places) >= 0 and places[0] < places[1]
        result.append(rest.pop(0) if first else named.pop(0))
    return result + named + rest
