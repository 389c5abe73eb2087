"""Where the API of a config begins, and small changes of configs. Ported from client-go rest/{url_utils,config}.go."""

from __future__ import annotations

import dataclasses
import posixpath
from pathlib import Path

from kubeclient.apimachinery.gvk import GroupVersion

from .rest import Config
from .user_agent import this_user_agent

__all__ = [
    "add_user_agent",
    "default_server_url",
    "default_versioned_api_path",
    "is_config_transport_tls",
    "load_tls_files",
    "set_kubernetes_defaults",
]


def default_versioned_api_path(api_path: str, group_version: GroupVersion) -> str:
    """`/<api path>/<group>/<version>`; what is empty is left out."""
    parts = [part for part in (api_path, group_version.group, group_version.version) if part]
    return "/" + posixpath.join(*parts).strip("/") if parts else "/"


def default_server_url(config: Config) -> tuple[str, str]:
    """The URL of the server, `localhost` where the config names none, and the path of its group and version below it.

    Raises ValueError for a host that is none.
    """
    version = GroupVersion.parse(config.group_version) if config.group_version else GroupVersion("", "")
    named = dataclasses.replace(config, host=config.host or "localhost")
    return named.server_url(), default_versioned_api_path(config.api_path, version)


def is_config_transport_tls(config: Config) -> bool:
    """Whether the server is reached by TLS; an address that is none is not."""
    try:
        return default_server_url(config)[0].startswith("https:")
    except ValueError:
        return False


def load_tls_files(config: Config) -> Config:
    """A copy whose certificates and keys are data, so that no file is needed any more. Raises OSError."""
    copied = config.copy()
    tls = copied.tls
    tls.ca_data = tls.ca_data or (Path(tls.ca_file).read_bytes() if tls.ca_file else b"")
    tls.cert_data = tls.cert_data or (Path(tls.cert_file).read_bytes() if tls.cert_file else b"")
    tls.key_data = tls.key_data or (Path(tls.key_file).read_bytes() if tls.key_file else b"")
    return copied


def add_user_agent(config: Config, suffix: str) -> Config:
    """A copy whose user agent is this program's with a suffix."""
    return dataclasses.replace(config, user_agent=f"{this_user_agent()}/{suffix}")


def set_kubernetes_defaults(config: Config) -> Config:
    """A copy with the user agent of this program, if it has none."""
    return config if config.user_agent else dataclasses.replace(config, user_agent=this_user_agent())
