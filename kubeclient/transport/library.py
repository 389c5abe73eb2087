"""What both colours of the network share: the HTTP library, the address, and the translation of requests and errors.

The library is httpx or its fork httpx2, whichever module is handed in. None of its types and exceptions leave this package.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from kubeclient.apimachinery.extras import need

from .dialing import Dial
from .environment import check_proxy, environment_proxy, safe_url
from .protocol import BodyLost, ConnectFailed, ConnectionLost, HeaderList, Request, TimedOut, TransportError
from .tls import TLSOptions

__all__ = ["HTTPLibrary", "Proxy", "response_headers"]

Proxy = str | Callable[[str], str | None]

# As Go's default transport.
_CONNECT_SECONDS = 30.0
_IDLE_SECONDS = 90.0
_IDLE_CONNECTIONS = 25
_KEEP_ALIVE_SECONDS = 30

_KNOWN_URLS = 256

_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")


def _keep_alive() -> list[tuple[int, int, int]]:
    """A connection whose other end is gone is found out by probes every thirty seconds, where the system has them."""
    known = [getattr(socket, name) for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL") if hasattr(socket, name)]
    probes = [(socket.IPPROTO_TCP, option, _KEEP_ALIVE_SECONDS) for option in known]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *probes]


def _chosen(proxy: Proxy, url: str) -> str:
    """The proxy for a URL, empty for none. Raises ValueError for one that cannot be."""
    if isinstance(proxy, str):
        return check_proxy(proxy) if proxy else environment_proxy(url, os.environ)
    chosen = proxy(url)
    return check_proxy(chosen) if chosen else ""


def response_headers(response: Any) -> HeaderList:
    """The headers of an answer, their names in lower case."""
    return [(name.decode("ascii").lower(), value.decode("latin-1")) for name, value in response.headers.raw]


class HTTPLibrary:
    """One server as one library reaches it.

    Raises ValueError for a server, a proxy or certificates that cannot be used, and for an extra that is not installed.
    """

    def __init__(
        self,
        base_url: str,
        tls: TLSOptions,
        *,
        proxy: Proxy = "",
        disable_compression: bool = False,
        module: ModuleType | None = None,
        http2: bool = False,
        dial: Dial | None = None,
        resolved: Callable[[str, float], None] | None = None,
        monotonic_ns: Callable[[], int] | None = None,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self.module: Any = import_module("httpx") if module is None else module
        self.base_url = base_url.rstrip("/")
        # They do not change, and reading one is a tenth of a request.
        self._url = lru_cache(_KNOWN_URLS)(self.module.URL)
        try:
            parts = urlsplit(self.base_url)
            valid = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            valid = False
        if not valid:
            scheme, separator, rest = self.base_url.rpartition("://")
            raise ValueError(f'the server must be an http or https URL: "{scheme}{separator}{rest.rpartition("@")[2]}"')
        self._server_name = tls.server_name
        self._compress = not disable_compression
        self._dial, self._resolved, self._monotonic_ns, self._trace = dial, resolved, monotonic_ns, trace
        self.proxy = _chosen(proxy, self.base_url)
        if http2:
            need("http2", "h2")
        if self.proxy.startswith("socks"):
            need("socks", "socksio")
        self.options: dict[str, Any] = {
            "verify": tls.context() if parts.scheme == "https" else False,
            "trust_env": False,
            "proxy": self.proxy or None,
            "http2": http2,
            "socket_options": _keep_alive(),
            "limits": self.module.Limits(
                max_connections=None, max_keepalive_connections=_IDLE_CONNECTIONS, keepalive_expiry=_IDLE_SECONDS
            ),
        }

    def pool(self, make: Callable[..., Any], backend: Callable[..., Any]) -> Any:
        """The library's connection pool; `backend` is what dials in the place of the library's own network."""
        made = make(**self.options)
        if self._dial is not None or self._resolved is not None:
            # The pool takes its network as a parameter that httpx does not hand on.
            core = import_module("httpcore2" if self.module.__name__ == "httpx2" else "httpcore")
            pool = made._pool
            clock = self._monotonic_ns or (lambda: 0)
            pool._network_backend = backend(core, pool._network_backend, self._dial, self._resolved, clock)
        return made

    def request(self, request: Request, *, stream: bool) -> Any:
        """The library's request."""
        url = self.base_url + request.path
        if request.query:
            url = f"{url}?{urlencode(request.query, quote_via=quote)}"
        headers = list(request.headers)
        if self._compress and not stream:
            headers.append(("accept-encoding", "gzip"))
        limit = request.timeout
        connect = _CONNECT_SECONDS if limit is None else min(limit, _CONNECT_SECONDS)
        extensions: dict[str, Any] = {"timeout": {"connect": connect, "read": limit, "write": limit, "pool": limit}}
        if self._server_name:
            extensions["sni_hostname"] = self._server_name
        return self.module.Request(
            request.method, self._url(url), headers=headers, content=request.body, extensions=extensions
        )

    def sync_trace(self, prepared: Any) -> None:
        """Has the library tell what becomes of a request's connection, if that is asked for."""
        trace = self._trace
        if trace is not None:
            prepared.extensions["trace"] = lambda event, _: trace(event)

    def async_trace(self, prepared: Any) -> None:
        """As sync_trace, in the way the library wants it under asyncio."""
        trace = self._trace
        if trace is not None:

            async def tell(event: str, _: Any) -> None:
                trace(event)

            prepared.extensions["trace"] = tell

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the library raises: errors of TLS below a connection that stands come as they are."""
        return self.module.HTTPError, self.module.InvalidURL, self.module.StreamError, OSError

    @property
    def low_errors(self) -> tuple[type[Exception], ...]:
        """What a connection raises that is used without the library's requests."""
        core = import_module("httpcore2" if self.module.__name__ == "httpx2" else "httpcore")
        return core.NetworkError, core.TimeoutException, core.ProtocolError, OSError

    def translated(self, error: Exception, request: Request, *, head: bool = False) -> TransportError:
        """The error of the protocol for one of the library. `head`: the head of the answer had come already."""
        library = self.module
        where = f'{request.method} "{safe_url(self.base_url)}{request.path}"'
        text = str(error) or type(error).__name__
        if isinstance(error, library.ProxyError):
            return ConnectFailed(f'{where}: no connection: the proxy "{safe_url(self.proxy)}" refused: {text}')
        if isinstance(error, (library.ConnectError, library.ConnectTimeout, library.PoolTimeout)):
            by = f' by the proxy "{safe_url(self.proxy)}"' if self.proxy else ""
            return ConnectFailed(f"{where}: no connection{by}: {self._why(error)}")
        if isinstance(error, library.TimeoutException):
            return TimedOut(f"{where}: no answer within {request.timeout} seconds")
        if isinstance(error, (library.NetworkError, library.RemoteProtocolError, OSError)):
            if head:
                return BodyLost(
                    f"{where}: unexpected error when reading response body. Please retry. Original error: {text}"
                )
            return ConnectionLost(f"{where}: connection lost: {self._why(error)}")
        if isinstance(error, library.DecodingError):
            return TransportError(f"{where}: the body cannot be decompressed: {text}")
        return TransportError(f"{where}: {text}")

    def _why(self, error: BaseException) -> str:
        """The reason at the bottom of a failed connection, in a few words."""
        root = _root(error)
        host = urlsplit(self.proxy or self.base_url).hostname
        if isinstance(root, socket.gaierror):
            return f"lookup {host}: {root.strerror or 'no such host'}"
        if isinstance(root, ssl.SSLCertVerificationError):
            return f"tls: failed to verify certificate: {root.verify_message}"
        if isinstance(root, ssl.SSLError):
            if any(one in str(root) for one in _NO_TLS):
                return f"tls: the server does not speak TLS: {root.reason or root}"
            return f"tls: {root.reason or root}"
        if isinstance(root, ConnectionRefusedError):
            return "connection refused"
        if isinstance(error, self.module.TimeoutException):
            return "timed out"
        return str(root) or type(root).__name__


def _root(error: BaseException) -> BaseException:
    """What an error came from: the most telling one of its causes."""
    found: BaseException = error
    waiting, seen = [error], list[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.append(id(one))
        if isinstance(one, OSError):
            found = one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        waiting += [below for below in (one.__context__, one.__cause__) if below is not None]
    return found
