"""/openapi/v2 and /openapi/v3: recorded documents of builtin groups, generated ones of custom groups.

Nothing is read from disk before somebody asks. The documents come without prose, so `kubectl explain` shows fields and types
but no descriptions for builtin kinds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol

import msgspec

from kubeclient.transport.protocol import Request, Response, header
from kubefake import data
from kubefake.resources.resource import Resource
from kubefake.wire.negotiate import JSON, parse_accept

from . import custom

__all__ = ["OpenAPI", "crd_schema"]

_NO_CACHE: Final = ("cache-control", "no-cache, private")
_V2_PROTOBUF: Final = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_V2_FORMS: Final = {JSON: JSON, _V2_PROTOBUF.replace("v2.v1", "v2@v1"): _V2_PROTOBUF, _V2_PROTOBUF: _V2_PROTOBUF}
_V3_PROTOBUF: Final = _V2_PROTOBUF.replace("v2.v1", "v3.v1")
_V3_FORMS: Final = {JSON: JSON, _V3_PROTOBUF.replace("v3.v1", "v3@v1"): _V3_PROTOBUF, _V3_PROTOBUF: _V3_PROTOBUF}
_FAR: Final = "Fri, 31 Dec 9999 23:59:59 UTC"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

Schemas = Callable[[Resource], Mapping[str, Any]]


class Resources(Protocol):
    """What this needs of a registry."""

    @property
    def changes(self) -> int: ...

    def __iter__(self) -> Any: ...

    def versions(self, group: str) -> list[str]: ...


def crd_schema(resource: Resource) -> Mapping[str, Any]:
    """The openAPIV3Schema that a custom resource was defined with: what its strategy's `openapi_schema` holds, or {}."""
    found: Mapping[str, Any] | None = getattr(resource.strategy, "openapi_schema", None)
    return found or {}


