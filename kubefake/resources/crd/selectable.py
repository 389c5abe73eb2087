"""The rules for selectableFields: simple paths to scalar fields of the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kubeclient.apimachinery import field
from kubefake.resources.paths import fields_of

__all__ = ["selectable_fields"]

_SCALAR: Final = (
    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
)


def selectable_fields(
    declared: Sequence[Mapping[str, Any]], schema: Mapping[str, Any], path: str
) -> list[field.FieldError]:
    """What is wrong with a version's selectable fields."""
    errors: list[field.FieldError] = []
    seen: set[str] = set()
    for index, entry in enumerate(declared):
        where = f"{path}[{index}].jsonPath"
        json_path = entry.get("jsonPath") or ""
        if not json_path:
            errors.append(field.required(where))
            continue
        if problem := _problem(json_path, schema):
            errors.append(field.invalid(where, json_path, problem))
        if json_path in seen:
            errors.append(field.duplicate(where, json_path))
        seen.add(json_path)
    return errors


def _problem(json_path: str, schema: Mapping[str, Any]) -> str:
    if not json_path.startswith((".", "[")):
        return f"is an invalid path: expected [ or . but got: {json_path.partition('.')[0]}"
    names = fields_of(json_path)
    if not names:
        return "is an invalid path: array notation is not allowed"
    if names[0] == "metadata":
        return "is an invalid path: does not refer to a valid field"
    for name in names:
        child = (schema.get("properties") or {}).get(name, schema.get("additionalProperties"))
        if not isinstance(child, Mapping):
            return "is an invalid path: does not refer to a valid field"
        schema = child
    return "" if schema.get("type") in ("string", "boolean", "integer") else _SCALAR
