"""client-go's fake clientset over a whole apiserver: reactors first, then the server, and a record of what was asked for.

Where client-go has an object tracker, which knows no admission, no defaults and no managed fields, there is a cluster here.
All fakes of one `FakeClients` share it: what a typed client writes, dynamic, metadata and scale clients read.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kubeclient import AsyncClientset, Clientset
from kubeclient.apimachinery.gvk import GroupVersionResource
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.converter import to_unstructured
from kubeclient.runtime.current import current_async_runtime, current_runtime
from kubeclient.testing import AsyncFakeTransport, Fake, FakeTransport

from .cluster import Cluster
from .manifests import Manifest

if TYPE_CHECKING:
    from kubeclient import AsyncDynamicClient, DynamicClient
    from kubeclient.discovery import AsyncDiscoveryClient, DiscoveryClient
    from kubeclient.metadata import AsyncMetadataClient, MetadataClient
    from kubeclient.scale import AsyncScaleClient, ScaleClient

__all__ = ["FakeClients", "Tracker"]


class Tracker:
    """The objects behind the reactors, reached without a reactor hearing of it and without being written down."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._dynamic = cluster.dynamic_client()

    def add(self, obj: Manifest) -> dict[str, Any]:
        """Creates an object of whatever kind it says it is; returns it as stored. Raises StatusError."""
        return self.cluster.load(plain(obj))[-1]

    def create(self, resource: GroupVersionResource, obj: Manifest, namespace: str = "") -> dict[str, Any]:
        """Creates an object. Raises AlreadyExists and every other refusal."""
        return dict(self._of(resource, namespace).create(Unstructured(plain(obj))))

    def update(self, resource: GroupVersionResource, obj: Manifest, namespace: str = "") -> dict[str, Any]:
        """Replaces an object. Raises NotFound."""
        return dict(self._of(resource, namespace).update(Unstructured(plain(obj))))

    def patch(
        self,
        resource: GroupVersionResource,
        name: str,
        patch: Any,
        namespace: str = "",
        *,
        patch_type: str | None = None,
    ) -> dict[str, Any]:
        """Changes a part of an object. Raises NotFound."""
        return dict(self._of(resource, namespace).patch(name, patch, patch_type=patch_type))

    def apply(
        self,
        resource: GroupVersionResource,
        obj: Manifest,
        namespace: str = "",
        *,
        field_manager: str,
        force: bool = False,
    ) -> dict[str, Any]:
        """Applies an object as that manager; creates it where there is none. Raises Conflict."""
        applied = Unstructured(plain(obj))
        return dict(self._of(resource, namespace).apply(applied, field_manager=field_manager, force=force))

    def get(self, resource: GroupVersionResource, name: str, namespace: str = "") -> dict[str, Any]:
        """An object. Raises NotFound."""
        return dict(self._of(resource, namespace).get(name))

    def list(self, resource: GroupVersionResource, namespace: str = "") -> list[dict[str, Any]]:
        """The objects of a resource, by namespace and name."""
        return [dict(item) for item in self._of(resource, namespace).list().items]

    def delete(self, resource: GroupVersionResource, name: str, namespace: str = "") -> None:
        """Deletes an object, or asks for it where finalizers keep it. Raises NotFound."""
        self._of(resource, namespace).delete(name)

    def watch(self, resource: GroupVersionResource, namespace: str = "", *, resource_version: str = "") -> Any:
        """The changes of a resource, as a watch of the dynamic client."""
        return self._of(resource, namespace).watch(resource_version=resource_version)

    def _of(self, resource: GroupVersionResource, namespace: str) -> Any:
        return self._dynamic.resource(resource).namespace(namespace)


class FakeClients(Fake):
    """Clients for a test in client-go's manner.

        fake = FakeClients(pod)
        fake.prepend_reactor("create", "pods", refuse)
        run_controller(fake.clientset())
        assert fake.actions()[-1].matches("create", "pods")

    Args:
        objects: what exists from the start: models, dicts, manifests.
        cluster: the server behind the reactors; by default one of its own.
        limit: how many actions are kept.
    """

    def __init__(self, *objects: Manifest, cluster: Cluster | None = None, limit: int = 10_000) -> None:
        super().__init__(limit=limit, guard=threading.RLock())
        self.cluster = cluster if cluster is not None else Cluster()
        self.tracker = Tracker(self.cluster)
        self.cluster.load(*map(plain, objects))

    def clientset(self) -> Clientset:
        """A typed client for blocking code."""
        runtime = current_runtime()
        return Clientset(FakeTransport(self, runtime, self.cluster.transport(runtime=runtime)), runtime=runtime)

    def async_clientset(self) -> AsyncClientset:
        """A typed client for asyncio."""
        runtime = current_async_runtime()
        inner = self.cluster.async_transport(runtime=runtime)
        return AsyncClientset(AsyncFakeTransport(self, runtime, inner), runtime=runtime)

    def dynamic(self) -> DynamicClient:
        """A client without types for blocking code."""
        return self.clientset().dynamic

    def async_dynamic(self) -> AsyncDynamicClient:
        """A client without types for asyncio."""
        return self.async_clientset().dynamic

    def discovery(self) -> DiscoveryClient:
        """A client that asks what is served, for blocking code."""
        return self.clientset().discovery

    def async_discovery(self) -> AsyncDiscoveryClient:
        """A client that asks what is served, for asyncio."""
        return self.async_clientset().discovery

    def metadata(self) -> MetadataClient:
        """A client of metadata for blocking code."""
        from kubeclient.metadata import MetadataClient

        return MetadataClient(self.clientset().rest_client)

    def async_metadata(self) -> AsyncMetadataClient:
        """A client of metadata for asyncio."""
        from kubeclient.metadata import AsyncMetadataClient

        return AsyncMetadataClient(self.async_clientset().rest_client)

    def scale(self) -> ScaleClient:
        """A client of scales for blocking code."""
        from kubeclient.scale import ScaleClient

        return ScaleClient(self.clientset().rest_client)

    def async_scale(self) -> AsyncScaleClient:
        """A client of scales for asyncio."""
        from kubeclient.scale import AsyncScaleClient

        return AsyncScaleClient(self.async_clientset().rest_client)


def plain(obj: Manifest) -> Any:
    """A model as a dict that says its kind; every other manifest as it is."""
    return dict(to_unstructured(obj)) if isinstance(obj, Mapping | Struct) else obj
