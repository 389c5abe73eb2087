# generated from kubeclient/_async/certificate_requests.py by .ci/twin.py, do not edit
"""Asks a cluster to sign a certificate and waits for it. Needs the `tls` extra.

Ported from client-go util/certificate/csr.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from cryptography import x509

from kubeclient.api import certificates_v1, certificates_v1beta1
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.errors import AlreadyExists, NotFound, StatusError
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.config.certificate_store import x509_times
from kubeclient.config.certificates import parse_certs_pem
from kubeclient.config.keys import PrivateKey
from kubeclient.machines.retry_watch import WatchClosedError
from kubeclient.runtime.protocol import Runtime

from .clientset import Clientset
from .watch_tools import InformerWatcher, until_without_retry

__all__ = ["IncompatibleRequestError", "IssuedCertificate", "request_certificate", "wait_for_certificate"]

_LEGACY = "kubernetes.io/legacy-unknown"
_LOG = logging.getLogger("kubeclient.certificate")
_PAUSE = 1.0

SigningRequest = certificates_v1.CertificateSigningRequest


class IncompatibleRequestError(ValueError):
    """A request of that name exists and asks for something else."""


def request_certificate(
    client: Clientset,
    csr: bytes,
    *,
    signer_name: str,
    usages: Sequence[str],
    key: PrivateKey,
    name: str = "",
    lifetime: float | None = None,
) -> tuple[str, str]:
    """Asks for a certificate; returns the name and the uid of the request.

    A server that does not know certificates.k8s.io/v1 is asked in v1beta1.

    Args:
        client: who asks.
        csr: the request in PEM, see `kubeclient.cert.make_csr`.
        signer_name: who is to sign.
        usages: what the certificate is for.
        key: the key the request is signed with.
        name: of the request; one that exists already is taken up, when it asks for the same with the same key. Empty: a new one.
        lifetime: seconds the certificate should be valid for; the signer may decide otherwise.

    Raises:
        IncompatibleRequestError: a request of that name asks for something else.
        StatusError: the server refuses.
    """
    wanted = SigningRequest(
        metadata=ObjectMeta(name=name) if name else ObjectMeta(generate_name="csr-"),
        spec=certificates_v1.CertificateSigningRequestSpec(
            request=csr,
            usages=list(usages),
            signer_name=signer_name,
            expiration_seconds=None if lifetime is None else int(lifetime),
        ),
    )
    try:
        made = _create(client, wanted)
    except AlreadyExists:
        if not name:
            raise
        found = _get(client, name)
        _check_same(found, wanted, key, client.runtime.clock.time_ns())
        _LOG.info("the request %s for a certificate exists already and is used", name)
        return found.metadata.name, found.metadata.uid
    return made


def _create(client: Clientset, wanted: SigningRequest) -> tuple[str, str]:
    spec = wanted.spec
    if spec.usages and spec.signer_name and spec.signer_name != _LEGACY:
        try:
            made = client.certificates_v1.certificate_signing_requests().create(wanted)
            return made.metadata.name, made.metadata.uid
        except NotFound:
            _LOG.debug("certificates.k8s.io/v1 is not served: asking in v1beta1")
    old = certificates_v1beta1.CertificateSigningRequest(
        metadata=wanted.metadata,
        spec=certificates_v1beta1.CertificateSigningRequestSpec(
            request=spec.request, usages=spec.usages, signer_name=spec.signer_name
        ),
    )
    stored = client.certificates_v1beta1.certificate_signing_requests().create(old)
    return stored.metadata.name, stored.metadata.uid


def _get(client: Clientset, name: str) -> SigningRequest:
    try:
        return client.certificates_v1.certificate_signing_requests().get(name)
    except NotFound:
        old = client.certificates_v1beta1.certificate_signing_requests().get(name)
    return SigningRequest(
        metadata=old.metadata,
        spec=certificates_v1.CertificateSigningRequestSpec(
            request=old.spec.request, signer_name=old.spec.signer_name or "", usages=old.spec.usages
        ),
    )


def _check_same(found: SigningRequest, wanted: SigningRequest, key: PrivateKey, now_ns: int) -> None:
    """Raises IncompatibleRequestError unless both ask for the same, for the same key, and it is not too late."""
    theirs, ours = _parse(found.spec.request), _parse(wanted.spec.request)
    name = found.metadata.name
    if theirs.subject != ours.subject:
        raise IncompatibleRequestError(
            f"csr {name}: subjects differ: new: {theirs.subject.rfc4514_string()}, orig: {ours.subject.rfc4514_string()}"
        )
    signers = found.spec.signer_name, wanted.spec.signer_name
    if all(signers) and signers[0] != signers[1]:
        raise IncompatibleRequestError(f'csr {name}: signerNames differ: new "{signers[0]}", orig: "{signers[1]}"')
    if theirs.public_key() != key.public_key() or not theirs.is_signature_valid:
        raise IncompatibleRequestError(f"csr {name}: it was signed with another key")
    if found.status.certificate:
        for one in parse_certs_pem(found.status.certificate):
            if x509_times(one)[1] < now_ns:
                raise IncompatibleRequestError(f"csr {name}: its certificate has expired: {one.not_valid_after_utc}")


def _parse(request: bytes | None) -> x509.CertificateSigningRequest:
    try:
        return x509.load_pem_x509_csr(request or b"")
    except ValueError:
        raise IncompatibleRequestError("PEM block type must be CERTIFICATE REQUEST") from None


class IssuedCertificate:
    """The certificate that a request will bring.

    Args:
        client: who asked.
        name, uid: of the request, from `request_certificate`.
    """

    def __init__(self, client: Clientset, name: str, uid: str) -> None:
        self._client = client
        self._name = name
        self._uid = uid
        self._runtime: Runtime = client.runtime
        self._stop = self._runtime.event()
        self._watcher: InformerWatcher[Any] | None = None

    def wait(self, timeout: float | None = None) -> bytes:
        """The certificate in PEM, once it is issued.

        Raises:
            TimeoutError: it was not issued within `timeout` seconds.
            WatchClosedError: `close` was called meanwhile.
            ValueError: the request was denied, failed, was deleted, or is another one by now.
        """
        clock = self._runtime.clock
        begun_ns = clock.monotonic_ns()
        resource = self._served(timeout)
        self._watcher = InformerWatcher(
            resource, options={"field_selector": f"metadata.name={self._name}"}, runtime=self._runtime
        )
        if self._stop.is_set():
            self._watcher.close()
        issued: list[bytes] = []
        left = None if timeout is None else max(0.0, timeout - (clock.monotonic_ns() - begun_ns) * 1e-9)
        until_without_retry(self._watcher, self._condition(issued), timeout=left, runtime=self._runtime)
        return issued[0]

    def close(self) -> None:
        """Gives up waiting."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.close()

    def _served(self, timeout: float | None) -> Any:
        """The requests in a version that the server knows, asked until one answers."""
        clock = self._runtime.clock
        deadline_ns = None if timeout is None else clock.monotonic_ns() + int(timeout * 1e9)
        while True:
            for resource in (
                self._client.certificates_v1.certificate_signing_requests(),
                self._client.certificates_v1beta1.certificate_signing_requests(),
            ):
                try:
                    resource.list(field_selector=f"metadata.name={self._name}")
                    return resource
                except StatusError as error:
                    _LOG.debug("requests for certificates cannot be read in one version: %s", error)
            if deadline_ns is not None and clock.monotonic_ns() >= deadline_ns:
                raise TimeoutError("timed out waiting for the condition")
            if not self._runtime.sleep(_PAUSE, self._stop):
                raise WatchClosedError("nobody waits for the certificate any more")

    def _condition(self, issued: list[bytes]) -> Callable[[WatchEvent[Any]], bool]:
        def is_issued(event: WatchEvent[Any]) -> bool:
            if event.type == "DELETED":
                raise ValueError(f'csr "{self._name}" was deleted')
            csr = event.object
            if csr.metadata.uid != self._uid:
                raise ValueError(f'csr "{csr.metadata.name}" changed UIDs')
            approved = False
            for one in csr.status.conditions:
                if one.type in {"Denied", "Failed"}:
                    what = "is denied" if one.type == "Denied" else "failed"
                    raise ValueError(
                        f"certificate signing request {what}, reason: {one.reason}, message: {one.message}"
                    )
                approved = approved or one.type == "Approved"
            if approved and csr.status.certificate:
                issued.append(bytes(csr.status.certificate))
            return bool(issued)

        return is_issued


def wait_for_certificate(client: Clientset, name: str, uid: str, *, timeout: float | None = None) -> bytes:
    """The certificate in PEM that a request brings, once it is issued; see `IssuedCertificate.wait`."""
    return IssuedCertificate(client, name, uid).wait(timeout)
