"""Checking the embedded resources of a custom object: each needs an apiVersion, a kind and sound metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubeclient.apimachinery import field, validation

from .structural import join_path
from .validate import Problem

__all__ = ["validate_embedded"]

Schema = Mapping[str, Any]


def validate_embedded(schema: Schema, value: Any, path: str = "", *, root: bool = False) -> list[Problem]:
    """The problems of all embedded resources below, in path order; `root`: the value itself has to be one."""
    problems: list[Problem] = []
    if type(value) is dict:
        if root or schema.get("x-kubernetes-embedded-resource"):
            problems += _type_meta(value, path) + _metadata(value.get("metadata"), join_path(path, "metadata"))
        properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for key in sorted(value):
            child = properties.get(key, extra)
            if isinstance(child, Mapping):
                problems += validate_embedded(child, value[key], join_path(path, key))
    elif type(value) is list and isinstance(items := schema.get("items"), Mapping):
        for index, item in enumerate(value):
            problems += validate_embedded(items, item, f"{path}[{index}]")
    return problems


def _problem(error: field.FieldError) -> Problem:
    return Problem(error.field, error.type, error.body)


def _type_meta(value: dict[str, Any], path: str) -> list[Problem]:
    return _part(value, "apiVersion", path, _api_version_problems) + _part(value, "kind", path, _kind_problems)


def _part(value: dict[str, Any], key: str, path: str, check: Callable[[str], list[str]]) -> list[Problem]:
    where = join_path(path, key)
    if key not in value:
        return [_problem(field.required(where))]
    text = str(value[key])
    return [_problem(field.invalid(where, text, detail)) for detail in (check(text) if text else ["must not be empty"])]


def _api_version_problems(text: str) -> list[str]:
    return [f"unexpected GroupVersion string: {text}"] if text.count("/") > 1 else []


def _kind_problems(text: str) -> list[str]:
    return [
        f"may have mixed case, but should otherwise match: {message}"
        for message in validation.is_dns1035_label(text.lower())
    ]


def _metadata(metadata: Any, path: str) -> list[Problem]:
    if type(metadata) is not dict:
        return []
    problems = []
    if name := metadata.get("name"):
        problems += [
            _problem(field.invalid(f"{path}.name", name, text)) for text in validation.is_path_segment_name(name)
        ]
    for part in ("labels", "annotations"):
        for key in sorted(metadata.get(part) or {}):
            messages = validation.is_label_key(key if part == "labels" else key.lower())
            problems += [_problem(field.invalid(f"{path}.{part}", key, text)) for text in messages]
            if part == "labels":
                value = metadata[part][key]
                problems += [
                    _problem(field.invalid(f"{path}.{part}", value, text))
                    for text in validation.is_valid_label_value(value)
                ]
    return problems
