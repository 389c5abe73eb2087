# generated from kubeclient/_async/expansions/policy.py by .ci/twin.py, do not edit
"""Evictions: they are posted to the pod that they are named after. Ported from client-go kubernetes/typed/policy."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from kubeclient._sync.rest_client import RESTClient
from kubeclient.machines.codec import ResourceType, name_of
from kubeclient.machines.request import ResourcePath
from kubeclient.transport.protocol import Request

__all__ = ["EvictionClient"]

T = TypeVar("T")

_PODS = ResourcePath("", "v1", "pods")


class EvictionClient(Generic[T]):
    """Evictions of one version; they cannot be read, nor listed."""

    __slots__ = ("_headers", "_namespace", "_resource", "_rest")

    def __init__(self, rest: RESTClient, resource: ResourceType[T, Any], namespace: str) -> None:
        self._rest = rest
        self._resource, self._headers = rest.spoken(resource)
        self._namespace = namespace

    def evict(self, eviction: T) -> None:
        """Evicts the pod that the eviction is named after. Raises TooManyRequests when a disruption budget forbids it."""
        name = name_of(eviction)
        path = _PODS.item(self._namespace, name, "eviction")
        body = self._resource.encode(eviction)
        request = Request("POST", path, (), self._headers.of(body), body)
        self._rest.call(request, _PODS.group_resource, name)
