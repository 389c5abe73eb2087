"""Objects from wherever tests keep them: dicts, typed models, YAML text, files and folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from kubeclient.apimachinery import json
from kubeclient.apimachinery.unstructured import Unstructured

__all__ = ["Manifest", "objects_of"]

Manifest = Mapping[str, Any] | str | Path | Any
"""An object (dict, Unstructured or typed), YAML text, or the path of a YAML or JSON file or of a folder of them."""

_SUFFIXES = (".yaml", ".yml", ".json")


def objects_of(*sources: Manifest | Iterable[Manifest]) -> Iterator[dict[str, Any]]:
    """The objects of all sources, as plain dicts with wire names, Lists taken apart.

    Raises ManifestError for a document that is no object, naming the file; FileNotFoundError for a path that is not there.
    """
    for source in sources:
        if isinstance(source, (Unstructured, Mapping)):
            yield _plain(source)
        elif isinstance(source, Path) or (isinstance(source, str) and "\n" not in source and ":" not in source):
            yield from _from_path(Path(source))
        elif isinstance(source, str):
            yield from _load_manifests(source)
        elif isinstance(source, (list, tuple)):
            yield from objects_of(*source)
        else:
            yield _plain(source)


def _load_manifests(text: str, *origin: str) -> list[dict[str, Any]]:
    from kubeclient.manifests import load_manifests  # brings clients and YAML along, which many a cluster does without

    return load_manifests(text, *origin)


def _plain(obj: object) -> dict[str, Any]:
    if isinstance(obj, Unstructured):
        return dict(obj.object)
    if isinstance(obj, Mapping):
        return dict(obj)
    return cast("dict[str, Any]", json.to_builtins(obj))


def _from_path(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.suffix in _SUFFIXES:
                yield from _from_path(file)
    else:
        yield from _load_manifests(path.read_text(encoding="utf-8"), str(path))
