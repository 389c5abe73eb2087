"""Which certificates a server shows. Ported from client-go util/cert/server_inspection.go."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

__all__ = ["get_serving_certificates", "get_serving_certificates_for_url"]

_PATIENCE = 10.0


def get_serving_certificates(host: str, server_name: str = "", *, timeout: float = _PATIENCE) -> list[bytes]:
    """The certificate that a server shows, in PEM, whether or not anybody trusts it.

    Before Python 3.13 the standard library shows the server's own only; from then on the chain it sends.

    Args:
        host: "host:port".
        server_name: asks for the certificate of that name, where a server has several.
        timeout: seconds to wait for the connection.

    Raises:
        OSError: there is no connection, or no TLS (ssl.SSLError).
        ValueError: the host has no port.
    """
    name, colon, port = host.rpartition(":")
    if not colon:
        raise ValueError(f'address {host}: missing port: write it as "host:port"')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    name = name.strip("[]")
    with (
        socket.create_connection((name, int(port)), timeout) as plain,
        context.wrap_socket(plain, server_hostname=server_name or name) as secured,
    ):
        chain = getattr(secured, "get_unverified_chain", None)
        found = chain() if chain is not None else [secured.getpeercert(binary_form=True)]
    return [ssl.DER_cert_to_PEM_cert(one).strip().encode() for one in found or () if one]


def get_serving_certificates_for_url(url: str, server_name: str = "", *, timeout: float = _PATIENCE) -> list[bytes]:
    """As `get_serving_certificates`, of the server that a URL leads to, as kubeconfigs name it."""
    parts = urlsplit(url)
    return get_serving_certificates(f"{parts.hostname}:{parts.port or 443}", server_name, timeout=timeout)
