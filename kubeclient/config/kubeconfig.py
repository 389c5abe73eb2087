"""The kubeconfig file as values: clusters, users, contexts. Parses text and writes it; knows no environment.

Names and their order are those of the file. Unknown fields are dropped, as client-go's decoder does. Ported from
client-go tools/clientcmd/api.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

__all__ = [
    "AuthInfo",
    "Cluster",
    "Context",
    "ContextNotFoundError",
    "EmptyConfigError",
    "ExecConfig",
    "InvalidConfigError",
    "KubeConfig",
    "KubeConfigError",
    "parse",
]


class KubeConfigError(ValueError):
    """A kubeconfig that cannot be used; the text names the file and the field or the line."""


@dataclass
class Cluster:
    """A server and how it proves itself."""

    server: str = ""
    tls_server_name: str = ""
    insecure_skip_tls_verify: bool = False
    certificate_authority: str = ""
    certificate_authority_data: bytes = b""
    proxy_url: str = ""
    disable_compression: bool = False
    extensions: dict[str, Any] = field(default_factory=dict)
    location_of_origin: str = field(default="", compare=False)


@dataclass
class ExecConfig:
    """A program that gives credentials.

    `cluster_config` is not the file's: it is what the cluster's extension `client.authentication.k8s.io/exec` says to it.
    """

    command: str = ""
    args: list[str] = field(default_factory=list, repr=False)
    env: dict[str, str] = field(default_factory=dict, repr=False)
    api_version: str = ""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""
    cluster_config: Any = field(default=None, repr=False)

    def copy(self) -> ExecConfig:
        """A copy that shares nothing that can change."""
        return ExecConfig(
            self.command,
            list(self.args),
            dict(self.env),
            self.api_version,
            self.install_hint,
            self.provide_cluster_info,
            self.interactive_mode,
            self.cluster_config,
        )


@dataclass
class AuthInfo:
    """Who the client is. Secrets are not in its text."""

    client_certificate: str = ""
    client_certificate_data: bytes = field(default=b"", repr=False)
    client_key: str = ""
    client_key_data: bytes = field(default=b"", repr=False)
    token: str = field(default="", repr=False)
    token_file: str = ""
    impersonate: str = ""
    impersonate_uid: str = ""
    impersonate_groups: list[str] = field(default_factory=list)
    impersonate_user_extra: dict[str, list[str]] = field(default_factory=dict)
    username: str = ""
    password: str = field(default="", repr=False)
    auth_provider: str = ""
    auth_provider_config: dict[str, str] = field(default_factory=dict, repr=False)
    exec: ExecConfig | None = None
    extensions: dict[str, Any] = field(default_factory=dict)
    location_of_origin: str = field(default="", compare=False)


@dataclass
class Context:
    """A cluster, a user and a namespace under one name."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""
    extensions: dict[str, Any] = field(default_factory=dict)
    location_of_origin: str = field(default="", compare=False)


@dataclass
class KubeConfig:
    """One kubeconfig file, or several merged."""

    clusters: dict[str, Cluster] = field(default_factory=dict)
    users: dict[str, AuthInfo] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)
    current_context: str = ""
    preferences: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.clusters or self.users or self.contexts or self.current_context)

    def copy(self) -> KubeConfig:
        """A copy that shares nothing that can change."""
        return deepcopy(self)

    def merge(self, other: KubeConfig) -> None:
        """Takes over what `other` names and this does not: the first file that names an entry wins it as a whole."""
        for name, cluster in other.clusters.items():
            self.clusters.setdefault(name, cluster)
        for name, user in other.users.items():
            self.users.setdefault(name, user)
        for name, context in other.contexts.items():
            self.contexts.setdefault(name, context)
        for name, extension in other.extensions.items():
            self.extensions.setdefault(name, extension)
        self.preferences = self.preferences or other.preferences
        self.current_context = self.current_context or other.current_context


class EmptyConfigError(KubeConfigError):
    """There is no configuration at all."""


class ContextNotFoundError(KubeConfigError):
    """A context is asked for that no file names."""


