"""client-go's `discovery`: what a server serves."""

from __future__ import annotations

from kubeclient._async.cached_discovery import AsyncDiskDiscoveryClient, AsyncMemoryDiscoveryClient
from kubeclient._async.discovery import AsyncDiscoveryClient
from kubeclient._async.fake_discovery import AsyncFakeDiscoveryClient
from kubeclient._async.http_cache import AsyncHTTPCache
from kubeclient._async.openapi3 import AsyncOpenAPIV3Client
from kubeclient._sync.cached_discovery import DiskDiscoveryClient, MemoryDiscoveryClient
from kubeclient._sync.discovery import DiscoveryClient
from kubeclient._sync.fake_discovery import FakeDiscoveryClient
from kubeclient._sync.http_cache import HTTPCache
from kubeclient._sync.openapi3 import OpenAPIV3Client
from kubeclient.config.discovery_files import DiscoveryFiles
from kubeclient.config.http_cache_files import HTTPCacheFiles
from kubeclient.machines.discovery import (
    CacheNotFoundError,
    DiscoveryError,
    EmptyResponseError,
    GroupVersionNotFoundError,
    ServedGroups,
    StaleGroupVersionError,
    UnsupportedVersionError,
    content_type_is_gvk,
    filtered_by,
    group_version_resources,
    preferred_resources,
    supports_all_verbs,
)
from kubeclient.machines.version import VersionInfo, VersionMismatchError

__all__ = [
    "AsyncDiscoveryClient",
    "AsyncDiskDiscoveryClient",
    "AsyncFakeDiscoveryClient",
    "AsyncHTTPCache",
    "AsyncMemoryDiscoveryClient",
    "AsyncOpenAPIV3Client",
    "CacheNotFoundError",
    "DiscoveryClient",
    "DiscoveryError",
    "DiscoveryFiles",
    "DiskDiscoveryClient",
    "EmptyResponseError",
    "FakeDiscoveryClient",
    "GroupVersionNotFoundError",
    "HTTPCache",
    "HTTPCacheFiles",
    "MemoryDiscoveryClient",
    "OpenAPIV3Client",
    "ServedGroups",
    "StaleGroupVersionError",
    "UnsupportedVersionError",
    "VersionInfo",
    "VersionMismatchError",
    "content_type_is_gvk",
    "filtered_by",
    "group_version_resources",
    "preferred_resources",
    "supports_all_verbs",
]
