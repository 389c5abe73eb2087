"""The managedFields of a scale subresource: a window on the one field of its parent that says how many.

Follows k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .fieldset import FieldSet, Path
from .managed import Entry, FieldSetCache, Managed, decode, encode

__all__ = ["SCALE_API_VERSION", "ScaleHandler"]

SCALE_API_VERSION: Final = "autoscaling/v1"

_REPLICAS: Final[Path] = ("f:spec", "f:replicas")
_REPLICAS_SET: Final = FieldSet.from_paths([_REPLICAS])


class ScaleHandler:
    """Translates the managers of one parent to those of its scale, and back.

    Args:
        entries: the parent's managedFields.
        api_version: the parent's version in this request.
        paths: where each version of the parent keeps its replicas; None where a version has no scale.
    """

    def __init__(
        self,
        entries: Sequence[Mapping[str, Any]] | None,
        api_version: str,
        paths: Mapping[str, Path | None],
        cache: FieldSetCache,
    ) -> None:
        self._entries = entries or []
        self._api_version = api_version
        self._paths = paths
        self._cache = cache

    def to_subresource(self) -> list[dict[str, Any]] | None:
        """The managedFields that the Scale shows. Raises ValueError when the parent's cannot be read."""
        scale: Managed = {}
        for key, entry in decode(self._entries, self._cache).items():
            path = self._paths.get(entry.api_version)
            if path is not None and entry.fields.has(path):
                scale[key] = Entry(_REPLICAS_SET, SCALE_API_VERSION, entry.time)
        return encode(scale)

    def to_parent(self, scale_entries: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
        """The parent's managedFields after a write to its Scale. Raises ValueError when either cannot be read."""
        before = decode(self._entries, self._cache)
        scale = decode(scale_entries or [], self._cache)
        parent: Managed = {}
        for key, entry in before.items():
            if entry.api_version not in self._paths:
                continue
            path = self._paths[entry.api_version]
            if path is None or not entry.fields.has(path):
                parent[key] = entry
            elif key in scale:
                parent[key] = entry
                del scale[key]
            else:
                rest = entry.fields.difference(FieldSet.from_paths([path]))
                if rest:
                    parent[key] = entry._replace(fields=rest)
        path = self._paths.get(self._api_version)
        for key, entry in scale.items():
            if path is not None and entry.fields.has(_REPLICAS):
                known = before.get(key)
                fields = FieldSet.from_paths([path])
                parent[key] = Entry(fields, self._api_version, known.time if known is not None else None)
        return encode(parent)
