"""Which proxy the environment names for an address. Follows golang.org/x/net/http/httpproxy, as client-go does.

HTTPS_PROXY and HTTP_PROXY by the scheme of the address, then ALL_PROXY; NO_PROXY lists hosts, domains, addresses and
networks (10.0.0.0/8) that are reached directly, each with a port if only that one is meant; `*` is everything. Addresses of
this machine are never reached by a proxy.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

__all__ = ["check_proxy", "environment_proxy", "safe_url"]

_PORTS = {"http": 80, "https": 443}
_SCHEMES = ("http", "https", "socks5", "socks5h")


def safe_url(url: str) -> str:
    """A URL as it may be shown: without a user and a password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def check_proxy(url: str) -> str:
    """The URL of a proxy. Raises ValueError when it is none."""
    scheme = urlsplit(url).scheme
    if scheme not in _SCHEMES:
        raise ValueError(
            f'invalid proxy "{safe_url(url)}": unsupported scheme "{scheme}", must be http, https, or socks5'
        )
    return url


def environment_proxy(url: str, environ: Mapping[str, str]) -> str:
    """The proxy that the environment names for a URL, empty for none. Raises ValueError for one that cannot be."""
    parts = urlsplit(url)

    def variable(name: str) -> str:
        return environ.get(name, "") or environ.get(name.lower(), "")

    proxy = variable(f"{parts.scheme.upper()}_PROXY")
    if parts.scheme == "http" and environ.get("REQUEST_METHOD"):
        proxy = ""  # under CGI the variable is a header that anybody can send
    proxy = proxy or variable("ALL_PROXY")
    if not proxy or _direct(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), variable("NO_PROXY")):
        return ""
    return check_proxy(proxy if "://" in proxy else f"http://{proxy}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _direct(host: str, port: int, no_proxy: str) -> bool:
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    return any(_covers(entry.strip().lower(), host.lower(), address, port) for entry in no_proxy.split(","))


def _covers(entry: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, port: int) -> bool:
    if entry in {"", "*"}:
        return entry == "*"
    if "/" in entry:
        try:
            return address is not None and address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name, colon, number = entry.rpartition(":")
    if colon and number.isdigit() and (name.count(":") == 0 or name.endswith("]")):
        if int(number) != port:
            return False
        entry = name
    entry = entry.strip("[]")
    if address is not None:
        return _address(entry) == address
    if entry.startswith("*."):
        entry = entry[1:]
    # A leading dot means hosts of the domain only; without it, the domain itself too.
    return host.endswith(entry) if entry.startswith(".") else host == entry or host.endswith(f".{entry}")
