# generated from kubeclient/_async/manifests.py by .ci/twin.py, do not edit
"""Manifests to the server: create or apply every object of a text or of files.

An object without a namespace goes to the client's. Definitions of custom resources may stand before their objects: a kind
that is not known yet is looked up again.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from kubeclient.apimachinery.gvk import GroupKind, GroupVersionKind
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.manifests import load_manifests

from .client import ClientBase
from .dynamic import DynamicResource
from .restmapper import RESTMapper

__all__ = ["apply_yaml", "create_from_yaml"]

_SUFFIXES = (".yaml", ".yml", ".json")


def read_objects(source: str | PathLike[str]) -> list[dict[str, Any]]:
    """The objects of a text, of a file, or of all manifests of a folder in the order of their names.

    A string is a path when it is one line that ends in .yaml, .yml or .json.
    """
    if isinstance(source, str) and ("\n" in source or not source.endswith(_SUFFIXES)):
        return load_manifests(source)
    path = Path(source)
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
    return [obj for file in files for obj in load_manifests(file.read_text(encoding="utf-8"), str(file))]


def _targets(client: ClientBase, source: str | PathLike[str]) -> Iterator[tuple[DynamicResource, Unstructured]]:
    mapper = RESTMapper(client.discovery)
    for content in read_objects(source):
        kind = GroupVersionKind.from_api_version(str(content["apiVersion"]), str(content["kind"]))
        mapping = mapper.rest_mapping(GroupKind(kind.group, kind.kind), kind.version)
        target = client.dynamic.resource(mapping.resource)
        if mapping.namespaced:
            metadata = content.get("metadata") or {}
            target = target.namespace(str(metadata.get("namespace") or client.namespace))
        yield target, Unstructured(content)


def create_from_yaml(client: ClientBase, source: str | PathLike[str]) -> list[Unstructured]:
    """Creates every object; returns them as stored. Raises at the first that cannot be, leaving those before it."""
    created: list[Unstructured] = []
    for target, obj in _targets(client, source):
        created.append(target.create(obj))
    return created


def apply_yaml(
    client: ClientBase, source: str | PathLike[str], *, field_manager: str, force: bool = False
) -> list[Unstructured]:
    """Applies every object in the name of `field_manager`; returns them as stored. Raises at the first that cannot be."""
    applied: list[Unstructured] = []
    for target, obj in _targets(client, source):
        applied.append(target.apply(obj, field_manager=field_manager, force=force))
    return applied
