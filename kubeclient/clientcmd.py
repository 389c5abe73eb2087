"""client-go's `tools/clientcmd`: kubeconfig files and what they come to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path

from kubeclient.config.in_cluster import MOUNT, NotInClusterError, in_cluster_config
from kubeclient.config.kubeconfig import (
    AuthInfo,
    Cluster,
    Context,
    ContextNotFoundError,
    EmptyConfigError,
    ExecConfig,
    InvalidConfigError,
    KubeConfig,
    KubeConfigError,
    parse,
)
from kubeclient.config.loading import (
    ClientConfig,
    LoadingRules,
    client_config,
    deferred_client_config,
    load,
    load_client_config,
    load_file,
    merged_raw_config,
)
from kubeclient.config.modifying import modify_config
from kubeclient.config.overrides import ConfigOverrides, cluster_defaults, overrides_from_flags
from kubeclient.config.persisting import persister_for_user
from kubeclient.config.prompting import PromptedUser
from kubeclient.config.rest import Config
from kubeclient.config.shaping import flatten, minify, redact_secrets, relativize, shorten
from kubeclient.config.validation import confirm_usable, validate
from kubeclient.config.writing import dump, write_to_file

__all__ = [
    "AuthInfo",
    "ClientConfig",
    "Cluster",
    "Config",
    "ConfigOverrides",
    "Context",
    "ContextNotFoundError",
    "EmptyConfigError",
    "ExecConfig",
    "InvalidConfigError",
    "KubeConfig",
    "KubeConfigError",
    "LoadingRules",
    "PromptedUser",
    "build_config_from_flags",
    "build_config_from_kubeconfig_getter",
    "client_config",
    "cluster_defaults",
    "confirm_usable",
    "deferred_client_config",
    "dump",
    "flatten",
    "load",
    "load_client_config",
    "load_from_file",
    "merged_raw_config",
    "minify",
    "modify_config",
    "overrides_from_flags",
    "parse",
    "persister_for_user",
    "redact_secrets",
    "relativize",
    "rest_config_from_kubeconfig",
    "shorten",
    "validate",
    "write_to_file",
]

_LOG = logging.getLogger("kubeclient.config")

load_from_file = load_file


def build_config_from_flags(
    master_url: str = "",
    kubeconfig_path: str | PathLike[str] = "",
    *,
    environ: Mapping[str, str] | None = None,
    mount: Path = MOUNT,
) -> Config:
    """The config of a kubeconfig with another server put in; with neither, of the cluster around, or of the usual files.

    Raises KubeConfigError, and FileNotFoundError for a file that is not there.
    """
    if not master_url and not str(kubeconfig_path):
        _LOG.warning(
            "Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  This might not work."
        )
        try:
            return in_cluster_config(environ, mount=mount)
        except (NotInClusterError, OSError) as error:
            _LOG.warning("error creating inClusterConfig, falling back to default config: %s", error)
            return load_client_config(environ=environ, mount=mount).config
    rules = LoadingRules(explicit_path=str(kubeconfig_path))
    overrides = ConfigOverrides(cluster=Cluster(server=master_url))
    return deferred_client_config(rules, overrides=overrides, environ=environ, mount=mount).config


def build_config_from_kubeconfig_getter(master_url: str, getter: Callable[[], KubeConfig]) -> Config:
    """The config of what a function gives, with another server put in. Raises KubeConfigError."""
    return client_config(getter(), server=master_url).config


def rest_config_from_kubeconfig(text: str) -> Config:
    """The config of the current context of a kubeconfig's text. Raises KubeConfigError."""
    return client_config(parse(text)).config
