"""Request building: where a resource lives, which names may stand in a path, which headers a request carries.

Pure values in, pure values out: a path is text, a header list is a tuple that is made once and shared by every request.
Nothing here sends anything. Ported from client-go rest/request.go and k8s.io/apimachinery/pkg/api/validation/path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionResource
from kubeclient.transport.protocol import HeaderList

__all__ = [
    "APPLY_PATCH",
    "JSON",
    "JSON_PATCH",
    "MERGE_PATCH",
    "METADATA",
    "METADATA_LIST",
    "PROTOBUF",
    "PROTOBUF_FIRST",
    "STRATEGIC_MERGE_PATCH",
    "RequestHeaders",
    "ResourcePath",
    "api_root",
    "check_name",
    "check_namespace",
    "check_resource",
    "check_subresource",
    "default_user_agent",
    "patch_content_type",
    "path_segment_problems",
    "proxy_name",
]

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
PROTOBUF_FIRST = f"{PROTOBUF},{JSON}"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

_MAGIC = b"k8s\0"

# Characters that Go's url.URL leaves alone in a path segment.
_SEGMENT_SAFE = "$&+,:;=@~"
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9._:-]*").fullmatch


def path_segment_problems(name: str) -> list[str]:
    """Why a name cannot be one segment of a URL path; empty when it can. Go: path.IsValidPathSegmentName."""
    if name in {".", ".."}:
        return [f"may not be '{name}'"]
    return [f"may not contain '{part}'" for part in ("/", "%") if part in name]


def _checked(what: str, value: str) -> str:
    """The value as it goes into a path. Raises ValueError with client-go's text."""
    problems = path_segment_problems(value)
    if problems:
        raise ValueError(f'invalid {what} "{value}": [{" ".join(problems)}]')
    return quote(value, safe=_SEGMENT_SAFE)


def check_name(name: str) -> str:
    """The name of an object, percent-encoded. Raises ValueError when it cannot stand in a path or is empty."""
    if _PLAIN_SEGMENT(name):
        return name
    if not name:
        raise ValueError("resource name may not be empty")
    return _checked("resource name", name)


def check_namespace(namespace: str) -> str:
    """A namespace, percent-encoded. Raises ValueError when it cannot stand in a path."""
    return namespace if _PLAIN_SEGMENT(namespace) else _checked("namespace", namespace)


def check_resource(resource: str) -> str:
    """A resource, in lower case, percent-encoded. Raises ValueError when it cannot stand in a path."""
    return resource if _PLAIN_SEGMENT(resource) and resource.islower() else _checked("resource", resource).lower()


def check_subresource(subresource: str) -> str:
    """One segment of a subresource, percent-encoded. Raises ValueError when it cannot stand in a path."""
    return subresource if _PLAIN_SEGMENT(subresource) else _checked("subresource", subresource)


def api_root(group: str, version: str) -> str:
    """The path under which a group version is served: `/api/v1`, `/apis/apps/v1`."""
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


@dataclass(frozen=True, slots=True)
class ResourcePath:
    """Where the objects of one resource live. Made once per resource; the paths below are text pasting."""

    group: str
    version: str
    resource: str
    root: str = field(init=False)
    group_resource: GroupResource = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", api_root(self.group, self.version))
        object.__setattr__(self, "group_resource", GroupResource(self.group, self.resource))

    @property
    def group_version(self) -> GroupVersion:
        return GroupVersion(self.group, self.version)

    @property
    def group_version_resource(self) -> GroupVersionResource:
        return GroupVersionResource(self.group, self.version, self.resource)

    def collection(self, namespace: str) -> str:
        """The path of a list; an empty namespace is the whole cluster."""
        if namespace:
            return f"{self.root}/namespaces/{check_namespace(namespace)}/{check_resource(self.resource)}"
        return f"{self.root}/{check_resource(self.resource)}"

    def item(self, namespace: str, name: str, *subresources: str) -> str:
        """The path of an object or of something below it."""
        parts = [self.collection(namespace), check_name(name), *map(check_subresource, subresources)]
        return "/".join(parts)


_PATCH_TYPES = {
    "json": JSON_PATCH,
    "merge": MERGE_PATCH,
    "strategic": STRATEGIC_MERGE_PATCH,
    "apply": APPLY_PATCH,
}


def patch_content_type(patch: object, patch_type: str | None) -> str:
    """The content type of a patch: named, or told by its form. Raises ValueError or TypeError when it is neither."""
    if patch_type is not None:
        content_type = _PATCH_TYPES.get(patch_type, patch_type)
        if "/" not in content_type:
            raise ValueError(
                f'unknown patch type "{patch_type}": use one of {", ".join(_PATCH_TYPES)} or a content type'
            )
        return content_type
    if isinstance(patch, Mapping):
        return MERGE_PATCH
    if isinstance(patch, bytes | str):
        raise TypeError("a patch of text or bytes needs patch_type")
    return JSON_PATCH


def proxy_name(scheme: str, name: str, port: str) -> str:
    """`[scheme:]name[:port]`, the name under which the proxy subresources address a port. Go: JoinSchemeNamePort."""
    if scheme:
        return f"{scheme}:{name}:{port}"
    return f"{name}:{port}" if port else name


def default_user_agent(command: str, *, version: str, os: str, arch: str, commit: str = "") -> str:
    """The user agent that client-go would send: `binary/version (os/arch) kubernetes/commit`; unknown parts say so."""
    binary = command.replace("\\", "/").rsplit("/", 1)[-1] or "unknown"
    short = version.split("-", 1)[0] or "unknown"
    return f"{binary}/{short} ({os or 'unknown'}/{arch or 'unknown'}) kubernetes/{commit[:7] or 'unknown'}"


class RequestHeaders:
    """The header lists of one client, made once: a request without a body and one with a body of each content type."""

    __slots__ = ("_accept", "_user_agent", "_with_body", "bare", "json")

    def __init__(self, *, user_agent: str = "", accept: str = JSON) -> None:
        self._user_agent = user_agent
        self._accept = accept
        self.bare: HeaderList = self._make(None)
        self.json: HeaderList = self._make(JSON)
        self._with_body: dict[str, HeaderList] = {JSON: self.json}

    def _make(self, content_type: str | None) -> HeaderList:
        pairs = [("accept", self._accept)]
        if self._user_agent:
            pairs.append(("user-agent", self._user_agent))
        if content_type is not None:
            pairs.append(("content-type", content_type))
        return tuple(pairs)

    def body(self, content_type: str) -> HeaderList:
        """The headers of a request with a body of that content type."""
        headers = self._with_body.get(content_type)
        if headers is None:
            headers = self._with_body[content_type] = self._make(content_type)
        return headers

    def of(self, body: bytes) -> HeaderList:
        """The headers of a request with that body, which is JSON or protobuf."""
        return self.body(PROTOBUF) if body[:4] == _MAGIC else self.json

    def accepting(self, accept: str) -> RequestHeaders:
        """The same client asking for another representation."""
        return RequestHeaders(user_agent=self._user_agent, accept=accept)
