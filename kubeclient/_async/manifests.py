"""Manifests to the server: create or apply every object of a text or of files.

An object without a namespace goes to the client's. Definitions of custom resources may stand before their objects: a kind
that is not known yet is looked up again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from os import PathLike
from pathlib import Path
from typing import Any

from kubeclient.apimachinery.gvk import GroupKind, GroupVersionKind
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.manifests import load_manifests

from .client import AsyncClientBase
from .dynamic import AsyncDynamicResource
from .restmapper import AsyncRESTMapper

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


async def _targets(
    client: AsyncClientBase, source: str | PathLike[str]
) -> AsyncIterator[tuple[AsyncDynamicResource, Unstructured]]:
    mapper = AsyncRESTMapper(client.discovery)
    for content in read_objects(source):
        kind = GroupVersionKind.from_api_version(str(content["apiVersion"]), str(content["kind"]))
        mapping = await mapper.rest_mapping(GroupKind(kind.group, kind.kind), kind.version)
        target = client.dynamic.resource(mapping.resource)
        if mapping.namespaced:
            metadata = content.get("metadata") or {}
            target = target.namespace(str(metadata.get("namespace") or client.namespace))
        yield target, Unstructured(content)


async def create_from_yaml(client: AsyncClientBase, source: str | PathLike[str]) -> list[Unstructured]:
    """Creates every object; returns them as stored. Raises at the first that cannot be, leaving those before it."""
    created: list[Unstructured] = []
    async for target, obj in _targets(client, source):
        created.append(await target.create(obj))
    return created


async def apply_yaml(
    client: AsyncClientBase, source: str | PathLike[str], *, field_manager: str, force: bool = False
) -> list[Unstructured]:
    """Applies every object in the name of `field_manager`; returns them as stored. Raises at the first that cannot be."""
    applied: list[Unstructured] = []
    async for target, obj in _targets(client, source):
        applied.append(await target.apply(obj, field_manager=field_manager, force=force))
    return applied
