"""What a client asked for, as client-go's tests read it: an action for each request, told by verb, resource and name.

`action_of` reads a request back into the call that made it. Values only: nothing here answers or keeps anything.
Ported from client-go testing/actions.go.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import unquote

from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind, GroupVersionResource
from kubeclient.transport.protocol import Request, header

__all__ = [
    "Action",
    "CreateAction",
    "DeleteAction",
    "DeleteCollectionAction",
    "GenericAction",
    "GetAction",
    "ListAction",
    "PatchAction",
    "ProxyGetAction",
    "UpdateAction",
    "WatchAction",
    "action_of",
    "rewritten",
]

T = TypeVar("T")

_MAGIC = b"k8s\0"
_OF_NAMESPACES = frozenset(("status", "finalize"))
_TRUE = frozenset(("1", "t", "T", "true", "TRUE", "True"))


@dataclass(kw_only=True)
class Action:
    """One call of a client.

    Attributes:
        verb: as RBAC spells it: "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection".
        resource: what was asked for; of discovery it is "group", "resource" or "version", of other paths the path itself.
        namespace: empty for the whole cluster.
        subresource: what follows the name: "status", or empty.
        options: the parameters of the call by their wire names.
    """

    verb: str
    resource: GroupVersionResource
    namespace: str = ""
    subresource: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def matches(self, verb: str, resource: str) -> bool:
        """Whether it is that verb on that resource ("pods", "pods/log"); capitals make no difference."""
        plural, _, subresource = resource.lower().partition("/")
        mine = (self.verb.lower(), self.resource.resource.lower(), self.subresource.lower())
        return mine == (verb.lower(), plural, subresource)

    def covered_by(self, resource: str) -> bool:
        """Whether a reactor for that resource hears of it: "*", "pods" (its subresources too), "pods/status"."""
        if resource in {"*", self.resource.resource}:
            return True
        plural, slash, subresource = resource.partition("/")
        return bool(slash) and (plural, subresource) == (self.resource.resource, self.subresource)

    def copied(self) -> Action:
        """An action of its own, that shares no object with this one."""
        return copy.deepcopy(self)


@dataclass(kw_only=True)
class GetAction(Action):
    """Reads one object."""

    verb: str = "get"
    name: str


@dataclass(kw_only=True)
class ListAction(Action):
    """Reads a collection. The selectors are text, as they were sent."""

    verb: str = "list"
    label_selector: str = ""
    field_selector: str = ""


@dataclass(kw_only=True)
class WatchAction(ListAction):
    """Follows a collection from a revision."""

    verb: str = "watch"
    resource_version: str = ""


@dataclass(kw_only=True)
class _Sending(Action):
    """What sends an object."""

    object: dict[str, Any]

    def as_(self, type_: type[T]) -> T:
        """The object as a model. Raises msgspec.ValidationError where it does not fit."""
        return json.convert(self.object, type_)


@dataclass(kw_only=True)
class CreateAction(_Sending):
    """Makes an object; `name` is that of the object a subresource belongs to, or empty."""

    verb: str = "create"
    name: str = ""


@dataclass(kw_only=True)
class UpdateAction(_Sending):
    """Replaces an object, or a subresource of it."""

    verb: str = "update"
    name: str


@dataclass(kw_only=True)
class PatchAction(Action):
    """Changes an object; `patch_type` is the media type, `patch` the bytes."""

    verb: str = "patch"
    name: str
    patch_type: str
    patch: bytes


@dataclass(kw_only=True)
class DeleteAction(Action):
    """Deletes an object; `delete_options` are those of the body."""

    verb: str = "delete"
    name: str
    delete_options: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class DeleteCollectionAction(ListAction):
    """Deletes what a list would show."""

    verb: str = "deletecollection"
    delete_options: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class ProxyGetAction(Action):
    """Reads through the proxy of a service, a pod or a node."""

    verb: str = "get"
    subresource: str = "proxy"
    scheme: str = ""
    name: str
    port: str = ""
    path: str = ""


@dataclass(kw_only=True)
class GenericAction(Action):
    """Any other call; `value` is what was sent."""

    value: Any = None


@dataclass(frozen=True)
class _Place:
    """Where a path of a resource leads."""

    resource: GroupVersionResource
    namespace: str = ""
    name: str = ""
    rest: tuple[str, ...] = ()


def action_of(request: Request, *, streams: bool = False) -> Action:
    """The call that a request came from. `streams`: the answer is read piece by piece, as a watch's is."""
    options = {key: value for key, value in request.query if not (key == "watch" and streams)}
    place = _place_of(request.path)
    if place is None:
        return _of_other_path(request, options)
    base: dict[str, Any] = {
        "resource": place.resource,
        "namespace": place.namespace,
        "subresource": "/".join(place.rest),
        "options": options,
    }
    if place.rest[:1] == ("proxy",) and request.method == "GET":
        return _proxied(place, options)
    selectors: dict[str, Any] = {
        "label_selector": options.get("labelSelector", ""),
        "field_selector": options.get("fieldSelector", ""),
    }
    method, name = request.method, place.name
    if method == "GET" and not name:
        if streams or options.get("watch") in _TRUE:
            return WatchAction(**base, **selectors, resource_version=options.get("resourceVersion", ""))
        return ListAction(**base, **selectors)
    if method in {"GET", "HEAD"}:
        return GetAction(**base, name=name)
    if method == "DELETE":
        sent = _read(request) if request.body else {}
        if not name:
            return DeleteCollectionAction(**base, **selectors, delete_options=sent)
        return DeleteAction(**base, name=name, delete_options=sent)
    if method == "PATCH":
        content_type = header(request.headers, "content-type") or ""
        return PatchAction(**base, name=name, patch_type=content_type, patch=request.body or b"")
    if method == "PUT":
        return UpdateAction(**base, name=name, object=_read(request))
    if method == "POST":
        return CreateAction(**base, name=name, object=_read(request))
    return GenericAction(verb=method.lower(), **base, value=request.body)


