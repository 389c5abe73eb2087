"""Certificates and requests for them."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from kubeclient.cert import (
    CertificateConfig,
    can_read_cert_and_key,
    certs_from_file,
    encode_certificates,
    generate_self_signed_cert_key,
    get_serving_certificates,
    get_serving_certificates_for_url,
    make_csr,
    new_self_signed_ca_cert,
    parse_certs_pem,
    subject_name,
    write_cert,
)
from kubeclient.keyutil import parse_private_key_pem

pytestmark = pytest.mark.parity("CER-01")

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = rsa.generate_private_key(65537, 2048)


def alternative_names(extensions: x509.Extensions) -> x509.SubjectAlternativeName:
    return extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_an_authority_vouches_for_itself_for_ten_years() -> None:
    cert = new_self_signed_ca_cert(CertificateConfig(common_name="ca", organization=["ops"]), KEY, now=NOW)

    assert cert.subject == cert.issuer == subject_name("ca", ["ops"])
    assert cert.not_valid_before_utc == NOW
    assert cert.not_valid_after_utc == NOW + timedelta(days=3650)
    assert cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert alternative_names(cert.extensions).get_values_for_type(x509.DNSName) == ["ca"]
    cert.verify_directly_issued_by(cert)


def test_an_authority_can_begin_at_another_time() -> None:
    earlier = NOW - timedelta(days=1)

    cert = new_self_signed_ca_cert(CertificateConfig(common_name="ca", not_before=earlier), KEY, now=NOW)

    assert cert.not_valid_before_utc == earlier


def test_a_server_gets_a_pair_whose_authority_stands_behind_it() -> None:
    pair, key = generate_self_signed_cert_key("web.local", ["10.0.0.1"], ["web"], now=NOW)
    cert, authority = parse_certs_pem(pair)

    cert.verify_directly_issued_by(authority)
    assert cert.public_key() == parse_private_key_pem(key).public_key()
    names = alternative_names(cert.extensions)
    assert names.get_values_for_type(x509.DNSName) == ["web.local", "web"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("10.0.0.1")]
    assert cert.not_valid_before_utc == NOW - timedelta(hours=1)
    assert cert.not_valid_after_utc == NOW - timedelta(hours=1) + timedelta(days=365)
    name = cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert name == f"web.local@{int(NOW.timestamp())}"


def test_a_host_that_is_an_address_is_no_dns_name() -> None:
    pair, _ = generate_self_signed_cert_key("127.0.0.1", now=NOW)

    names = alternative_names(parse_certs_pem(pair)[0].extensions)

    assert names.get_values_for_type(x509.DNSName) == []
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("127.0.0.1")]


def test_pairs_are_kept_for_tests(tmp_path: Path) -> None:
    first = generate_self_signed_cert_key("web", now=NOW, fixture_directory=tmp_path)
    second = generate_self_signed_cert_key("web", now=NOW, fixture_directory=tmp_path)

    assert first == second
    assert sorted(file.name for file in tmp_path.iterdir()) == ["web__.crt", "web__.key"]
    assert parse_certs_pem(first[0])[0].not_valid_after_utc > NOW + timedelta(days=36000)


def test_a_kept_certificate_without_its_key_is_an_error(tmp_path: Path) -> None:
    generate_self_signed_cert_key("web", now=NOW, fixture_directory=tmp_path)
    (tmp_path / "web__.key").unlink()

    with pytest.raises(FileNotFoundError):
        generate_self_signed_cert_key("web", now=NOW, fixture_directory=tmp_path)


def test_a_request_names_its_holder_and_more() -> None:
    request = x509.load_pem_x509_csr(make_csr(KEY, subject_name("me", ["group"]), ["web"], ["10.0.0.1"]))

    assert request.is_signature_valid
    assert request.subject == subject_name("me", ["group"])
    names = alternative_names(request.extensions)
    assert names.get_values_for_type(x509.DNSName) == ["web"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("10.0.0.1")]


@pytest.mark.parametrize(("bits", "hash_"), [(2048, "sha256"), (3072, "sha384"), (4096, "sha512")])
def test_longer_keys_sign_with_longer_hashes(bits: int, hash_: str) -> None:
    request = x509.load_pem_x509_csr(make_csr(rsa.generate_private_key(65537, bits), subject_name("me")))

    assert request.signature_hash_algorithm is not None
    assert request.signature_hash_algorithm.name == hash_


def test_elliptic_keys_sign_requests() -> None:
    request = x509.load_pem_x509_csr(make_csr(ec.generate_private_key(ec.SECP256R1()), subject_name("me")))

    assert request.is_signature_valid


def test_certificates_are_read_from_bundles(tmp_path: Path) -> None:
    cert = new_self_signed_ca_cert(CertificateConfig(common_name="ca"), KEY, now=NOW)
    path = tmp_path / "deep" / "ca.pem"

    write_cert(path, b"words\n" + encode_certificates(cert, cert))

    assert certs_from_file(path) == [cert, cert]


def test_text_without_certificates_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(b"rubbish")

    with pytest.raises(ValueError, match=f"error reading {path}: data does not contain any"):
        certs_from_file(path)


def test_a_certificate_and_its_key_belong_together(tmp_path: Path) -> None:
    cert, key = tmp_path / "a.crt", tmp_path / "a.key"
    assert not can_read_cert_and_key(cert, key)

    cert.write_bytes(b"")
    with pytest.raises(ValueError, match=f"error reading {key}"):
        can_read_cert_and_key(cert, key)
    key.write_bytes(b"")
    assert can_read_cert_and_key(cert, key)
    cert.unlink()
    with pytest.raises(ValueError, match=f"error reading {cert}"):
        can_read_cert_and_key(cert, key)


def test_a_server_is_asked_for_its_certificate(tmp_path: Path) -> None:
    pair, key = generate_self_signed_cert_key("127.0.0.1", now=NOW)
    (tmp_path / "a.crt").write_bytes(pair)
    (tmp_path / "a.key").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "a.crt", tmp_path / "a.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            plain, _peer = listener.accept()
            with context.wrap_socket(plain, server_side=True) as secured:
                secured.recv(1)

    server = threading.Thread(target=serve)
    server.start()
    try:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        shown = get_serving_certificates(host)
        by_url = get_serving_certificates_for_url(f"https://{host}/api")
    finally:
        server.join(10)
        listener.close()

    assert parse_certs_pem(shown[0]) == parse_certs_pem(pair)[:1]
    assert by_url == shown


def test_a_host_without_a_port_is_refused() -> None:
    with pytest.raises(ValueError, match="missing port"):
        get_serving_certificates("localhost")
