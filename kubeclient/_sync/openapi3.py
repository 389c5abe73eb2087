# generated from kubeclient/_async/openapi3.py by .ci/twin.py, do not edit
"""The schemas of a server, OpenAPI v3: which group versions have one, and the documents. Each is asked for once.

Ported from client-go openapi and openapi3.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.machines.discovery import GroupVersionNotFoundError

from .rest_client import RESTClient

__all__ = ["OpenAPIV3Client"]

_JSON = "application/json"


class OpenAPIV3Client:
    """Asks for schemas and remembers them until `invalidate`."""

    def __init__(self, rest: RESTClient) -> None:
        self._rest = rest
        self._paths: dict[str, str] | None = None
        self._documents: dict[tuple[str, str], bytes] = {}

    def invalidate(self) -> None:
        """Forgets everything."""
        self._paths = None
        self._documents = {}

    def paths(self) -> dict[str, str]:
        """Where each document is: from `apis/apps/v1` to a URL of the server, with the hash of what it says now."""
        if self._paths is None:
            index: dict[str, Any] = msgspec.json.decode(self._rest.get("/openapi/v3"))
            self._paths = {
                path: str(item.get("serverRelativeURL", "")) for path, item in (index.get("paths") or {}).items()
            }
        return self._paths

    def group_versions(self) -> list[GroupVersion]:
        """The group versions that have a document, sorted."""
        found = []
        for path in self.paths():
            parts = path.split("/")
            if len(parts) == 2 and parts[0] == "api":
                found.append(GroupVersion("", parts[1]))
            elif len(parts) == 3 and parts[0] == "apis":
                found.append(GroupVersion(parts[1], parts[2]))
        return sorted(found)

    def schema(self, group_version: GroupVersion | str, *, accept: str = _JSON) -> bytes:
        """The document of a group version, in a form that the server has. Raises GroupVersionNotFoundError."""
        wanted = GroupVersion.parse(group_version) if isinstance(group_version, str) else group_version
        path = f"apis/{wanted.group}/{wanted.version}" if wanted.group else f"api/{wanted.version}"
        known = (path, accept)
        if known not in self._documents:
            url = (self.paths()).get(path)
            if url is None:
                raise GroupVersionNotFoundError(wanted)
            parts = urlsplit(url)
            self._documents[known] = self._rest.get(parts.path, parse_qsl(parts.query), accept=accept)
        return self._documents[known]

    def spec(self, group_version: GroupVersion | str) -> dict[str, Any]:
        """The document of a group version as values; a new copy for each caller. Raises GroupVersionNotFoundError."""
        found: dict[str, Any] = msgspec.json.decode(self.schema(group_version))
        return found
