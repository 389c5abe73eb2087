"""Transports whose certificates change while they are used: by files that somebody renews, or by a credential plugin.

A connection is made with the certificates of its time. When these change, requests go to a new transport, and the old one
is closed as soon as no call waits for an answer on it; its watches end then and are begun again by their readers. Ported
from client-go transport/{cert_rotation,ca_rotation}.go and plugin/pkg/client/auth/exec.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

from kubeclient.machines.exec_credential import Credential

from .credentials import CredentialSource
from .protocol import Request, TransportError, header
from .tls import TLSOptions

__all__ = ["Renewal", "TLSFiles", "with_token"]

T = TypeVar("T")

_SECOND = 1_000_000_000
_CERTIFICATES_AFTER = _SECOND
_ROOTS_AFTER = 300 * _SECOND
_UNAUTHORIZED = 401
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")


class TLSFiles:
    """TLS settings with the contents of their files, read again now and then. What cannot be read changes nothing.

    The client's certificate and key are looked at once a second, the server's authorities every five minutes. Raises
    ValueError when a file cannot be read the first time. `reloaded` is told what came of looking at the authorities:
    "unchanged", "success" or "failure".
    """

    def __init__(
        self,
        options: TLSOptions,
        *,
        monotonic_ns: Callable[[], int],
        reloaded: Callable[[str], None] | None = None,
    ) -> None:
        self._options = options
        self._reloaded = reloaded
        self._monotonic_ns = monotonic_ns
        self._certificates_ns = self._roots_ns = monotonic_ns()
        self._current = options
        self._read_roots()
        self._read_pair()

    def __call__(self) -> TLSOptions:
        now = self._monotonic_ns()
        if now - self._certificates_ns >= _CERTIFICATES_AFTER:
            self._certificates_ns = now
            self._again(self._read_pair)
        if now - self._roots_ns >= _ROOTS_AFTER:
            self._roots_ns = now
            outcome = self._again(self._read_roots)
            if self._reloaded is not None and self._options.ca_file and not self._options.ca_data:
                self._reloaded(outcome)
        return self._current

    def _again(self, read: Callable[[], None]) -> str:
        before = self._current
        try:
            read()
            if self._current == before:
                return "unchanged"
            self._current.context()
        except ValueError:
            # Half of a new pair, an empty file, a text that is no certificate: it is being written.
            self._current = before
            return "failure"
        return "success"

    def _read_pair(self) -> None:
        given = self._options
        if given.cert_data or given.key_data or not (given.cert_file and given.key_file):
            return
        try:
            cert, key = Path(given.cert_file).read_bytes(), Path(given.key_file).read_bytes()
        except OSError as error:
            raise ValueError(f"unable to load the client certificate and its key: {error}") from error
        self._current = replace(self._current, cert_data=cert, key_data=key)

    def _read_roots(self) -> None:
        if self._options.ca_data or not self._options.ca_file:
            return
        try:
            roots = Path(self._options.ca_file).read_bytes()
        except OSError as error:
            raise ValueError(f"unable to load root certificates: {error}") from error
        if not roots.strip():
            if self._current.ca_data:
                raise ValueError(f"unable to load root certificates: {self._options.ca_file} is empty")
            # A bundle that is not filled yet: nobody is trusted until it is.
            self._current = replace(self._current, ca_file="", trust_nobody=True)
            return
        self._current = replace(self._current, ca_file=self._options.ca_file, ca_data=roots, trust_nobody=False)


class _Used(Generic[T]):
    """A transport, what it was made for, and how many calls wait on it."""

    __slots__ = ("calls", "made_for", "old", "transport")

    def __init__(self, transport: T, made_for: TLSOptions) -> None:
        self.transport, self.made_for, self.calls, self.old = transport, made_for, 0, False


class Renewal(Generic[T]):
    """Which transport is the one to use, for both colours. The lock is never held while anybody waits."""

    def __init__(
        self,
        make: Callable[[TLSOptions], T],
        tls: Callable[[], TLSOptions],
        plugin: CredentialSource | None,
        retry: bool,
    ) -> None:
        self.make, self.tls, self.plugin, self.retry = make, tls, plugin, retry
        self.lock = threading.Lock()
        self.current: _Used[T] = self._made(tls())
        self.live: list[_Used[T]] = [self.current]

    def _made(self, options: TLSOptions) -> _Used[T]:
        return _Used(self.make(options), options)

    def asks_plugin(self, request: Request) -> bool:
        """Whether the plugin speaks for a request: not for one that brings its own credentials."""
        return self.plugin is not None and header(request.headers, "authorization") is None

    def acquire(self, credential: Credential | None) -> tuple[_Used[T], list[T]]:
        """The transport of the certificates of now, and the transports that have to be closed."""
        with self.lock:
            options = self.tls()
            if credential is not None and credential.cert:
                options = replace(options, cert_data=credential.cert, key_data=credential.key)
            if options != self.current.made_for:
                try:
                    made = self._made(options)
                except ValueError as error:
                    raise TransportError(f"the certificates of now cannot be used: {error}") from error
                self.current.old = True
                self.current = made
                self.live.append(made)
            self.current.calls += 1
            return self.current, self._unused()

    def release(self, used: _Used[T]) -> list[T]:
        """A call is over; returns the transports that have to be closed."""
        with self.lock:
            used.calls -= 1
            return self._unused()

    def again(self, request: Request, status: int, credential: Credential | None) -> bool:
        """Whether a request may be sent once more with another credential, as its own was refused."""
        return self.retry and status == _UNAUTHORIZED and credential is not None and request.method in _REPEATABLE

    def _unused(self) -> list[T]:
        gone = [one for one in self.live if one.old and not one.calls]
        self.live = [one for one in self.live if not (one.old and not one.calls)]
        return [one.transport for one in gone]

    def answered(self, status: int, credential: Credential | None) -> None:
        if status == _UNAUTHORIZED and credential is not None and self.plugin is not None:
            self.plugin.refused(credential)


def with_token(request: Request, credential: Credential | None) -> Request:
    if credential is None or not credential.token:
        return request
    return replace(request, headers=[*request.headers, ("authorization", f"Bearer {credential.token}")])
