"""The handshake of a WebSocket, without its network: which headers it has, and what an answer means.

Ported from client-go transport/websocket.
"""

from __future__ import annotations

from collections.abc import Sequence

from kubeclient.apimachinery import errors
from kubeclient.apimachinery import status as statuses

from .protocol import HeaderList, Request, UpgradeFailure, header

__all__ = ["READ_SIZE", "asked", "check_handshake", "protocols_of"]

READ_SIZE = 32 * 1024 + 1024
_BODY_MAX = 64 * 1024
_SWITCHING = 101
_PROTOCOL = "sec-websocket-protocol"


def protocols_of(request: Request) -> list[str]:
    """The protocols that a request offers, in the order of preference."""
    return [one.strip() for name, value in request.headers if name == _PROTOCOL for one in value.split(",")]


def asked(request: Request, key: str) -> Request:
    """The request that asks for a WebSocket."""
    kept = [pair for pair in request.headers if pair[0] not in {_PROTOCOL, "connection", "upgrade"}]
    offered = protocols_of(request)
    added: list[tuple[str, str]] = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", key),
    ]
    if offered:
        added.append((_PROTOCOL, ", ".join(offered)))
    return Request("GET", request.path, request.query, [*kept, *added], None, request.timeout)


def check_handshake(status: int, headers: HeaderList, body: bytes, *, offered: Sequence[str], accept: str) -> str:
    """The protocol that the server chose. Raises UpgradeFailure when it did not upgrade, or to something else."""
    if status != _SWITCHING:
        raise UpgradeFailure(_refusal(status, body[:_BODY_MAX]), status)
    upgrade = (header(headers, "upgrade") or "").lower()
    if upgrade != "websocket" or header(headers, "sec-websocket-accept") != accept:
        raise UpgradeFailure(ValueError("websocket: bad handshake: the answer is that of no WebSocket server"), status)
    chosen = header(headers, _PROTOCOL) or ""
    if offered and chosen not in offered:
        expected = ", ".join(f'"{one}"' for one in offered)
        raise UpgradeFailure(ValueError(f'invalid protocol, expected one of [{expected}], got "{chosen}"'), status)
    return chosen


def _refusal(status: int, body: bytes) -> Exception:
    found = statuses.decode(body) if body[:1] == b"{" else None
    if found is not None:
        return errors.from_status(found)
    text = body.decode("utf-8", "replace").strip()
    return ValueError(f"websocket: bad handshake (status {status}){f': {text}' if text else ''}")
