"""Events: one store, two views: the core group's, in which they are kept, and that of events.k8s.io.

Follows pkg/apis/events/v1/conversion.go and pkg/registry/core/event/strategy.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.builtin import BuiltinStrategy, nested
from kubefake.resources.core.event_validation import check_event, check_event_update
from kubefake.resources.strategy import JSONObject
from kubefake.schema.builtin import node_for
from kubefake.schema.decode import decode

__all__ = ["EventStrategy"]

# The core group's name, the name in events.k8s.io.
_NAMES = (
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
    ("reportingInstance", "reportingInstance"),
)
_TO_NEW = dict(_NAMES)
_TO_CORE = {new: old for old, new in _NAMES}

Object = Mapping[str, Any]


def _source(obj: Object) -> str:
    return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent", ""))


_CORE_FIELDS = {
    **{
        f"involvedObject.{key}": nested("involvedObject", key)
        for key in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
    },
    "reason": nested("reason"),
    "reportingComponent": nested("reportingComponent"),
    "source": _source,
    "type": nested("type"),
}
_NEW_FIELDS = {
    **{
        f"regarding.{key}": nested("involvedObject", key)
        for key in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
    },
    "reason": nested("reason"),
    "reportingController": nested("reportingComponent"),
    "type": nested("type"),
}

_ALL_FIELDS = {**_CORE_FIELDS, **_NEW_FIELDS}


class EventStrategy(BuiltinStrategy):
    """The habits of events, as one of the two groups sees them."""

    def __init__(self, group: str) -> None:
        super().__init__(
            group,
            "events",
            check=lambda obj, context: check_event(obj, new=bool(group)),  # noqa: ARG005
            check_update=lambda obj, old, context: check_event_update(obj, old, new=bool(group)),  # noqa: ARG005
            fields=_NEW_FIELDS if group else _CORE_FIELDS,
        )
        self._new = bool(group)

    def field_values(self, obj: Object) -> Mapping[str, str]:
        """The labels of both groups: what a version tells selectors is worked out once, by whichever view asks first."""
        return {label: read(obj) for label, read in _ALL_FIELDS.items()}

    def convert(self, obj: JSONObject, version: str) -> JSONObject:  # noqa: ARG002
        """Turns an event of either group into the other's."""
        if not self._new:
            return obj
        stored = obj.get("apiVersion") == "v1"
        names, target = (_TO_NEW, "events.k8s.io") if stored else (_TO_CORE, "")
        renamed = {names.get(key, key): value for key, value in obj.items()}
        result, _ = decode(node_for(target, "v1", "Event"), renamed)
        return {"kind": "Event", "apiVersion": "events.k8s.io/v1" if stored else "v1", **_without_head(result)}


def _without_head(obj: JSONObject) -> JSONObject:
    return {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
