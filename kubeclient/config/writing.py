"""Kubeconfigs as text, as client-go writes them: entries sorted by name, fields by name, what is empty left out."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from .kubeconfig import AuthInfo, Cluster, Context, ExecConfig, KubeConfig

__all__ = ["dump", "to_dict", "write_to_file"]


def _set(**values: Any) -> dict[str, Any]:
    """Fields by their names in the file, without those that say nothing."""
    return {name.replace("_", "-"): value for name, value in values.items() if value}


def _data(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _extended(fields: dict[str, Any], extensions: dict[str, Any]) -> dict[str, Any]:
    if extensions:
        fields["extensions"] = [{"name": name, "extension": extensions[name]} for name in sorted(extensions)]
    return fields


def _cluster(cluster: Cluster) -> dict[str, Any]:
    fields = {"server": cluster.server} | _set(
        tls_server_name=cluster.tls_server_name,
        insecure_skip_tls_verify=cluster.insecure_skip_tls_verify,
        certificate_authority=cluster.certificate_authority,
        certificate_authority_data=_data(cluster.certificate_authority_data),
        proxy_url=cluster.proxy_url,
        disable_compression=cluster.disable_compression,
    )
    return _extended(fields, cluster.extensions)


def _exec(plugin: ExecConfig) -> dict[str, Any]:
    return {
        "command": plugin.command,
        "args": plugin.args or None,
        "env": [{"name": name, "value": value} for name, value in plugin.env.items()] or None,
        "apiVersion": plugin.api_version,
        "provideClusterInfo": plugin.provide_cluster_info,
        **({"installHint": plugin.install_hint} if plugin.install_hint else {}),
        **({"interactiveMode": plugin.interactive_mode} if plugin.interactive_mode else {}),
    }


def _user(user: AuthInfo) -> dict[str, Any]:
    fields = _set(
        client_certificate=user.client_certificate,
        client_certificate_data=_data(user.client_certificate_data),
        client_key=user.client_key,
        client_key_data=_data(user.client_key_data),
        token=user.token,
        tokenFile=user.token_file,
        as_uid=user.impersonate_uid,
        as_groups=user.impersonate_groups,
        as_user_extra=user.impersonate_user_extra,
        username=user.username,
        password=user.password,
        exec=_exec(user.exec) if user.exec is not None else None,
    )
    if user.impersonate:
        fields["as"] = user.impersonate
    if user.auth_provider:
        fields["auth-provider"] = {"name": user.auth_provider, "config": user.auth_provider_config or None}
    return _extended(fields, user.extensions)


def _context(context: Context) -> dict[str, Any]:
    fields = {"cluster": context.cluster, "user": context.user} | _set(namespace=context.namespace)
    return _extended(fields, context.extensions)


def to_dict(config: KubeConfig) -> dict[str, Any]:
    """The document of a kubeconfig, of plain values. Where an entry came from is not in it."""
    document: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _cluster(one)} for name, one in sorted(config.clusters.items())],
        "contexts": [{"name": name, "context": _context(one)} for name, one in sorted(config.contexts.items())],
        "current-context": config.current_context,
        "users": [{"name": name, "user": _user(one)} for name, one in sorted(config.users.items())],
    }
    if config.preferences:
        document["preferences"] = config.preferences
    return _extended(document, config.extensions)


def dump(config: KubeConfig) -> str:
    """The YAML text of a kubeconfig."""
    from kubeclient.apimachinery import yaml

    return yaml.dump(to_dict(config))


def write_to_file(config: KubeConfig, path: str | os.PathLike[str]) -> None:
    """Writes a kubeconfig; a file that is new may be read by its owner only. Raises OSError."""
    file, text = Path(path), dump(config)
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with open(file, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        out.write(text)
