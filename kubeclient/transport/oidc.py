"""Keeps an OIDC id token fresh, and saves what it got. What is asked and how it is read is `kubeclient.machines.oidc`'s."""

from __future__ import annotations

import base64
import binascii
import logging
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from kubeclient.machines.exec_credential import Credential, CredentialError
from kubeclient.machines.oidc import (
    LEEWAY_SECONDS,
    OIDCSettings,
    TokenAnswer,
    discovery_url,
    expiry_seconds,
    read_discovery,
    read_tokens,
    refresh,
)

from .environment import safe_url
from .protocol import Request, Response, TransportError
from .tls import TLSOptions

if TYPE_CHECKING:
    from .providers import Provided

__all__ = ["OIDCProvider", "oidc_provider"]

_LOG = logging.getLogger("kubeclient.credentials")
_SECOND = 1_000_000_000
_REFUSED = (400, 401)
_FETCH_SECONDS = 30.0

Fetch = Callable[[str, Request], Response]


class OIDCProvider:
    """A source of id tokens. Safe for threads: one refresh at a time, and who waited for it uses what it gave.

    Args:
        config: idp-issuer-url, client-id, client-secret, id-token, refresh-token.
        persist: saves changed settings; its errors are the request's.
        time_ns: nanoseconds since 1970.
        fetch: sends a request to the server of a URL; by default over the network.
    """

    def __init__(
        self,
        config: Mapping[str, str],
        *,
        persist: Callable[[Mapping[str, str]], None],
        time_ns: Callable[[], int],
        fetch: Fetch | None = None,
    ) -> None:
        self._settings = OIDCSettings.read(config)
        self._config = dict(config)
        if config.get("extra-scopes"):
            _LOG.info("extra-scopes of the oidc auth provider is ignored: refresh requests send no scopes")
        self._persist = persist
        self._time_ns = time_ns
        self._fetch = fetch or _Network(config)
        self._lock = threading.Lock()
        self._credential: Credential | None = None

    def valid(self) -> Credential | None:
        """The token that is there, if it is good for some seconds more. Never waits."""
        found = self._credential
        if found is None or found.expires_ns is None or self._time_ns() >= found.expires_ns:
            return None
        return found

    def credential(self) -> Credential:
        """An id token; asks the issuer for one when there is none. Raises TransportError."""
        with self._lock:
            found = self.valid()
            if found is None:
                try:
                    found = self._credential = self._known() or self._refreshed()
                except CredentialError as error:
                    raise TransportError(f"getting credentials: {error}") from error
            return found

    def refused(self, used: Credential) -> None:
        """Does nothing: as in client-go, an id token is used until its time is over."""

    def login(self) -> None:
        """Raises NotImplementedError: client-go has none either; log in by a tool of the issuer."""
        raise NotImplementedError("not yet implemented")

    def _credential_of(self, token: str) -> Credential:
        ends = expiry_seconds(token) - LEEWAY_SECONDS
        return Credential(token, expires_ns=int(ends * _SECOND))

    def _known(self) -> Credential | None:
        """The token of the settings, if it is good still."""
        token = self._config.get("id-token", "")
        if not token:
            return None
        found = self._credential_of(token)
        return found if found.expires_ns is not None and self._time_ns() < found.expires_ns else None

    def _refreshed(self) -> Credential:
        if not self._config.get("refresh-token"):
            raise CredentialError("No valid id-token, and cannot refresh without refresh-token")
        answer = self._asked()
        changed = {**self._config, "id-token": answer.id_token}
        if answer.refresh_token:
            changed["refresh-token"] = answer.refresh_token
        found = self._credential_of(answer.id_token)
        try:
            self._persist(changed)
        except (OSError, ValueError) as error:
            raise CredentialError(f"could not persist new tokens: {error}") from error
        self._config = changed
        return found

    def _asked(self) -> TokenAnswer:
        """The issuer's answer; its endpoint is looked up each time, as it may move."""
        issuer = self._settings.issuer
        try:
            found = self._fetch(discovery_url(issuer), Request("GET", ""))
            endpoint = read_discovery(issuer, found.status, found.body)
            body, headers = refresh(self._config)
            answer = self._fetch(endpoint, Request("POST", "", headers=headers, body=body))
            if answer.status in _REFUSED:
                body, headers = refresh(self._config, in_header=False)
                answer = self._fetch(endpoint, Request("POST", "", headers=headers, body=body))
        except TransportError as error:
            raise CredentialError(f"failed to refresh token: {error}") from error
        return read_tokens(answer.status, answer.body)


class _Network:
    """Reaches an issuer by the network, with the authorities that the settings name."""

    def __init__(self, config: Mapping[str, str]) -> None:
        try:
            roots = base64.b64decode(config.get("idp-certificate-authority-data", ""), validate=True)
        except binascii.Error as error:
            raise CredentialError(f"oidc: idp-certificate-authority-data is not base64: {error}") from error
        self._tls = TLSOptions(ca_file=config.get("idp-certificate-authority", ""), ca_data=roots)

    def __call__(self, url: str, request: Request) -> Response:
        from ._sync.httpx_ import HTTPXTransport

        parts = urlsplit(url)
        try:
            transport = HTTPXTransport(f"{parts.scheme}://{parts.netloc}", tls=self._tls)
        except ValueError as error:
            raise CredentialError(f"oidc: {safe_url(url)}: {error}") from error
        try:
            path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            return transport.round_trip(
                Request(request.method, path, (), request.headers, request.body, timeout=_FETCH_SECONDS)
            )
        finally:
            transport.close()


@cache
def _shared() -> tuple[threading.Lock, WeakValueDictionary[tuple[str, str, str], OIDCProvider]]:
    return threading.Lock(), WeakValueDictionary()


def oidc_provider(provided: Provided) -> OIDCProvider:
    """The provider for a cluster, an issuer and a client id, which all clients of this process use together.

    Raises ValueError for settings that cannot be used.
    """
    settings = OIDCSettings.read(provided.config)
    if not provided.shared:
        return OIDCProvider(provided.config, persist=provided.persist, time_ns=provided.time_ns)
    key = (provided.address, settings.issuer, settings.client_id)
    lock, known = _shared()
    with lock:
        found = known.get(key)
        if found is None:
            found = OIDCProvider(provided.config, persist=provided.persist, time_ns=provided.time_ns)
            known[key] = found
        return found
