"""From client-side apply to server-side apply: the annotation in which kubectl kept what it applied last.

Follows k8s.io/apimachinery/pkg/util/managedfields/internal: lastappliedmanager.go, lastappliedupdater.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from kubeclient.apimachinery.gotext import marshal
from kubefake.schema.node import Node

from . import typed
from .fieldset import FieldSet

__all__ = ["LAST_APPLIED", "allowed_conflicts", "with_last_applied"]

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"

_MAX_ANNOTATION_BYTES: Final = 256 * 1024


def allowed_conflicts(node: Node, api_version: str, live: Mapping[str, Any]) -> FieldSet | None:
    """The fields that kubectl set by client-side apply and that still have that value; None if that cannot be told."""
    text = (live.get("metadata", {}).get("annotations") or {}).get(LAST_APPLIED)
    if not text:
        return None
    try:
        applied = msgspec.json.decode(text)
    except (msgspec.DecodeError, TypeError):
        return None
    if not isinstance(applied, dict) or applied.get("apiVersion") != api_version:
        return None
    try:
        typed.validate(node, applied)
        typed.validate(node, live)
    except typed.TypeMismatchError:
        return None
    changes = typed.compare(node, applied, live)
    fields = typed.to_field_set(node, applied)
    return fields.difference(changes.modified).difference(changes.added).difference(changes.removed)


def with_last_applied(obj: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """An object whose annotation says what was applied now; without it where that would be too large."""
    metadata = obj.get("metadata", {})
    annotations = dict(metadata.get("annotations") or {})
    annotations[LAST_APPLIED] = marshal(_without_annotation(config)) + "\n"
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > _MAX_ANNOTATION_BYTES:
        del annotations[LAST_APPLIED]
    return {**obj, "metadata": {**metadata, "annotations": annotations}}


def _without_annotation(config: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = config.get("metadata") or {}
    annotations = metadata.get("annotations")
    if not annotations or LAST_APPLIED not in annotations:
        return config
    rest = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
    return {**config, "metadata": {**metadata, "annotations": rest}}
