"""What a verb knows of one request, and what it has of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from kubefake.containers.scripts import Scripts
from kubefake.pipeline.caller import UserInfo
from kubefake.ports import Clock, Ids, Random
from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource
from kubefake.resources.strategy import Context, JSONObject
from kubefake.store import Store, Version
from kubefake.verbs.addresses import SERVICES, give_back
from kubefake.watch.fanout import Fanout

if TYPE_CHECKING:
    from kubefake.verbs.definitions import Definitions
    from kubefake.verbs.ownership import Ownership

__all__ = ["PODS_OVER", "Admission", "Call", "Core", "Listing", "Outcome", "StoreLookup"]


PODS_OVER = ("Succeeded", "Failed")
"""Phases of pods whose containers write nothing more."""


@dataclass(slots=True)
class Call:
    """One request for a resource, once it is known what it asks for and who asks.

    Attributes:
        verb: create, update, patch, delete … as authorisation and admission name it.
        namespace: of the path; "" for what is cluster-scoped or asked across namespaces.
        name: of the path; "" for a collection.
        manager: who owns the fields that this request writes.
        size: bytes of the request's body.
        now: the server's time, RFC 3339 with whole seconds.
        warnings: what the answer's Warning headers will say, in order.
        through: the subresource of the path where the verb writes the main resource by way of it (scale); else "".
    """

    resource: Resource
    verb: str
    namespace: str
    name: str
    subresource: str
    user: UserInfo
    now: str
    manager: str = "unknown"
    size: int = 0
    dry_run: bool = False
    field_validation: str = ""
    warnings: list[str] = field(default_factory=list)
    through: str = ""

    def warn(self, text: str) -> None:
        """Adds a warning once."""
        if text not in self.warnings:
            self.warnings.append(text)


class Admission(Protocol):
    """One admission plugin. Raises a StatusError to refuse; may change `obj`, which is private to the request."""

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        """Called before validation; `operation` is CREATE, UPDATE or DELETE."""
        ...

    def validate(
        self, call: Call, operation: str, obj: Mapping[str, Any] | None, old: Mapping[str, Any] | None
    ) -> None:
        """Called after validation, with what would be stored."""
        ...


@dataclass(slots=True)
class Core:
    """The rooms that verbs work with."""

    store: Store
    fanout: Fanout
    registry: Registry
    clock: Clock
    ids: Ids
    ownership: Ownership
    definitions: Definitions
    admission: Sequence[Admission] = ()
    random: Random | None = None
    """Where watches that ask for no timeout have theirs from; without it they all end after the least time."""
    scripts: Scripts | None = None
    """What containers do; None: nothing."""
    check_connect: Callable[[Call], None] | None = None
    """Raises Forbidden for who may read but not create connections to containers; None: whoever may read may connect."""

    def context(self, call: Call) -> Context:
        """What strategies may know of a call."""
        return Context(
            now=call.now,
            user=call.user.name,
            groups=call.user.groups,
            subresource=call.subresource,
            version=call.resource.version,
            lookup=StoreLookup(self),
            dry_run=call.dry_run,
            uid=call.user.uid,
            extra=call.user.extra,
        )

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        for plugin in self.admission:
            plugin.admit(call, operation, obj, old)

    def committed(self, call: Call, kind: str, obj: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        """Tells those whom a commit concerns beyond watchers: the kind, and what is served by definition."""
        call.resource.strategy.after_commit(kind, obj, old)
        if old is not None and call.resource.table == SERVICES:
            give_back(self.store, None if kind == "DELETED" else obj, old)
            if kind == "DELETED":
                from kubefake.verbs.delete import delete_endpoints  # which starts from calls

                delete_endpoints(self, call, obj["metadata"])
        self.definitions.committed(call.resource.table, kind, obj, old, call.now)
        if self.scripts and call.resource.table == "pods":
            over = kind == "DELETED" or (obj.get("status") or {}).get("phase") in PODS_OVER
            if over:
                self.scripts.over(obj["metadata"].get("namespace", ""), obj["metadata"]["name"])

    def validate(
        self, call: Call, operation: str, obj: Mapping[str, Any] | None, old: Mapping[str, Any] | None
    ) -> None:
        for plugin in self.admission:
            plugin.validate(call, operation, obj, old)


class StoreLookup:
    """Implements `strategy.Lookup`: other objects as they are stored."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, group: str, plural: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        resource = self._core.registry.stored(group, plural)
        if resource is None:
            return None
        version = self._core.store.get(resource.table, resource.key(namespace, name))
        return None if version is None else version.obj

    def list(self, group: str, plural: str, namespace: str | None = None) -> Sequence[Mapping[str, Any]]:
        resource = self._core.registry.stored(group, plural)
        if resource is None:
            return ()
        return [version.obj for version in self._core.store.list(resource.table, namespace)]


@dataclass(slots=True)
class Outcome:
    """What a verb gives back: one object, as a stored version or as a value of its own.

    Attributes:
        code: the HTTP status.
        version: the object as stored; None when `obj` stands for it.
        obj: an object that is not stored (a dry run, a subresource's own kind, a Status), in the request's version.
        foreign: `obj` is not of the resource's kind.
    """

    code: int
    version: Version | None = None
    obj: JSONObject | None = None
    foreign: bool = False


@dataclass(slots=True)
class Listing:
    """What a list gives back."""

    versions: Sequence[Version]
    revision: int
    continue_: str = ""
    remaining: int | None = None
    code: int = 200
