"""What the server warns of in addresses that it takes, though they are not spelt as they should be.

Follows k8s.io/apimachinery/pkg/util/validation/ip.go (GetWarningsForIP, GetWarningsForCIDR).
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_interface

from kubeclient.apimachinery.gotext import quote

__all__ = ["warn_of_address", "warn_of_range"]


def warn_of_address(path: str, value: str) -> Iterator[str]:
    """Of an address in a field that takes any spelling."""
    try:
        plain = str(ip_address(value))
    except ValueError:
        return
    if plain != value:
        yield f"{path}: IPv6 address {quote(value)} should be in RFC 5952 canonical format ({quote(plain)})"


def warn_of_range(path: str, value: str) -> Iterator[str]:
    """Of a range of addresses in a field that takes any spelling."""
    try:
        found = ip_interface(value)
    except ValueError:
        return
    if found.ip != found.network.network_address:
        single = f"{found.ip}/{found.max_prefixlen}"
        shown = f"should be {quote(str(found.network))} or {quote(single)}?"
        yield f"{path}: CIDR value {quote(value)} is ambiguous in this context ({shown})"
    elif found.version == 6 and str(found.network) != value:
        canonical = quote(str(found.network))
        yield f"{path}: IPv6 CIDR value {quote(value)} should be in RFC 5952 canonical format ({canonical})"