class InvalidConfigError(KubeConfigError):
    """What the files say cannot work; `problems` are all that are wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        listed = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        super().__init__(f"invalid configuration: {listed}")
        self.problems = problems


class _Reader:
    """Reads fields of one mapping of the file, and says where it is when one is of the wrong form."""

    def __init__(self, value: Any, origin: str, path: str) -> None:
        self.origin = origin
        self.path = path
        if _is_null(value):
            value = {}
        if not isinstance(value, Mapping):
            raise self.error("", "must be a mapping")
        self.value: Mapping[str, Any] = value

    def error(self, name: str, problem: str) -> KubeConfigError:
        where = ".".join(part for part in (self.path, name) if part) or "the document"
        return KubeConfigError(f'error loading config file "{self.origin}": {where} {problem}')

    def text(self, name: str) -> str:
        value = self.value.get(name)
        if _is_null(value):
            return ""
        if not isinstance(value, str):
            raise self.error(name, "must be a string")
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name)
        if value not in {"", "true", "false"}:
            raise self.error(name, f'must be true or false, not "{value}"')
        return value == "true"

    def data(self, name: str) -> bytes:
        try:
            return base64.b64decode("".join(self.text(name).split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.error(name, f"is not base64: {error}") from error

    def texts(self, name: str) -> list[str]:
        value = self.value.get(name)
        if _is_null(value):
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(name, "must be a list of strings")
        return list(value)

    def child(self, name: str) -> _Reader:
        return _Reader(self.value.get(name), self.origin, f"{self.path}.{name}".lstrip("."))

    def has(self, name: str) -> bool:
        return not _is_null(self.value.get(name))

    def children(self, name: str) -> list[_Reader]:
        value = self.value.get(name)
        if _is_null(value):
            return []
        if not isinstance(value, list):
            raise self.error(name, "must be a list")
        path = f"{self.path}.{name}".lstrip(".")
        return [_Reader(item, self.origin, f"{path}[{index}]") for index, item in enumerate(value)]

    def named(self, name: str, content: str) -> list[tuple[str, _Reader]]:
        """The entries of a list of names and contents. A name that comes twice is an error."""
        found: dict[str, _Reader] = {}
        for item in self.children(name):
            key = item.text("name")
            if key in found:
                raise item.error("name", f'error converting *[]Named: duplicate name "{key}" in list')
            found[key] = item.child(content)
        return list(found.items())


@cache
def _loader() -> Any:
    """Reads all scalars as text, a token of digits and `on`, too; only null is None, and only where it is not quoted."""
    import yaml

    class Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
        pass

    null = "tag:yaml.org,2002:null"
    Loader.add_implicit_resolver(null, re.compile(r"(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
    Loader.add_constructor(null, lambda _loader, _node: None)
    return Loader


def _is_null(value: Any) -> bool:
    return value is None or value == ""


def parse(text: str, origin: str = "<text>") -> KubeConfig:
    """Reads a kubeconfig. Raises KubeConfigError naming `origin` and the line or the field."""
    import yaml

    try:
        document = yaml.load(text, Loader=_loader())  # noqa: S506 - it makes text, None, lists and mappings only
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise KubeConfigError(f'error loading config file "{origin}": yaml: {line}{error.problem}') from error
    except yaml.YAMLError as error:
        raise KubeConfigError(f'error loading config file "{origin}": yaml: {error}') from error
    top = _Reader(document, origin, "")
    plain = _plain(text, origin)
    if top.text("kind") not in {"", "Config"} or top.text("apiVersion") not in {"", "v1"}:
        kind, version = top.text("kind"), top.text("apiVersion")
        raise top.error("kind", f'no kind "{kind}" is registered for version "{version}"')
    config = KubeConfig(
        clusters={name: _cluster(item, origin) for name, item in top.named("clusters", "cluster")},
        users={name: _user(item, origin) for name, item in top.named("users", "user")},
        contexts={
            name: Context(item.text("cluster"), item.text("user"), item.text("namespace"), location_of_origin=origin)
            for name, item in top.named("contexts", "context")
        },
        current_context=top.text("current-context"),
        preferences=dict(plain.get("preferences") or {}),
        extensions=_extensions(plain, origin),
    )
    entries: tuple[tuple[Mapping[str, Cluster | AuthInfo | Context], str, str], ...] = (
        (config.clusters, "clusters", "cluster"),
        (config.users, "users", "user"),
        (config.contexts, "contexts", "context"),
    )
    for parsed, listed, content in entries:
        # Entries stand in the order of the list.
        for entry, item in zip(parsed.values(), plain.get(listed) or (), strict=False):
            entry.extensions = _extensions(item.get(content) or {}, origin)
    return config


def _plain(text: str, origin: str) -> dict[str, Any]:
    """The document with typed scalars, read only for what may hold any value: extensions and preferences."""
    if "extensions" not in text and "preferences" not in text:
        return {}
    from kubeclient.apimachinery import yaml

    try:
        found = yaml.load(text)
    except yaml.YAMLError as error:
        raise KubeConfigError(f'error loading config file "{origin}": yaml: {error}') from error
    return found if isinstance(found, dict) else {}


def _extensions(content: Mapping[str, Any], origin: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in content.get("extensions") or ():
        name = str(item.get("name", ""))
        if name in found:
            problem = f'error converting *[]NamedExtension: duplicate name "{name}" in list'
            raise KubeConfigError(f'error loading config file "{origin}": extensions: {problem}')
        found[name] = item.get("extension")
    return found


def _cluster(item: _Reader, origin: str) -> Cluster:
    return Cluster(
        server=item.text("server"),
        tls_server_name=item.text("tls-server-name"),
        insecure_skip_tls_verify=item.flag("insecure-skip-tls-verify"),
        certificate_authority=item.text("certificate-authority"),
        certificate_authority_data=item.data("certificate-authority-data"),
        proxy_url=item.text("proxy-url"),
        disable_compression=item.flag("disable-compression"),
        location_of_origin=origin,
    )


def _user(item: _Reader, origin: str) -> AuthInfo:
    extra = item.child("as-user-extra")
    provider = item.child("auth-provider").child("config")
    return AuthInfo(
        client_certificate=item.text("client-certificate"),
        client_certificate_data=item.data("client-certificate-data"),
        client_key=item.text("client-key"),
        client_key_data=item.data("client-key-data"),
        token=item.text("token"),
        token_file=item.text("tokenFile"),
        impersonate=item.text("as"),
        impersonate_uid=item.text("as-uid"),
        impersonate_groups=item.texts("as-groups"),
        impersonate_user_extra={key: extra.texts(key) for key in extra.value},
        username=item.text("username"),
        password=item.text("password"),
        auth_provider=item.child("auth-provider").text("name"),
        auth_provider_config={key: provider.text(key) for key in provider.value},
        exec=_exec(item.child("exec")) if item.has("exec") else None,
        location_of_origin=origin,
    )


def _exec(item: _Reader) -> ExecConfig:
    return ExecConfig(
        command=item.text("command"),
        args=item.texts("args"),
        env={variable.text("name"): variable.text("value") for variable in item.children("env")},
        api_version=item.text("apiVersion"),
        install_hint=item.text("installHint"),
        provide_cluster_info=item.flag("provideClusterInfo"),
        interactive_mode=item.text("interactiveMode"),
    )
