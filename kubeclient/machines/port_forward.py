"""Which ports are forwarded to where, and on which addresses: read and checked. Ported from client-go tools/portforward."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from kubeclient.apimachinery.gotext import quote

__all__ = [
    "PORT_FORWARD",
    "TUNNEL",
    "Address",
    "ForwardedPort",
    "LostConnectionError",
    "listening_problem",
    "parse_addresses",
    "parse_ports",
    "stream_headers",
]

PORT_FORWARD = "portforward.k8s.io"
TUNNEL = f"SPDY/3.1+{PORT_FORWARD}"
"""The protocol of a WebSocket that carries SPDY."""


class LostConnectionError(Exception):
    """The connection to the pod is gone."""

    def __init__(self) -> None:
        super().__init__("lost connection to pod")


@dataclass(frozen=True, slots=True)
class ForwardedPort:
    """A local port, 0 for any that is free, and the port of the pod behind it."""

    local: int
    remote: int


@dataclass(frozen=True, slots=True)
class Address:
    """Where is listened; `required`: failing there is failing, whatever the others do."""

    address: str
    required: bool

    def joined(self, port: int) -> str:
        """The address with a port, as in a URL."""
        return f"[{self.address}]:{port}" if ":" in self.address else f"{self.address}:{port}"


def parse_ports(ports: Sequence[str | int]) -> list[ForwardedPort]:
    """Reads `5000`, `8888:5000` and `:5000`. Raises ValueError."""
    if not ports:
        raise ValueError("you must specify at least 1 port")
    return [_parse_port(str(text)) for text in ports]


def _parse_port(text: str) -> ForwardedPort:
    parts = text.split(":")
    if len(parts) > 2:
        raise ValueError(f"invalid port format '{text}'")
    local = _number("local", parts[0] or "0" if len(parts) == 2 else parts[0])
    remote = _number("remote", parts[-1])
    if remote == 0:
        raise ValueError("remote port must be > 0")
    return ForwardedPort(local, remote)


def _number(which: str, text: str) -> int:
    problem = ""
    if not (text.isascii() and text.isdigit()):
        problem = "invalid syntax"
    elif int(text) > 0xFFFF:
        problem = "value out of range"
    if problem:
        raise ValueError(f"error parsing {which} port '{text}': strconv.ParseUint: parsing {quote(text)}: {problem}")
    return int(text)


def parse_addresses(addresses: Sequence[str]) -> list[Address]:
    """Reads `localhost`, of which one of both kinds suffices, and IP addresses. Raises ValueError."""
    if not addresses:
        raise ValueError("you must specify at least 1 address")
    found: dict[str, Address] = {}
    for text in addresses:
        if text == "localhost":
            for local in ("127.0.0.1", "::1"):
                found.setdefault(local, Address(local, required=False))
            continue
        try:
            ip = ipaddress.ip_address(text)
        except ValueError:
            raise ValueError(f"{text} is not a valid IP") from None
        found[text] = Address(str(ip), required=True)
    return sorted(found.values(), key=lambda address: address.address)


def listening_problem(outcomes: Sequence[tuple[Address, Exception | None]]) -> str:
    """What is wrong with the listeners of a port; empty when enough of them are there."""
    errors = [f"unable to create listener: Error {error}" for _, error in outcomes if error is not None]
    failed = any(error is not None for address, error in outcomes if address.required)
    optional = [error for address, error in outcomes if not address.required]
    if failed or (optional and all(error is not None for error in optional)):
        return f"listeners failed to create with the following errors: [{' '.join(errors)}]"
    return ""


def stream_headers(kind: str, port: int, request: int) -> list[tuple[str, str]]:
    """The headers of a stream: `kind` is error or data; both of a connection have the same request."""
    return [("streamtype", kind), ("port", str(port)), ("requestid", str(request))]
