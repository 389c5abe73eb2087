"""When a certificate is replaced, and whether it says what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from kubeclient.config.certificates import subject_name
from kubeclient.machines.certificate_rotation import CertificateTemplate, rotation_deadline, satisfies

KEY = ec.generate_private_key(ec.SECP256R1())
NAME = "system:node:a"
HOUR = 3600 * 10**9


def certificate(
    name: str = NAME, groups: Sequence[str] = (), dns: Sequence[str] = (), ips: Sequence[str] = ()
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject_name(name, groups))
        .issuer_name(subject_name("authority"))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    )
    if dns or ips:
        names = [*map(x509.DNSName, dns), *(x509.IPAddress(ip_address(one)) for one in ips)]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256())


def template(**wanted: tuple[str, ...]) -> CertificateTemplate:
    return CertificateTemplate(common_name=NAME, **wanted)


@pytest.mark.parity("CRT-02")
@pytest.mark.parametrize(
    ("leaf", "wanted", "enough"),
    [
        (certificate(), template(), True),
        (certificate("somebody else"), template(), False),
        (certificate(groups=["a"]), template(organization=("a", "b")), False),
        (certificate(groups=["a", "b"]), template(organization=("a",)), True),
        (certificate(dns=["a"]), template(dns_names=("a", "b")), False),
        (certificate(), template(dns_names=("a",)), False),
        (certificate(dns=["a", "b"]), template(dns_names=("a",)), True),
        (certificate(ips=["192.168.1.1"]), template(ip_addresses=("192.168.1.1", "192.168.1.2")), False),
        (certificate(ips=["192.168.1.1", "fd00::1"]), template(ip_addresses=("192.168.1.1",)), True),
        (
            certificate(groups=["a"], dns=["b"], ips=["fd00::1"]),
            template(organization=("a",), dns_names=("b",), ip_addresses=("fd00::1",)),
            True,
        ),
    ],
    ids=[
        "the name alone",
        "another name",
        "a group too few",
        "a group more",
        "a host too few",
        "no hosts",
        "a host more",
        "an address too few",
        "an address more",
        "everything",
    ],
)
def test_a_certificate_has_to_say_all_that_is_wanted_and_may_say_more(
    leaf: x509.Certificate, wanted: CertificateTemplate, enough: bool
) -> None:
    assert satisfies(leaf, wanted) is enough


@pytest.mark.parity("CRT-01")
@pytest.mark.parametrize(("begin", "end"), [(-1, 99), (-24, 24), (-91, 9), (-10, -1), (-4380, 4380), (-0.01, 0.01)])
def test_a_certificate_is_replaced_between_70_and_90_percent_of_its_life(begin: float, end: float) -> None:
    first, last = int(begin * HOUR), int(end * HOUR)
    life = last - first

    draws = iter((0.0, 0.5, 1.0))
    deadlines = [rotation_deadline(first, last, lambda: next(draws)) for _ in range(3)]

    assert deadlines == pytest.approx([first + 0.7 * life, first + 0.8 * life, first + 0.9 * life], rel=1e-9)
