"""Field ownership around a write: what `managedFields` says afterwards. The bookkeeping itself is `merge`'s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call

__all__ = ["record_create", "record_update", "same_state"]


def record_create(call: Call, obj: JSONObject) -> None:
    """Notes that the caller's manager owns what it created."""
    obj["metadata"].pop("managedFields", None)


def record_update(call: Call, live: Mapping[str, Any], obj: JSONObject) -> None:
    """Notes that the caller's manager owns what it changed."""
    managed = live["metadata"].get("managedFields")
    if managed:
        obj["metadata"]["managedFields"] = managed


def same_state(obj: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a write changes nothing, times of ownership left aside: it is not stored then."""
    return obj == old
