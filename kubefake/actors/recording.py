"""Events that controllers write, as far as that goes: one that cannot be written is lost, as with the real ones."""

from __future__ import annotations

import logging
from typing import Any

from kubeclient import AsyncClientset
from kubeclient.api.core_v1 import Event, EventSource, ObjectReference
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.times import Time

__all__ = ["Recorder", "reference_to"]

logger = logging.getLogger("kubefake.actors")


def reference_to(obj: Any) -> ObjectReference:
    """What an event on a typed object is about."""
    meta = obj.metadata
    return ObjectReference(
        api_version=obj.GVK.api_version,
        kind=obj.GVK.kind,
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        resource_version=meta.resource_version,
    )


class Recorder:
    """Writes the events of one component."""

    def __init__(self, client: AsyncClientset, component: str) -> None:
        self._client = client
        self._component = component
        self._written = 0

    async def event(self, about: ObjectReference, type_: str, reason: str, message: str) -> None:
        """Writes an event; never fails."""
        now_ns = self._client.runtime.clock.time_ns()
        namespace = about.namespace or "default"
        self._written += 1  # two events of one nanosecond, as there are in simulations, need two names
        event = Event(
            metadata=ObjectMeta(name=f"{about.name}.{now_ns + self._written:x}", namespace=namespace),
            involved_object=about,
            reason=reason,
            message=message,
            type=type_,
            source=EventSource(component=self._component),
            reporting_component=self._component,
            count=1,
            first_timestamp=Time(now_ns),
            last_timestamp=Time(now_ns),
        )
        try:
            await self._client.core_v1.events(namespace).create(event)
        except Exception as error:  # noqa: BLE001
            logger.info("%s: event: %s: %s", self._component, type(error).__name__, error)
