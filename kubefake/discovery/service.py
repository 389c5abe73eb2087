"""Everything a server tells about itself: groups, version, health, metrics, OpenAPI. Asked before any resource is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from kubeclient.transport.protocol import Request, Response, header
from kubefake import data
from kubefake.openapi.service import OpenAPI
from kubefake.ports import Signer
from kubefake.wire import status
from kubefake.wire.negotiate import JSON, Negotiator, check_produces, wants_pretty
from kubefake.wire.request_info import RequestInfo

from . import documents
from .documents import Resources
from .health import Health
from .metrics import Metrics

__all__ = ["Discovery", "ServerVersion"]

_encode = msgspec.json.Encoder().encode
_TEXT: Final = ("cache-control", "no-cache, private")
_DISCOVERY: Final = ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_KEY_SET: Final = "application/jwk-set+json"


@dataclass(frozen=True, slots=True)
class ServerVersion:
    """What /version says."""

    major: str = "1"
    minor: str = "36"
    git_version: str = "v1.36.3"
    platform: str = "linux/amd64"

    def document(self) -> dict[str, str]:
        return {
            "major": self.major,
            "minor": self.minor,
            "emulationMajor": self.major,
            "emulationMinor": self.minor,
            "minCompatibilityMajor": self.major,
            "minCompatibilityMinor": str(int(self.minor) - 1),
            "gitVersion": self.git_version,
            "gitCommit": "$Format:%H$",
            "gitTreeState": "",
            "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": "go1.26.8",
            "compiler": "gc",
            "platform": self.platform,
        }


class Discovery:
    """Answers for the paths that are not about objects.

    Args:
        registry: what is served; documents follow it as it changes.
        version: of the server that is played.
        address: host and port that /api tells clients.
        issuer: of service account tokens.
        signer: the key of those tokens; without one, none is told.
    """

    def __init__(
        self,
        registry: Resources,
        *,
        negotiator: Negotiator | None = None,
        version: ServerVersion | None = None,
        address: str = "127.0.0.1:6443",
        issuer: str = "https://kubernetes.default.svc.cluster.local",
        health: Health | None = None,
        metrics: Metrics | None = None,
        openapi: OpenAPI | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._registry = registry
        self._negotiator = negotiator or Negotiator()
        self._version = version or ServerVersion()
        self._address = address
        self._issuer = issuer
        self._signer = signer
        self.health = health or Health()
        self.metrics = metrics or Metrics()
        self.openapi = openapi or OpenAPI(registry, title_version=f"{self._version.major}.{self._version.minor}")
        self._cache: dict[object, Any] = {}
        self._cached_at = -1

    def serve(self, request: Request, info: RequestInfo) -> Response | None:
        """The answer, or None when the path is about a resource.

        Raises:
            StatusError: the method or the representation is not offered.
        """
        if info.is_resource_request:
            return None
        response = self._serve(request, info.path or "/")
        if request.method == "HEAD":
            response.body = b""
        return response

    def unknown(self, info: RequestInfo) -> Response:
        """The answer to a resource path that the registry does not know.

        Raises:
            NotFound: the group is a builtin one, whose answer is a Status; for any other it is text.
        """
        group = info.group
        known = (
            info.is_resource_request and group in self._registry.groups() and bool(group) == (info.api_prefix == "apis")
        )
        builtin = known and not documents.is_custom_group(self._registry, group)
        if builtin:
            raise status.not_found_path()
        return status.not_found_text()

    # --- routes

    def _serve(self, request: Request, path: str) -> Response:
        if path in ("/", "/index.html"):
            return status.json_response(200, self._cached("paths", self._paths), pretty=True)
        first = path.split("/", 2)[1]
        if first in ("api", "apis"):
            return self._groups(request, path)
        if first in ("healthz", "livez", "readyz"):
            return self.health.serve(path, request.query) or status.not_found_text()
        if first == "openapi":
            return self.openapi.serve(request, path) or status.not_found_text()
        return self._special(request, path)

    def _special(self, request: Request, path: str) -> Response:
        route = path.rstrip("/")
        if route == "/version":
            _only_get(request)
            check_produces(header(request.headers, "accept"), produces=(JSON,))
            return status.json_response(200, _encode(self._version.document()), pretty=True)
        if route.startswith("/version/"):
            raise status.not_found_path()
        if path == "/metrics":
            content = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
            return Response(200, (_TEXT, ("content-type", content)), self.metrics.render().encode())
        if route == "/.well-known/openid-configuration":
            return self._openid(request, JSON, self._openid_configuration())
        if route == "/openid/v1/jwks":
            keys = [] if self._signer is None else [self._signer.public_key()]
            return self._openid(request, _KEY_SET, {"keys": keys})
        if path in ("/flagz", "/statusz", "/metrics/slis", "/debug/pprof", "/debug/pprof/"):
            raise status.not_implemented(path)
        return status.not_found_text()

    def _openid(self, request: Request, media: str, document: dict[str, Any]) -> Response:
        _only_get(request)
        check_produces(header(request.headers, "accept"), produces=(media,))
        headers = (("cache-control", "public, max-age=3600"), ("content-type", media))
        return Response(200, headers, _encode(document))

    def _openid_configuration(self) -> dict[str, Any]:
        return {
            "issuer": self._issuer,
            "jwks_uri": f"https://{self._address}/openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256" if self._signer is None else self._signer.algorithm],
        }

    def _groups(self, request: Request, path: str) -> Response:
        """The api and apis trees, down to group and version."""
        if path == "/apis//":
            return status.not_found_text()
        parts = path.strip("/").split("/")
        if parts == ["api"]:
            _only_get(request)
            check_produces(header(request.headers, "accept"))
            return self._root(request, core=True)
        if parts == ["apis"]:
            if path == "/apis/":  # only the path without the slash has the aggregated form
                return self._plain(request, documents.api_group_list)
            return self._root(request, core=False)
        if parts[0] == "apis" and len(parts) == 2:
            if path.endswith("//"):  # which only the stricter of the server's two routers takes
                _only_get(request)
                check_produces(header(request.headers, "accept"))
            return self._plain(request, documents.api_group, parts[1])
        depth = 3 if parts[0] == "apis" else 2
        if len(parts) > depth:
            return status.bad_kind_path(path)
        group, version = (parts[1], parts[2]) if depth == 3 else ("", parts[1])
        known = group in self._registry.groups()
        if not known:
            return status.not_found_text()
        custom = documents.is_custom_group(self._registry, group)
        if version not in self._registry.versions(group):
            if custom:
                return status.not_found_text()
            raise status.not_found_path()
        if not custom:
            _only_get(request)
            check_produces(header(request.headers, "accept"))
        return self._plain(request, documents.api_resource_list, group, version)

    def _root(self, request: Request, *, core: bool) -> Response:
        media = self._negotiator.discovery(header(request.headers, "accept"))
        if media.kind:
            return self._aggregated(request, media.type, core=core)
        if core:
            where = [{"clientCIDR": "0.0.0.0/0", "serverAddress": self._address}]
            document = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": where}
            return status.json_response(
                200, _encode(document), media, pretty=wants_pretty(request.query, request.headers)
            )
        return self._plain(request, documents.api_group_list)

    def _aggregated(self, request: Request, media_type: str, *, core: bool) -> Response:
        def render() -> tuple[bytes, str]:
            text = _encode(documents.aggregated(self._registry, core=core))
            return text, f'"{hashlib.sha512(text).hexdigest().upper()}"'

        body, etag = self._cached(("aggregated", core), render)
        headers = (("cache-control", "public"), ("etag", etag), ("vary", "Accept"))
        if header(request.headers, "if-none-match") == etag:
            return Response(304, headers)
        content = body + b"\n" if media_type == JSON else status.to_yaml(body)
        return Response(200, (*headers, ("content-type", media_type + _DISCOVERY)), content)

    def _plain(self, request: Request, make: Callable[..., Any], *names: str) -> Response:
        """A document with one form only, as it was made since the registry last changed."""
        body = self._cached((make, names), lambda: make(self._registry, *names))
        if body is None:
            return status.not_found_text()
        media = self._negotiator.plain(header(request.headers, "accept"))
        return status.json_response(200, _encode(body), media, pretty=wants_pretty(request.query, request.headers))

    def _cached(self, key: object, make: Callable[[], Any]) -> Any:
        """Remembers what `make` gives until the registry changes; at most a few entries for each group and version."""
        if self._cached_at != self._registry.changes:
            self._cache.clear()
            self._cached_at = self._registry.changes
        if key not in self._cache:
            value = make()
            if value is None:  # paths that name nothing are without number
                return None
            self._cache[key] = value
        return self._cache[key]

    def _paths(self) -> bytes:
        paths = dict.fromkeys(p for p in data.load("paths.json") if not p.startswith("/apis/"))
        for group in self._registry.groups():
            if group:
                paths[f"/apis/{group}"] = None
                paths |= dict.fromkeys(f"/apis/{group}/{version}" for version in self._registry.versions(group))
        return _encode({"paths": sorted(("/apis/", *paths))})


def _only_get(request: Request) -> None:
    if request.method != "GET":
        raise status.method_not_allowed()
