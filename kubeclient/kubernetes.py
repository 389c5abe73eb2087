"""client-go's `kubernetes`: the clientset, typed clients of every builtin resource."""

from __future__ import annotations

from kubeclient._async.clientset import AsyncClientset
from kubeclient._async.resource import (
    AsyncCreateClient,
    AsyncObjectClient,
    AsyncResourceClient,
    AsyncScalableClient,
    AsyncScaleReadClient,
    AsyncStatusClient,
)
from kubeclient._sync.clientset import Clientset
from kubeclient._sync.resource import (
    CreateClient,
    ObjectClient,
    ResourceClient,
    ScalableClient,
    ScaleReadClient,
    StatusClient,
)
from kubeclient.machines.options import Preconditions

__all__ = [
    "AsyncClientset",
    "AsyncCreateClient",
    "AsyncObjectClient",
    "AsyncResourceClient",
    "AsyncScalableClient",
    "AsyncScaleReadClient",
    "AsyncStatusClient",
    "Clientset",
    "CreateClient",
    "ObjectClient",
    "Preconditions",
    "ResourceClient",
    "ScalableClient",
    "ScaleReadClient",
    "StatusClient",
]
