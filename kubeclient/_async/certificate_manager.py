"""Keeps a program's certificate fresh: asks for one when there is none, and for the next before it ends.

Needs the `tls` extra. Ported from client-go util/certificate/certificate_manager.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric import ec

from kubeclient.apimachinery.errors import (
    Forbidden,
    NotFound,
    StatusError,
    Unauthorized,
    is_unexpected_server_error,
)
from kubeclient.config.certificate_store import CertificateStore, KeyPair, NoCertKeyError, key_pair, x509_times
from kubeclient.config.certificates import make_csr, subject_name
from kubeclient.config.keys import PrivateKey, marshal_private_key_to_pem
from kubeclient.machines.backoff import Backoff
from kubeclient.machines.certificate_metrics import CertificateMetrics
from kubeclient.machines.certificate_rotation import (
    CLIENT_AUTH,
    CertificateTemplate,
    rotation_deadline,
    satisfies,
)
from kubeclient.machines.retry_watch import WatchClosedError
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime
from kubeclient.runtime.waiting import WaitStoppedError, WaitTimeoutError
from kubeclient.transport.protocol import TransportError

from .certificate_requests import AsyncIssuedCertificate, request_certificate
from .clientset import AsyncClientset
from .wait import exponential_backoff, poll_until_context_cancel, until

__all__ = ["AsyncCertificateManager"]

_WAIT = 15 * 60.0
_BACKOFF = Backoff(steps=5, duration=2.0, factor=2.0, jitter=0.1)
_AFTER_BACKOFF = 32.0
_CYCLE = 1.0

Template = CertificateTemplate | Callable[[], CertificateTemplate | None]
Usages = Sequence[str] | Callable[[PrivateKey], Sequence[str]]


class AsyncCertificateManager:
    """The certificate in use, and the work of replacing it.

    Args:
        store: keeps the pair in use.
        template: what the certificate is to say, or a function that says it at any time; None asks for nothing yet.
        signer_name: who is to sign.
        usages: what it is for, or a function of the key.
        connect: makes a client; it is given the pair in use, if there is one. None: nothing is ever asked for.
        lifetime: seconds a certificate should be valid for.
        bootstrap: a pair (certificate, key; PEM) for first contact, used until there is a better one.
        metrics: is told of what happens.
        name: for log lines; by default that of the signer.
        runtime: the clock and the waiting.

    Raises:
        ValueError: the stored or the first pair is not usable.
    """

    def __init__(
        self,
        *,
        store: CertificateStore,
        template: Template,
        signer_name: str,
        usages: Usages,
        connect: Callable[[KeyPair | None], AsyncClientset] | None,
        lifetime: float | None = None,
        bootstrap: tuple[bytes, bytes] | None = None,
        metrics: CertificateMetrics | None = None,
        name: str = "",
        runtime: AsyncRuntime | None = None,
    ) -> None:
        self._runtime = runtime if runtime is not None else current_async_runtime()
        self._store = store
        self._template = template
        self._signer_name = signer_name
        self._usages = usages
        self._connect = connect
        self._lifetime = lifetime
        self._metrics = metrics if metrics is not None else CertificateMetrics()
        self._log = logging.getLogger(f"kubeclient.certificate.{name or signer_name or self._purpose()}")
        self._healthy = False
        self._last_template: CertificateTemplate | None = None
        self._waiting: AsyncIssuedCertificate | None = None
        self._changed = self._runtime.event()
        self._stop: AsyncEvent | None = None
        self._pair, self._force = self._begin(bootstrap)

    def current(self) -> KeyPair | None:
        """The pair in use; None when there is none, or it has expired."""
        if self._pair is not None and self._runtime.clock.time_ns() > x509_times(self._pair.leaf)[1]:
            self._log.debug("the current certificate has expired")
            return None
        return self._pair

    @property
    def server_healthy(self) -> bool:
        """Whether the last attempt to ask for a certificate found a server that works."""
        return self._healthy

    async def run(self, stop: AsyncEvent) -> None:
        """Replaces the certificate whenever it is time, until `stop` is set."""
        if self._connect is None:
            self._log.debug("certificates are not rotated: there is no connection to a server")
            return
        self._stop = stop
        watcher = None
        if callable(self._template):
            watcher = self._runtime.spawn(self._watch_template, stop, name="certificate template")
        stopper = self._runtime.spawn(self._give_up, stop, name="certificate stop")
        try:
            await until(lambda: self._cycle(stop), period=_CYCLE, stop=stop, runtime=self._runtime)
        finally:
            stop.set()
            await stopper.join()
            if watcher is not None:
                await watcher.join()

    async def rotate(self) -> bool:
        """Asks for a certificate and waits up to 15 minutes for it; returns whether there is a new one.

        What goes wrong is logged and counted, and says something of the server's health.
        """
        template = self._wanted()
        if template is None or self._connect is None:
            return self._failed("there is no template to ask for")
        key = ec.generate_private_key(ec.SECP256R1())
        csr = make_csr(
            key, subject_name(template.common_name, template.organization), template.dns_names, template.ip_addresses
        )
        try:
            client = self._connect(self.current())
            usages = self._usages(key) if callable(self._usages) else self._usages
            name, uid = await request_certificate(
                client, csr, signer_name=self._signer_name, usages=usages, key=key, lifetime=self._lifetime
            )
        except (StatusError, TransportError, OSError, ValueError) as error:
            self._judge(error)
            return self._failed(f"no certificate could be asked for: {error}")
        self._last_template = template
        self._waiting = AsyncIssuedCertificate(client, name, uid)
        if self._stop is not None and self._stop.is_set():
            await self._waiting.aclose()
        try:
            cert = await self._waiting.wait(_WAIT)
            pair = self._store.update(cert, marshal_private_key_to_pem(key))
        except (StatusError, TransportError, WatchClosedError, TimeoutError, OSError, ValueError) as error:
            return self._failed(f"the request {name} brought no certificate: {error}")
        finally:
            self._waiting = None
        self._take(pair)
        return True

    def _begin(self, bootstrap: tuple[bytes, bytes] | None) -> tuple[KeyPair | None, bool]:
        """The pair to begin with, and whether it has to be replaced at once."""
        try:
            stored = self._store.current()
        except NoCertKeyError:
            stored = None
        if stored is not None and self._runtime.clock.time_ns() < x509_times(stored.leaf)[1]:
            return stored, False
        if bootstrap is None:
            return None, True
        try:
            return self._store.update(*bootstrap), True
        except OSError as error:
            self._log.error("the first certificate could not be stored: %s", error)
            return key_pair(*bootstrap), True

    async def _cycle(self, stop: AsyncEvent) -> None:
        """Waits until a new certificate is wanted, and tries until there is one."""
        wait = (self._deadline() - self._runtime.clock.time_ns()) / 1e9
        if wait > 0:
            self._changed.clear()
            self._log.debug("the next certificate is asked for in %.0f seconds", wait)
            if await self._changed.wait(wait) and (stop.is_set() or self._last_template == self._wanted()):
                return
        if stop.is_set() or self._wanted() is None:
            return
        try:
            await exponential_backoff(self.rotate, _BACKOFF, stop=stop, runtime=self._runtime)
        except WaitTimeoutError:
            self._log.error("no certificate after %d attempts; trying on", _BACKOFF.steps)
            try:
                await poll_until_context_cancel(self.rotate, interval=_AFTER_BACKOFF, stop=stop, runtime=self._runtime)
            except WaitStoppedError:
                return
        except WaitStoppedError:
            return

    async def _watch_template(self, stop: AsyncEvent) -> None:
        """Looks every second whether the certificate says what is wanted by now."""

        async def look() -> None:
            wanted = self._wanted()
            if not self._satisfied(wanted) and wanted != self._last_template:
                if self._waiting is not None:
                    await self._waiting.aclose()
                self._changed.set()

        await until(look, period=_CYCLE, stop=stop, runtime=self._runtime)

    async def _give_up(self, stop: AsyncEvent) -> None:
        """Ends all waiting once `stop` is set."""
        await stop.wait()
        self._changed.set()
        waiting = self._waiting
        if waiting is not None:
            await waiting.aclose()

    def _wanted(self) -> CertificateTemplate | None:
        return self._template() if callable(self._template) else self._template

    def _satisfied(self, wanted: CertificateTemplate | None) -> bool:
        return self._pair is not None and (wanted is None or satisfies(self._pair.leaf, wanted))

    def _deadline(self) -> int:
        """When to ask for the next certificate, in nanoseconds since 1970."""
        if self._force:
            self._force = False
            return 0
        if self._pair is None or not self._satisfied(self._wanted()):
            return 0
        return rotation_deadline(*x509_times(self._pair.leaf), self._runtime.random)

    def _take(self, pair: KeyPair) -> None:
        old, self._pair = self._pair, pair
        self._healthy = True
        if old is not None:
            self._metrics.rotated((self._runtime.clock.time_ns() - x509_times(old.leaf)[0]) / 1e9)

    def _failed(self, why: str) -> bool:
        self._log.error("%s", why)
        self._metrics.renew_failed()
        return False

    def _judge(self, error: Exception) -> None:
        """What an answer says of the server: it works when it answers as one that lacks rights or resources does."""
        self._healthy = isinstance(error, Unauthorized) or (
            isinstance(error, NotFound | Forbidden) and not is_unexpected_server_error(error)
        )

    def _purpose(self) -> str:
        usages = () if callable(self._usages) else self._usages
        return CLIENT_AUTH if CLIENT_AUTH in usages else "certificate"
