"""Reads CustomResourceDefinitions: YAML or JSON, any number of documents, lists of them included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .source import CodegenError, Resource

__all__ = ["ALL_CALLS", "is_crd", "resources"]

JSON = Mapping[str, Any]

ALL_CALLS = frozenset(("create", "update", "delete", "delete_collection", "get", "list", "watch", "patch", "apply"))
STATUS_CALLS = frozenset(("update_status", "apply_status"))
SCALE_CALLS = frozenset(("get_scale", "update_scale", "apply_scale"))

_GROUP = "apiextensions.k8s.io/"
_WORD = re.compile(r"[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def is_crd(document: object) -> bool:
    """Whether a document is a definition, of whatever version."""
    return (
        isinstance(document, Mapping)
        and document.get("kind") == "CustomResourceDefinition"
        and str(document.get("apiVersion", "")).startswith(_GROUP)
    )


def resources(document: JSON, *, source: str, where: str) -> Iterator[Resource]:
    """A resource for every served version of a definition.

    Raises:
        CodegenError: the definition lacks what a client needs, or is of a version that clusters no longer take.
    """
    name = _text(document, "metadata.name", where)
    where = f"{where}, CustomResourceDefinition {name}"
    if document["apiVersion"] != f"{_GROUP}v1":
        raise CodegenError(
            f"{where}: apiVersion {document['apiVersion']} is not served any more: convert it to {_GROUP}v1"
        )
    group = _text(document, "spec.group", where)
    plural, kind = _text(document, "spec.names.plural", where), _text(document, "spec.names.kind", where)
    if name != f"{plural}.{group}":
        raise CodegenError(f"{where}: metadata.name must be spec.names.plural and spec.group, {plural}.{group}")
    for path, text, pattern in (
        ("spec.names.plural", plural, _LABEL),
        ("spec.names.kind", kind, _WORD),
        *(("spec.group", label, _LABEL) for label in group.split(".")),
    ):
        if not pattern.fullmatch(text):
            raise CodegenError(f"{where}: {path}: {text!r} is not a name that Kubernetes allows")
    scope = _text(document, "spec.scope", where)
    if scope not in ("Namespaced", "Cluster"):
        raise CodegenError(f"{where}: spec.scope: {scope!r} is neither Namespaced nor Cluster")
    versions = document["spec"].get("versions")
    if not isinstance(versions, list) or not versions:
        raise CodegenError(f"{where}: spec.versions: must be a list with at least one version")
    list_kind = document["spec"]["names"].get("listKind") or f"{kind}List"
    if not _WORD.fullmatch(str(list_kind)):
        raise CodegenError(f"{where}: spec.names.listKind: {list_kind!r} is not a name that Kubernetes allows")
    for index, version in enumerate(versions):
        if not isinstance(version, Mapping) or not _LABEL.fullmatch(str(version.get("name", ""))):
            raise CodegenError(f"{where}: spec.versions[{index}].name: is not a name that Kubernetes allows")
        if not version.get("served"):
            continue
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        there = f"{where}, version {version['name']}"
        if not isinstance(schema, Mapping):
            raise CodegenError(f"{there}: schema.openAPIV3Schema: is missing, so nothing is known of its fields")
        _refuse_references(schema, "", there)
        yield Resource(
            group,
            version["name"],
            plural,
            kind,
            list_kind,
            scope == "Namespaced",
            schema,
            _calls(version.get("subresources") or {}),
            source,
            there,
        )


def _calls(subresources: JSON) -> frozenset[str]:
    status = STATUS_CALLS if "status" in subresources else frozenset[str]()
    scale = SCALE_CALLS if "scale" in subresources else frozenset[str]()
    return ALL_CALLS | status | scale


def _text(document: JSON, path: str, where: str) -> str:
    found: Any = document
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    if not isinstance(found, str) or not found:
        raise CodegenError(f"{where}: {path}: is missing, or no text")
    return found


def _refuse_references(schema: JSON, path: str, where: str) -> None:
    """Definitions have no place for the schemas that references could name."""
    if "$ref" in schema:
        raise CodegenError(f"{where}: {path or '.'}: has a $ref, which definitions cannot have")
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(inner, Mapping):
            _refuse_references(inner, f"{path}.{name}", where)
    for key, step in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(schema.get(key), Mapping):
            _refuse_references(schema[key], path + step, where)
