"""From a rest config to the call of its credential plugin, with what the plugin is told of the cluster."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from kubeclient.machines.exec_credential import PluginCall

from .rest import Config

__all__ = ["exec_call"]


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
        cluster=json.dumps(_cluster(config)) if plugin.provide_cluster_info else "",
    )


def _cluster(config: Config) -> dict[str, Any]:
    tls = config.tls
    try:
        roots = tls.ca_data or (Path(tls.ca_file).read_bytes() if tls.ca_file else b"")
    except OSError as error:
        raise ValueError(f"unable to load root certificates: {error}") from error
    plugin = config.exec_provider
    fields = {
        "server": config.server_url(),
        "tls-server-name": tls.server_name,
        "insecure-skip-tls-verify": tls.insecure,
        "certificate-authority-data": base64.b64encode(roots).decode(),
        "proxy-url": config.proxy_url,
        "disable-compression": config.disable_compression,
        "config": plugin.cluster_config if plugin is not None else None,
    }
    return {name: value for name, value in fields.items() if value}
