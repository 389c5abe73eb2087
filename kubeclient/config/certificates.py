"""Certificates and requests for them. Needs the `tls` extra.

What is made here is for tests, for first contact, and for asking a cluster to sign something; times are told by the caller.
Ported from client-go util/cert.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .keys import PrivateKey, PublicKey, marshal_private_key_to_pem, pem_blocks

__all__ = [
    "CertificateConfig",
    "can_read_cert_and_key",
    "certs_from_file",
    "encode_certificates",
    "generate_self_signed_cert_key",
    "make_csr",
    "new_self_signed_ca_cert",
    "parse_certs_pem",
    "subject_name",
    "write_cert",
]

IP = IPv4Address | IPv6Address

_YEAR = timedelta(days=365)
_RSA_BITS = 2048
_EXPONENT = 65537
_SKEW = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class CertificateConfig:
    """What a certificate says of its holder.

    Attributes:
        common_name: the holder, which is also its DNS name.
        organization: groups it belongs to.
        not_before: from when on it is valid; by default from now on.
    """

    common_name: str
    organization: Sequence[str] = ()
    not_before: datetime | None = None


@dataclass(frozen=True)
class _Names:
    dns: Sequence[str] = ()
    ips: Sequence[IP] = field(default=())

    def extension(self) -> x509.SubjectAlternativeName | None:
        names: list[x509.GeneralName] = [*map(x509.DNSName, self.dns), *map(x509.IPAddress, self.ips)]
        return x509.SubjectAlternativeName(names) if names else None


def subject_name(common_name: str, organization: Sequence[str] = ()) -> x509.Name:
    """The name of a holder: its groups, then its own."""
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, one) for one in organization]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def new_self_signed_ca_cert(config: CertificateConfig, key: PrivateKey, *, now: datetime) -> x509.Certificate:
    """The certificate of an authority that vouches for itself, for ten years from now."""
    name = subject_name(config.common_name, config.organization)
    names = _Names([config.common_name] if config.common_name else [])
    return _signed(
        name, name, key.public_key(), key, (config.not_before or now, now + 10 * _YEAR), names, authority=True
    )


def generate_self_signed_cert_key(
    host: str,
    alternate_ips: Sequence[str | IP] = (),
    alternate_dns: Sequence[str] = (),
    *,
    now: datetime,
    max_age: timedelta = _YEAR,
    fixture_directory: str | os.PathLike[str] | None = None,
) -> tuple[bytes, bytes]:
    """A certificate for a server, followed by that of the authority made for it, and the server's key, all in PEM.

    It is valid from an hour ago, so that clocks may differ a little.

    Args:
        host: the server's name or address.
        alternate_ips, alternate_dns: more of them.
        now: the time.
        max_age: how long it is valid.
        fixture_directory: keeps pairs that are valid for 100 years, for tests: one that is there is taken.

    Raises:
        OSError: the folder's files cannot be read or written.
    """
    ips = [ip_address(str(one)) for one in alternate_ips]
    files = None
    if fixture_directory is not None:
        stem = f"{host}_{'-'.join(map(str, ips))}_{'-'.join(alternate_dns)}"
        files = Path(fixture_directory, f"{stem}.crt"), Path(fixture_directory, f"{stem}.key")
        if files[0].exists():
            return files[0].read_bytes(), files[1].read_bytes()
        max_age = 100 * _YEAR
    start = now - _SKEW
    span = start, start + max_age
    ca_key = rsa.generate_private_key(_EXPONENT, _RSA_BITS)
    ca_name = subject_name(f"{host}-ca@{int(now.timestamp())}")
    ca = _signed(ca_name, ca_name, ca_key.public_key(), ca_key, span, _Names(), authority=True)
    key = rsa.generate_private_key(_EXPONENT, _RSA_BITS)
    names = _names_of(host, ips, alternate_dns)
    holder = subject_name(f"{host}@{int(now.timestamp())}")
    cert = _signed(holder, ca_name, key.public_key(), ca_key, span, names, authority=False)
    pair = encode_certificates(cert, ca), marshal_private_key_to_pem(key)
    if files is not None:
        files[0].write_bytes(pair[0])
        files[1].touch(mode=0o600)
        files[1].write_bytes(pair[1])
    return pair


def _names_of(host: str, ips: Sequence[IP], dns: Sequence[str]) -> _Names:
    try:
        return _Names(dns, [ip_address(host), *ips])
    except ValueError:
        return _Names([host, *dns], ips)


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: PublicKey,
    issuer_key: PrivateKey,
    span: tuple[datetime, datetime],
    names: _Names,
    *,
    authority: bool,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0].astimezone(UTC))
        .not_valid_after(span[1].astimezone(UTC))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    extension = names.extension()
    if extension is not None:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def make_csr(key: PrivateKey, subject: x509.Name, dns_names: Sequence[str] = (), ips: Sequence[str | IP] = ()) -> bytes:
    """A request for a certificate, in PEM. RSA keys sign with as long a hash as fits them."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    extension = _Names(dns_names, [ip_address(str(one)) for one in ips]).extension()
    if extension is not None:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, _hash_for(key)).public_bytes(Encoding.PEM)


def _hash_for(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return hashes.SHA256() if key.key_size <= 256 else hashes.SHA384() if key.key_size <= 384 else hashes.SHA512()
    return hashes.SHA512() if key.key_size >= 4096 else hashes.SHA384() if key.key_size >= 3072 else hashes.SHA256()


def encode_certificates(*certificates: x509.Certificate) -> bytes:
    """Certificates in PEM, one after another."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def parse_certs_pem(data: bytes) -> list[x509.Certificate]:
    """The certificates in some PEM text. Raises ValueError when there are none, or one cannot be read."""
    found = [x509.load_pem_x509_certificate(block) for type_, block in pem_blocks(data) if type_ == "CERTIFICATE"]
    if not found:
        raise ValueError("data does not contain any valid RSA or ECDSA certificates")
    return found


def certs_from_file(path: str | os.PathLike[str]) -> list[x509.Certificate]:
    """The certificates in a file. Raises OSError, and ValueError that names the file."""
    try:
        return parse_certs_pem(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"error reading {path}: {error}") from None


def write_cert(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a certificate that everybody may read, in a folder that is made when it is not there."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    file.write_bytes(data)
    file.chmod(0o644)


def can_read_cert_and_key(cert: str | os.PathLike[str], key: str | os.PathLike[str]) -> bool:
    """Whether both files can be read; False when neither is there.

    Raises ValueError when only one is: they belong together.
    """
    readable = [os.access(path, os.R_OK) for path in (cert, key)]
    if readable[0] and not readable[1]:
        raise ValueError(f"error reading {key}, certificate and key must be supplied as a pair")
    if readable[1] and not readable[0]:
        raise ValueError(f"error reading {cert}, certificate and key must be supplied as a pair")
    return all(readable)
