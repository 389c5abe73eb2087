"""client-go's `scale`: the scale of any resource that has one."""

from __future__ import annotations

from kubeclient._async.scale import AsyncNamespacedScales, AsyncScaleClient
from kubeclient._sync.scale import NamespacedScales, ScaleClient

__all__ = ["AsyncNamespacedScales", "AsyncScaleClient", "NamespacedScales", "ScaleClient"]
