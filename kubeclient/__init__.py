"""client-go in Python: clients, informers, workqueues and what belongs to them, for asyncio and for threads.

    from kubeclient import Clientset

    with Clientset.from_kubeconfig() as client:
        for pod in client.core_v1.pods("default").list().items:
            print(pod.metadata.name)

What is exported here is loaded on first use: importing the package costs next to nothing. The packages of client-go are
modules of the same names: `kubeclient.rest`, `kubeclient.dynamic`, `kubeclient.clientcmd`, `kubeclient.workqueue` ….
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
    from kubeclient.apimachinery.watch_event import WatchEvent
    from kubeclient.dynamic import AsyncDynamicClient, DynamicClient
    from kubeclient.kubernetes import AsyncClientset, Clientset
    from kubeclient.metadata import AsyncMetadataClient, MetadataClient
    from kubeclient.rest import AsyncRESTClient, Config, RESTClient

__all__ = [
    "AsyncClientset",
    "AsyncDynamicClient",
    "AsyncMetadataClient",
    "AsyncRESTClient",
    "Clientset",
    "Config",
    "DynamicClient",
    "MetadataClient",
    "RESTClient",
    "Unstructured",
    "UnstructuredList",
    "WatchEvent",
]

_HOMES = {
    "AsyncClientset": "kubeclient._async.clientset",
    "AsyncDynamicClient": "kubeclient._async.dynamic",
    "AsyncMetadataClient": "kubeclient._async.metadata",
    "AsyncRESTClient": "kubeclient._async.rest_client",
    "Clientset": "kubeclient._sync.clientset",
    "Config": "kubeclient.config.rest",
    "DynamicClient": "kubeclient._sync.dynamic",
    "MetadataClient": "kubeclient._sync.metadata",
    "RESTClient": "kubeclient._sync.rest_client",
    "Unstructured": "kubeclient.apimachinery.unstructured",
    "UnstructuredList": "kubeclient.apimachinery.unstructured",
    "WatchEvent": "kubeclient.apimachinery.watch_event",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        if not name.startswith("_") and find_spec(f"kubeclient.{name}") is not None:
            return import_module(f"kubeclient.{name}")
        raise AttributeError(f"module 'kubeclient' has no attribute '{name}'")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
