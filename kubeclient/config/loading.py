"""Which kubeconfig files there are, what they come to together, and the rest config of the chosen context.

Ported from client-go tools/clientcmd/{loader,client_config,merged_client_builder}.go.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .in_cluster import in_cluster_config, in_cluster_namespace, in_cluster_possible
from .kubeconfig import AuthInfo, Cluster, ExecConfig, KubeConfig, KubeConfigError, parse
from .rest import Config, Impersonation, TLSClientConfig
from .validation import confirm_usable

__all__ = ["ClientConfig", "client_config", "default_files", "load", "load_client_config", "load_file"]

_UNSET = "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable"


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """What a context comes to: how to connect, and the namespace it works in."""

    config: Config
    namespace: str


def default_files(environ: Mapping[str, str] | None = None) -> tuple[list[Path], bool]:
    """The files to read, first wins, and whether KUBECONFIG named them; else it is `~/.kube/config`."""
    environ = os.environ if environ is None else environ
    listed = [part for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:
        return [Path(part) for part in dict.fromkeys(listed)], True
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    return ([Path(home) / ".kube" / "config"] if home else []), False


def load_file(path: str | os.PathLike[str]) -> KubeConfig:
    """One file, its relative paths resolved against its folder.

    Raises FileNotFoundError when it is not there, KubeConfigError when it cannot be read.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise KubeConfigError(f'error loading config file "{file}": {error}') from error
    config = parse(text, str(file))
    folder = file.absolute().parent
    for cluster in config.clusters.values():
        cluster.certificate_authority = _resolved(cluster.certificate_authority, folder)
    for user in config.users.values():
        user.client_certificate = _resolved(user.client_certificate, folder)
        user.client_key = _resolved(user.client_key, folder)
        user.token_file = _resolved(user.token_file, folder)
        # A bare name is looked up in PATH; only something with a folder in it is a file beside this one.
        if user.exec is not None and ("/" in user.exec.command or os.sep in user.exec.command):
            user.exec.command = _resolved(user.exec.command, folder)
    return config


def _resolved(path: str, folder: Path) -> str:
    return os.path.normpath(folder / path) if path else ""


def load(path: str | os.PathLike[str] | None = None, *, environ: Mapping[str, str] | None = None) -> KubeConfig:
    """An explicit file, or those of the environment merged. Files that are missing are skipped unless explicit.

    Raises KubeConfigError naming every file that cannot be read.
    """
    if path is not None:
        return load_file(path)
    merged, problems = KubeConfig(), []
    for file in default_files(environ)[0]:
        try:
            merged.merge(load_file(file))
        except FileNotFoundError:
            continue
        except KubeConfigError as error:
            problems.append(str(error))
    if problems:
        raise KubeConfigError(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
    return merged


def client_config(
    config: KubeConfig, *, context: str | None = None, server: str = "", namespace: str = ""
) -> ClientConfig:
    """What a context of a kubeconfig comes to; without a name, the current one.

    `server` and `namespace` override what the file says. Raises KubeConfigError when it is not usable.
    """
    if context and context not in config.contexts:
        raise KubeConfigError(f'context "{context}" does not exist')
    name = context or config.current_context
    if config.is_empty and server:
        return ClientConfig(Config(host=server), namespace or "default")
    confirm_usable(config, name)
    chosen = config.contexts[name]
    cluster, user = config.clusters[chosen.cluster], config.users[chosen.user]
    rest = Config(
        host=server or cluster.server, proxy_url=cluster.proxy_url, disable_compression=cluster.disable_compression
    )
    rest.host = rest.host.split("?", 1)[0].split("#", 1)[0]
    rest.impersonate = Impersonation(
        user.impersonate,
        user.impersonate_uid,
        list(user.impersonate_groups),
        {key: list(values) for key, values in user.impersonate_user_extra.items()},
    )
    # Credentials never travel in the clear: only a server reached by TLS gets them, as in client-go.
    if _is_tls(rest, cluster):
        _add_tls(rest, cluster, user)
        _add_credentials(rest, user, name)
    return ClientConfig(rest, namespace or chosen.namespace or "default")


def _is_tls(rest: Config, cluster: Cluster) -> bool:
    trusts = cluster.certificate_authority or cluster.certificate_authority_data or cluster.insecure_skip_tls_verify
    return rest.host.startswith("https://") or ("://" not in rest.host and bool(trusts))


def _add_tls(rest: Config, cluster: Cluster, user: AuthInfo) -> None:
    rest.tls = TLSClientConfig(
        insecure=cluster.insecure_skip_tls_verify,
        server_name=cluster.tls_server_name,
        ca_file=cluster.certificate_authority,
        ca_data=cluster.certificate_authority_data,
        cert_file=user.client_certificate,
        cert_data=user.client_certificate_data,
        key_file=user.client_key,
        key_data=user.client_key_data,
    )


def _add_credentials(rest: Config, user: AuthInfo, context: str) -> None:
    rest.bearer_token = user.token
    rest.bearer_token_file = user.token_file
    if user.token_file and not user.token:
        try:
            rest.bearer_token = Path(user.token_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise KubeConfigError(f'context "{context}": tokenFile: {error}') from error
    rest.username, rest.password = user.username, user.password
    if user.auth_provider:
        raise KubeConfigError(
            f'context "{context}": auth-provider "{user.auth_provider}" is not supported; '
            "use an exec plugin that gives a token, or a token"
        )
    if user.exec is not None:
        rest.exec_provider = _defaulted(user.exec)


def _defaulted(plugin: ExecConfig) -> ExecConfig:
    copied = plugin.copy()
    copied.interactive_mode = copied.interactive_mode or "IfAvailable"
    return copied


def load_client_config(
    path: str | os.PathLike[str] | None = None,
    *,
    context: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> ClientConfig:
    """The files, merged, and what their context comes to; inside a cluster without any file, the cluster.

    Raises KubeConfigError when there is nothing or nothing usable.
    """
    environ = os.environ if environ is None else environ
    config = load(path, environ=environ)
    if config.is_empty and path is None:
        if in_cluster_possible(environ):
            return ClientConfig(in_cluster_config(environ), in_cluster_namespace(environ))
        files = ", ".join(str(file) for file in default_files(environ)[0])
        raise KubeConfigError(f"{_UNSET} (looked for: {files or 'nothing, as there is no home directory'})")
    return client_config(config, context=context)
