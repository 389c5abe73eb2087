"""Who asks: the door's word, a bearer token, or nobody.

Follows k8s.io/apiserver/pkg/endpoints/filters/authentication.go and pkg/authentication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kubeclient.apimachinery import errors
from kubeclient.transport.protocol import Request
from kubefake.pipeline.caller import Caller, UserInfo

__all__ = [
    "ANONYMOUS",
    "AUTHENTICATED",
    "EXTRA_SPACE",
    "UNAUTHENTICATED",
    "Authenticated",
    "Authenticator",
    "TokenError",
    "TokenReader",
    "account_groups",
    "account_name",
    "has_extra_space",
    "split_account",
]

AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
ANONYMOUS = UserInfo("system:anonymous", (UNAUTHENTICATED,))

EXTRA_SPACE = "the provided Authorization header contains extra space before the bearer token, and is ignored"
"""What the server warns of when a token was overlooked."""

_ACCOUNT = "system:serviceaccount:"
_ACCOUNTS = "system:serviceaccounts"
_INVALID = "invalid bearer token"


class TokenError(Exception):
    """A token that somebody issued and that is not good any more, or not for this audience."""


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Whose a token is, and for which of the audiences that were asked about."""

    user: UserInfo
    audiences: tuple[str, ...]


class TokenReader(Protocol):
    """Knows tokens that are not fixed: those of service accounts.

    Attributes:
        audiences: whom the server takes tokens for.
    """

    @property
    def audiences(self) -> tuple[str, ...]: ...

    def read(self, token: str, audiences: Sequence[str]) -> Authenticated | None:
        """None when it is not such a token. Raises TokenError."""
        ...


class Authenticator:
    """Turns credentials into identities.

    Args:
        tokens: fixed bearer tokens and whose they are.
        reader: is asked about others.
    """

    def __init__(self, tokens: Mapping[str, UserInfo], reader: TokenReader) -> None:
        self._tokens = {token: _authenticated(user) for token, user in tokens.items()}
        self._reader = reader

    @property
    def audiences(self) -> tuple[str, ...]:
        return self._reader.audiences

    def identify(self, request: Request, caller: Caller) -> UserInfo:
        """Who sends a request. A door that vouches for its caller is believed unless the request brings a good token.

        Raises:
            Unauthorized: for a token that is not good, of a caller for whom nobody vouches.
        """
        for key, value in request.headers:
            if key == "authorization" and value and not caller.certified:
                return self._by_header(value, caller)
        return caller.user or ANONYMOUS

    def _by_header(self, value: str, caller: Caller) -> UserInfo:
        token = _bearer(value)
        if not token:
            return caller.user or ANONYMOUS
        user = self._tokens.get(token)
        if user is not None:
            return user
        try:
            return self.review(token).user
        except TokenError:
            if caller.user is not None:
                return caller.user
            raise errors.new_unauthorized("Unauthorized") from None

    def review(self, token: str, audiences: Sequence[str] = ()) -> Authenticated:
        """Whose that token is, for one of some audiences (without any: the server's).

        Raises:
            TokenError: nobody's, or not any more; its text is what a TokenReview tells.
        """
        audiences = audiences or self.audiences
        user = self._tokens.get(token)
        if user is not None:
            meant = tuple(audience for audience in self.audiences if audience in audiences)
            if meant:
                return Authenticated(user, meant)
            raise TokenError(_INVALID)
        try:
            found = self._reader.read(token, audiences)
        except TokenError as exc:
            raise TokenError(f"[{_INVALID}, {exc}]") from exc
        if found is None:
            raise TokenError(_INVALID)
        return Authenticated(_authenticated(found.user), found.audiences)


def _bearer(value: str) -> str:
    """The token of an Authorization header; "" when it has none."""
    scheme, _, rest = value.strip().partition(" ")
    return rest.partition(" ")[0] if scheme.lower() == "bearer" else ""


def has_extra_space(value: str) -> bool:
    """Whether an Authorization header means a token and fails to name it, for which the server has a warning."""
    scheme, _, rest = value.strip().partition(" ")
    return scheme.lower() == "bearer" and rest.startswith(" ")


def account_name(namespace: str, name: str) -> str:
    """The user name of a service account."""
    return f"{_ACCOUNT}{namespace}:{name}"


def account_groups(namespace: str) -> tuple[str, ...]:
    """The groups that all service accounts of a namespace are in."""
    return (_ACCOUNTS, f"{_ACCOUNTS}:{namespace}")


def split_account(username: str) -> tuple[str, str] | None:
    """Namespace and name of a service account's user name, or None when it is no such name."""
    from kubeclient.apimachinery import validation

    if not username.startswith(_ACCOUNT):
        return None
    parts = username[len(_ACCOUNT) :].split(":")
    if len(parts) != 2 or validation.is_dns1123_label(parts[0]) or validation.is_dns1123_subdomain(parts[1]):
        return None
    return parts[0], parts[1]


def _authenticated(user: UserInfo) -> UserInfo:
    if AUTHENTICATED in user.groups:
        return user
    return UserInfo(user.name, (*user.groups, AUTHENTICATED), user.uid, user.extra)
