"""Which kubeconfig files there are, what they come to together, and the rest config of the chosen context.

Ported from client-go tools/clientcmd/{loader,client_config,merged_client_builder}.go.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from .home import home_dir
from .in_cluster import MOUNT, in_cluster_config, in_cluster_namespace, in_cluster_possible
from .kubeconfig import (
    AuthInfo,
    Cluster,
    Context,
    ContextNotFoundError,
    EmptyConfigError,
    ExecConfig,
    KubeConfig,
    KubeConfigError,
    parse,
)
from .overrides import ConfigOverrides, merged_cluster, merged_context, merged_user, parse_timeout
from .prompting import PromptedUser
from .rest import AuthProviderConfig, Config, Impersonation, TLSClientConfig
from .validation import confirm_entries, context_problems

__all__ = [
    "ClientConfig",
    "LoadingRules",
    "client_config",
    "default_files",
    "deferred_client_config",
    "load",
    "load_client_config",
    "load_file",
    "read_file",
    "resolve_paths",
]

_LOG = logging.getLogger("kubeclient.config")
_REMOVED_PROVIDERS = {
    "gcp": "The gcp auth plugin has been removed. Please use the gke-gcloud-auth-plugin as an exec plugin instead.",
    "azure": "The azure auth plugin has been removed. Please use kubelogin as an exec plugin instead.",
}
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """What a context comes to: how to connect, and the namespace it works in.

    `namespace_given` says whether the caller or the file named it; else it is the word "default".
    """

    config: Config
    namespace: str
    namespace_given: bool = False


def default_files(environ: Mapping[str, str] | None = None) -> tuple[list[Path], bool]:
    """The files to read, first wins, and whether KUBECONFIG named them; else it is `~/.kube/config`."""
    environ = os.environ if environ is None else environ
    listed = [part for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:
        return [Path(part) for part in dict.fromkeys(listed)], True
    home = home_dir(environ)
    return ([Path(home) / ".kube" / "config"] if home else []), False


def read_file(path: str | os.PathLike[str]) -> KubeConfig:
    """One file as it stands. Raises FileNotFoundError, or KubeConfigError when it cannot be read."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise KubeConfigError(f'error loading config file "{file}": {error}') from error
    return parse(text, str(file))


def load_file(path: str | os.PathLike[str]) -> KubeConfig:
    """One file, its relative paths resolved against its folder.

    Raises FileNotFoundError when it is not there, KubeConfigError when it cannot be read.
    """
    config = read_file(path)
    resolve_paths(config)
    return config


def resolve_paths(config: KubeConfig) -> None:
    """Makes every relative path one that starts in the folder of the file that its entry is from."""
    for cluster in config.clusters.values():
        folder = Path(cluster.location_of_origin).absolute().parent
        cluster.certificate_authority = _resolved(cluster.certificate_authority, folder)
    for user in config.users.values():
        folder = Path(user.location_of_origin).absolute().parent
        user.client_certificate = _resolved(user.client_certificate, folder)
        user.client_key = _resolved(user.client_key, folder)
        user.token_file = _resolved(user.token_file, folder)
        # A bare name is looked up in PATH; only something with a folder in it is a file beside this one.
        if user.exec is not None and ("/" in user.exec.command or os.sep in user.exec.command):
            user.exec.command = _resolved(user.exec.command, folder)


def _resolved(path: str, folder: Path) -> str:
    return os.path.normpath(folder / path) if path else ""


def _missing(files: list[str]) -> None:
    _LOG.warning("Config not found: %s", ", ".join(files))


