"""What requests get on their way out: credentials, a user agent, another identity. Functions from requests to requests.

An edit never touches a header that is there already and never changes the request it is given, as that may be sent again.
Ported from client-go transport/round_trippers.go and token_source.go.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .protocol import Request, header

__all__ = [
    "Edit",
    "TokenFile",
    "auth_proxy",
    "basic_auth",
    "bearer_token",
    "impersonate",
    "set_header",
    "user_agent",
]

Edit = Callable[[Request], Request]

_SECOND = 1_000_000_000
_REREAD_AFTER = 50 * _SECOND
_REMOTE = ("x-remote-user", "x-remote-uid", "x-remote-group", "x-remote-extra-")

_TOKEN_CHARACTERS = frozenset("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def set_header(name: str, value: str) -> Edit:
    """Adds a header to requests that do not have it."""

    def edit(request: Request) -> Request:
        if header(request.headers, name) is not None:
            return request
        return replace(request, headers=[*request.headers, (name, value)])

    return edit


def user_agent(value: str) -> Edit:
    """Names the program, where the request does not name one."""
    return set_header("user-agent", value)


def basic_auth(username: str, password: str) -> Edit:
    """Authenticates by user name and password."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return set_header("authorization", f"Basic {encoded}")


def bearer_token(token: str | Callable[[], str]) -> Edit:
    """Authenticates by a token, or by what a function says it is at the time of the request."""
    if isinstance(token, str):
        return set_header("authorization", f"Bearer {token}")

    def edit(request: Request) -> Request:
        if header(request.headers, "authorization") is not None:
            return request
        return replace(request, headers=[*request.headers, ("authorization", f"Bearer {token()}")])

    return edit


class TokenFile:
    """A token in a file that somebody renews. It is read again after 50 seconds; what cannot be read changes nothing.

    Raises ValueError when the file has no token at the first reading and there is no `fallback`.
    """

    def __init__(self, path: str, *, monotonic_ns: Callable[[], int], fallback: str = "") -> None:
        self._path = Path(path)
        self._monotonic_ns = monotonic_ns
        self._token = fallback
        self._read_ns: int | None = None
        if not fallback:
            self._token = self._read()
            self._read_ns = monotonic_ns()

    def _read(self) -> str:
        try:
            token = self._path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f'failed to read token file "{self._path}": {error.strerror or error}') from error
        if not token:
            raise ValueError(f'read empty token from file "{self._path}"')
        return token

    def __call__(self) -> str:
        now = self._monotonic_ns()
        if self._read_ns is None or now - self._read_ns > _REREAD_AFTER:
            self._read_ns = now
            try:
                self._token = self._read()
            except ValueError:
                return self._token
        return self._token

    def now_ns(self) -> int:
        """The time of this file's clock."""
        return self._monotonic_ns()

    def reset_older_than(self, moment_ns: int) -> None:
        """The server refused a token: what was read before that moment is read again by the next request."""
        if self._read_ns is not None and self._read_ns < moment_ns:
            self._read_ns = None


def impersonate(
    user: str = "", *, uid: str = "", groups: Sequence[str] = (), extra: Mapping[str, Sequence[str]] | None = None
) -> Edit:
    """Makes requests as somebody else; the server asks whether that is allowed."""
    added = [("impersonate-user", user)]
    if uid:
        added.append(("impersonate-uid", uid))
    added += [("impersonate-group", group) for group in groups]
    for key, values in sorted((extra or {}).items()):
        added += [(f"impersonate-extra-{_escaped(key)}".lower(), value) for value in values]

    def edit(request: Request) -> Request:
        if header(request.headers, "impersonate-user") is not None:
            return request
        return replace(request, headers=[*request.headers, *added])

    return edit


def auth_proxy(
    user: str, *, uid: str = "", groups: Sequence[str] = (), extra: Mapping[str, Sequence[str]] | None = None
) -> Edit:
    """Says, as a proxy in front of a server does, who is calling; what the request says about that itself goes."""
    added = [("x-remote-user", user)]
    if uid:
        added.append(("x-remote-uid", uid))
    added += [("x-remote-group", group) for group in groups]
    for key, values in sorted((extra or {}).items()):
        added += [(f"x-remote-extra-{_escaped(key)}".lower(), value) for value in values]

    def edit(request: Request) -> Request:
        kept = [pair for pair in request.headers if not pair[0].startswith(_REMOTE)]
        return replace(request, headers=[*kept, *added])

    return edit


def _escaped(key: str) -> str:
    """Bytes that may not stand in a header's name, and the percent sign, as %XX."""
    return "".join(chr(byte) if chr(byte) in _TOKEN_CHARACTERS else f"%{byte:02X}" for byte in key.encode())
