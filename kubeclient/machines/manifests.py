"""Manifests: YAML or JSON text to objects, as kubectl and the server read it. Lists are unfolded into their items."""

from __future__ import annotations

from typing import Any

__all__ = ["ManifestError", "load_manifests"]


class ManifestError(ValueError):
    """A manifest that is no object; the text names the source and the document or the line."""


def load_manifests(text: str, origin: str = "<text>") -> list[dict[str, Any]]:
    """The objects of a text of any number of documents. Raises ManifestError."""
    from kubeclient.apimachinery import yaml

    try:
        documents = list(yaml.load_all(text))
    except yaml.YAMLError as error:
        raise ManifestError(f"{origin}: {error}") from error
    objects: list[dict[str, Any]] = []
    for number, document in enumerate(documents, 1):
        if document is not None:
            objects += _unfolded(document, f"{origin}: document {number}")
    return objects


def _unfolded(document: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        raise ManifestError(f"{where} is not an object")
    if not document.get("kind") or not document.get("apiVersion"):
        missing = "kind" if not document.get("kind") else "apiVersion"
        raise ManifestError(f"{where} has no {missing}")
    items = document.get("items")
    if str(document["kind"]).endswith("List") and isinstance(items, list):
        return [part for index, item in enumerate(items) for part in _unfolded(item, f"{where}, items[{index}]")]
    return [document]
