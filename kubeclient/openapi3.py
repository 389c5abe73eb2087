"""client-go's `openapi` and `openapi3`: the schemas of a server, a document a group version."""

from __future__ import annotations

from kubeclient._async.openapi3 import (
    AsyncCachedOpenAPIV3Client,
    AsyncOpenAPIV3Client,
    AsyncOpenAPIV3Root,
    group_version_to_path,
    path_to_group_version,
)
from kubeclient._sync.openapi3 import CachedOpenAPIV3Client, OpenAPIV3Client, OpenAPIV3Root
from kubeclient.machines.discovery import GroupVersionNotFoundError

__all__ = [
    "AsyncCachedOpenAPIV3Client",
    "AsyncOpenAPIV3Client",
    "AsyncOpenAPIV3Root",
    "CachedOpenAPIV3Client",
    "GroupVersionNotFoundError",
    "OpenAPIV3Client",
    "OpenAPIV3Root",
    "group_version_to_path",
    "path_to_group_version",
]
