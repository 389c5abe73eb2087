"""What carrying out a strategic merge patch leaves of the patch itself, which errors about the result quote.

The server merges in place and takes directives out of the patch as it follows them. Here nothing is changed: this tells
afterwards, of a patch that could be carried out, what would be left. It decides nothing about the result.

Follows k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (mergeMap and what it calls).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubefake.schema.node import Node

__all__ = ["leftover"]

_PATCH: Final = "$patch"
_RETAIN_KEYS: Final = "$retainKeys"
_DELETE_FROM: Final = "$deleteFromPrimitiveList"
_ORDER: Final = "$setElementOrder"


def leftover(node: Node | None, original: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The patch without the directives that were followed, lists that came with an order, and nulls of what was new."""
    if _PATCH in patch:
        return {key: value for key, value in patch.items() if key != _PATCH or value != "replace"}
    if _RETAIN_KEYS in patch:
        original = {key: value for key, value in original.items() if key in patch[_RETAIN_KEYS]}
    ordered = {key.partition("/")[2] for key in patch if key.startswith(_ORDER)}
    left: dict[str, Any] = {}
    for key, value in patch.items():
        if key == _RETAIN_KEYS or key.startswith(_ORDER) or key in ordered:
            continue
        if value is None or key.startswith(_DELETE_FROM):
            left[key] = value
        elif value.__class__ is not original.get(key).__class__:
            left[key] = _without_nulls(value)
        else:
            left[key] = _part(node.fields.get(key) if node is not None else None, original[key], value)
    return left


def _part(node: Node | None, original: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return value if node is not None and "replace" in node.patch_strategy else leftover(node, original, value)
    if isinstance(value, list) and node is not None and "merge" in node.patch_strategy and node.patch_merge_key:
        return _items(node, original, value)
    return value


def _items(node: Node, original: list[Any], items: list[Any]) -> list[Any]:
    if any(isinstance(item, dict) and item.get(_PATCH) == "replace" for item in items):
        return items
    key = node.patch_merge_key
    known = {repr(item.get(key)): item for item in reversed(original) if isinstance(item, dict)}
    return [
        leftover(node.items, known[repr(item[key])], item)
        if isinstance(item, dict) and _PATCH not in item and repr(item.get(key)) in known
        else item
        for item in items
    ]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
