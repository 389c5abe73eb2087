"""The configuration that a pod finds in itself: two environment variables and the service account's mount.

Ported from client-go rest/config.go (InClusterConfig) and clientcmd/client_config.go (namespace).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from .rest import Config, TLSClientConfig

__all__ = ["MOUNT", "NotInClusterError", "in_cluster_config", "in_cluster_namespace", "in_cluster_possible"]

_LOG = logging.getLogger("kubeclient.config")

MOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class NotInClusterError(Exception):
    """This process does not run in a pod, or its pod hides the API server."""


def in_cluster_config(environ: Mapping[str, str] | None = None, *, mount: Path = MOUNT) -> Config:
    """The config of the pod's service account. Raises NotInClusterError, or OSError when the token cannot be read."""
    environ = os.environ if environ is None else environ
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "")
    if not host or not port:
        raise NotInClusterError(
            "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined"
        )
    token_file, ca_file = mount / "token", mount / "ca.crt"
    token = token_file.read_text(encoding="utf-8").strip()
    trusted = _is_bundle(ca_file)
    if not trusted:
        _LOG.error("Expected to load root CA config from %s, but there is none", ca_file)
    tls = TLSClientConfig(ca_file=str(ca_file) if trusted else "")
    return Config(
        host=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        tls=tls,
        bearer_token=token,
        bearer_token_file=str(token_file),
    )


def _is_bundle(file: Path) -> bool:
    """Whether a file has certificates in it."""
    try:
        return b"-----BEGIN CERTIFICATE-----" in file.read_bytes()
    except OSError:
        return False


def in_cluster_possible(environ: Mapping[str, str] | None = None, *, mount: Path = MOUNT) -> bool:
    """Whether the variables and the token are there."""
    environ = os.environ if environ is None else environ
    named = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(named) and (mount / "token").is_file()


def in_cluster_namespace(environ: Mapping[str, str] | None = None, *, mount: Path = MOUNT) -> str:
    """The namespace of the pod: POD_NAMESPACE, or the mount's file, or "default"."""
    environ = os.environ if environ is None else environ
    if environ.get("POD_NAMESPACE"):
        return environ["POD_NAMESPACE"]
    file = mount / "namespace"
    text = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    return text or "default"
