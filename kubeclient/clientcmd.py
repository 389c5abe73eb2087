"""client-go's `tools/clientcmd`: kubeconfig files and what they come to."""

from __future__ import annotations

from os import PathLike

from kubeclient.config.in_cluster import NotInClusterError, in_cluster_config
from kubeclient.config.kubeconfig import AuthInfo, Cluster, Context, ExecConfig, KubeConfig, KubeConfigError, parse
from kubeclient.config.loading import ClientConfig, client_config, load, load_client_config, load_file
from kubeclient.config.rest import Config
from kubeclient.config.validation import confirm_usable

__all__ = [
    "AuthInfo",
    "ClientConfig",
    "Cluster",
    "Config",
    "Context",
    "ExecConfig",
    "KubeConfig",
    "KubeConfigError",
    "build_config_from_flags",
    "client_config",
    "confirm_usable",
    "load",
    "load_client_config",
    "load_from_file",
    "parse",
    "rest_config_from_kubeconfig",
]

load_from_file = load_file


def build_config_from_flags(master_url: str = "", kubeconfig_path: str | PathLike[str] = "") -> Config:
    """The config of a kubeconfig with another server put in; with neither, of the cluster around, or of the usual files.

    Raises KubeConfigError.
    """
    if not master_url and not kubeconfig_path:
        try:
            return in_cluster_config()
        except (NotInClusterError, OSError):
            return load_client_config().config
    return client_config(load(kubeconfig_path or None), server=master_url).config


def rest_config_from_kubeconfig(text: str) -> Config:
    """The config of the current context of a kubeconfig's text. Raises KubeConfigError."""
    return client_config(parse(text)).config
