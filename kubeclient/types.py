"""apimachinery's `types`: names of objects, and the media types of patches."""

from __future__ import annotations

from kubeclient.apimachinery.types import (
    APPLY_CBOR_PATCH_TYPE,
    APPLY_YAML_PATCH_TYPE,
    JSON_PATCH_TYPE,
    MERGE_PATCH_TYPE,
    STRATEGIC_MERGE_PATCH_TYPE,
    NamespacedName,
)

__all__ = [
    "APPLY_CBOR_PATCH_TYPE",
    "APPLY_YAML_PATCH_TYPE",
    "JSON_PATCH_TYPE",
    "MERGE_PATCH_TYPE",
    "STRATEGIC_MERGE_PATCH_TYPE",
    "NamespacedName",
]
