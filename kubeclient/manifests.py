"""Manifests to a server: create, apply, replace or delete the objects of texts, files and folders, and wait for them."""

from __future__ import annotations

from kubeclient._async.manifests import apply_yaml as async_apply_yaml
from kubeclient._async.manifests import create_from_yaml as async_create_from_yaml
from kubeclient._async.manifests import delete_from_yaml as async_delete_from_yaml
from kubeclient._async.manifests import replace_from_yaml as async_replace_from_yaml
from kubeclient._async.manifests import wait_for_yaml as async_wait_for_yaml
from kubeclient._sync.manifests import (
    apply_yaml,
    create_from_yaml,
    delete_from_yaml,
    read_objects,
    read_sources,
    replace_from_yaml,
    wait_for_yaml,
)
from kubeclient.machines.manifests import Manifest, ManifestError, load_manifests, read_manifests

__all__ = [
    "Manifest",
    "ManifestError",
    "apply_yaml",
    "async_apply_yaml",
    "async_create_from_yaml",
    "async_delete_from_yaml",
    "async_replace_from_yaml",
    "async_wait_for_yaml",
    "create_from_yaml",
    "delete_from_yaml",
    "load_manifests",
    "read_manifests",
    "read_objects",
    "read_sources",
    "replace_from_yaml",
    "wait_for_yaml",
]
