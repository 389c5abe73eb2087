"""client-go's `dynamic`: any resource, without types."""

from __future__ import annotations

from kubeclient._async.dynamic import AsyncDynamicClient, AsyncDynamicResource
from kubeclient._sync.dynamic import DynamicClient, DynamicResource
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList

__all__ = [
    "AsyncDynamicClient",
    "AsyncDynamicResource",
    "DynamicClient",
    "DynamicResource",
    "Unstructured",
    "UnstructuredList",
]
