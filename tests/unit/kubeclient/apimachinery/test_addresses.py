"""Addresses are validated, and resource versions compared, in Go's words."""

from __future__ import annotations

import pytest

from kubeclient.apimachinery import ip_validation, resourceversion


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("10.9.8.7", None),
        ("2001:db8::ffff", None),
        ("", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        ("1.2.3", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        ("1.2.3.256", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        ("fe80::1%eth0", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        ("1.2.3.04", "must not have leading 0s"),
        ("::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
        ("2001:DB8::1", 'must be in canonical form ("2001:db8::1")'),
    ],
)
def test_addresses(value: str, message: str | None) -> None:
    assert [error.detail for error in ip_validation.is_valid_ip("ip", value)] == ([message] if message else [])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("10.0.0.0/8", None),
        ("::/0", None),
        ("10.0.0.0", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0/08", "must not have leading 0s in IP or prefix length"),
        ("10.0.0.1/8", "must not have bits set beyond the prefix length"),
        ("2001:DB8::/64", 'must be in canonical form ("2001:db8::/64")'),
    ],
)
def test_cidrs(value: str, message: str | None) -> None:
    assert [error.detail for error in ip_validation.is_valid_cidr("cidr", value)] == ([message] if message else [])


def test_legacy_fields_take_sloppy_spellings() -> None:
    assert ip_validation.is_valid_ip_for_legacy_field("ip", "010.002.003.004", strict=False) == []
    assert ip_validation.is_valid_cidr_for_legacy_field("cidr", "10.0.0.1/08", strict=False) == []


def test_resource_versions_compare_as_numbers() -> None:
    assert [resourceversion.compare(a, b) for a, b in [("9", "10"), ("10", "10"), ("2", "1")]] == [-1, 0, 1]


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "1a", "١"])
def test_other_texts_are_no_resource_versions(text: str) -> None:
    with pytest.raises(ValueError, match="resource version is not well formed"):
        resourceversion.compare("1", text)