@dataclass
class LoadingRules:
    """Which files are read, and in which order they win.

    Attributes:
        explicit_path: read alone, and must be there.
        precedence: files of which the first wins; those that are missing are skipped.
        warn_if_all_missing: tell `warner` when none of them is there.
        do_not_resolve_paths: leave relative paths as they are written.
        warner: receives the names of the files when all are missing; by default they are logged.
        migrations: files that are copied from an older place when they are not there yet.
    """

    explicit_path: str = ""
    precedence: list[str] = field(default_factory=list)
    warn_if_all_missing: bool = False
    do_not_resolve_paths: bool = False
    warner: Callable[[list[str]], None] = _missing
    migrations: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> LoadingRules:
        """The rules of kubectl: KUBECONFIG, else `~/.kube/config`."""
        environ = os.environ if environ is None else environ
        files, named = default_files(environ)
        home = home_dir(environ)
        folder = Path(home) / ".kube"
        return cls(
            precedence=[str(file) for file in files],
            warn_if_all_missing=named,
            migrations={str(folder / "config"): str(folder / ".kubeconfig")} if home else {},
        )

    @property
    def files(self) -> list[str]:
        """The files that a change may be written to, those that win first."""
        return [self.explicit_path] if self.explicit_path else list(self.precedence)

    def default_filename(self) -> str:
        """Where new entries are written: the explicit file, else the first that is there, else the first."""
        there = [file for file in self.files if Path(file).exists()]
        return (there or self.files or [""])[0]

    def load(self) -> KubeConfig:
        """What the files come to together.

        Raises FileNotFoundError for an explicit file that is missing, KubeConfigError naming every file that cannot be
        read.
        """
        self.migrate()
        if self.explicit_path:
            return self._loaded(self.explicit_path)
        merged, problems, missing = KubeConfig(), list[str](), list[str]()
        for file in self.precedence:
            try:
                merged.merge(self._loaded(file))
            except FileNotFoundError:
                missing.append(file)
            except KubeConfigError as error:
                problems.append(str(error))
        if self.warn_if_all_missing and missing and missing == self.precedence:
            self.warner(missing)
        if problems:
            raise KubeConfigError(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
        return merged

    def migrate(self) -> None:
        """Copies files from their older places, with their modes; what is there already stays. Raises OSError."""
        for target, source in self.migrations.items():
            if not Path(target).exists() and Path(source).is_file():
                mode = stat.S_IMODE(Path(source).stat().st_mode)
                with open(target, "xb", opener=lambda name, flags, mode=mode: os.open(name, flags, mode)) as out:  # type: ignore[misc]
                    out.write(Path(source).read_bytes())

    def _loaded(self, file: str) -> KubeConfig:
        return read_file(file) if self.do_not_resolve_paths else load_file(file)


def load(path: str | os.PathLike[str] | None = None, *, environ: Mapping[str, str] | None = None) -> KubeConfig:
    """An explicit file, or those of the environment merged. Files that are missing are skipped unless explicit.

    Raises KubeConfigError naming every file that cannot be read.
    """
    return load_file(path) if path is not None else LoadingRules.from_environment(environ).load()


def client_config(
    config: KubeConfig,
    *,
    context: str | None = None,
    server: str = "",
    namespace: str = "",
    overrides: ConfigOverrides | None = None,
    prompt: PromptedUser | None = None,
) -> ClientConfig:
    """What a context of a kubeconfig comes to; without a name, the current one.

    `server` and `namespace` are short for those of `overrides`. `prompt` asks a person where the user says nothing of who
    it is. Raises KubeConfigError when it is not usable.
    """
    over = _with_short_forms(overrides, server, namespace)
    name, chosen, cluster, user = _chosen(config, context, over)
    rest = _rest_config(cluster, user)
    rest.timeout = parse_timeout(over.timeout)
    # Credentials never travel in the clear: only a server reached by TLS gets them, as in client-go.
    if _is_tls(rest, cluster):
        _add_tls(rest, cluster, user)
        _add_credentials(rest, user, name)
        if prompt is not None:
            rest.username, rest.password = prompt.identify(user)
        if rest.exec_provider is not None:
            rest.exec_provider.cluster_config = cluster.extensions.get(_EXEC_EXTENSION)
    elif _has_credentials(user):
        _LOG.warning(
            'context "%s": the credentials of user "%s" are not used, as the server is reached without TLS',
            name,
            chosen.user,
        )
    return ClientConfig(rest, chosen.namespace or "default", bool(chosen.namespace))


def _chosen(config: KubeConfig, context: str | None, over: ConfigOverrides) -> tuple[str, Context, Cluster, AuthInfo]:
    """The context that is used, by name, with its cluster and its user, overrides on top. Raises as client_config."""
    if (wanted := over.current_context or context) and wanted not in config.contexts:
        raise KubeConfigError(f'context "{wanted}" does not exist')
    name = over.current_context or context or config.current_context
    if name and name not in config.contexts:
        raise ContextNotFoundError(f"invalid configuration: context was not found for specified context: {name}")
    chosen = merged_context(config, name, over)
    cluster, user = merged_cluster(config, chosen.cluster, over), merged_user(config, chosen.user, over)
    problems = [] if over.context.cluster or over.context.user else context_problems(name, config)
    confirm_entries(problems, chosen, cluster, user)
    return name, chosen, cluster, user


def merged_raw_config(
    config: KubeConfig, *, context: str | None = None, overrides: ConfigOverrides | None = None
) -> KubeConfig:
    """A copy of a kubeconfig in which the context that is used, its cluster and its user have the overrides on top.

    Raises KubeConfigError when it is not usable. As MergedRawConfig of client-go.
    """
    name, chosen, cluster, user = _chosen(config, context, overrides or ConfigOverrides())
    merged = deepcopy(config)
    merged.current_context = name
    merged.contexts[name], merged.clusters[chosen.cluster], merged.users[chosen.user] = chosen, cluster, user
    return merged


def _has_credentials(user: AuthInfo) -> bool:
    certificate = user.client_certificate or user.client_certificate_data
    token = user.token or user.token_file
    return bool(certificate or token or user.username or user.auth_provider or user.exec is not None)


def _with_short_forms(overrides: ConfigOverrides | None, server: str, namespace: str) -> ConfigOverrides:
    over = overrides or ConfigOverrides()
    if server:
        over = replace(over, cluster=replace(over.cluster, server=server))
    if namespace:
        over = replace(over, context=replace(over.context, namespace=namespace))
    return over


def _rest_config(cluster: Cluster, user: AuthInfo) -> Config:
    host = cluster.server
    if urlsplit(host).path:
        host = host.split("?", 1)[0].split("#", 1)[0]
    return Config(
        host=host,
        proxy_url=cluster.proxy_url,
        disable_compression=cluster.disable_compression,
        impersonate=Impersonation(
            user.impersonate,
            user.impersonate_uid,
            list(user.impersonate_groups),
            {key: list(values) for key, values in user.impersonate_user_extra.items()},
        ),
    )


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
        removed = _REMOVED_PROVIDERS.get(user.auth_provider)
        if removed:
            raise KubeConfigError(f'context "{context}": {removed}')
        rest.auth_provider = AuthProviderConfig(user.auth_provider, dict(user.auth_provider_config))
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
    overrides: ConfigOverrides | None = None,
    environ: Mapping[str, str] | None = None,
    mount: Path = MOUNT,
) -> ClientConfig:
    """The files, merged, and what their context comes to; where they say nothing, the cluster around this process.

    Outside a cluster, KUBERNETES_MASTER names the server when no file does. Raises KubeConfigError when there is nothing
    or nothing usable, FileNotFoundError for a `path` that is not there.
    """
    environ = os.environ if environ is None else environ
    rules = LoadingRules(explicit_path=str(path)) if path is not None else LoadingRules.from_environment(environ)
    return deferred_client_config(rules, context=context, overrides=overrides, environ=environ, mount=mount)


