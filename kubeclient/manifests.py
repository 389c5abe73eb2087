"""Manifests to a server: create or apply the objects of a text, a file or a folder."""

from __future__ import annotations

from kubeclient._async.manifests import apply_yaml as async_apply_yaml
from kubeclient._async.manifests import create_from_yaml as async_create_from_yaml
from kubeclient._sync.manifests import apply_yaml, create_from_yaml
from kubeclient.machines.manifests import ManifestError, load_manifests

__all__ = [
    "ManifestError",
    "apply_yaml",
    "async_apply_yaml",
    "async_create_from_yaml",
    "create_from_yaml",
    "load_manifests",
]
