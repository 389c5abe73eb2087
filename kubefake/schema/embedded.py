"""Checking the embedded resources of a custom object: each needs an apiVersion, a kind and sound metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field, validation

from .validate import Problem

__all__ = ["validate_embedded"]

Schema = Mapping[str, Any]


def validate_embedded(schema: Schema, value: Any, path: str = "") -> list[Problem]:
    """The problems of all embedded resources below, in path order."""
    problems: list[Problem] = []
    if type(value) is dict:
        if path and schema.get("x-kubernetes-embedded-resource"):
            problems += _type_meta(value, path) + _metadata(value.get("metadata"), f"{path}.metadata")
        properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for key in sorted(value):
            child = properties.get(key, extra)
            if isinstance(child, Mapping):
                problems += validate_embedded(child, value[key], f"{path}.{key}" if path else key)
    elif type(value) is list and isinstance(items := schema.get("items"), Mapping):
        for index, item in enumerate(value):
            problems += validate_embedded(items, item, f"{path}[{index}]")
    return problems


def _problem(error: field.FieldError) -> Problem:
    return Problem(error.field, error.type, error.body)


def _type_meta(value: dict[str, Any], path: str) -> list[Problem]:
    problems = []
    api_version = value.get("apiVersion")
    if not api_version:
        problems.append(_problem(field.required(f"{path}.apiVersion")))
    elif str(api_version).count("/") > 1:
        detail = f"unexpected GroupVersion string: {api_version}"
        problems.append(_problem(field.invalid(f"{path}.apiVersion", api_version, detail)))
    kind = value.get("kind")
    if not kind:
        problems.append(_problem(field.required(f"{path}.kind")))
    else:
        problems += [
            _problem(field.invalid(f"{path}.kind", kind, f"may have mixed case, but should otherwise match: {message}"))
            for message in validation.is_dns1035_label(str(kind).lower())
        ]
    return problems


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
