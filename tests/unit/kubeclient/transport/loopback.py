"""Servers of this process that behave as badly as a test wants, and certificates that stand for themselves."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["Serve", "authority", "certificate", "serving"]

Serve = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on a port of this machine; `serve` is given each connection, in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    open_sockets: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if context is None:
                serve(connection)
            else:
                with context.wrap_socket(connection, server_side=True) as secure:
                    open_sockets.append(secure)
                    serve(secure)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            open_sockets.append(connection)
            thread = threading.Thread(target=one, args=(connection,))
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield listening.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in open_sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        for thread in threads:
            thread.join()


def read_head(connection: socket.socket) -> bytes:
    """The head of a request."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    return data


def answering(*answers: bytes, seen: list[bytes] | None = None) -> Serve:
    """Gives one answer to each request of each connection, and then ends it."""
    waiting = list(answers)

    def serve(connection: socket.socket) -> None:
        while waiting:
            head = read_head(connection)
            if not head:
                return
            if seen is not None:
                seen.append(head)
            connection.sendall(waiting.pop(0))

    return serve


def _key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def authority(name: str = "authority") -> tuple[Any, Any]:
    """A certificate authority: its certificate and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    key, subject = _key(), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, start, start.replace(year=2100))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, True, True, False, False),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return made, key


def pem(certificate_or_key: Any) -> bytes:
    """A certificate or a key as text."""
    from cryptography.hazmat.primitives import serialization as s

    if hasattr(certificate_or_key, "private_bytes"):
        made: bytes = certificate_or_key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())
    else:
        made = certificate_or_key.public_bytes(s.Encoding.PEM)
    return made


def certificate(signer: tuple[Any, Any], name: str, *, years: int = 2100) -> tuple[bytes, bytes]:
    """A certificate for a host, an address or a client, and its key, as text."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    authority, signing = signer
    key, start = _key(), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    try:
        known: Any = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        known = x509.DNSName(name)
    made = (
        x509.CertificateBuilder(
            authority.subject,
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
            key.public_key(),
            x509.random_serial_number(),
            start,
            start.replace(year=years),
        )
        .add_extension(x509.SubjectAlternativeName([known]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    return pem(made), pem(key)


def server_context(pair: tuple[bytes, bytes], folder: Path, *, clients: bytes = b"") -> ssl.SSLContext:
    """The TLS of a server; `clients` are the authorities whose clients it lets in."""
    (folder / "server.pem").write_bytes(pair[0] + pair[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=clients.decode())
    return context
