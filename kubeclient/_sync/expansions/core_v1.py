# generated from kubeclient/_async/expansions/core_v1.py by .ci/twin.py, do not edit
"""Pods, services, nodes, namespaces, service accounts and events: their calls on subresources.

Ported from client-go kubernetes/typed/core/v1/*_expansion.go and the generated calls on subresources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from kubeclient._sync.expansions.events import EventNamespaceClient
from kubeclient._sync.expansions.proxy import proxy_path
from kubeclient._sync.resource import ObjectClient, Patch, ResourceClient, StatusClient
from kubeclient.api.authentication_v1 import TokenRequest
from kubeclient.api.core_v1 import (
    Binding,
    Event,
    EventList,
    Namespace,
    NamespaceList,
    Node,
    NodeList,
    ObjectReference,
    Pod,
    PodList,
    Service,
    ServiceAccount,
    ServiceAccountList,
    ServiceList,
)
from kubeclient.api.policy_v1 import Eviction
from kubeclient.api.policy_v1beta1 import Eviction as EvictionV1beta1
from kubeclient.apimachinery.fields import escape_value
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.codec import decoder, encode
from kubeclient.machines.options import (
    ApplyKeywords,
    CreateKeywords,
    LogKeywords,
    PatchKeywords,
    create_query,
    log_query,
)
from kubeclient.machines.request import STRATEGIC_MERGE_PATCH, proxy_name
from kubeclient.transport.protocol import QueryList, Request, Stream

if TYPE_CHECKING:
    from kubeclient.applyconfigurations import KindConfiguration

__all__ = [
    "EventClient",
    "NamespaceClient",
    "NodeClient",
    "PodClient",
    "ServiceAccountClient",
    "ServiceClient",
]


class PodClient(StatusClient[Pod, PodList]):
    """Pods, with logs, eviction, binding and resize."""

    __slots__ = ()

    def get_logs(self, name: str, **options: Unpack[LogKeywords]) -> str:
        """The log of a container, as far as it is written; bytes that are no UTF-8 are replaced."""
        body = self._read(name, "log", log_query(options, follow=False))
        return body.decode("utf-8", "replace")

    def stream_logs(self, name: str, *, follow: bool = True, **options: Unpack[LogKeywords]) -> Stream:
        """The log of a container as pieces of bytes, as it is written; close the stream after use."""
        rest = self._rest
        request = Request("GET", self.item_path(name, "log"), log_query(options, follow=follow), rest.headers.bare)
        return rest.stream(request, self._resource.path.group_resource, name)

    def bind(self, binding: Binding, **options: Unpack[CreateKeywords]) -> None:
        """Binds the pod that the binding is named after to the node that is its target."""
        self._write("POST", binding.metadata.name, "binding", encode(binding), options)

    def evict(self, eviction: Eviction | EvictionV1beta1) -> None:
        """Evicts the pod that the eviction is named after. Raises TooManyRequests when a disruption budget forbids it."""
        self._write("POST", eviction.metadata.name, "eviction", encode(eviction), {})

    def update_ephemeral_containers(self, name: str, pod: Pod, **options: Unpack[CreateKeywords]) -> Pod:
        """Replaces the ephemeral containers of a running pod."""
        resource = self._resource
        return resource.decode(self._write("PUT", name, "ephemeralcontainers", resource.encode(pod), options))

    def update_resize(self, name: str, pod: Pod, **options: Unpack[CreateKeywords]) -> Pod:
        """Replaces the resources of the containers of a running pod."""
        resource = self._resource
        return resource.decode(self._write("PUT", name, "resize", resource.encode(pod), options))

    def proxy_get(
        self, name: str, path: str = "", *, scheme: str = "", port: str = "", params: Mapping[str, str] | None = None
    ) -> bytes:
        """What the pod answers to a GET through the server's proxy."""
        path = proxy_path(self.item_path(proxy_name(scheme, name, port), "proxy"), path)
        request = Request("GET", path, sorted((params or {}).items()), self._rest.headers.bare)
        return self._rest.call(request, self._resource.path.group_resource, name)


