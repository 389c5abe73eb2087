"""What is wrong with events: little in the core group, more in events.k8s.io.

Follows pkg/apis/core/validation/events.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import METADATA
from kubefake.resources.core.diffs import go_value

__all__ = ["check_event", "check_event_update"]

Object = Mapping[str, Any]

_FROZEN = (
    "involvedObject",
    "reason",
    "message",
    "source",
    "firstTimestamp",
    "lastTimestamp",
    "count",
    "reason",
    "type",
    "eventTime",
    "action",
    "related",
    "reportingController",
    "reportingInstance",
)
_STRUCTS = {
    "involvedObject": "core/v1.ObjectReference",
    "related": "core/v1.ObjectReference",
    "source": "core/v1.EventSource",
}
_ABSENT = {"count": 0, "firstTimestamp": None, "lastTimestamp": None, "eventTime": None, "related": None}
_LIMITS = (("reportingInstance", 128), ("action", 128), ("reason", 128))


def check_event(event: Object, *, new: bool) -> list[FieldError]:
    """A new event, stored form; `new` says that it came by events.k8s.io."""
    found = _always(event, "reportingController" if new else "reportingComponent")
    if not new:
        return found
    found.append(METADATA)
    found += _series(event)
    if not event.get("eventTime"):
        found.append(field.required("eventTime"))
    kind = event.get("type", "")
    if kind not in ("Normal", "Warning"):
        found.append(field.invalid("type", "", f"has invalid value: {kind}"))
    source = event.get("source") or {}
    for key, value in (
        ("firstTimestamp", event.get("firstTimestamp")),
        ("lastTimestamp", event.get("lastTimestamp")),
        ("count", event.get("count")),
        ("source", source.get("component") or source.get("host")),
    ):
        if value:
            found.append(field.invalid(key, "", "needs to be unset"))
    return found


def check_event_update(event: Object, old: Object, *, new: bool) -> list[FieldError]:
    """A change of an event."""
    found = _always(event, "reportingController" if new else "reportingComponent")
    if not new:
        return found
    found.append(METADATA)
    if event.get("series") != old.get("series"):
        found += _series(event)
    for key in _FROZEN:
        stored = "reportingComponent" if key == "reportingController" else key
        value = event.get(stored)
        if value != old.get(stored):
            found.append(field.invalid(key, _shown(key, value), "field is immutable"))
    return found


def _shown(key: str, value: Any) -> Any:
    """A field as Go's encoder writes the internal type."""
    if key in _STRUCTS and (value or key != "related"):
        return go_value(_STRUCTS[key], value or {})
    return _ABSENT.get(key, "") if value is None else value


def _series(event: Object) -> list[FieldError]:
    series = event.get("series")
    found = []
    if series is not None:
        if series.get("count", 0) < 2:
            found.append(field.invalid("series.count", "", "should be at least 2"))
        if not series.get("lastObservedTime"):
            found.append(field.required("series.lastObservedTime"))
    return found


def _always(event: Object, controller: str) -> list[FieldError]:
    found: list[FieldError] = []
    namespace = event["metadata"].get("namespace", "")
    about = (event.get("involvedObject") or {}).get("namespace", "")
    timed = bool(event.get("eventTime"))
    homes = ("default", "kube-system") if timed else ("", "default")
    if (not about and namespace not in homes) or (about and not timed and namespace != about):
        found.append(field.invalid("involvedObject.namespace", about, "does not match event.namespace"))
    if not timed:
        return found
    reporter = event.get("reportingComponent", "")
    if not reporter:
        found.append(field.required(controller))
    found += [field.invalid(controller, reporter, text) for text in validation.is_label_key(reporter)]
    for key, limit in _LIMITS:
        value = event.get(key, "")
        if not value:
            found.append(field.required(key))
        if len(value.encode()) > limit:
            found.append(field.invalid(key, "", f"can have at most {limit} characters"))
    if len(event.get("message", "").encode()) > 1024:
        found.append(field.invalid("message", "", "can have at most 1024 characters"))
    return found
