"""IP addresses and networks.

Follows k8s.io/apiserver/pkg/cel/library/ip.go and cidr.go.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from kubeclient.apimachinery.gotext import quote
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.values import CelError

__all__ = ["NETWORK"]

_PREFIX_ERROR: Final = "network address parse error during conversion from string: " * 2

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class IP:
    """An address."""

    __slots__ = ("address",)
    type_name = "net.IP"

    def __init__(self, address: _Address) -> None:
        self.address = address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IP) and self.address == other.address

    def __hash__(self) -> int:
        return hash(self.address)

    def __len__(self) -> int:
        return 4 if self.address.version == 4 else 16


class CIDR:
    """A network, with the address that it was written with."""

    __slots__ = ("interface",)
    type_name = "net.CIDR"

    def __init__(self, interface: ipaddress.IPv4Interface | ipaddress.IPv6Interface) -> None:
        self.interface = interface

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CIDR) and str(self.interface) == str(other.interface)

    def __hash__(self) -> int:
        return hash(str(self.interface))

    def __len__(self) -> int:
        return 4 if self.interface.version == 4 else 16


def _address_error(text: str) -> str:
    """Go's netip.ParseAddr on what is no address."""
    if text == "":
        return 'ParseAddr(""): unable to parse IP'
    if ":" in text:
        return f"ParseAddr({quote(text)}): {_v6_error(text)}"
    if "." in text:
        return f"ParseAddr({quote(text)}): {_v4_error(text)}"
    return f"ParseAddr({quote(text)}): unable to parse IP"


def _v4_error(text: str) -> str:
    parts = text.split(".")
    for index, part in enumerate(parts):
        if index > 3:
            return "IPv4 address too long"
        for at, char in enumerate(part):
            if char not in "0123456789":
                rest = ".".join([part[at:], *parts[index + 1 :]])
                return f"unexpected character (at {quote(rest)})"
            if at > 0 and part[0] == "0":
                return "IPv4 field has octet with leading zero"
            if int(part[: at + 1]) > 255:
                return "IPv4 field has value >255"
        if part == "":
            rest = "." + ".".join(parts[index + 1 :]) if index + 1 < len(parts) else text[-1:]
            return f"IPv4 field must have at least one digit (at {quote(rest)})"
    return "IPv4 address too short"


def _v6_error(text: str) -> str:
    match = re.search(r"[^0-9a-fA-F:.%]", text)
    if match:
        return (
            f"each colon-separated field must have at least one digit (at {quote(text[match.start() :])})"
            if match.start() == 0
            else (f"unexpected character, want colon (at {quote(text[match.start() :])})")
        )
    if text.count("::") > 1:
        return f"multiple :: in address (at {quote(text[text.rindex('::') + 1 :])})"
    return "address string too short" if "::" not in text and text.count(":") < 7 else "trailing garbage after address"


def _plain(text: str) -> _Address:
    if "%" in text and ":" in text:
        raise CelError(f"IP address {quote(text)} with zone value is not allowed")
    try:
        if "/" in text or text != text.strip():
            raise ValueError
        address = ipaddress.ip_address(text)
    except ValueError:
        raise CelError(
            f"IP Address {quote(text)} parse error during conversion from string: {_address_error(text)}"
        ) from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        raise CelError(f"IPv4-mapped IPv6 address {quote(text)} is not allowed")
    return address


def _ip(text: str) -> IP:
    return IP(_plain(text))


def _is_ip(text: str) -> bool:
    try:
        _plain(text)
    except CelError:
        return False
    return True


def _prefix_error(text: str) -> str:
    head = f"netip.ParsePrefix({quote(text)}): "
    address, slash, bits = text.rpartition("/")
    if not slash:
        return head + "no '/'"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return head + _address_error(address)
    if "%" in address:
        return head + "IPv6 zones cannot be present in a prefix"
    if not re.fullmatch(r"0|[1-9][0-9]*", bits):
        return head + f"bad bits after slash: {quote(bits)}"
    return head + "prefix length out of range" if int(bits) > parsed.max_prefixlen else head + "bad bits"


