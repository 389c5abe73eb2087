"""Which events are about an object, as a field selector. Ported from client-go tools/events/helper.go."""

from __future__ import annotations

from typing import Final

from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind

__all__ = ["event_field_selector"]

_FIELDS: Final = {
    GroupVersion("events.k8s.io", "v1"): "regarding",
    GroupVersion("events.k8s.io", "v1beta1"): "regarding",
    GroupVersion("", "v1"): "involvedObject",
}


def event_field_selector(
    events: GroupVersion, *, regarding: GroupVersionKind | None = None, name: str = "", uid: str = ""
) -> str:
    """A field selector for events about an object, of which only what is known is asked for.

    Args:
        events: the version that is asked: events.k8s.io/v1, events.k8s.io/v1beta1 or v1.
        regarding: the kind of the object.
        name, uid: of the object.

    Raises:
        ValueError: there are no events in that version.
    """
    prefix = _FIELDS.get(events)
    if prefix is None:
        raise ValueError(f"unknown version {events}")
    wanted = {"name": name, "uid": uid}
    if regarding is not None:
        wanted |= {"kind": regarding.kind, "apiVersion": regarding.api_version}
    return ",".join(f"{prefix}.{field}={wanted[field]}" for field in sorted(wanted) if wanted[field])