class ServiceClient(ObjectClient[Service, ServiceList]):
    """Services, with the proxy; they cannot be deleted as a collection through typed clients."""

    __slots__ = ()

    def update_status(self, obj: Service, **options: Unpack[CreateKeywords]) -> Service:
        """Replaces the status; everything else in `obj` is ignored by the server."""
        return self._update_status(obj, options)

    def apply_status(
        self,
        obj: Service | KindConfiguration[Service] | Mapping[str, Any] | Unstructured,
        *,
        field_manager: str,
        **options: Unpack[ApplyKeywords],
    ) -> Service:
        """Applies the fields of the status in the name of `field_manager`."""
        return self._resource.decode(self._apply(obj, "status", field_manager, options))

    def proxy_get(
        self, name: str, path: str = "", *, scheme: str = "", port: str = "", params: Mapping[str, str] | None = None
    ) -> bytes:
        """What the service answers to a GET through the server's proxy."""
        path = proxy_path(self.item_path(proxy_name(scheme, name, port), "proxy"), path)
        request = Request("GET", path, sorted((params or {}).items()), self._rest.headers.bare)
        return self._rest.call(request, self._resource.path.group_resource, name)


class NamespaceClient(ObjectClient[Namespace, NamespaceList]):
    """Namespaces, with finalize; they cannot be deleted as a collection."""

    __slots__ = ()

    def update_status(self, obj: Namespace, **options: Unpack[CreateKeywords]) -> Namespace:
        """Replaces the status; everything else in `obj` is ignored by the server."""
        return self._update_status(obj, options)

    def apply_status(
        self,
        obj: Namespace | KindConfiguration[Namespace] | Mapping[str, Any] | Unstructured,
        *,
        field_manager: str,
        **options: Unpack[ApplyKeywords],
    ) -> Namespace:
        """Applies the fields of the status in the name of `field_manager`."""
        return self._resource.decode(self._apply(obj, "status", field_manager, options))

    def finalize(self, obj: Namespace, **options: Unpack[CreateKeywords]) -> Namespace:
        """Replaces the finalizers in the spec; without any, a namespace that is being deleted goes away."""
        resource = self._resource
        return resource.decode(self._write("PUT", obj.metadata.name, "finalize", resource.encode(obj), options))


class NodeClient(StatusClient[Node, NodeList]):
    """Nodes, with patches of their status."""

    __slots__ = ()

    def patch_status(self, name: str, patch: Patch, **options: Unpack[PatchKeywords]) -> Node:
        """Changes a part of the status by a strategic merge patch."""
        return self.patch(name, patch, patch_type=STRATEGIC_MERGE_PATCH, subresource="status", **options)


class ServiceAccountClient(ResourceClient[ServiceAccount, ServiceAccountList]):
    """Service accounts, with their tokens."""

    __slots__ = ()

    def create_token(self, name: str, request: TokenRequest, **options: Unpack[CreateKeywords]) -> TokenRequest:
        """Asks for a token of the service account; it is in the status of the answer."""
        rest = self._rest
        query: QueryList = create_query(options, rest.field_manager)
        message = Request("POST", self.item_path(name, "token"), query, rest.headers.json, encode(request))
        body = rest.call(message, self._resource.path.group_resource, name)
        return decoder(TokenRequest)(body)


class EventClient(EventNamespaceClient[Event, EventList]):
    """Events, with calls that take the namespace from the event, and a search by the object involved."""

    __slots__ = ()

    def search(self, reference: ObjectReference) -> EventList:
        """The events about an object; empty parts of the reference are not asked for.

        Raises ValueError when the reference is of another namespace than this client.
        """
        namespace = self._namespace
        if namespace and reference.namespace != namespace:
            raise ValueError(
                f"won't be able to find any events of namespace '{reference.namespace}' in namespace '{namespace}'"
            )
        selector = self.get_field_selector(
            name=reference.name or None,
            namespace=reference.namespace or None,
            kind=reference.kind or None,
            uid=reference.uid or None,
        )
        return self.list(field_selector=selector)

    def get_field_selector(
        self, *, name: str | None = None, namespace: str | None = None, kind: str | None = None, uid: str | None = None
    ) -> str:
        """The field selector of events about an object."""
        parts: Sequence[tuple[str, str | None]] = (
            ("involvedObject.name", name),
            ("involvedObject.namespace", namespace),
            ("involvedObject.kind", kind),
            ("involvedObject.uid", uid),
        )
        return ",".join(f"{field}={escape_value(value)}" for field, value in parts if value is not None)
