"""What a caller says over the head of a kubeconfig, as kubectl's flags do, and how it is merged with what the file says.

Ported from client-go tools/clientcmd/{overrides,client_config}.go.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import TypeVar

from .kubeconfig import AuthInfo, Cluster, Context, KubeConfig, KubeConfigError

__all__ = [
    "ConfigOverrides",
    "cluster_defaults",
    "merged_cluster",
    "merged_context",
    "merged_user",
    "overrides_from_flags",
    "parse_timeout",
]

E = TypeVar("E", Cluster, AuthInfo, Context)

_TIMEOUT = (
    "Invalid timeout value. Timeout must be a single integer in seconds, "
    "or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)"
_DURATION = re.compile(rf"(?:{_PART})+").fullmatch
_PARTS = re.compile(_PART).findall
_NAMESPACE_PREFIX = re.compile(r"^(ns|namespaces?)/", re.IGNORECASE)


@dataclass
class ConfigOverrides:
    """Fields that are set here win over those of the file.

    Attributes:
        cluster, user: single fields of the chosen cluster and user.
        context: which cluster and user, by name, and the namespace; the names must exist.
        current_context: the context to use; it must exist.
        cluster_defaults: what holds for a cluster where neither the file nor `cluster` says anything.
        timeout: for requests that are no streams: whole seconds, or a duration as Go writes it; "0" is no limit.
    """

    cluster: Cluster = field(default_factory=Cluster)
    user: AuthInfo = field(default_factory=AuthInfo)
    context: Context = field(default_factory=Context)
    current_context: str = ""
    cluster_defaults: Cluster = field(default_factory=Cluster)
    timeout: str = ""


def cluster_defaults(environ: Mapping[str, str] | None = None) -> Cluster:
    """The server of KUBERNETES_MASTER, else http://localhost:8080."""
    environ = os.environ if environ is None else environ
    return Cluster(server=environ.get("KUBERNETES_MASTER") or "http://localhost:8080")


def parse_timeout(text: str) -> float | None:
    """Seconds of a timeout; None is no limit. Raises KubeConfigError for what is neither seconds nor a duration."""
    if not text:
        return None
    if re.fullmatch(r"[+-]?[0-9]+", text):
        return float(text) or None
    sign = -1.0 if text.startswith("-") else 1.0
    bare = text.removeprefix("-").removeprefix("+")
    if not _DURATION(bare):
        raise KubeConfigError(_TIMEOUT)
    return sign * sum(float(number) * _UNITS[unit] for number, unit in _PARTS(bare)) or None


def _merge(into: E, over: E) -> None:
    """Takes over every field of `over` that says something."""
    for one in fields(into):
        value = getattr(over, one.name)
        if value and isinstance(value, dict):
            getattr(into, one.name).update(deepcopy(value))
        elif value:
            setattr(into, one.name, deepcopy(value))


def merged_context(config: KubeConfig, name: str, overrides: ConfigOverrides) -> Context:
    """The context of that name, empty when there is none, with the overrides on top."""
    context = deepcopy(config.contexts.get(name, Context()))
    _merge(context, overrides.context)
    return context


def merged_cluster(config: KubeConfig, name: str, overrides: ConfigOverrides) -> Cluster:
    """Defaults, below the cluster of the file, below the overrides. Raises KubeConfigError for an unknown override."""
    cluster = Cluster()
    _merge(cluster, overrides.cluster_defaults)
    if name in config.clusters:
        _merge(cluster, config.clusters[name])
    elif overrides.context.cluster:
        raise KubeConfigError(f'cluster "{name}" does not exist')
    over = overrides.cluster
    _merge(cluster, over)
    # What a server is trusted by hangs together: one of the three replaces all of them.
    if over.insecure_skip_tls_verify or over.certificate_authority or over.certificate_authority_data:
        cluster.insecure_skip_tls_verify = over.insecure_skip_tls_verify
        cluster.certificate_authority = over.certificate_authority
        cluster.certificate_authority_data = over.certificate_authority_data
    # The file's name for the certificate belongs to the file's server.
    if over.server or over.tls_server_name:
        cluster.tls_server_name = over.tls_server_name
    return cluster


def merged_user(config: KubeConfig, name: str, overrides: ConfigOverrides) -> AuthInfo:
    """The user of the file below the overrides. Raises KubeConfigError for an unknown override."""
    user = AuthInfo()
    if name in config.users:
        _merge(user, config.users[name])
    elif overrides.context.user:
        raise KubeConfigError(f'auth info "{name}" does not exist')
    over = overrides.user
    _merge(user, over)
    if over.client_certificate or over.client_certificate_data:
        user.client_certificate = over.client_certificate
        user.client_certificate_data = over.client_certificate_data
    if over.client_key or over.client_key_data:
        user.client_key, user.client_key_data = over.client_key, over.client_key_data
    return user


def _flag(value: str) -> bool:
    if value not in {"", "true", "false"}:
        raise KubeConfigError(f'must be true or false, not "{value}"')
    return value == "true"


def overrides_from_flags(flags: Mapping[str, str | list[str]], prefix: str = "") -> ConfigOverrides:
    """The overrides of command line flags, given by kubectl's names without dashes in front, each under `prefix`.

    Flags that are no flags of clientcmd are left alone, so that a parser's whole result can be handed in.
    """

    def text(name: str) -> str:
        value = flags.get(prefix + name, "")
        return value if isinstance(value, str) else ",".join(value)

    groups = flags.get(f"{prefix}as-group", [])
    return ConfigOverrides(
        cluster=Cluster(
            server=text("server"),
            tls_server_name=text("tls-server-name"),
            insecure_skip_tls_verify=_flag(text("insecure-skip-tls-verify")),
            certificate_authority=text("certificate-authority"),
            proxy_url=text("proxy-url"),
            disable_compression=_flag(text("disable-compression")),
        ),
        user=AuthInfo(
            client_certificate=text("client-certificate"),
            client_key=text("client-key"),
            token=text("token"),
            impersonate=text("as"),
            impersonate_uid=text("as-uid"),
            impersonate_groups=[groups] if isinstance(groups, str) else list(groups),
            username=text("username"),
            password=text("password"),
        ),
        context=Context(
            cluster=text("cluster"), user=text("user"), namespace=_NAMESPACE_PREFIX.sub("", text("namespace"))
        ),
        current_context=text("context"),
        timeout=text("request-timeout"),
    )
