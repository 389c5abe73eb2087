"""Private and public keys in PEM: made, written, loaded. Needs the `tls` extra.

Kinds are those client-go takes: RSA and elliptic curves. Ported from client-go util/keyutil.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

__all__ = [
    "PrivateKey",
    "PublicKey",
    "load_or_generate_key_file",
    "make_elliptic_private_key_pem",
    "marshal_private_key_to_pem",
    "parse_private_key_pem",
    "parse_public_keys_pem",
    "pem_blocks",
    "private_key_from_file",
    "public_keys_from_file",
    "write_key",
]

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s.*?-----END \1-----", re.DOTALL)
_PRIVATE = ("EC PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY")


def pem_blocks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The blocks of some PEM text, each with its type; what stands between them is skipped."""
    for match in _BLOCK.finditer(data):
        yield match[1].decode(), match[0] + b"\n"


def make_elliptic_private_key_pem() -> bytes:
    """A new key on the curve P-256, as an EC PRIVATE KEY block."""
    return marshal_private_key_to_pem(ec.generate_private_key(ec.SECP256R1()))


def marshal_private_key_to_pem(key: PrivateKey) -> bytes:
    """The key in the traditional form of its kind. Raises TypeError for other kinds of keys."""
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(f"private key is not a recognized type: {type(key).__name__}")
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def write_key(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a key that only its owner may read (mode 0600), in a folder that is made when it is not there."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)


def load_or_generate_key_file(path: str | os.PathLike[str]) -> tuple[bytes, bool]:
    """The key in a file, and False; where there is no file, a new key that it now holds, and True.

    Raises ValueError for a file without a usable key, OSError when it cannot be read or written.
    """
    file = Path(path)
    if not file.exists():
        made = make_elliptic_private_key_pem()
        write_key(file, made)
        return made, True
    data = file.read_bytes()
    try:
        parse_private_key_pem(data)
    except ValueError as error:
        raise ValueError(f"error loading key from {file}: {error}") from None
    return data, False


def parse_private_key_pem(data: bytes) -> PrivateKey:
    """The first private key in some PEM text. Raises ValueError when there is none that is usable."""
    for type_, block in pem_blocks(data):
        if type_ not in _PRIVATE:
            continue
        try:
            key = serialization.load_pem_private_key(block, None)
        except ValueError:
            continue
        if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return key
    raise ValueError("data does not contain a valid RSA or ECDSA private key")


def parse_public_keys_pem(data: bytes) -> list[PublicKey]:
    """The public keys in some PEM text, of public keys, certificates and private keys alike. Raises ValueError for none."""
    keys = [key for _, block in pem_blocks(data) if (key := _public_key(block)) is not None]
    if not keys:
        raise ValueError("data does not contain any valid RSA or ECDSA public keys")
    return keys


def _public_key(block: bytes) -> PublicKey | None:
    readers: tuple[Callable[[], object], ...] = (
        lambda: serialization.load_pem_private_key(block, None).public_key(),
        lambda: serialization.load_pem_public_key(block),
        lambda: x509.load_pem_x509_certificate(block).public_key(),
    )
    for read in readers:
        try:
            key = read()
        except (ValueError, TypeError):
            continue
        if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            return key
    return None


def private_key_from_file(path: str | os.PathLike[str]) -> PrivateKey:
    """The private key in a file. Raises OSError, and ValueError that names the file."""
    try:
        return parse_private_key_pem(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"error reading private key file {path}: {error}") from None


def public_keys_from_file(path: str | os.PathLike[str]) -> list[PublicKey]:
    """The public keys in a file. Raises OSError, and ValueError that names the file."""
    try:
        return parse_public_keys_pem(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"error reading public key file {path}: {error}") from None
