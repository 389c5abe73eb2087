"""The one value that says how to reach an API server. Ported from client-go rest/config.go.

Its text never shows a secret: passwords, tokens and keys print as `--- REDACTED ---`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from kubeclient.machines.exec_credential import PluginPolicy
from kubeclient.machines.metrics import RequestMetrics
from kubeclient.machines.rate_limiter import RateLimiter
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.retry import RetryPolicy
from kubeclient.transport.protocol import AsyncTransport, Transport

from .kubeconfig import ExecConfig

__all__ = ["DEFAULT_BURST", "DEFAULT_QPS", "AuthProviderConfig", "Config", "Impersonation", "TLSClientConfig"]

DEFAULT_QPS = 5.0
DEFAULT_BURST = 10

_REDACTED = "--- REDACTED ---"
_TRUNCATED = "--- TRUNCATED ---"
_SECRETS = {
    "password": _REDACTED,
    "bearer_token": _REDACTED,
    "auth_config_persister": _REDACTED,
    "key_data": _REDACTED,
    "cert_data": _TRUNCATED,
    "ca_data": _TRUNCATED,
}
_HOST = "host must be a URL or a host:port pair"


def _redacted(value: object) -> str:
    """What repr() of a dataclass shows, without the secrets."""
    parts: list[str] = []
    for one in dataclasses.fields(value):  # type: ignore[arg-type]
        content = getattr(value, one.name)
        if one.name in _SECRETS and content:
            text = _SECRETS[one.name]
        elif one.name in {"host", "proxy_url", "proxy"} and isinstance(content, str):
            text = repr(_without_user(content))
        else:
            text = repr(content)
        parts.append(f"{one.name}={text}")
    return f"{type(value).__name__}({', '.join(parts)})"


def _without_user(url: str) -> str:
    """A URL without the password that may stand in it."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


@dataclass(repr=False)
class TLSClientConfig:
    """How the server proves itself and how this client does. Data beats files; data is PEM.

    `server_name` is asked for and verified in the place of the host's; `next_protos` are the protocols that may be
    spoken: ["http/1.1"] forces that one.
    """

    insecure: bool = False
    server_name: str = ""
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    cert_data: bytes = b""
    key_data: bytes = b""
    ca_data: bytes = b""
    next_protos: list[str] = field(default_factory=list)

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


@dataclass
class AuthProviderConfig:
    """A legacy provider of credentials by its name, and what it is told, which may be secret."""

    name: str = ""
    config: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(repr=False)
