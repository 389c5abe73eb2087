"""Keys in PEM."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from kubeclient.cert import CertificateConfig, encode_certificates, new_self_signed_ca_cert
from kubeclient.keyutil import (
    load_or_generate_key_file,
    make_elliptic_private_key_pem,
    marshal_private_key_to_pem,
    parse_private_key_pem,
    parse_public_keys_pem,
    private_key_from_file,
    public_keys_from_file,
    write_key,
)

pytestmark = pytest.mark.parity("KEY-01")

EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def pkcs8(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_made_key_is_an_elliptic_one() -> None:
    pem = make_elliptic_private_key_pem()

    assert pem.startswith(b"-----BEGIN EC PRIVATE KEY-----\n")
    assert isinstance(parse_private_key_pem(pem), ec.EllipticCurvePrivateKey)


@pytest.mark.parametrize(
    "pem",
    [marshal_private_key_to_pem(EC), marshal_private_key_to_pem(RSA), pkcs8(EC), pkcs8(RSA)],
    ids=["elliptic", "rsa", "elliptic in pkcs8", "rsa in pkcs8"],
)
def test_private_keys_are_read_in_every_form(pem: bytes) -> None:
    key = parse_private_key_pem(b"some words\n" + pem)

    assert marshal_private_key_to_pem(key) in {marshal_private_key_to_pem(EC), marshal_private_key_to_pem(RSA)}


def test_other_blocks_before_a_key_are_skipped() -> None:
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"

    assert isinstance(parse_private_key_pem(parameters + marshal_private_key_to_pem(EC)), ec.EllipticCurvePrivateKey)


@pytest.mark.parametrize("data", [b"", b"rubbish", public(RSA), pkcs8(ed25519.Ed25519PrivateKey.generate())])
def test_text_without_a_usable_private_key_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="does not contain a valid RSA or ECDSA private key"):
        parse_private_key_pem(data)


def test_public_keys_come_from_keys_and_certificates() -> None:
    cert = new_self_signed_ca_cert(CertificateConfig(common_name="ca"), RSA, now=datetime(2026, 1, 1, tzinfo=UTC))
    text = marshal_private_key_to_pem(EC) + public(RSA) + public(EC) + encode_certificates(cert)

    keys = parse_public_keys_pem(text)

    assert keys == [EC.public_key(), RSA.public_key(), EC.public_key(), RSA.public_key()]


def test_text_without_public_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="does not contain any valid RSA or ECDSA public keys"):
        parse_public_keys_pem(b"rubbish")


def test_other_kinds_of_keys_are_not_written() -> None:
    with pytest.raises(TypeError, match="not a recognized type: Ed25519"):
        marshal_private_key_to_pem(ed25519.Ed25519PrivateKey.generate())  # type: ignore[arg-type]


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "key.pem"

    write_key(path, b"secret")

    assert path.read_bytes() == b"secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_missing_key_file_is_made_and_then_loaded(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"

    made, was_made = load_or_generate_key_file(path)
    again, made_again = load_or_generate_key_file(path)

    assert (was_made, made_again) == (True, False)
    assert made == again


def test_a_file_without_a_key_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"precious")

    with pytest.raises(ValueError, match=f"error loading key from {path}"):
        load_or_generate_key_file(path)
    assert path.read_bytes() == b"precious"


def test_files_are_named_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"rubbish")

    with pytest.raises(ValueError, match=f"private key file {path}"):
        private_key_from_file(path)
    with pytest.raises(ValueError, match=f"public key file {path}"):
        public_keys_from_file(path)
    path.write_bytes(public(RSA))
    assert public_keys_from_file(path) == [RSA.public_key()]
