"""client-go's util/cert: certificates, requests for them, and which a server shows. Needs the `tls` extra."""

from __future__ import annotations

from .apimachinery.extras import extra

with extra("tls"):
    from .config.certificates import (
        CertificateConfig,
        can_read_cert_and_key,
        certs_from_file,
        encode_certificates,
        generate_self_signed_cert_key,
        make_csr,
        new_self_signed_ca_cert,
        parse_certs_pem,
        subject_name,
        write_cert,
    )
    from .transport.inspection import get_serving_certificates, get_serving_certificates_for_url

__all__ = [
    "CertificateConfig",
    "can_read_cert_and_key",
    "certs_from_file",
    "encode_certificates",
    "generate_self_signed_cert_key",
    "get_serving_certificates",
    "get_serving_certificates_for_url",
    "make_csr",
    "new_self_signed_ca_cert",
    "parse_certs_pem",
    "subject_name",
    "write_cert",
]
