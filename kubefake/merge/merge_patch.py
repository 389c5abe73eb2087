"""JSON merge patch (RFC 7396), with the server's answers to patches that are none.

Follows gopkg.in/evanphx/json-patch.v4 as kube-apiserver calls it. A patch that is a list is a result of its own there, when
field validation does not look at it; the decoder then refuses it as an object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from kubeclient.apimachinery.errors import new_bad_request

from .govalues import go_json_kind

__all__ = ["FieldValidation", "apply_merge_patch", "diff_merge_patch"]

FieldValidation = Literal["Strict", "Warn", "Ignore"]


def apply_merge_patch(document: Mapping[str, Any], patch: Any, field_validation: FieldValidation = "Warn") -> Any:
    """The document after the patch; unchanged parts are shared with it.

    Raises:
        BadRequest: when the patch is not an object, with the text that `field_validation` leads to.

    Example:
        >>> apply_merge_patch({"data": {"a": "1", "b": "2"}}, {"data": {"a": None, "c": "3"}})
        {'data': {'b': '2', 'c': '3'}}
    """
    if isinstance(patch, dict):
        return _merge(document, patch)
    if patch is None:
        raise new_bad_request("Invalid JSON Patch")
    if field_validation != "Ignore":
        raise new_bad_request(
            f"error decoding patch: json: cannot unmarshal {go_json_kind(patch)} into Go value of type "
            "map[string]interface {}"
        )
    if isinstance(patch, list):
        return [_without_nulls(item) for item in patch]
    raise new_bad_request("Invalid JSON Patch")


def _merge(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(document)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
            continue
        before = merged.get(key)
        if isinstance(value, dict):
            merged[key] = _merge(before, value) if isinstance(before, dict) else _without_nulls(value)
        elif isinstance(value, list) and not isinstance(before, dict):
            merged[key] = _without_nulls(value)
        else:
            merged[key] = value
    return merged


def _without_nulls(value: Any) -> Any:
    """A value of the patch that replaces: its maps lose their nulls, its lists keep theirs."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def diff_merge_patch(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch that makes `new` of `old`, for values without nulls in maps."""
    patch: dict[str, Any] = {key: None for key in old if key not in new}
    for key, value in new.items():
        before = old.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            below = diff_merge_patch(before, value)
            if below:
                patch[key] = below
        elif key not in old or before != value or (before is True) is not (value is True):
            patch[key] = value
    return patch
