"""What a fault rule can see of a request: who asks, and for what, in the words of the apiserver's RequestInfo."""

from __future__ import annotations

from typing import NamedTuple

from kubeclient.transport.protocol import Request
from kubefake.pipeline.caller import Caller
from kubefake.wire.request_info import RequestInfoReader

__all__ = ["Subject", "SubjectReader"]


class Subject(NamedTuple):
    """One request as fault rules and traces name it. Parts that a request does not have are empty."""

    client: str
    user: str
    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        kind = ".".join(part for part in (self.resource, self.group) if part)
        where = "/".join(part for part in (kind, self.namespace, self.name, self.subresource) if part)
        return f"{self.client or self.user or '-'} {self.verb} {where or '-'}"


class SubjectReader:
    """Reads subjects off requests, and remembers the paths it has read."""

    __slots__ = ("_read",)

    def __init__(self) -> None:
        self._read = RequestInfoReader()

    def __call__(self, request: Request, caller: Caller) -> Subject:
        info = self._read(request.method, request.path, request.query)
        user = caller.user.name if caller.user is not None else ""
        if not info.is_resource_request:
            return Subject(caller.client, user, info.verb, name=info.path)
        return Subject(
            caller.client, user, info.verb, info.group, info.resource, info.subresource, info.namespace, info.name
        )