class OpenAPI:
    """Serves the documents of one registry.

    Args:
        schemas: gives the schema of a custom resource as its definition has it.
        title_version: what `info.version` says.
    """

    def __init__(self, registry: Resources, *, schemas: Schemas = crd_schema, title_version: str = "1.36") -> None:
        self._registry = registry
        self._schemas = schemas
        self._title_version = title_version
        self._recorded: dict[str, bytes] | None = None
        self._documents: dict[str, tuple[bytes, str]] = {}
        self._cached_at = -1

    def serve(self, request: Request, path: str) -> Response | None:
        """The answer to a path below /openapi; None when there is none. Any method is taken, as on the server."""
        if path == "/openapi/v2":
            return self._serve_v2(request)
        if path == "/openapi/v3":
            return self._index()
        if path.startswith("/openapi/v3/"):
            return self._serve_v3(request, path.removeprefix("/openapi/v3/"))
        return None

    # --- routes

    def _serve_v2(self, request: Request) -> Response:
        media = _offered(header(request.headers, "accept"), _V2_FORMS)
        if media is None:
            return Response(406, (_NO_CACHE,))
        form = self._cached("v2", self.v2) if media == JSON else self._cached("v2 protobuf", self._v2_protobuf)
        return _document(request, *form, (("vary", "Accept-Encoding"), ("vary", "Accept")), media=media)

    def _index(self) -> Response:
        entries = {}
        for path in self.paths():
            digest = self._cached(path, partial(self._v3, path))[1]
            entries[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
        headers = (_NO_CACHE, ("content-type", "text/plain; charset=utf-8"), ("accept-ranges", "bytes"))
        return Response(200, headers, _encode({"paths": entries}))

    def _serve_v3(self, request: Request, path: str) -> Response:
        if path not in self.paths():
            return Response(404, (_NO_CACHE,))
        media = _offered(header(request.headers, "accept"), _V3_FORMS)
        if media is None:
            return Response(406, (_NO_CACHE,))
        body, digest = self._cached(path, partial(self._v3, path))
        asked = next((value for key, value in request.query if key == "hash"), None)
        if asked is not None and asked != digest:
            where = ("location", f"/openapi/v3/{path}?hash={digest}")
            kind = ("content-type", "application/json")
            return Response(301, (_NO_CACHE, kind, ("etag", f'"{digest}"'), where, ("vary", "Accept")))
        # A URL that holds the document's hash never means anything else.
        cache = (("cache-control", "public, immutable"), ("expires", _FAR)) if asked else ()
        if media != JSON:
            body = self._cached(f"{path} protobuf", partial(self._v3_protobuf, path))[0]
        return _document(request, body, digest, (("vary", "Accept"),), cache, media=media)

    # --- documents

    def paths(self) -> list[str]:
        """The names of the v3 documents of what is served now."""
        served: dict[str, None] = {}
        for path in self._load():
            parts = path.split("/")
            if parts[0] == "apis" and len(parts) > 1:
                versions = self._registry.versions(parts[1])
                if not versions or (len(parts) > 2 and parts[2] not in versions):
                    continue
            served[path] = None
        served |= dict.fromkeys(f"apis/{r.group}/{r.version}" for r in self._registry if r.custom)
        return sorted(served)

    def v3(self, path: str) -> bytes | None:
        """The document of `api/v1` or `apis/<group>/<version>` and the like; None when there is none."""
        recorded = self._load().get(path)
        if recorded is not None:
            return recorded
        resources = [r for r in self._registry if r.custom and f"apis/{r.group}/{r.version}" == path]
        return _encode(self._custom_v3(resources)) if resources else None

    def _v3(self, path: str) -> bytes:
        return self.v3(path) or b"{}"

    def _v3_protobuf(self, path: str) -> bytes:
        from .gnostic3 import write_document3  # which few clients ask for

        return write_document3(_decode(self._v3(path)))

    def v2(self) -> bytes:
        """The one document of version 2."""
        recorded = data.read("openapi-v2.json.xz")
        resources = [resource for resource in self._registry if resource.custom]
        if not resources:
            return recorded
        document = _decode(recorded)
        for resource in resources:
            for name, schema in custom.definitions(resource, self._schemas(resource)).items():
                document["definitions"][name] = custom.to_v2_schema(schema)
            for path, item in custom.paths(resource).items():
                document["paths"][path] = custom.to_v2_path(item)
        return _encode(document)

    def _v2_protobuf(self) -> bytes:
        from .gnostic import write_document  # which few clients ask for

        return write_document(_decode(self.v2()))

    def _custom_v3(self, resources: list[Resource]) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        schemas: dict[str, Any] = {}
        for resource in resources:
            paths |= custom.paths(resource)
            schemas |= custom.definitions(resource, self._schemas(resource))
        shared = _decode(self._load()["apis/apps/v1"])["components"]["schemas"]
        _add_referenced({"paths": paths, "schemas": dict(schemas)}, shared, schemas)
        return {
            "openapi": "3.0.0",
            "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
            "paths": dict(sorted(paths.items())),
            "components": {"schemas": dict(sorted(schemas.items()))},
        }

    def _load(self) -> dict[str, bytes]:
        if self._recorded is None:
            lines = data.read("openapi-v3.jsonl.xz").splitlines()
            pairs = (line.partition(b"\t") for line in lines)
            self._recorded = {path.decode(): document for path, _, document in pairs}
        return self._recorded

    def _cached(self, key: str, make: Callable[[], bytes]) -> tuple[bytes, str]:
        """A document and its hash, made anew when the registry has changed."""
        if self._cached_at != self._registry.changes:
            self._documents.clear()
            self._cached_at = self._registry.changes
        found = self._documents.get(key)
        if found is None:
            body = make()
            found = self._documents[key] = body, hashlib.sha512(body).hexdigest().upper()
        return found


def _add_referenced(value: Any, available: Mapping[str, Any], chosen: dict[str, Any]) -> None:
    """Adds the shared schemas that something refers to, and those they refer to."""
    if isinstance(value, list):
        for item in value:
            _add_referenced(item, available, chosen)
    elif isinstance(value, dict):
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name in available and name not in chosen:
            chosen[name] = available[name]
            _add_referenced(available[name], available, chosen)
        for item in value.values():
            _add_referenced(item, available, chosen)


def _offered(accept: str | None, forms: Mapping[str, str]) -> str | None:
    """The media type to answer with: of the first clause that names one of the forms, each under its names; None: none."""
    for clause in parse_accept(accept or "*/*"):
        for name, media in forms.items():
            kind, _, subtype = name.partition("/")
            if clause.type in ("*", kind) and clause.subtype in ("*", subtype):
                return media
    return None


def _document(
    request: Request,
    body: bytes,
    digest: str,
    vary: tuple[tuple[str, str], ...],
    cache: tuple[tuple[str, str], ...] = (),
    media: str = JSON,
) -> Response:
    etag = f'"{digest}"'
    common = (*(cache or (_NO_CACHE,)), ("etag", etag), *vary)
    if header(request.headers, "if-none-match") == etag:
        return Response(304, common)
    return Response(200, (*common, ("accept-ranges", "bytes"), ("content-type", media)), body)
