"""What single schemas say, in the words that OpenAPI and Kubernetes have for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["is_free", "properties_of", "reference_of"]

JSON = Mapping[str, Any]


def properties_of(schema: JSON) -> dict[str, Any]:
    """Its fields; none where it has no list of them."""
    found = schema.get("properties")
    return dict(found) if isinstance(found, Mapping) else {}


def is_free(schema: JSON) -> bool:
    """Whether objects may have fields that the schema does not name. A class would lose them."""
    return bool(schema.get("x-kubernetes-preserve-unknown-fields")) or (
        bool(properties_of(schema)) and bool(schema.get("additionalProperties"))
    )


def reference_of(schema: JSON) -> str:
    """The component that a schema stands for; "" where it is one itself."""
    wrapped = schema.get("allOf")
    if "$ref" not in schema and isinstance(wrapped, Sequence) and len(wrapped) == 1 and isinstance(wrapped[0], Mapping):
        schema = wrapped[0]
    reference = schema.get("$ref", "")
    return reference.rpartition("/")[2] if isinstance(reference, str) else ""