def rewritten(request: Request, before: Action, after: Action) -> Request:
    """The request, with what a reactor changed of the object it carries."""
    if isinstance(after, _Sending) and isinstance(before, _Sending) and after.object != before.object:
        headers = [(key, value) for key, value in request.headers if key != "content-type"]
        headers.append(("content-type", "application/json"))
        return replace(request, headers=headers, body=json.encode(after.object))
    if isinstance(after, PatchAction) and isinstance(before, PatchAction) and after.patch != before.patch:
        return replace(request, body=after.patch)
    return request


def _place_of(path: str) -> _Place | None:
    """Where a path leads, or None when it is no resource's."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts[0] == "api" and len(parts) > 2:
        group, version, *rest = "", *parts[1:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, *rest = parts[1:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and not (len(rest) == 3 and rest[2] in _OF_NAMESPACES):
        namespace, rest = rest[1], rest[2:]
    name = rest[1] if len(rest) > 1 else ""
    return _Place(GroupVersionResource(group, version, rest[0]), namespace, name, tuple(rest[2:]))


def _proxied(place: _Place, options: dict[str, str]) -> ProxyGetAction:
    """Names of what is proxied are `name`, `name:port` or `scheme:name:port`."""
    parts = place.name.split(":")
    scheme, name, port = parts if len(parts) == 3 else ("", *parts, "")[:3]
    return ProxyGetAction(
        resource=place.resource,
        namespace=place.namespace,
        scheme=scheme,
        name=name,
        port=port,
        path="/".join(place.rest[1:]),
        options=options,
    )


def _of_other_path(request: Request, options: dict[str, str]) -> Action:
    """Discovery is told as client-go's fake tells it; everything else by its path."""
    parts = request.path.strip("/").split("/")
    what = request.path
    if parts == ["version"]:
        what = "version"
    elif parts in (["api"], ["apis"]) or (parts[0] == "apis" and len(parts) == 2):
        what = "group"
    elif parts[0] in {"api", "apis"}:
        what = "resource"
    verb = "get" if request.method == "GET" else request.method.lower()
    return GenericAction(verb=verb, resource=GroupVersionResource("", "", what), options=options, value=request.body)


def _read(request: Request) -> dict[str, Any]:
    """The object in a body, whatever wire format it has."""
    body = request.body or b"{}"
    if body[:4] == _MAGIC:
        return _read_protobuf(body)
    value = json.decode(body, Any)
    return value if isinstance(value, dict) else {"value": value}


def _read_protobuf(body: bytes) -> dict[str, Any]:
    from kubeclient.api import scheme  # both are loaded for those who speak protobuf
    from kubeclient.apimachinery.protobuf import unwrap

    from .protobuf_decode import decode_message

    envelope = unwrap(body)
    model = scheme.type_for(GroupVersionKind.from_api_version(envelope.api_version, envelope.kind))
    read: dict[str, Any] = json.decode(json.encode(decode_message(model, envelope.raw)), dict[str, Any])
    return {"apiVersion": envelope.api_version, "kind": envelope.kind, **read}
