"""Small nouns that belong to no kind: how patches are written, and the name of an object in its namespace.

Ports apimachinery pkg/types.
"""

from __future__ import annotations

from typing import Final

import msgspec

__all__ = [
    "APPLY_CBOR_PATCH_TYPE",
    "APPLY_YAML_PATCH_TYPE",
    "JSON_PATCH_TYPE",
    "MERGE_PATCH_TYPE",
    "STRATEGIC_MERGE_PATCH_TYPE",
    "NamespacedName",
]

JSON_PATCH_TYPE: Final = "application/json-patch+json"
MERGE_PATCH_TYPE: Final = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH_TYPE: Final = "application/strategic-merge-patch+json"
APPLY_YAML_PATCH_TYPE: Final = "application/apply-patch+yaml"
APPLY_CBOR_PATCH_TYPE: Final = "application/apply-patch+cbor"


class NamespacedName(msgspec.Struct, frozen=True, order=True, gc=False):
    """An object of a kind: its namespace, empty for objects of the cluster, and its name. `str()` is "namespace/name"."""

    namespace: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> NamespacedName:
        """From "namespace/name" or "name"."""
        first, slash, rest = text.partition("/")
        return cls(first, rest) if slash else cls("", first)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"
