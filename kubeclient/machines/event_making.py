"""Events from what a program says about an object. Ported from client-go tools/record/event.go and tools/reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubeclient.api.core_v1 import Event, EventSource, ObjectReference
from kubeclient.api.scheme import gvk_for
from kubeclient.apimachinery.times import Time
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.apimachinery.validation import is_dns1123_subdomain

__all__ = ["EVENT_TYPES", "event_name", "fake_line", "make_event", "reference_to"]

EVENT_TYPES = ("Normal", "Warning")


def reference_to(obj: Any) -> ObjectReference:
    """A reference to an object: a model, an Unstructured, a mapping of the wire, or a reference, which is returned.

    Raises ValueError for None and for what says neither its kind nor its version.
    """
    if isinstance(obj, ObjectReference):
        return obj
    if obj is None:
        raise ValueError("nil object used in reference")
    if isinstance(obj, Mapping):
        obj = Unstructured(dict(obj))
    try:
        gvk = gvk_for(obj)
        meta = obj if isinstance(obj, Unstructured) else obj.metadata
    except (LookupError, AttributeError) as error:
        raise ValueError(f"cannot refer to {type(obj).__name__}: {error}") from error
    if not gvk.kind or not gvk.version:
        raise ValueError(f"cannot refer to an object without kind and version: {gvk}")
    return ObjectReference(
        kind=gvk.kind,
        api_version=gvk.api_version,
        name=meta.name or "",
        namespace=meta.namespace or "",
        uid=meta.uid or "",
        resource_version=meta.resource_version or "",
    )


def event_name(name: str, now_ns: int, new_uid: Callable[[], str]) -> str:
    """The name of an event about an object of that name; a unique identifier where that can be no name."""
    wanted = f"{name}.{now_ns:x}"
    return new_uid() if is_dns1123_subdomain(wanted) else wanted


def make_event(
    ref: ObjectReference,
    event_type: str,
    reason: str,
    message: str,
    *,
    source: EventSource,
    annotations: Mapping[str, str] | None,
    now_ns: int,
    new_uid: Callable[[], str],
) -> Event:
    """An event that was seen once, now."""
    now = Time(now_ns)
    event = Event(
        involved_object=ref,
        reason=reason,
        message=message,
        source=source,
        first_timestamp=now,
        last_timestamp=now,
        count=1,
        type=event_type,
        reporting_component=source.component,
        reporting_instance=source.host,
    )
    event.metadata.name = event_name(ref.name, now_ns, new_uid)
    event.metadata.namespace = ref.namespace or "default"
    if annotations:
        event.metadata.annotations = dict(annotations)
    return event


def fake_line(
    obj: Any,
    event_type: str,
    reason: str,
    message: str,
    annotations: Mapping[str, str] | None = None,
    *,
    include_object: bool = False,
) -> str:
    """What a fake recorder writes down."""
    line = f"{event_type} {reason} {message}"
    if include_object:
        ref = reference_to(obj)
        line += f" involvedObject{{kind={ref.kind},apiVersion={ref.api_version}}}"
    if annotations:
        line += f" map[{' '.join(f'{key}:{annotations[key]}' for key in sorted(annotations))}]"
    return line
