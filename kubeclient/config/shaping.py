"""Kubeconfigs made smaller, self-contained or fit to be shown. Each function changes a copy. Ported from clientcmd/api/helpers.go."""

from __future__ import annotations

import os
from pathlib import Path

from .kubeconfig import ContextNotFoundError, KubeConfig, KubeConfigError

__all__ = ["flatten", "minify", "redact_secrets", "relativize", "shorten"]

_DATA = b"DATA+OMITTED"
_REDACTED = "REDACTED"


def minify(config: KubeConfig) -> KubeConfig:
    """Only the current context, its cluster and its user. Raises KubeConfigError when one of them is missing."""
    name = config.current_context
    if not name:
        raise KubeConfigError("current-context must exist in order to minify")
    if name not in config.contexts:
        raise ContextNotFoundError(f"cannot locate context {name}")
    small, context = config.copy(), config.contexts[name]
    small.contexts = {name: small.contexts[name]}
    for what, referred, entries in (
        ("cluster", context.cluster, config.clusters),
        ("user", context.user, config.users),
    ):
        if referred and referred not in entries:
            raise KubeConfigError(f"cannot locate {what} {referred}")
    small.clusters = {key: one for key, one in small.clusters.items() if key == context.cluster}
    small.users = {key: one for key, one in small.users.items() if key == context.user}
    return small


def _content(data: bytes, path: str, origin: str) -> tuple[bytes, str]:
    """The data, and no path any more. Paths are beside the file that the entry is from; data that is there wins."""
    if data or not path:
        return data, ""
    try:
        return (Path(origin).absolute().parent / path if origin else Path(path)).read_bytes(), ""
    except OSError as error:
        raise KubeConfigError(f"unable to read {path}: {error.strerror or error}") from error


def flatten(config: KubeConfig) -> KubeConfig:
    """Files of certificates and keys as data, so that the text needs nothing beside it. Raises KubeConfigError."""
    flat = config.copy()
    for user in flat.users.values():
        origin = user.location_of_origin
        user.client_certificate_data, user.client_certificate = _content(
            user.client_certificate_data, user.client_certificate, origin
        )
        user.client_key_data, user.client_key = _content(user.client_key_data, user.client_key, origin)
    for cluster in flat.clusters.values():
        cluster.certificate_authority_data, cluster.certificate_authority = _content(
            cluster.certificate_authority_data, cluster.certificate_authority, cluster.location_of_origin
        )
    return flat


def shorten(config: KubeConfig) -> KubeConfig:
    """Data and secrets as marks, as `kubectl config view` shows them."""
    short = redact_secrets(config)
    for user in short.users.values():
        user.client_certificate_data = user.client_certificate_data and _DATA
        user.client_key_data = user.client_key_data and _DATA
    for cluster in short.clusters.values():
        cluster.certificate_authority_data = cluster.certificate_authority_data and _DATA
    return short


def redact_secrets(config: KubeConfig) -> KubeConfig:
    """Tokens, passwords and keys as REDACTED; certificates stay."""
    shown = config.copy()
    for user in shown.users.values():
        user.token = user.token and _REDACTED
        user.password = user.password and _REDACTED
        user.client_key_data = user.client_key_data and _REDACTED.encode()
        user.auth_provider_config = dict.fromkeys(user.auth_provider_config, _REDACTED)
        if user.exec is not None:
            user.exec.args = [_REDACTED] * len(user.exec.args)
            user.exec.env = dict.fromkeys(user.exec.env, _REDACTED)
    return shown


def _relative(path: str, folder: Path) -> str:
    """The path as seen from the folder; one that is not below it stays whole."""
    if not path or not Path(path).is_absolute():
        return path
    found = os.path.relpath(path, folder)
    return path if found.startswith("..") else found


def relativize(config: KubeConfig) -> KubeConfig:
    """Paths as seen from the folder of the file that each entry is from."""
    moved = config.copy()
    for cluster in moved.clusters.values():
        if cluster.location_of_origin:
            folder = Path(cluster.location_of_origin).absolute().parent
            cluster.certificate_authority = _relative(cluster.certificate_authority, folder)
    for user in moved.users.values():
        if user.location_of_origin:
            folder = Path(user.location_of_origin).absolute().parent
            user.client_certificate = _relative(user.client_certificate, folder)
            user.client_key = _relative(user.client_key, folder)
            user.token_file = _relative(user.token_file, folder)
    return moved
