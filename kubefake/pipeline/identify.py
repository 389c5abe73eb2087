"""Who asks: the door's word, a bearer token, or nobody; and whom they want to be taken for.

Follows k8s.io/apiserver/pkg/endpoints/filters/{authentication,impersonation}.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from kubeclient.apimachinery import errors
from kubeclient.transport.protocol import HeaderList, Request
from kubefake.pipeline.caller import Caller, UserInfo

__all__ = [
    "ANONYMOUS",
    "AUTHENTICATED",
    "UNAUTHENTICATED",
    "Attributes",
    "Authenticator",
    "Impersonation",
    "impersonation",
]

AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
ANONYMOUS = UserInfo("system:anonymous", (UNAUTHENTICATED,))

_SERVICE_ACCOUNT = "system:serviceaccount:"

TokenReader = Callable[[str], UserInfo | None]


class Authenticator:
    """Turns credentials into identities.

    Args:
        tokens: fixed bearer tokens and whose they are.
        readers: asked in turn for tokens that are not fixed (service accounts).
    """

    def __init__(self, tokens: Mapping[str, UserInfo], readers: tuple[TokenReader, ...] = ()) -> None:
        self._tokens = {token: _authenticated(user) for token, user in tokens.items()}
        self._readers = readers

    def identify(self, request: Request, caller: Caller) -> UserInfo:
        """Raises Unauthorized for credentials that are not good."""
        for key, value in request.headers:
            if key == "authorization" and value:
                return self._by_header(value, caller)
        return caller.user or ANONYMOUS

    def _by_header(self, value: str, caller: Caller) -> UserInfo:
        scheme, _, token = value.strip().partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            return caller.user or ANONYMOUS
        user = self.user_of(token)
        if user is not None:
            return user
        if caller.user is not None:
            return caller.user
        raise errors.new_unauthorized("Unauthorized")

    def user_of(self, token: str) -> UserInfo | None:
        """Whose token that is; None for nobody's."""
        user = self._tokens.get(token)
        if user is not None:
            return user
        for read in self._readers:
            found = read(token)
            if found is not None:
                return _authenticated(found)
        return None


def _authenticated(user: UserInfo) -> UserInfo:
    if AUTHENTICATED in user.groups:
        return user
    return UserInfo(user.name, (*user.groups, AUTHENTICATED), user.uid, user.extra)


@dataclass(slots=True)
class Attributes:
    """What is to be authorised."""

    verb: str
    path: str
    is_resource_request: bool = True
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


class Impersonation:
    """Whom a request wants to act as, and what it takes to be allowed to.

    Attributes:
        user: the identity it acts under.
        grants: (API group, resource, subresource, name, namespace) of each thing the caller must be allowed to impersonate.
    """

    __slots__ = ("grants", "user")

    def __init__(self, user: UserInfo, grants: list[tuple[str, str, str, str, str]]) -> None:
        self.user = user
        self.grants = grants

    def attributes(self, path: str) -> list[Attributes]:
        """The grants as what an authoriser is asked."""
        return [
            Attributes("impersonate", path, True, group, "", resource, subresource, namespace, name)
            for group, resource, subresource, name, namespace in self.grants
        ]


def impersonation(headers: HeaderList) -> Impersonation | None:
    """What the Impersonate headers ask for; None without any. Raises InternalError for groups without a user."""
    name, uid = "", ""
    groups: list[str] = []
    extra: dict[str, list[str]] = {}
    for key, value in headers:
        if not key.startswith("impersonate-"):
            continue
        if key == "impersonate-user":
            name = name or value
        elif key == "impersonate-group":
            groups.append(value)
        elif key == "impersonate-uid":
            uid = uid or value
        elif key.startswith("impersonate-extra-"):
            extra.setdefault(unquote(key[18:]).lower(), []).append(value)
    if not name:
        if groups or extra or uid:
            asked = [
                f"groups {groups}" if groups else "",
                f"extra {extra}" if extra else "",
                f"uid {uid}" if uid else "",
            ]
            raise errors.new_internal_error(
                f"requested {', '.join(filter(None, asked))} impersonation without impersonating a user"
            )
        return None
    return _impersonation(name, uid, groups, {key: tuple(values) for key, values in extra.items()})


def _impersonation(name: str, uid: str, groups: list[str], extra: Mapping[str, tuple[str, ...]]) -> Impersonation:
    grants: list[tuple[str, str, str, str, str]] = []
    implied: list[str] = []
    account = name.removeprefix(_SERVICE_ACCOUNT).split(":") if name.startswith(_SERVICE_ACCOUNT) else []
    if len(account) == 2:
        grants.append(("", "serviceaccounts", "", account[1], account[0]))
        implied = ["system:serviceaccounts", f"system:serviceaccounts:{account[0]}"]
    else:
        grants.append(("", "users", "", name, ""))
    grants += [("", "groups", "", group, "") for group in groups]
    for key, values in extra.items():
        grants += [("authentication.k8s.io", "userextras", key, value, "") for value in values]
    if uid:
        grants.append(("authentication.k8s.io", "uids", "", uid, ""))
    members = list(groups) if groups else implied
    if name == ANONYMOUS.name:
        if UNAUTHENTICATED not in members:
            members.append(UNAUTHENTICATED)
    elif AUTHENTICATED not in members and UNAUTHENTICATED not in members:
        members.append(AUTHENTICATED)
    return Impersonation(UserInfo(name, tuple(members), uid, extra), grants)
