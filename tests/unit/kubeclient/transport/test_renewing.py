"""Certificates in files that somebody renews while a client runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient.transport.renewal import TLSFiles
from kubeclient.transport.tls import TLSOptions

SECOND = 10**9


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def pairs() -> list[tuple[bytes, bytes]]:
    """Two certificates that stand for themselves, with their keys."""
    x509 = pytest.importorskip("cryptography.x509")
    import datetime as dt

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    made = []
    for number in (1, 2):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"n{number}")])
        start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), number, start, start.replace(year=2100))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        made.append(
            (
                certificate.public_bytes(serialization.Encoding.PEM),
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                ),
            )
        )
    return made


@pytest.mark.parity("TRN-12")
def test_a_certificate_and_its_key_are_looked_at_once_a_second(
    tmp_path: Path, pairs: list[tuple[bytes, bytes]]
) -> None:
    cert, key, clock = tmp_path / "cert", tmp_path / "key", Clock()
    cert.write_bytes(pairs[0][0])
    key.write_bytes(pairs[0][1])
    files = TLSFiles(TLSOptions(cert_file=str(cert), key_file=str(key)), monotonic_ns=clock)

    cert.write_bytes(pairs[1][0])
    clock.now = SECOND - 1
    assert files().cert_data == pairs[0][0]
    clock.now = SECOND
    assert files().cert_data == pairs[0][0], "the key is not there yet"
    key.write_bytes(pairs[1][1])
    clock.now = 2 * SECOND
    assert (files().cert_data, files().key_data) == pairs[1]


@pytest.mark.parity("TRN-13")
def test_data_beats_files(tmp_path: Path) -> None:
    options = TLSOptions(
        cert_file="missing", key_file="missing", cert_data=b"c", key_data=b"k", ca_data=b"r", ca_file="m"
    )

    assert TLSFiles(options, monotonic_ns=Clock())() == options


@pytest.mark.parity("TRN-15")
def test_authorities_are_looked_at_every_five_minutes_and_kept_when_the_new_ones_are_bad(
    tmp_path: Path, pairs: list[tuple[bytes, bytes]]
) -> None:
    file, clock = tmp_path / "ca", Clock()
    file.write_bytes(pairs[0][0])
    files = TLSFiles(TLSOptions(ca_file=str(file)), monotonic_ns=clock)

    for bad in (b"", b"no certificate"):
        file.write_bytes(bad)
        clock.now += 300 * SECOND
        assert files().ca_data == pairs[0][0]
    file.write_bytes(pairs[1][0])
    clock.now += 300 * SECOND - 1
    assert files().ca_data == pairs[0][0]
    clock.now += 1
    assert files().ca_data == pairs[1][0]


@pytest.mark.parity("TRN-11")
def test_files_that_are_not_there_at_the_start_are_an_error() -> None:
    with pytest.raises(ValueError, match="unable to load root certificates"):
        TLSFiles(TLSOptions(ca_file="/missing/ca"), monotonic_ns=Clock())
