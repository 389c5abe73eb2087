"""client-go's `discovery`: what a server serves."""

from __future__ import annotations

from kubeclient._async.discovery import AsyncDiscoveryClient
from kubeclient._sync.discovery import DiscoveryClient
from kubeclient.machines.discovery import DiscoveryError, ServedGroups, VersionInfo

__all__ = ["AsyncDiscoveryClient", "DiscoveryClient", "DiscoveryError", "ServedGroups", "VersionInfo"]
