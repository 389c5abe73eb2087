"""What somebody named on the command line, as resources: files, folders, and standard input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kubeclient.apimachinery import json, yaml

from . import crds, openapi
from .source import CodegenError, Resource

__all__ = ["read", "read_text", "selected"]

_SUFFIXES = (".yaml", ".yml", ".json")


def read(names: Sequence[str], stdin: str = "") -> list[Resource]:
    """The resources of files, of the YAML and JSON files below folders, and of `-`, the given text.

    Raises:
        CodegenError: an input is not there, cannot be read, or has nothing to generate from.
    """
    found: list[Resource] = []
    for name in names:
        if name == "-":
            found += _needed(read_text(stdin, source="stdin"), "standard input")
            continue
        path = Path(name)
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
            found += _needed([one for file in files for one in _read_file(file)], name)
        elif path.exists():
            found += _needed(_read_file(path), name)
        else:
            raise CodegenError(f"{name}: there is no such file or folder")
    return found


def _read_file(path: Path) -> list[Resource]:
    try:
        return read_text(path.read_text(encoding="utf-8"), source=path.name, where=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CodegenError(f"{path}: cannot be read: {error}") from error


def _needed(found: list[Resource], where: str) -> list[Resource]:
    if not found:
        raise CodegenError(f"{where}: holds neither a CustomResourceDefinition nor an OpenAPI document with resources")
    return found


def read_text(text: str, *, source: str, where: str = "") -> list[Resource]:
    """The resources of a text in YAML or JSON; what is neither a definition nor OpenAPI is not looked at."""
    where = where or source
    try:
        documents = [json.decode(text)] if text.lstrip().startswith("{") else list(yaml.load_all(text))
    except ValueError:
        try:
            documents = list(yaml.load_all(text))
        except ValueError as error:
            raise CodegenError(f"{where}: is neither YAML nor JSON: {error}") from error
    several = len(documents) > 1
    return [
        one
        for index, document in enumerate(documents, 1)
        for one in _document(document, source, f"{where}, document {index}" if several else where)
    ]


def _document(document: Any, source: str, where: str) -> Iterator[Resource]:
    if crds.is_crd(document):
        yield from crds.resources(document, source=source, where=where)
    elif openapi.is_openapi(document):
        yield from openapi.resources(document, source=source, where=where)
    elif isinstance(document, Mapping) and str(document.get("kind", "")).endswith("List"):
        for index, item in enumerate(document.get("items") or ()):
            yield from _document(item, source, f"{where}, items[{index}]")


def selected(found: Sequence[Resource], groups: Sequence[str]) -> list[Resource]:
    """The resources of the given groups or group versions, all where none is given; each once, in a fixed order.

    Raises:
        CodegenError: a group is not among them, or two inputs say different things of the same resource.
    """
    for group in groups:
        if not any(group in (one.group, one.group_version) for one in found):
            raise CodegenError(f"--group {group}: no input has such a group; there are {_groups(found)}")
    kept: dict[tuple[str, str, str], Resource] = {}
    for one in found:
        if groups and one.group not in groups and one.group_version not in groups:
            continue
        key = (one.group, one.version, one.plural)
        known = kept.setdefault(key, one)
        if known is not one and (known.schema, known.kind, known.namespaced) != (one.schema, one.kind, one.namespaced):
            raise CodegenError(f"{one.where}: {one.plural} is defined otherwise in {known.where}")
    return [kept[key] for key in sorted(kept)]


def _groups(found: Sequence[Resource]) -> str:
    return ", ".join(sorted({one.group_version for one in found})) or "none"
