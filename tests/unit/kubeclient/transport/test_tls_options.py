"""What TLS is made of: which settings are usable, and which beat others."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from kubeclient.transport.tls import TLSOptions

from .loopback import authority, certificate, pem

SIGNER = authority()
ROOTS = pem(SIGNER[0])
CERT, KEY = certificate(SIGNER, "client")


@pytest.mark.parity("TRN-10", "TRN-11", "TRN-13")
@pytest.mark.parametrize(
    "options",
    [
        TLSOptions(ca_file="invalid file"),
        TLSOptions(ca_data=b"rubbish"),
        TLSOptions(ca_data=ROOTS.rstrip() + b"this is not valid"),
        TLSOptions(ca_data=ROOTS, cert_data=CERT, key_data=b"bad key data"),
        TLSOptions(ca_data=ROOTS, cert_data=b"bad cert data", key_data=KEY),
        TLSOptions(ca_data=ROOTS, cert_data=CERT, key_file="invalid file"),
        TLSOptions(ca_data=ROOTS, cert_data=CERT),
        TLSOptions(insecure=True, ca_data=ROOTS),
    ],
    ids=["file", "data", "broken data", "key data", "certificate data", "key file", "no key", "insecure with roots"],
)
def test_what_cannot_be_used_is_an_error_before_a_connection(options: TLSOptions) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        options.context()


@pytest.mark.parity("TRN-10", "TRN-13")
def test_data_beats_files_that_are_not_there(tmp_path: Path) -> None:
    beaten = TLSOptions(
        ca_data=ROOTS, ca_file="invalid", cert_data=CERT, cert_file="invalid", key_data=KEY, key_file="invalid"
    )
    (tmp_path / "key").write_bytes(KEY)

    assert beaten.context().cert_store_stats()["x509_ca"] == 1
    TLSOptions(ca_data=ROOTS, cert_data=CERT, key_file=str(tmp_path / "key")).context()


@pytest.mark.parity("TRN-10")
def test_a_server_has_to_prove_itself_unless_it_is_said_not_to() -> None:
    default, named, insecure = (
        one.context() for one in (TLSOptions(), TLSOptions(server_name="foo"), TLSOptions(insecure=True))
    )

    assert [one.verify_mode for one in (default, named, insecure)] == [
        ssl.CERT_REQUIRED,
        ssl.CERT_REQUIRED,
        ssl.CERT_NONE,
    ]
    assert (default.check_hostname, insecure.check_hostname) == (True, False)
    assert default.minimum_version == ssl.TLSVersion.TLSv1_2
