"""Values that a schema allows, with every field given; made by rules, so that they are the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kubeclient.apimachinery import yaml

__all__ = ["FOLDER", "SETS", "definitions", "served", "value"]

FOLDER = Path(__file__).parent / "crds"
SETS = ("certificates", "gateway", "monitoring")

_TEXTS = {"date-time": "2026-01-02T03:04:05Z", "byte": "bWFkZQ=="}


def definitions(name: str) -> list[dict[str, Any]]:
    """The definitions of a set, in the order of its files."""
    return [one for file in sorted((FOLDER / name).glob("*.yaml")) for one in yaml.load_all(file.read_text())]


def served(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every definition of a set with every version of it."""
    for definition in definitions(name):
        for version in definition["spec"]["versions"]:
            yield definition, version


def value(schema: Mapping[str, Any]) -> Any:
    """A value with all that the schema names."""
    if schema.get("x-kubernetes-int-or-string"):
        return "1Gi" if "pattern" in schema else 8080
    if "enum" in schema:
        return schema["enum"][0]
    form = schema.get("type")
    if form is None or schema.get("x-kubernetes-preserve-unknown-fields"):
        return {"any": ["thing", None, 1.5]}
    if form == "object":
        if "properties" in schema:
            return {name: value(inner) for name, inner in schema["properties"].items()}
        return {"key": value(schema["additionalProperties"])}
    if form == "array":
        return [value(schema["items"])]
    if form == "string":
        return "1h" if "pattern" in schema else _TEXTS.get(schema.get("format", ""), "text")
    return {"integer": schema.get("minimum", 3), "number": 1.5, "boolean": False}[form]
