"""Small definitions for tests, and what is made of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from kubeclient.apimachinery import yaml
from kubeclient.codegen import crds, folder
from kubeclient.codegen.package import files

__all__ = ["definition", "loaded", "object_schema", "resources", "text"]


def object_schema(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of a kind whose spec has these fields."""
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": dict(properties), **more}}}


def definition(schema: Mapping[str, Any], *, version: str = "v1", **spec: Any) -> dict[str, Any]:
    """A definition of widgets."""
    versions = [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
            "versions": versions,
            **spec,
        },
    }


def resources(schema: Mapping[str, Any], **spec: Any) -> list[Any]:
    """What is read of such a definition."""
    return list(crds.resources(definition(schema, **spec), source="w.yaml", where="w.yaml"))


def text(document: Mapping[str, Any]) -> str:
    """As a file."""
    return yaml.dump(dict(document))


def loaded(found: list[Any], place: Path, package: str) -> ModuleType:
    """The package of resources, written to a folder on the path and imported, as if for the first time."""
    folder.write(place / package, files(found))
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
    return import_module(package)
