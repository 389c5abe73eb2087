"""The one value that says how to reach an API server. Ported from client-go rest/config.go.

Its text never shows a secret: passwords, tokens and keys print as `--- REDACTED ---`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit, urlunsplit

from kubeclient.machines.exec_credential import PluginPolicy

from .kubeconfig import ExecConfig

__all__ = ["DEFAULT_BURST", "DEFAULT_QPS", "Config", "Impersonation", "TLSClientConfig"]

DEFAULT_QPS = 5.0
DEFAULT_BURST = 10

_REDACTED = "--- REDACTED ---"
_TRUNCATED = "--- TRUNCATED ---"
_SECRETS = {
    "password": _REDACTED,
    "bearer_token": _REDACTED,
    "key_data": _REDACTED,
    "cert_data": _TRUNCATED,
    "ca_data": _TRUNCATED,
}


def _redacted(value: object) -> str:
    """What repr() of a dataclass shows, without the secrets."""
    parts: list[str] = []
    for one in dataclasses.fields(value):  # type: ignore[arg-type]
        content = getattr(value, one.name)
        text = _SECRETS[one.name] if one.name in _SECRETS and content else repr(content)
        parts.append(f"{one.name}={text}")
    return f"{type(value).__name__}({', '.join(parts)})"


@dataclass(repr=False)
class TLSClientConfig:
    """How the server proves itself and how this client does. Data beats files; data is PEM."""

    insecure: bool = False
    server_name: str = ""
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    cert_data: bytes = b""
    key_data: bytes = b""
    ca_data: bytes = b""

    def __repr__(self) -> str:
        return _redacted(self)


@dataclass
class Impersonation:
    """As whom requests are made, if not as the one who is authenticated."""

    user_name: str = ""
    uid: str = ""
    groups: list[str] = field(default_factory=list)
    extra: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.user_name or self.uid or self.groups or self.extra)


@dataclass(repr=False)
class Config:
    """How to reach an API server.

    Attributes:
        host: a host, a host:port pair or a URL; a path in it is a prefix of every request.
        bearer_token, bearer_token_file: a token; the file wins and is read again now and then.
        exec_provider: a plugin that gives credentials.
        exec_policy: which plugins may be started.
        qps, burst: the limit on requests a second; 0 is client-go's default (5 and 10), a negative qps is no limit.
        timeout: seconds for a request that is not a stream; None is no limit.
        proxy_url: the proxy to use; empty: those of the environment.
        content_type: "json" or "protobuf": what typed clients write, and prefer to read, of types that have such a form.
    """

    host: str = ""
    username: str = ""
    password: str = ""
    bearer_token: str = ""
    bearer_token_file: str = ""
    impersonate: Impersonation = field(default_factory=Impersonation)
    exec_provider: ExecConfig | None = None
    exec_policy: PluginPolicy = field(default_factory=PluginPolicy)
    tls: TLSClientConfig = field(default_factory=TLSClientConfig)
    user_agent: str = ""
    disable_compression: bool = False
    qps: float = 0.0
    burst: int = 0
    timeout: float | None = None
    proxy_url: str = ""
    content_type: str = "json"

    def __repr__(self) -> str:
        return _redacted(self)

    def copy(self) -> Config:
        """A copy that shares nothing that can change."""
        impersonate = Impersonation(
            self.impersonate.user_name,
            self.impersonate.uid,
            list(self.impersonate.groups),
            {key: list(values) for key, values in self.impersonate.extra.items()},
        )
        provider = None if self.exec_provider is None else self.exec_provider.copy()
        return dataclasses.replace(
            self, impersonate=impersonate, tls=dataclasses.replace(self.tls), exec_provider=provider
        )

    def anonymous(self) -> Config:
        """A copy that reaches the same server as nobody: without credentials, certificates and impersonation."""
        tls = dataclasses.replace(self.tls, cert_file="", key_file="", cert_data=b"", key_data=b"")
        return dataclasses.replace(
            self,
            username="",
            password="",
            bearer_token="",
            bearer_token_file="",
            impersonate=Impersonation(),
            exec_provider=None,
            tls=tls,
        )

    def rate_limit(self) -> tuple[float | None, int]:
        """Requests a second, None for no limit, and the burst. Raises ValueError for a burst that is not positive."""
        if self.qps < 0:
            return None, DEFAULT_BURST
        burst = self.burst or DEFAULT_BURST
        if burst < 0:
            raise ValueError(
                "burst is required to be greater than 0 when RateLimiter is not set and QPS is set to greater than 0"
            )
        return self.qps or DEFAULT_QPS, burst

    def server_url(self) -> str:
        """The URL of the server, without a slash at the end. Raises ValueError when `host` is not one.

        A host without a scheme is reached by TLS if there is a CA, a client certificate or `insecure`, else in the clear.
        """
        if not self.host:
            raise ValueError("host must be a URL or a host:port pair")
        parts = urlsplit(self.host)
        if not parts.scheme or not parts.netloc:
            tls = self.tls
            secure = tls.ca_file or tls.ca_data or tls.cert_file or tls.cert_data or tls.insecure
            parts = urlsplit(f"{'https' if secure else 'http'}://{self.host}")
            if parts.path not in {"", "/"}:
                raise ValueError(f'host must be a URL or a host:port pair: "{self.host}"')
        return urlunsplit(SplitResult(parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))

    def check(self) -> None:
        """Raises ValueError for settings that exclude each other, with client-go's texts."""
        if (self.username or self.password) and (self.bearer_token or self.bearer_token_file):
            raise ValueError("username/password or bearer token may be set, but not both")
        if self.tls.insecure and (self.tls.ca_file or self.tls.ca_data):
            raise ValueError("specifying a root certificates file with the insecure flag is not allowed")
        if bool(self.tls.cert_file or self.tls.cert_data) != bool(self.tls.key_file or self.tls.key_data):
            raise ValueError("a client certificate needs its key, and a key its certificate")
