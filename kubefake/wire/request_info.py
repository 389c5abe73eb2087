"""What a request asks for, read from its method, path and query, before any resource is looked up.

The rules are those of k8s.io/apiserver/pkg/endpoints/request/requestinfo.go: they know paths, not what is served. Whether
the resource exists, and whether the verb is allowed on it, is decided by the pipeline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from kubeclient.transport.protocol import QueryList

__all__ = ["RequestInfo", "RequestInfoReader", "is_true", "read_request_info"]

_VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_NAMESPACE_SUBRESOURCES = frozenset({"status", "finalize"})
_PREFIXES = frozenset({"api", "apis"})
_NAME_SELECTOR = re.compile(r"(?:^|,)\s*metadata\.name\s*==?((?:[^=,\\]|\\.)(?:[^,\\]|\\.)*)")
_ESCAPED = re.compile(r"\\(.?)")


@dataclass(slots=True, eq=False)
class RequestInfo:
    """What a path means. Instances are shared between requests: nobody changes them.

    Attributes:
        path: the decoded path.
        verb: get, list, watch, create, update, patch, delete, deletecollection, proxy; "" for a method without a verb; for
            what is no resource request, the method in lower case.
        is_resource_request: the path names a resource of an API group; the fields below are empty if not.
        parts: resource, name, subresource and what follows it, as far as the path goes.
        has_namespace: the path has a `namespaces/…` segment before the resource, even with an empty name.
        legacy_verb: the path has the old `watch/` or `proxy/` prefix.
    """

    path: str
    verb: str
    is_resource_request: bool = False
    api_prefix: str = ""
    group: str = ""
    version: str = ""
    namespace: str = ""
    resource: str = ""
    name: str = ""
    subresource: str = ""
    parts: tuple[str, ...] = ()
    has_namespace: bool = False
    legacy_verb: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


def is_true(value: str) -> bool:
    """A boolean query parameter as the server's parameter codec reads it: all but `0` and `false` is true, "" too."""
    return value.lower() not in ("0", "false")


def read_request_info(method: str, path: str) -> RequestInfo:
    """The meaning of a percent-encoded path; a collection's GET is a list until a query says otherwise."""
    decoded = unquote(path, errors="surrogateescape") if "%" in path else path
    info = RequestInfo(decoded, method.lower())
    parts = decoded.strip("/").split("/")
    if len(parts) < 3 or parts[0] not in _PREFIXES or decoded.startswith("//"):
        return info
    info.api_prefix = parts[0]
    at = 1
    if info.api_prefix == "apis":
        if len(parts) < 4:
            return info
        info.group = parts[1]
        at = 2
    info.is_resource_request = True
    info.version = parts[at]
    parts = parts[at + 1 :]
    if parts[0] in ("watch", "proxy"):
        if len(parts) < 2:
            info.is_resource_request = False
            return info
        info.verb, info.legacy_verb = parts[0], True
        parts = parts[1:]
    else:
        info.verb = _VERBS.get(method, "")
    _read_parts(info, parts)
    if not info.name and not info.legacy_verb:
        info.verb = {"get": "list", "delete": "deletecollection"}.get(info.verb, info.verb)
    return info


def _read_parts(info: RequestInfo, parts: list[str]) -> None:
    if parts[0] == "namespaces" and len(parts) > 1:
        info.namespace = parts[1]
        # `namespaces/x/status` is about the namespace itself, `namespaces/x/pods` about what is in it.
        if len(parts) > 2 and parts[2] not in _NAMESPACE_SUBRESOURCES:
            parts = parts[2:]
            info.has_namespace = True
    info.parts = tuple(parts)
    info.resource = parts[0]
    if len(parts) > 1:
        info.name = parts[1]
    if len(parts) > 2 and not (info.legacy_verb and info.verb == "proxy"):
        info.subresource = parts[2]


class RequestInfoReader:
    """Reads request infos and remembers them: a cluster is asked for few paths, many times.

    Holds at most `bound` paths; at the bound it forgets them all, which costs a few microseconds for each path once.
    """

    __slots__ = ("_bound", "_known")

    def __init__(self, bound: int = 4096) -> None:
        self._bound = bound
        self._known: dict[tuple[str, str], RequestInfo] = {}

    def __call__(self, method: str, path: str, query: QueryList = ()) -> RequestInfo:
        info = self._known.get((method, path))
        if info is None:
            info = read_request_info(method, path)
            if len(self._known) >= self._bound:
                self._known.clear()
            self._known[method, path] = info
        if query and info.verb == "list" and info.is_resource_request:
            return self._with_query(info, path, query)
        return info

    def _with_query(self, info: RequestInfo, path: str, query: QueryList) -> RequestInfo:
        """A list may be a watch, and a selector for one name names it, which is what authorisation looks at."""
        watch, selector = None, None
        for key, value in query:
            if key == "watch" and watch is None:
                watch = is_true(value)
            elif key == "fieldSelector" and selector is None:
                selector = value
        if watch:
            known = self._known.get(("WATCH", path))
            if known is None:
                known = self._known["WATCH", path] = replace(info, verb="watch")
            info = known
        if selector and "metadata.name" in selector and not info.name:
            match = _NAME_SELECTOR.search(selector)
            if match and all(char and char in "\\,=" for char in _ESCAPED.findall(selector)):
                name = _ESCAPED.sub(r"\1", match[1]).strip()
                if "/" not in name and "%" not in name:
                    return replace(info, name=name)
        return info
