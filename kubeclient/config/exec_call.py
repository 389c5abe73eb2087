"""From a rest config to the call of its credential plugin, and what a plugin is told of the cluster, in both directions.

Ported from client-go rest/exec.go and tools/auth/exec.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kubeclient.machines.exec_credential import API_VERSIONS, CredentialError, PluginCall

from .rest import Config, TLSClientConfig

__all__ = ["config_to_exec_cluster", "exec_call", "exec_cluster_to_config", "load_exec_credential_from_env"]

_INFO = "KUBERNETES_EXEC_INFO"
_PROXIES = ("http", "https", "socks5")


def exec_call(config: Config) -> PluginCall | None:
    """The call of the plugin; None where there is none, or where the config has credentials that come before it.

    Raises ValueError for a plugin that cannot be used, and for authorities that cannot be read.
    """
    plugin, tls = config.exec_provider, config.tls
    if plugin is None:
        return None
    if config.bearer_token or config.bearer_token_file or config.username or tls.cert_file or tls.cert_data:
        return None
    return PluginCall(
        command=plugin.command,
        args=tuple(plugin.args),
        env=tuple(plugin.env.items()),
        api_version=plugin.api_version,
        install_hint=plugin.install_hint,
        interactive_mode=plugin.interactive_mode or "IfAvailable",
        cluster=json.dumps(config_to_exec_cluster(config)) if plugin.provide_cluster_info else "",
    )


def config_to_exec_cluster(config: Config) -> dict[str, Any]:
    """The Cluster of an ExecCredential: how a plugin reaches the server of a config.

    Raises ValueError for a server that is none, authorities that cannot be read, and a proxy that is none.
    """
    tls = config.tls
    try:
        roots = tls.ca_data or (Path(tls.ca_file).read_bytes() if tls.ca_file else b"")
    except OSError as error:
        raise ValueError(f"unable to load root certificates: {error}") from error
    url, plugin = config.server_url(), config.exec_provider
    fields = {
        "server": config.host if "://" in config.host else url,
        "tls-server-name": tls.server_name,
        "insecure-skip-tls-verify": tls.insecure,
        "certificate-authority-data": base64.b64encode(roots).decode(),
        "proxy-url": (config.proxy(url) or "") if config.proxy is not None else config.proxy_url,
        "disable-compression": config.disable_compression,
        "config": plugin.cluster_config if plugin is not None else None,
    }
    return {name: value for name, value in fields.items() if value}


def exec_cluster_to_config(cluster: Mapping[str, Any]) -> Config:
    """The config, without credentials, of the Cluster that a plugin was told of. Raises ValueError for a proxy that is none."""
    proxy = str(cluster.get("proxy-url") or "")
    if proxy and (urlsplit(proxy).scheme not in _PROXIES or not urlsplit(proxy).hostname):
        raise ValueError('the cluster\'s "proxy-url" is no URL of a proxy')
    try:
        roots = base64.b64decode(str(cluster.get("certificate-authority-data") or ""), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the cluster's certificate-authority-data is not base64: {error}") from error
    return Config(
        host=str(cluster.get("server") or ""),
        tls=TLSClientConfig(
            insecure=bool(cluster.get("insecure-skip-tls-verify")),
            server_name=str(cluster.get("tls-server-name") or ""),
            ca_data=roots,
        ),
        proxy_url=proxy,
        disable_compression=bool(cluster.get("disable-compression")),
    )


def load_exec_credential_from_env(environ: Mapping[str, str] | None = None) -> tuple[dict[str, Any], Config]:
    """For authors of plugins: the ExecCredential that the plugin was given, and how to reach the cluster as nobody.

    Raises CredentialError when the variable is not set or holds something else, and when the cluster is not told, for
    which the kubeconfig has to say `provideClusterInfo: true`.
    """
    environ = os.environ if environ is None else environ
    text = environ.get(_INFO, "")
    if not text:
        raise CredentialError(f"{_INFO} env var is unset or empty")
    try:
        credential = json.loads(text)
    except ValueError as error:
        raise CredentialError(f"cannot decode {_INFO}: {error}") from error
    if not isinstance(credential, dict) or credential.get("kind") != "ExecCredential":
        raise CredentialError(f"cannot convert {_INFO} to ExecCredential")
    if credential.get("apiVersion") not in API_VERSIONS:
        raise CredentialError(f'cannot convert {_INFO}: no kind ExecCredential in "{credential.get("apiVersion")}"')
    cluster = (credential.get("spec") or {}).get("cluster")
    if not isinstance(cluster, dict):
        raise CredentialError("ExecCredential does not contain cluster information")
    try:
        return credential, exec_cluster_to_config(cluster)
    except ValueError as error:
        raise CredentialError(f"cannot create REST config: {error}") from error
