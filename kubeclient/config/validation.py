"""What makes the chosen context of a kubeconfig unusable; all problems at once. Ported from clientcmd/validation.go."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from kubeclient.apimachinery.validation import is_dns1123_label

from .kubeconfig import (
    AuthInfo,
    Cluster,
    Context,
    ContextNotFoundError,
    EmptyConfigError,
    InvalidConfigError,
    KubeConfig,
)

__all__ = ["EMPTY_CONFIG", "confirm_entries", "confirm_usable", "context_problems", "validate"]

EMPTY_CONFIG = "no configuration has been provided, try setting KUBERNETES_MASTER environment variable"
NO_SERVER = "cluster has no server defined"
_MODES = ("Never", "IfAvailable", "Always")
# client-go fills IfAvailable in for these before it validates.
_VERSIONS_WITH_A_DEFAULT_MODE = ("client.authentication.k8s.io/v1alpha1", "client.authentication.k8s.io/v1beta1")


def confirm_usable(config: KubeConfig, context_name: str = "") -> None:
    """Raises KubeConfigError naming every problem of the context, its cluster and its user."""
    if config.is_empty:
        raise EmptyConfigError(f"invalid configuration: {EMPTY_CONFIG}")
    name = context_name or config.current_context
    if not name:
        raise ContextNotFoundError("no context chosen")
    context = config.contexts.get(name)
    if context is None:
        raise ContextNotFoundError(f"invalid configuration: context was not found for specified context: {name}")
    confirm_entries(
        _context(name, context, config),
        context,
        config.clusters.get(context.cluster, Cluster()),
        config.users.get(context.user, AuthInfo()),
    )


def confirm_entries(problems: list[str], context: Context, cluster: Cluster, user: AuthInfo) -> None:
    """Raises KubeConfigError for the problems given and those of a cluster and a user that a context brings together."""
    problems = problems + _user(context.user, user) + _cluster(context.cluster, cluster)
    if problems == [NO_SERVER]:
        raise EmptyConfigError(f"invalid configuration: {EMPTY_CONFIG}")
    if problems:
        raise InvalidConfigError(problems)


def context_problems(name: str, config: KubeConfig) -> list[str]:
    """What the context of a file refers to without there being such a thing."""
    context = config.contexts.get(name)
    return [] if context is None else _context(name, context, config)


def validate(config: KubeConfig) -> None:
    """Raises KubeConfigError naming every problem of every entry, and of the current context."""
    if config.is_empty:
        raise EmptyConfigError(f"invalid configuration: {EMPTY_CONFIG}")
    missing = bool(config.current_context) and config.current_context not in config.contexts
    problems = [f"context was not found for specified context: {config.current_context}"] if missing else []
    for name, context in sorted(config.contexts.items()):
        problems += _context(name, context, config)
    for name, user in sorted(config.users.items()):
        problems += _user(name, user)
    for name, cluster in sorted(config.clusters.items()):
        problems += _cluster(name, cluster)
    if missing and len(problems) == 1:
        raise ContextNotFoundError(f"invalid configuration: {problems[0]}")
    if problems:
        raise InvalidConfigError(problems)


def _context(name: str, context: Context, config: KubeConfig) -> list[str]:
    problems = [] if name else [f"empty context name for {context} is not allowed"]
    if not context.user:
        problems.append(f'user was not specified for context "{name}"')
    elif context.user not in config.users:
        problems.append(f'user "{context.user}" was not found for context "{name}"')
    if not context.cluster:
        problems.append(f'cluster was not specified for context "{name}"')
    elif context.cluster not in config.clusters:
        problems.append(f'cluster "{context.cluster}" was not found for context "{name}"')
    if context.namespace and is_dns1123_label(context.namespace):
        problems.append(
            f'namespace "{context.namespace}" for context "{name}" does not conform to the kubernetes DNS_LABEL rules'
        )
    return problems


def _unreadable(what: str, path: str, name: str) -> list[str]:
    if not path:
        return []
    try:
        with Path(path).open("rb"):
            return []
    except OSError as error:
        return [f"unable to read {what} {path} for {name} due to {error.strerror or error}"]


def _cluster(name: str, cluster: Cluster) -> list[str]:
    if cluster == Cluster():
        return [NO_SERVER]
    problems: list[str] = []
    if not cluster.server:
        problems.append(f'no server found for cluster "{name}"' if name else "default cluster has no server defined")
    if cluster.proxy_url and urlsplit(cluster.proxy_url).scheme not in {"http", "https", "socks5"}:
        scheme = urlsplit(cluster.proxy_url).scheme
        problems.append(
            f'invalid \'proxy-url\' "{cluster.proxy_url}" for cluster "{name}": '
            f'unsupported scheme "{scheme}", must be http, https, or socks5'
        )
    if cluster.certificate_authority and cluster.certificate_authority_data:
        problems.append(
            f"certificate-authority-data and certificate-authority are both specified for {name}. "
            "certificate-authority-data will override."
        )
    return problems + _unreadable("certificate-authority", cluster.certificate_authority, name)


def _user(name: str, user: AuthInfo) -> list[str]:
    problems: list[str] = []
    if user.client_certificate or user.client_certificate_data:
        if user.client_certificate and user.client_certificate_data:
            problems.append(
                f"client-cert-data and client-cert are both specified for {name}. client-cert-data will override."
            )
        if user.client_key and user.client_key_data:
            problems.append(
                f"client-key-data and client-key are both specified for {name}; client-key-data will override"
            )
        if not user.client_key and not user.client_key_data:
            problems.append(
                f"client-key-data or client-key must be specified for {name} to use the clientCert authentication method."
            )
        problems += _unreadable("client-cert", user.client_certificate, name)
        problems += _unreadable("client-key", user.client_key, name)
    problems += _exec(name, user)
    methods = ["token"] if user.token else []
    methods += ["basicAuth"] if user.username or user.password else []
    if len(methods) > 1:
        problems.append(
            f"more than one authentication method found for {name}; found [{' '.join(methods)}], only one is allowed"
        )
    if (user.impersonate_uid or user.impersonate_groups or user.impersonate_user_extra) and not user.impersonate:
        problems.append(f"requesting uid, groups or user-extra for {name} without impersonating a user")
    return problems


def _exec(name: str, user: AuthInfo) -> list[str]:
    plugin = user.exec
    if plugin is None:
        return []
    problems: list[str] = []
    use = f"for {name} to use exec authentication plugin"
    if user.auth_provider:
        problems.append(f"authProvider cannot be provided in combination with an exec plugin for {name}")
    if not plugin.command:
        problems.append(f"command must be specified {use}")
    if not plugin.api_version:
        problems.append(f"apiVersion must be specified {use}")
    if "" in plugin.env:
        problems.append(f"env variable name must be specified {use}")
    if not plugin.interactive_mode and plugin.api_version not in _VERSIONS_WITH_A_DEFAULT_MODE:
        problems.append(f"interactiveMode must be specified {use}")
    elif plugin.interactive_mode and plugin.interactive_mode not in _MODES:
        problems.append(f'invalid interactiveMode for {name}: "{plugin.interactive_mode}"')
    return problems
