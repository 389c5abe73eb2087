"""client-go's `discovery`: what a server serves."""

from __future__ import annotations

from kubeclient._async.cached_discovery import AsyncDiskDiscoveryClient, AsyncMemoryDiscoveryClient
from kubeclient._async.discovery import AsyncDiscoveryClient
from kubeclient._async.openapi3 import AsyncOpenAPIV3Client
from kubeclient._sync.cached_discovery import DiskDiscoveryClient, MemoryDiscoveryClient
from kubeclient._sync.discovery import DiscoveryClient
from kubeclient._sync.openapi3 import OpenAPIV3Client
from kubeclient.config.discovery_files import DiscoveryFiles
from kubeclient.machines.discovery import (
    CacheNotFoundError,
    DiscoveryError,
    EmptyResponseError,
    GroupVersionNotFoundError,
    ServedGroups,
    VersionInfo,
)

__all__ = [
    "AsyncDiscoveryClient",
    "AsyncDiskDiscoveryClient",
    "AsyncMemoryDiscoveryClient",
    "AsyncOpenAPIV3Client",
    "CacheNotFoundError",
    "DiscoveryClient",
    "DiscoveryError",
    "DiscoveryFiles",
    "DiskDiscoveryClient",
    "EmptyResponseError",
    "GroupVersionNotFoundError",
    "MemoryDiscoveryClient",
    "OpenAPIV3Client",
    "ServedGroups",
    "VersionInfo",
]
