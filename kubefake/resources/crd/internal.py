"""A definition's spec as the server validates it: its internal version, in which what all versions share stands at the top.

Validation errors name fields of that form (`spec.validation.openAPIV3Schema`, `JSONPath`), so the server's wording needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

__all__ = ["InternalSpec", "dump_versions", "internal_spec"]

_SHARED: Final = ("schema", "subresources", "additionalPrinterColumns", "selectableFields")


class InternalSpec(NamedTuple):
    """The parts of a spec that all versions share (None where they differ), and the versions without them."""

    shared: Mapping[str, Any]
    versions: list[dict[str, Any]]


def internal_spec(spec: Mapping[str, Any]) -> InternalSpec:
    """Lifts what every version says alike to the top."""
    versions = [dict(version) for version in spec.get("versions") or ()]
    shared: dict[str, Any] = {}
    for key in _SHARED:
        values = [version.get(key) or (version.get(key) if key == "subresources" else None) for version in versions]
        if values and all(value == values[0] for value in values):
            shared[key] = values[0]
            for version in versions:
                version.pop(key, None)
    return InternalSpec(shared, versions)


def dump_versions(versions: list[dict[str, Any]] | None) -> Any:
    """Versions as Go's encoder prints the internal type; null for no list."""
    return None if versions is None else [_dump(version) for version in versions]


_FIELDS: Final = (
    ("Name", "name", ""),
    ("Served", "served", False),
    ("Storage", "storage", False),
    ("Deprecated", "deprecated", False),
    ("DeprecationWarning", "deprecationWarning", None),
    ("Schema", "schema", None),
    ("Subresources", "subresources", None),
    ("AdditionalPrinterColumns", "additionalPrinterColumns", None),
    ("SelectableFields", "selectableFields", None),
)


def _dump(version: Mapping[str, Any]) -> dict[str, Any]:
    return {go: version.get(wire, zero) for go, wire, zero in _FIELDS}
