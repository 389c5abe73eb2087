"""Writes a kubeconfig that leads clients to a server of ours."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

__all__ = ["kubeconfig", "write_kubeconfig"]


def kubeconfig(
    url: str,
    *,
    token: str | None = None,
    certificate_authority: bytes | None = None,
    client_certificate: bytes | None = None,
    client_key: bytes | None = None,
    name: str = "kubefake",
) -> dict[str, Any]:
    """A kubeconfig of one cluster, one user and the context of the two; certificates and key in PEM."""
    cluster: dict[str, Any] = {"server": url}
    if certificate_authority is not None:
        cluster["certificate-authority-data"] = _base64(certificate_authority)
    user: dict[str, Any] = {}
    if token is not None:
        user["token"] = token
    if client_certificate is not None and client_key is not None:
        user["client-certificate-data"] = _base64(client_certificate)
        user["client-key-data"] = _base64(client_key)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
        "current-context": name,
        "preferences": {},
    }


def write_kubeconfig(path: Path, config: dict[str, Any]) -> None:
    """Writes the file whole or not at all, readable by its owner only, since it holds credentials.

    In JSON, which is YAML: every client reads it, and none of ours has to load a YAML library to write it.
    """
    import json

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)
        file.write("\n")
    draft.replace(path)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
