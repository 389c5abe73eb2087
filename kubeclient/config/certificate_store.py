"""Where a program keeps the certificate it was given, and its key. Needs the `tls` extra.

Ported from client-go util/certificate/certificate_store.go.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509

from .certificates import encode_certificates, parse_certs_pem
from .keys import parse_private_key_pem, pem_blocks

__all__ = ["CertificateStore", "FileStore", "KeyPair", "MemoryStore", "NoCertKeyError", "key_pair", "x509_times"]


class NoCertKeyError(LookupError):
    """There is no pair yet; a manager asks for one then."""


@dataclass(frozen=True)
class KeyPair:
    """A certificate, those behind it, and its key.

    Attributes:
        cert: PEM of the certificate and of those that vouch for it.
        key: PEM of the key.
        leaf: the certificate itself.
    """

    cert: bytes
    key: bytes = field(repr=False)
    leaf: x509.Certificate


class CertificateStore(Protocol):
    """Keeps the pair that is in use."""

    def current(self) -> KeyPair:
        """The pair in use. Raises NoCertKeyError when there is none, OSError and ValueError for one that is not usable."""
        ...

    def update(self, cert: bytes, key: bytes) -> KeyPair:
        """Makes a pair the one in use. Raises ValueError when it is none, OSError."""
        ...


def key_pair(cert: bytes, key: bytes) -> KeyPair:
    """A pair from PEM. Raises ValueError when one of the two is missing, or they do not belong together."""
    chain = parse_certs_pem(cert)
    if parse_private_key_pem(key).public_key() != chain[0].public_key():
        raise ValueError("private key does not match public key")
    alone = next(block for type_, block in pem_blocks(key) if type_.endswith("PRIVATE KEY"))
    return KeyPair(encode_certificates(*chain), alone, chain[0])


def x509_times(certificate: x509.Certificate) -> tuple[int, int]:
    """From when to when it is valid, in nanoseconds since 1970."""
    span = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return int(span[0].timestamp()) * 1_000_000_000, int(span[1].timestamp()) * 1_000_000_000


class MemoryStore:
    """A store that lasts as long as the program."""

    def __init__(self, pair: KeyPair | None = None) -> None:
        self._pair = pair

    def current(self) -> KeyPair:
        """The pair in use. Raises NoCertKeyError."""
        if self._pair is None:
            raise NoCertKeyError("no cert/key pair was stored")
        return self._pair

    def update(self, cert: bytes, key: bytes) -> KeyPair:
        """Makes a pair the one in use. Raises ValueError."""
        self._pair = key_pair(cert, key)
        return self._pair


class FileStore:
    """A folder of pairs, a file each, and a link `PREFIX-current.pem` to the one in use.

    Where there is no link, a pair is looked for in two files: `cert_file` and `key_file`, then `PREFIX.crt` and `PREFIX.key`.
    An update that was broken off is completed when the store is opened.

    Args:
        prefix: how the names of the files begin.
        cert_directory: the folder of pairs.
        key_directory: where PREFIX.key is looked for.
        cert_file, key_file: a pair that somebody else provides.
        now: the local time, for the names of files.

    Raises:
        ValueError: a file stands where a link belongs.
        OSError: the folder cannot be used.
    """

    def __init__(
        self,
        prefix: str,
        cert_directory: str | os.PathLike[str],
        key_directory: str | os.PathLike[str] = "",
        cert_file: str | os.PathLike[str] = "",
        key_file: str | os.PathLike[str] = "",
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._prefix = prefix
        self._certs = Path(cert_directory)
        self._given = cert_file, key_file
        self._plain = self._certs / f"{prefix}.crt", Path(key_directory or cert_directory) / f"{prefix}.key"
        self._now = now
        self._updated_path = self._file("updated")
        self._recover()

    @property
    def current_path(self) -> Path:
        """The link to the pair in use."""
        return self._file("current")

    def current(self) -> KeyPair:
        """The pair in use. Raises NoCertKeyError, ValueError that names the file, OSError."""
        if self.current_path.exists():
            return _load(self.current_path, self.current_path)
        pairs = [self._plain]
        if self._given[0] and self._given[1]:
            pairs.insert(0, (Path(self._given[0]), Path(self._given[1])))
        for cert, key in pairs:
            if cert.exists() and key.exists():
                return _load(cert, key)
        tried = " or ".join(f'("{cert}", "{key}")' for cert, key in pairs)
        raise NoCertKeyError(f'no cert/key files read at "{self.current_path}", {tried}')

    def update(self, cert: bytes, key: bytes) -> KeyPair:
        """Writes a pair to a file of its own, which only its owner may read, and makes it the one in use.

        Raises ValueError when it is no pair, or a file stands where the link belongs; OSError.
        """
        pair = key_pair(cert, key)
        self._certs.mkdir(parents=True, exist_ok=True, mode=0o755)
        path = self._file(self._now().strftime("%Y-%m-%d-%H-%M-%S"))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(pair.cert + pair.key)
            out.flush()
            os.fsync(out.fileno())
        self._link(path)
        return pair

    def _link(self, path: Path) -> None:
        """Points the link at that file: a second link is made and put in its place, so that there is one at any time."""
        for link in (self.current_path, self._updated_path):
            if os.path.lexists(link) and not link.is_symlink():
                raise ValueError(f'expected "{link}" to be a symlink but it is a file')
        self._updated_path.unlink(missing_ok=True)
        self._updated_path.symlink_to(path.absolute())
        self._updated_path.replace(self.current_path)

    def _recover(self) -> None:
        if self.current_path.exists() or not os.path.lexists(self._updated_path):
            return
        if not self._updated_path.is_symlink():
            raise ValueError(f'expected "{self._updated_path}" to be a symlink but it is a file')
        self._updated_path.replace(self.current_path)

    def _file(self, qualifier: str) -> Path:
        return self._certs / f"{self._prefix}-{qualifier}.pem"


def _load(cert: Path, key: Path) -> KeyPair:
    try:
        return key_pair(cert.read_bytes(), key.read_bytes())
    except ValueError as error:
        raise ValueError(f'could not convert data from "{cert}" into cert/key pair: {error}') from None