def deferred_client_config(
    rules: LoadingRules,
    *,
    context: str | None = None,
    overrides: ConfigOverrides | None = None,
    environ: Mapping[str, str] | None = None,
    mount: Path = MOUNT,
    prompt: PromptedUser | None = None,
) -> ClientConfig:
    """What the files of the rules come to, with the cluster around this process and KUBERNETES_MASTER below them.

    Raises as load_client_config.
    """
    environ = os.environ if environ is None else environ
    config = rules.load()
    inside = in_cluster_possible(environ, mount=mount)
    try:
        found = client_config(config, context=context, overrides=overrides, prompt=prompt)
        if found.config.auth_provider is not None:
            found.config.auth_config_persister = _persister(rules, config, context, overrides)
    except EmptyConfigError as error:
        if inside:
            namespace = overrides.context.namespace if overrides is not None else ""
            return ClientConfig(
                _in_cluster(overrides, environ, mount),
                namespace or in_cluster_namespace(environ, mount=mount),
                bool(namespace),
            )
        if environ.get("KUBERNETES_MASTER"):
            over = overrides or ConfigOverrides()
            defaults = replace(over.cluster_defaults, server=environ["KUBERNETES_MASTER"])
            return client_config(config, context=context, overrides=replace(over, cluster_defaults=defaults))
        looked = ", ".join(rules.files) or "nothing, as there is no home directory"
        raise EmptyConfigError(f"{error} (looked for: {looked})") from error
    if inside and not found.namespace_given:
        return replace(found, namespace=in_cluster_namespace(environ, mount=mount))
    return found


def _persister(
    rules: LoadingRules, config: KubeConfig, context: str | None, overrides: ConfigOverrides | None
) -> Callable[[Mapping[str, str]], None]:
    """What saves the settings of the provider of the chosen user."""
    from .persisting import persister_for_user  # it imports this module

    over = overrides or ConfigOverrides()
    chosen = merged_context(config, over.current_context or context or config.current_context, over)
    return persister_for_user(rules, chosen.user)


def _in_cluster(overrides: ConfigOverrides | None, environ: Mapping[str, str], mount: Path) -> Config:
    """The config of the pod, with the server, the token and the CA that the caller named instead."""
    config = in_cluster_config(environ, mount=mount)
    if overrides is None:
        return config
    config.host = overrides.cluster.server or config.host
    if overrides.user.token or overrides.user.token_file:
        config.bearer_token, config.bearer_token_file = overrides.user.token, overrides.user.token_file
    config.tls.ca_file = overrides.cluster.certificate_authority or config.tls.ca_file
    return config
