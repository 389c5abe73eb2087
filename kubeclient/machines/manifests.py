"""Manifests: YAML or JSON text to objects, as kubectl and the server read it. Lists are unfolded into their items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubeclient.apimachinery.gvk import GroupKind, GroupVersionKind

__all__ = ["Manifest", "ManifestError", "is_definition_of", "load_manifests", "note_origin", "read_manifests"]


class ManifestError(ValueError):
    """A manifest that is no object; the text names the source and the document or the line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """An object and where it was read: `web.yaml: document 2, items[0]`."""

    origin: str
    object: dict[str, Any]

    @property
    def gvk(self) -> GroupVersionKind:
        """What it says it is."""
        return GroupVersionKind.from_api_version(str(self.object["apiVersion"]), str(self.object["kind"]))

    @property
    def name(self) -> str:
        """Its name; empty where the server is to make one."""
        return str((self.object.get("metadata") or {}).get("name") or "")

    @property
    def namespace(self) -> str:
        """The namespace that it names; empty where it names none."""
        return str((self.object.get("metadata") or {}).get("namespace") or "")


def read_manifests(text: str, origin: str = "<text>") -> list[Manifest]:
    """The objects of a text of any number of documents, with where each was. Raises ManifestError."""
    from kubeclient.apimachinery import yaml

    try:
        documents = list(yaml.load_all(text))
    except yaml.YAMLError as error:
        raise ManifestError(f"{origin}: {error}") from error
    manifests: list[Manifest] = []
    for number, document in enumerate(documents, 1):
        if document is not None:
            manifests += _unfolded(document, f"{origin}: document {number}")
    return manifests


def load_manifests(text: str, origin: str = "<text>") -> list[dict[str, Any]]:
    """The objects of a text of any number of documents. Raises ManifestError."""
    return [manifest.object for manifest in read_manifests(text, origin)]


def _unfolded(document: Any, where: str) -> Iterator[Manifest]:
    if not isinstance(document, dict):
        raise ManifestError(f"{where} is not an object")
    if not document.get("kind") or not document.get("apiVersion"):
        missing = "kind" if not document.get("kind") else "apiVersion"
        raise ManifestError(f"{where} has no {missing}")
    items = document.get("items")
    if str(document["kind"]).endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from _unfolded(item, f"{where}, items[{index}]")
    else:
        yield Manifest(where, document)


def is_definition_of(manifest: Manifest, kind: GroupKind) -> bool:
    """Whether it is the CustomResourceDefinition of a kind."""
    if manifest.gvk.group_kind != GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"):
        return False
    spec = manifest.object.get("spec") or {}
    return (spec.get("group"), (spec.get("names") or {}).get("kind")) == (kind.group, kind.kind)


def note_origin(error: Exception, manifest: Manifest) -> None:
    """Adds a note to an error that says at which manifest it happened."""
    error.add_note(f"at {manifest.origin} ({manifest.gvk.kind} {manifest.name or '<without a name>'})")
