"""The parts that a request is put together from, one call at a time, and the path and query they come to.

The first mistake sticks: what is said after it changes nothing, and it is raised when the request is sent. Nothing here
sends anything. Ported from client-go rest/request.go.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import msgspec

from kubeclient.apimachinery import json
from kubeclient.apimachinery.durations import Duration
from kubeclient.machines.request import path_segment_problems
from kubeclient.transport.protocol import HeaderList, QueryList

__all__ = ["RequestParts", "join_path"]

_SAFE = "/$&+,:;=@~"


def join_path(*parts: str) -> str:
    """Parts joined by slashes and cleaned: no empty ones, no `.` and `..`, no slash at the end. Go: path.Join."""
    joined = "/".join(part for part in parts if part)
    if not joined:
        return ""
    return posixpath.normpath(joined).replace("//", "/")


class RequestParts:
    """The parts of one request to one group and version.

    Args:
        verb: the HTTP method.
        root: where the group and version are served: "/apis/apps/v1". A path of the server's URL stands before it later.
    """

    def __init__(self, verb: str, root: str = "/") -> None:
        self._verb = verb
        self._prefix = join_path("/", root)
        self._namespace: str | None = None
        self._resource = ""
        self._name = ""
        self._subresource = ""
        self._suffix = ""
        self._params: dict[str, list[str]] = {}
        self._headers: dict[str, tuple[str, ...]] = {}
        self._timeout: float | None = None
        self._error: Exception | None = None

    @property
    def error(self) -> Exception | None:
        """The first mistake, if there is one."""
        return self._error

    def _fail(self, text: str) -> Self:
        self._error = ValueError(text)
        return self

    def _checked(self, what: str, value: str) -> bool:
        problems = path_segment_problems(value)
        if problems:
            self._fail(f'invalid {what} "{value}": [{" ".join(problems)}]')
        return not problems

    def verb(self, verb: str) -> Self:
        """Sets the HTTP method."""
        self._verb = verb
        return self

    def prefix(self, *segments: str) -> Self:
        """Adds segments before the namespace."""
        if self._error is None:
            self._prefix = join_path(self._prefix, *segments)
        return self

    def suffix(self, *segments: str) -> Self:
        """Adds segments at the end of the path."""
        if self._error is None:
            self._suffix = join_path(self._suffix, *segments)
        return self

    def resource(self, resource: str) -> Self:
        """Sets the resource."""
        if self._error is not None:
            return self
        if self._resource:
            return self._fail(f'resource already set to "{self._resource}", cannot change to "{resource}"')
        if self._checked("resource", resource):
            self._resource = resource
        return self

    def subresource(self, *subresources: str) -> Self:
        """Sets what is below the named object, in one or several segments."""
        if self._error is not None:
            return self
        whole = join_path(*subresources)
        if self._subresource:
            return self._fail(f'subresource already set to "{self._subresource}", cannot change to "{whole}"')
        if all(self._checked("subresource", one) for one in subresources):
            self._subresource = whole
        return self

    def name(self, name: str) -> Self:
        """Sets the name of the object."""
        if self._error is not None:
            return self
        if not name:
            return self._fail("resource name may not be empty")
        if self._name:
            return self._fail(f'resource name already set to "{self._name}", cannot change to "{name}"')
        if self._checked("resource name", name):
            self._name = name
        return self

    def namespace(self, namespace: str) -> Self:
        """Sets the namespace; an empty one is all of them, and is set too."""
        if self._error is not None:
            return self
        if self._namespace is not None:
            return self._fail(f'namespace already set to "{self._namespace}", cannot change to "{namespace}"')
        if self._checked("namespace", namespace):
            self._namespace = namespace
        return self

    def namespace_if_scoped(self, namespace: str, scoped: bool) -> Self:
        """Sets the namespace of a resource that has one."""
        return self.namespace(namespace) if scoped else self

    def abs_path(self, *segments: str) -> Self:
        """Puts another path in the place of the root and of prefixes; a single segment keeps its slash at the end."""
        if self._error is None:
            path = join_path("/", *segments)
            if len(segments) == 1 and len(segments[0]) > 1 and segments[0].endswith("/"):
                path += "/"
            self._prefix = path
        return self

    def request_uri(self, uri: str) -> Self:
        """Puts a path and a query as they stand in a URI in the place of those that are set."""
        if self._error is not None:
            return self
        try:
            parts = urlsplit(uri)
        except ValueError as error:
            return self._fail(f'parse "{uri}": {error}')
        self.abs_path(unquote(parts.path))
        self._params = {}
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            self._params.setdefault(key, []).append(value)
        return self

    def param(self, name: str, value: str) -> Self:
        """Adds a query parameter; one that is there stays beside it."""
        if self._error is None:
            self._params.setdefault(name, []).append(value)
        return self

    def versioned_params(self, options: Mapping[str, Any] | msgspec.Struct) -> Self:
        """Adds the fields of options, by their names in the API, as parameters; what is empty is left out.

        `options` are a model (ListOptions, PodLogOptions …) or a mapping of such names.
        """
        if self._error is not None:
            return self
        fields = options if isinstance(options, Mapping) else json.to_builtins(options)
        if not isinstance(fields, Mapping):
            return self._fail(f"options cannot be query parameters: {type(options).__name__}")
        for key, value in fields.items():
            if key in {"kind", "apiVersion"}:
                continue
            for one in value if isinstance(value, list | tuple) else [value]:
                text = _text(one)
                if text is None:
                    return self._fail(f'option "{key}" cannot be a query parameter: {type(one).__name__}')
                if text:
                    self.param(key, text)
        return self

    def set_header(self, name: str, *values: str) -> Self:
        """Sets a header, in the place of all its values so far; without values it goes."""
        self._headers.pop(name.lower(), None)
        if values:
            self._headers[name.lower()] = values
        return self

    def timeout(self, seconds: float) -> Self:
        """Limits the request, all its attempts together; the server is told too."""
        if self._error is None:
            self._timeout = seconds or None
        return self

    @property
    def path(self) -> str:
        """The path so far, percent-encoded, without what stands before it in the server's URL."""
        path = self._prefix
        if self._namespace:
            path = join_path(path, "namespaces", self._namespace)
        if self._resource:
            path = join_path(path, self._resource.lower())
        if self._name or self._suffix or self._subresource:
            path = join_path(path, self._name, self._subresource, self._suffix)
        return quote(path, safe=_SAFE)

    @property
    def query(self) -> QueryList:
        """The query so far, by names."""
        params = dict(self._params)
        if self._timeout is not None:
            params["timeout"] = [str(Duration.from_seconds(self._timeout))]
        return [(key, value) for key in sorted(params) for value in params[key]]

    @property
    def headers(self) -> HeaderList:
        """The headers so far."""
        return [(name, value) for name, values in self._headers.items() for value in values]

    def preflight(self) -> Exception | None:
        """Why the request may not be sent: the first mistake, or a namespace that is set and empty where it must not be."""
        if self._error is not None or self._namespace != "":
            return self._error
        if self._verb == "POST":
            return ValueError("an empty namespace may not be set during creation")
        if self._verb in {"GET", "PUT", "DELETE"} and self._name:
            return ValueError("an empty namespace may not be set when a resource name is provided")
        return None


def _text(value: object) -> str | None:
    """A value as a query has it, empty for Go's zero values; None for what has no such form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, int):
        return str(value) if value else ""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return json.encode(value).decode() if value else ""
    return None
