# generated from kubeclient/_async/expansions/events.py by .ci/twin.py, do not edit
"""Events of both groups: calls that take the namespace from the event, not from the client.

The recorder uses them: one client of all namespaces writes events into each. Ported from client-go
kubernetes/typed/{core/v1,events/v1beta1}/event_expansion.go.
"""

from __future__ import annotations

from typing import Any, TypeVar

from kubeclient._sync.resource import Patch, ResourceClient
from kubeclient.machines.codec import encode
from kubeclient.machines.request import STRATEGIC_MERGE_PATCH, check_name
from kubeclient.transport.protocol import Request

__all__ = ["EventNamespaceClient"]

T = TypeVar("T")
L = TypeVar("L")


class EventNamespaceClient(ResourceClient[T, L]):
    """Events, with calls that take the namespace from the event."""

    __slots__ = ()

    def create_with_event_namespace(self, event: T) -> T:
        """Creates an event in its own namespace. Raises ValueError when this client is of another one."""
        return self._in_own_namespace("create", "POST", event, "", self._resource.encode(event))

    def update_with_event_namespace(self, event: T) -> T:
        """Replaces an event in its own namespace. Raises ValueError when this client is of another one."""
        return self._in_own_namespace("update", "PUT", event, _name(event), self._resource.encode(event))

    def patch_with_event_namespace(self, event: T, patch: Patch) -> T:
        """Changes an event, by a strategic merge patch, in its own namespace; `event` only says which."""
        return self._in_own_namespace("patch", "PATCH", event, _name(event), encode(patch))

    def _in_own_namespace(self, verb: str, method: str, event: Any, name: str, body: bytes) -> T:
        namespace, mine = event.metadata.namespace, self._namespace
        if mine and namespace != mine:
            raise ValueError(f"can't {verb} an event with namespace '{namespace}' in namespace '{mine}'")
        rest, resource = self._rest, self._resource
        path = resource.path.collection(namespace)
        if name:
            path = f"{path}/{check_name(name)}"
        headers = self._headers.body(STRATEGIC_MERGE_PATCH) if method == "PATCH" else self._headers.of(body)
        request = Request(method, path, (), headers, body)
        return resource.decode(rest.call(request, resource.path.group_resource, name))


def _name(event: Any) -> str:
    return str(event.metadata.name)