class Config:
    """How to reach an API server.

    Attributes:
        host: a host, a host:port pair or a URL; a path in it is a prefix of every request.
        api_path, group_version: the root of an API ("/apis") and its group and version ("apps/v1"); they are what a
            RESTClient for one group needs, whose requests start there.
        bearer_token, bearer_token_file: a token; the file wins and is read again now and then.
        auth_provider, auth_config_persister: a legacy provider of credentials, and what saves its settings when it
            changes them.
        exec_provider: a plugin that gives credentials.
        exec_policy: which plugins may be started.
        exec_timeout: seconds that a plugin without the terminal may take, long enough for a login in a browser; None is
            no limit.
        stdin_unavailable: why plugins may not read the standard input; None: they may.
        retry_unauthorized: send a read, an update or a deletion once more with a new credential when the server refuses
            the one it had. Off, as in client-go, where the 401 is the caller's.
        qps, burst: the limit on requests a second; 0 is client-go's default (5 and 10), a negative qps is no limit.
        rate_limiter: beats both; share one between configs to limit them together.
        timeout: seconds for a request that is not a stream; None is no limit.
        proxy_url: the proxy to use; empty: those of the environment.
        proxy: beats proxy_url: a function from the server's URL to a proxy's, or to nothing for a direct connection.
        dial: makes connections: takes a host and a port, returns a connected socket; may be async under asyncio.
        transport: carries the requests in the place of the network, in the colour of the client that is made.
        wrap_transport: is given the transport below credentials and returns what is used instead; see `wrap`.
        content_type, accept_content_types: what is written and asked for: "json", "protobuf" or media types; empty is
            JSON, with protobuf for who prefers it.
        warning_handler: is told of warnings; None: the default one of the process.
        http2: speak HTTP/2 where the server does. Off unless asked for; DISABLE_HTTP2 in the environment beats it.
        http_library: "httpx" or "httpx2".
        retry_policy: which requests are sent again; None: client-go's rules.
        metrics: is told of requests, credentials and transports.
        verbosity: how much of requests is logged to `kubeclient.transport`, as klog's -v: from 6 on, credentials masked.
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
    content_type: str = ""
    accept_content_types: str = ""
    api_path: str = ""
    group_version: str = ""
    auth_provider: AuthProviderConfig | None = None
    auth_config_persister: Callable[[Mapping[str, str]], None] | None = None
    exec_timeout: float | None = 300.0
    stdin_unavailable: str | None = None
    retry_unauthorized: bool = False
    rate_limiter: RateLimiter | None = None
    proxy: Callable[[str], str | None] | None = None
    dial: Callable[[str, int], Any] | None = None
    transport: AsyncTransport | Transport | None = None
    wrap_transport: Callable[[Any], Any] | None = None
    warning_handler: Callable[[WarningHeader], None] | None = None
    http2: bool = False
    http_library: str = "httpx"
    retry_policy: RetryPolicy | None = None
    metrics: RequestMetrics | None = None
    verbosity: int = 0

    def __repr__(self) -> str:
        return _redacted(self)

    def copy(self) -> Config:
        """A copy that shares nothing that can change, but for what was handed in to be used: functions, transports."""
        impersonate = Impersonation(
            self.impersonate.user_name,
            self.impersonate.uid,
            list(self.impersonate.groups),
            {key: list(values) for key, values in self.impersonate.extra.items()},
        )
        legacy = self.auth_provider
        return dataclasses.replace(
            self,
            impersonate=impersonate,
            tls=dataclasses.replace(self.tls, next_protos=list(self.tls.next_protos)),
            exec_provider=None if self.exec_provider is None else self.exec_provider.copy(),
            auth_provider=None if legacy is None else AuthProviderConfig(legacy.name, dict(legacy.config)),
        )

    def anonymous(self) -> Config:
        """A copy that reaches the same server as nobody: without credentials, certificates and impersonation."""
        copied = self.copy()
        tls = dataclasses.replace(copied.tls, cert_file="", key_file="", cert_data=b"", key_data=b"")
        return dataclasses.replace(
            copied,
            username="",
            password="",
            bearer_token="",
            bearer_token_file="",
            impersonate=Impersonation(),
            exec_provider=None,
            auth_provider=None,
            auth_config_persister=None,
            transport=None,
            wrap_transport=None,
            tls=tls,
        )

    def wrap(self, function: Callable[[Any], Any]) -> None:
        """Puts a wrapper around the transport, outside of those that are there."""
        inner = self.wrap_transport
        self.wrap_transport = function if inner is None else lambda transport: function(inner(transport))

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

    @property
    def wants_tls(self) -> bool:
        """Whether a host without a scheme is reached by TLS: there is a CA, a client certificate or `insecure`."""
        tls = self.tls
        return bool(tls.ca_file or tls.ca_data or tls.cert_file or tls.cert_data or tls.insecure)

    def server_url(self) -> str:
        """The URL of the server, without a slash at the end, a query and a fragment.

        A host without a scheme is reached by TLS if `wants_tls`, else in the clear. Raises ValueError when `host` is not
        one.
        """
        if not self.host:
            raise ValueError(_HOST)
        try:
            if any(char < " " or char == "\x7f" for char in self.host):
                raise ValueError("invalid control character in URL")  # urlsplit leaves some of them out
            parts = urlsplit(self.host)
            if not parts.scheme or not parts.netloc:
                parts = urlsplit(f"{'https' if self.wants_tls else 'http'}://{self.host}")
                if parts.path not in {"", "/"}:
                    raise ValueError(f'{_HOST}: "{_without_user(self.host)}"')
            _ = parts.port
        except ValueError as error:
            if str(error).startswith(_HOST):
                raise
            raise ValueError(f'{_HOST}: "{_without_user(self.host)}": {error}') from None
        if not parts.hostname:
            raise ValueError(f'{_HOST}: "{_without_user(self.host)}"')
        return urlunsplit(SplitResult(parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))

    def check(self) -> None:
        """Raises ValueError for settings that exclude each other, with client-go's texts."""
        tls = self.tls
        if (self.username or self.password) and (self.bearer_token or self.bearer_token_file):
            raise ValueError("username/password or bearer token may be set, but not both")
        if self.exec_provider is not None and self.auth_provider is not None:
            raise ValueError("execProvider and authProvider cannot be used in combination")
        certificates = tls.ca_file or tls.ca_data or tls.cert_file or tls.cert_data
        if self.transport is not None and (certificates or tls.insecure or self.exec_provider is not None):
            raise ValueError(
                "using a custom transport with TLS certificate options or the insecure flag is not allowed"
            )
        if tls.insecure and (tls.ca_file or tls.ca_data):
            raise ValueError("specifying a root certificates file with the insecure flag is not allowed")
        if bool(tls.cert_file or tls.cert_data) != bool(tls.key_file or tls.key_data):
            raise ValueError("a client certificate needs its key, and a key its certificate")
        if self.http_library not in {"httpx", "httpx2"}:
            raise ValueError(f'the HTTP library is "httpx" or "httpx2", not "{self.http_library}"')
