# generated from kubeclient/_async/openapi3.py by .ci/twin.py, do not edit
"""The schemas of a server, OpenAPI v3: which group versions have one, and the documents.

Ported from client-go openapi, openapi/cached and openapi3.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.machines.discovery import GroupVersionNotFoundError

from .rest_client import RESTClient

__all__ = [
    "CachedOpenAPIV3Client",
    "OpenAPIV3Client",
    "OpenAPIV3Root",
    "group_version_to_path",
    "path_to_group_version",
]

_JSON = "application/json"
_ROOT = "/openapi/v3"


def group_version_to_path(group_version: GroupVersion) -> str:
    """Under which key the index has a group version: `apis/apps/v1`, `api/v1`."""
    if group_version.group:
        return f"apis/{group_version.group}/{group_version.version}"
    return f"api/{group_version.version}"


def path_to_group_version(path: str) -> GroupVersion:
    """The group version of a key of the index. Raises ValueError for a key of something else."""
    parts = path.split("/")
    if len(parts) < 2 or parts[0] not in ("api", "apis"):
        raise ValueError(f"Unable to parse api relative path: {path}")
    if parts[0] == "api":
        return GroupVersion("", parts[1])
    if len(parts) < 3:
        raise ValueError("Group without Version not allowed")
    return GroupVersion(parts[1], parts[2])


class OpenAPIV3Client:
    """Asks for the index of schemas, and for schemas. Remembers nothing."""

    def __init__(self, rest: RESTClient) -> None:
        self._rest = rest

    def paths(self) -> dict[str, str]:
        """Where each document is: from `apis/apps/v1` to a URL of the server, with the hash of what it says now."""
        index: dict[str, Any] = msgspec.json.decode(self._rest.get(_ROOT))
        return {path: str(item.get("serverRelativeURL", "")) for path, item in (index.get("paths") or {}).items()}

    def document(self, url: str, *, accept: str = _JSON) -> bytes:
        """The document at a URL of `paths`, in a form that the server has.

        A URL is relative to the server, and the server's own address may have a path: what the URL has before
        `/openapi/v3` is that path.
        """
        parts = urlsplit(url)
        path = parts.path[max(0, parts.path.find(_ROOT)) :]
        return self._rest.get(path, parse_qsl(parts.query), accept=accept)

    def schema(self, path: str, *, accept: str = _JSON) -> bytes:
        """The document of a key of `paths`, in a form that the server has. Raises LookupError for what is no key."""
        url = (self.paths()).get(path)
        if url is None:
            raise LookupError(f"{path} has no OpenAPI V3 document")
        return self.document(url, accept=accept)


class CachedOpenAPIV3Client(OpenAPIV3Client):
    """Asks once for the index and for each document in each form, and answers with the same ever after, errors too."""

    def __init__(self, rest: RESTClient) -> None:
        super().__init__(rest)
        self._index: dict[str, str] | Exception | None = None
        self._documents: dict[tuple[str, str], bytes | Exception] = {}

    def invalidate(self) -> None:
        """Forgets everything."""
        self._index = None
        self._documents = {}

    def paths(self) -> dict[str, str]:
        """Where each document is, as the server said first."""
        if self._index is None:
            try:
                self._index = super().paths()
            except Exception as error:
                self._index = error
                raise
        if isinstance(self._index, Exception):
            raise self._index.with_traceback(None)
        return self._index

    def document(self, url: str, *, accept: str = _JSON) -> bytes:
        """The document at a URL of `paths`, as the server sent it first."""
        known = self._documents.get((url, accept))
        if known is None:
            try:
                known = self._documents[url, accept] = super().document(url, accept=accept)
            except Exception as error:
                self._documents[url, accept] = error
                raise
        if isinstance(known, Exception):
            raise known.with_traceback(None)
        return known


class OpenAPIV3Root:
    """The schemas of group versions, and nothing else that the index may name."""

    def __init__(self, client: OpenAPIV3Client) -> None:
        self._client = client

    def group_versions(self) -> list[GroupVersion]:
        """The group versions that have a document, ordered by their text."""
        found = []
        for path in self._client.paths():
            try:
                found.append(path_to_group_version(path))
            except ValueError:
                continue
        return sorted(found, key=str)

    def gv_spec_bytes(self, group_version: GroupVersion | str) -> bytes:
        """The document of a group version as it came. Raises GroupVersionNotFoundError."""
        wanted = GroupVersion.parse(group_version) if isinstance(group_version, str) else group_version
        url = (self._client.paths()).get(group_version_to_path(wanted))
        if url is None:
            raise GroupVersionNotFoundError(wanted)
        return self._client.document(url)

    def gv_spec(self, group_version: GroupVersion | str) -> dict[str, Any]:
        """The document of a group version as values; a new copy for each caller. Raises GroupVersionNotFoundError."""
        found: dict[str, Any] = msgspec.json.decode(self.gv_spec_bytes(group_version))
        return found

    gv_spec_as_map = gv_spec