def _cidr(text: str) -> CIDR:
    try:
        if not re.fullmatch(r"[0-9a-fA-F:.]+/(?:0|[1-9][0-9]*)", text):
            raise ValueError
        interface = ipaddress.ip_interface(text)
    except ValueError:
        raise CelError(_PREFIX_ERROR + _prefix_error(text)) from None
    if isinstance(interface, ipaddress.IPv6Interface) and interface.ip.ipv4_mapped is not None:
        problem = f"IPv4-mapped IPv6 address {quote(text)} is not allowed"
        raise CelError(f"network address parse error during conversion from string: {problem}")
    return CIDR(interface)


def _is_cidr(text: str) -> bool:
    try:
        _cidr(text)
    except CelError:
        return False
    return True


def _contains_ip(network: CIDR, ip: IP) -> bool:
    return network.interface.version == ip.address.version and ip.address in network.interface.network


def _contains_cidr(network: CIDR, other: CIDR) -> bool:
    outer, inner = network.interface.network, other.interface.network
    return outer.version == inner.version and inner.prefixlen >= outer.prefixlen and other.interface.ip in outer


def _contains_ip_text(network: CIDR, text: str) -> bool:
    if not _is_ip(text):
        raise CelError("no such overload")
    return _contains_ip(network, _ip(text))


def _contains_cidr_text(network: CIDR, text: str) -> bool:
    if not _is_cidr(text):
        raise CelError("no such overload")
    return _contains_cidr(network, _cidr(text))


def _local_multicast(ip: IP) -> bool:
    if isinstance(ip.address, ipaddress.IPv4Address):
        return ip.address.packed[:3] == b"\xe0\x00\x00"
    return ip.address.packed[0] == 0xFF and ip.address.packed[1] & 0x0F == 2


def _global_unicast(ip: IP) -> bool:
    address = ip.address
    broadcast = isinstance(address, ipaddress.IPv4Address) and int(address) == 2**32 - 1
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not broadcast and not special


def _is_canonical(text: str) -> bool:
    return str(_plain(text)) == text


def _masked(network: CIDR) -> CIDR:
    return CIDR(ipaddress.ip_interface(str(network.interface.network)))


NETWORK: Final[tuple[Overload, ...]] = (
    function("ip", "string_to_ip", "string -> net.IP", _ip),
    method("ip", "cidr_ip", "net.CIDR -> net.IP", lambda network: IP(network.interface.ip)),
    method("family", "ip_family", "net.IP -> int", lambda ip: ip.address.version),
    function("ip.isCanonical", "ip_is_canonical", "string -> bool", _is_canonical),
    method("isUnspecified", "ip_is_unspecified", "net.IP -> bool", lambda ip: ip.address.is_unspecified),
    method("isLoopback", "ip_is_loopback", "net.IP -> bool", lambda ip: ip.address.is_loopback),
    method("isLinkLocalMulticast", "ip_is_link_local_multicast", "net.IP -> bool", _local_multicast),
    method("isLinkLocalUnicast", "ip_is_link_local_unicast", "net.IP -> bool", lambda ip: ip.address.is_link_local),
    method("isGlobalUnicast", "ip_is_global_unicast", "net.IP -> bool", _global_unicast),
    function("isIP", "is_ip", "string -> bool", _is_ip),
    function("string", "ip_to_string", "net.IP -> string", lambda ip: str(ip.address)),
    function("cidr", "string_to_cidr", "string -> net.CIDR", _cidr),
    method(
        "containsIP",
        "cidr_contains_ip_string",
        "net.CIDR; string -> bool",
        _contains_ip_text,
    ),
    method("containsIP", "cidr_contains_ip_ip", "net.CIDR; net.IP -> bool", _contains_ip),
    method(
        "containsCIDR",
        "cidr_contains_cidr_string",
        "net.CIDR; string -> bool",
        _contains_cidr_text,
    ),
    method("containsCIDR", "cidr_contains_cidr", "net.CIDR; net.CIDR -> bool", _contains_cidr),
    method("prefixLength", "cidr_prefix_length", "net.CIDR -> int", lambda net: net.interface.network.prefixlen),
    method("masked", "cidr_masked", "net.CIDR -> net.CIDR", _masked),
    function("isCIDR", "is_cidr", "string -> bool", _is_cidr),
    function("string", "cidr_to_string", "net.CIDR -> string", lambda net: str(net.interface)),
)
