"""Who is at the door: what a front door knows of a caller before the request is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ADMIN", "Caller", "UserInfo"]


@dataclass(frozen=True, slots=True)
class UserInfo:
    """An identity as authorisation sees it."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caller:
    """The far end of a front door.

    Attributes:
        client: the name that fault rules and traces know this client by ("scaler"); "" if it has none.
        user: who it is, when the door vouches for it (in-process transports, client certificates); None: the request's
            own credentials decide.
        certified: a client certificate names the user, which outranks whatever token a request brings.
    """

    client: str = ""
    user: UserInfo | None = None
    certified: bool = False


ADMIN = Caller(user=UserInfo("admin", ("system:masters", "system:authenticated"), "admin"))
