"""Ports and addresses to forward, as they are written."""

from __future__ import annotations

import pytest

from kubeclient.machines.port_forward import Address, ForwardedPort, listening_problem, parse_addresses, parse_ports


@pytest.mark.parity("PFW-01")
def test_a_port_is_written_alone_or_behind_a_local_one() -> None:
    expected = [ForwardedPort(5000, 5000), ForwardedPort(8888, 5000), ForwardedPort(0, 5000), ForwardedPort(0, 5000)]

    assert expected == parse_ports(["5000", "8888:5000", ":5000", "0:5000"])


@pytest.mark.parity("PFW-01")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "error parsing local port 'a': strconv.ParseUint: parsing \"a\": invalid syntax"),
        ("1:b", "error parsing remote port 'b': strconv.ParseUint: parsing \"b\": invalid syntax"),
        ("1:", "error parsing remote port '': strconv.ParseUint: parsing \"\": invalid syntax"),
        ("99999", "error parsing local port '99999': strconv.ParseUint: parsing \"99999\": value out of range"),
        ("5:0", "remote port must be > 0"),
        ("1:2:3", "invalid port format '1:2:3'"),
    ],
)
def test_a_bad_port_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_ports([text])

    assert message == str(caught.value)


@pytest.mark.parity("PFW-02")
def test_localhost_stands_for_both_loopback_addresses_neither_of_which_is_required() -> None:
    assert parse_addresses(["localhost"]) == [Address("127.0.0.1", required=False), Address("::1", required=False)]
    assert parse_addresses(["::", "10.0.0.1"]) == [Address("10.0.0.1", required=True), Address("::", required=True)]


@pytest.mark.parity("PFW-02")
def test_an_address_and_a_port_are_needed_and_addresses_are_numbers() -> None:
    for call, message in (
        (lambda: parse_addresses([]), "you must specify at least 1 address"),
        (lambda: parse_ports([]), "you must specify at least 1 port"),
        (lambda: parse_addresses(["example.com"]), "example.com is not a valid IP"),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert message == str(caught.value)


@pytest.mark.parity("PFW-02")
def test_one_loopback_address_suffices_and_every_other_one_is_needed() -> None:
    four, six = parse_addresses(["localhost"])
    other = Address("10.0.0.1", required=True)
    failed = OSError("taken")

    assert listening_problem([(four, None), (six, failed)]) == ""
    assert "[unable to create listener: Error taken]" in listening_problem([(four, None), (other, failed)])
    assert listening_problem([(four, failed), (six, failed)]) != ""
