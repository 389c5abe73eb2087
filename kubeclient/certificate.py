"""client-go's util/certificate: certificates that a cluster signs, asked for, kept and replaced. Needs the `tls` extra."""

from __future__ import annotations

from .apimachinery.extras import extra

with extra("tls"):
    from ._async.certificate_manager import AsyncCertificateManager
    from ._async.certificate_requests import AsyncIssuedCertificate, IncompatibleRequestError
    from ._async.certificate_requests import request_certificate as async_request_certificate
    from ._async.certificate_requests import wait_for_certificate as async_wait_for_certificate
    from ._sync.certificate_manager import CertificateManager
    from ._sync.certificate_requests import IssuedCertificate, request_certificate, wait_for_certificate
    from .config.certificate_store import CertificateStore, FileStore, KeyPair, MemoryStore, NoCertKeyError, key_pair
    from .machines.certificate_metrics import CertificateMetrics
    from .machines.certificate_rotation import CertificateTemplate, usages_of

__all__ = [
    "AsyncCertificateManager",
    "AsyncIssuedCertificate",
    "CertificateManager",
    "CertificateMetrics",
    "CertificateStore",
    "CertificateTemplate",
    "FileStore",
    "IncompatibleRequestError",
    "IssuedCertificate",
    "KeyPair",
    "MemoryStore",
    "NoCertKeyError",
    "async_request_certificate",
    "async_wait_for_certificate",
    "key_pair",
    "request_certificate",
    "usages_of",
    "wait_for_certificate",
]
