"""From a rest config to a transport over the network, with its credentials and headers.

From the inside out: the connection pool with its certificates, plugins and legacy providers; the caller's wrapper; logging;
a token or a password; the user agent; impersonation. Ported from client-go transport/transport.go and rest/transport.go.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import TypeVar, cast
from urllib.parse import urlsplit

from kubeclient.apimachinery.extras import extra
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.config.cache_key import transport_key
from kubeclient.config.exec_call import exec_call
from kubeclient.config.rest import Config
from kubeclient.config.urls import default_server_url
from kubeclient.machines.metrics import RequestMetrics
from kubeclient.machines.rate_limiter import RateLimiter, TokenBucket
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncRuntime, Clock
from kubeclient.runtime.warnings import default_warning_handler
from kubeclient.transport._async.debugging import AsyncDebugging
from kubeclient.transport._async.httpx_ import AsyncHTTPXTransport
from kubeclient.transport._async.renewing import AsyncRenewing
from kubeclient.transport._async.websocket import AsyncWebSocketTransport
from kubeclient.transport._async.wrapping import AsyncEditing, AsyncSharing, AsyncTokenFileAuth
from kubeclient.transport.caching import TransportCache
from kubeclient.transport.credentials import CredentialSource
from kubeclient.transport.debug import TraceLog
from kubeclient.transport.editing import Edit, TokenFile, basic_auth, bearer_token, impersonate, user_agent
from kubeclient.transport.exec_plugin import ExecAuthenticator, shared_authenticator
from kubeclient.transport.library import HTTPLibrary
from kubeclient.transport.protocol import AsyncTransport
from kubeclient.transport.providers import auth_provider
from kubeclient.transport.renewal import TLSFiles
from kubeclient.transport.tls import TLSOptions

from .rest_client import AsyncRESTClient

__all__ = ["connect", "connect_client"]

R = TypeVar("R", bound=AsyncRESTClient)

_LOGS, _TRACES = 6, 9


def connect(
    config: Config,
    *,
    clock: Clock,
    module: ModuleType | None = None,
    cache: TransportCache[AsyncTransport] | None = None,
    websocket: bool = False,
) -> AsyncTransport:
    """The transport that a config describes.

    Args:
        config: where to, and as whom.
        clock: what time it is, for tokens and certificates that are read again.
        module: httpx or httpx2; None: the one that the config names.
        websocket: its streams are WebSockets, see AsyncWebSocketTransport; it serves nothing else.
        cache: shares connections with other clients of the same settings; None: the transport is the caller's alone.

    Raises ValueError for settings that exclude each other, for certificates that cannot be read, and for plugins and
    providers that are not known. A plugin is started when the first request needs it; its errors are TransportErrors.
    """
    config.check()
    source = _source(config, clock)
    if cache is None or websocket:
        transport = _base(config, clock, module, source, websocket=websocket)
    else:
        leased = cache.lease(transport_key(config, source), lambda: _base(config, clock, module, source))
        transport = AsyncSharing(leased)
    if config.wrap_transport is not None:
        transport = config.wrap_transport(transport)
    if config.verbosity >= _LOGS:
        transport = AsyncDebugging(
            transport, monotonic_ns=clock.monotonic_ns, verbosity=config.verbosity, base_url=config.server_url()
        )
    if config.bearer_token_file:
        token = TokenFile(config.bearer_token_file, monotonic_ns=clock.monotonic_ns, fallback=config.bearer_token)
        transport = AsyncTokenFileAuth(transport, token)
    edits = _edits(config)
    return AsyncEditing(transport, *edits) if edits else transport


def _base(
    config: Config,
    clock: Clock,
    module: ModuleType | None,
    source: CredentialSource | None,
    *,
    websocket: bool = False,
) -> AsyncTransport:
    """The connections, and the certificates and credentials that change with time."""
    if config.transport is not None:
        given = cast("AsyncTransport", config.transport)
        if source is None:
            return given
        return AsyncRenewing(lambda _: given, TLSOptions, source, retry=config.retry_unauthorized)
    options, url, metrics = _tls_options(config), config.server_url(), config.metrics
    with extra(config.http_library):
        library = module or import_module(config.http_library)
    protocols = config.tls.next_protos
    http2 = config.http2 and (not protocols or "h2" in protocols) and not os.environ.get("DISABLE_HTTP2")

    def upgrade(tls: TLSOptions) -> AsyncTransport:
        return AsyncWebSocketTransport(
            lambda: HTTPLibrary(
                url,
                tls,
                proxy=config.proxy or config.proxy_url,
                disable_compression=True,
                module=library,
                dial=config.dial,
            )
        )

    def carry(tls: TLSOptions) -> AsyncTransport:
        return AsyncHTTPXTransport(
            url,
            tls=tls,
            proxy=config.proxy or config.proxy_url,
            disable_compression=config.disable_compression,
            module=library,
            http2=http2,
            dial=config.dial,
            resolved=_resolved(metrics),
            monotonic_ns=clock.monotonic_ns,
            trace=TraceLog(clock.monotonic_ns) if config.verbosity >= _TRACES else None,
        )

    make = upgrade if websocket else carry
    files = url.startswith("https:") and bool(config.tls.cert_file or config.tls.ca_file)
    if source is None and not files:
        return make(options)
    reloaded = None if metrics is None else metrics.ca_reload
    current = TLSFiles(options, monotonic_ns=clock.monotonic_ns, reloaded=reloaded) if files else lambda: options
    return AsyncRenewing(make, current, source, retry=config.retry_unauthorized)


def _tls_options(config: Config) -> TLSOptions:
    given = config.tls
    return TLSOptions(
        insecure=given.insecure,
        server_name=given.server_name,
        ca_file=given.ca_file,
        ca_data=given.ca_data,
        cert_file=given.cert_file,
        cert_data=given.cert_data,
        key_file=given.key_file,
        key_data=given.key_data,
    )


def _resolved(metrics: RequestMetrics | None) -> Callable[[str, float], None] | None:
    """The hook for name resolution, where somebody overrides it: measuring costs a lookup of its own."""
    if metrics is None or type(metrics).resolver_latency is RequestMetrics.resolver_latency:
        return None
    return metrics.resolver_latency


def _source(config: Config, clock: Clock) -> CredentialSource | None:
    """What gives credentials in the course of time. Clients in real time share a plugin with all others that run it."""
    legacy = config.auth_provider
    if legacy is not None:
        return auth_provider(
            legacy.name,
            address=config.server_url(),
            config=legacy.config,
            persist=config.auth_config_persister,
            time_ns=clock.time_ns,
            shared=isinstance(clock, RealClock),
        )
    call = exec_call(config)
    if call is None:
        return None
    make = shared_authenticator if isinstance(clock, RealClock) else ExecAuthenticator
    return make(
        call,
        time_ns=clock.time_ns,
        policy=config.exec_policy,
        timeout=config.exec_timeout,
        stdin_unavailable=config.stdin_unavailable,
        metrics=config.metrics,
    )


def _edits(config: Config) -> list[Edit]:
    """What requests get, the outermost first."""
    edits: list[Edit] = []
    someone = config.impersonate
    if someone:
        edits.append(impersonate(someone.user_name, uid=someone.uid, groups=someone.groups, extra=someone.extra))
    if config.user_agent:
        edits.append(user_agent(config.user_agent))
    if config.bearer_token and not config.bearer_token_file:
        edits.append(bearer_token(config.bearer_token))
    elif config.username or config.password:
        edits.append(basic_auth(config.username, config.password))
    return edits


def connect_client(
    make: type[R],
    config: Config,
    *,
    runtime: AsyncRuntime | None,
    unversioned: bool,
    transport: AsyncTransport | None,
) -> R:
    """A REST client of a class, from a config; see `AsyncRESTClient.from_config`."""
    if not unversioned and not config.group_version:
        raise ValueError("GroupVersion is required when initializing a RESTClient")
    url, root = default_server_url(config)
    runtime = runtime if runtime is not None else current_async_runtime()
    if transport is None:
        named = replace(config, host=url, user_agent="")
        transport = connect(named, clock=runtime.clock)
    return make(
        transport,
        runtime=runtime,
        user_agent=config.user_agent,
        rate_limiter=rate_limiter_of(config),
        timeout=config.timeout,
        content_type=config.content_type,
        accept_content_types=config.accept_content_types,
        on_warning=config.warning_handler or default_warning_handler,
        backoff=URLBackoff.from_environment(os.environ),
        metrics=config.metrics,
        retry_policy=config.retry_policy,
        root=root,
        group=GroupVersion.parse(config.group_version).group if config.group_version else "",
        host=urlsplit(url).netloc.rpartition("@")[2],
    )


def rate_limiter_of(config: Config) -> RateLimiter | None:
    """The limit of a config; None for none. Raises ValueError for a burst that is not positive."""
    if config.rate_limiter is not None:
        return config.rate_limiter
    qps, burst = config.rate_limit()
    return None if qps is None else TokenBucket(qps, burst)
