"""The quality of service class of a pod, by what it requests and is limited to.

Follows pkg/apis/core/helper/qos/qos.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery.quantity import Quantity
from kubefake.resources.core.quantities import quantity

__all__ = ["qos_class"]

_COUNTED = frozenset({"cpu", "memory"})


def qos_class(spec: Mapping[str, Any]) -> str:
    """BestEffort, Burstable or Guaranteed."""
    own = spec.get("resources")
    if own is not None:  # though it be empty
        parts = [own]
    else:
        parts = [c.get("resources") or {} for key in ("containers", "initContainers") for c in spec.get(key) or ()]
    if not any(parts):
        return "BestEffort"
    requests: dict[str, Quantity] = {}
    limits: dict[str, Quantity] = {}
    guaranteed = True
    for part in parts:
        _add(requests, part.get("requests") or {})
        if len(_add(limits, part.get("limits") or {})) != len(_COUNTED):
            guaranteed = False
    if not requests and not limits:
        return "BestEffort"
    if (
        guaranteed
        and len(requests) == len(limits)
        and all(limits.get(name) == value for name, value in requests.items())
    ):
        return "Guaranteed"
    return "Burstable"


def _add(total: dict[str, Quantity], resources: Mapping[str, str]) -> set[str]:
    found = set()
    for name, text in resources.items():
        if name in _COUNTED:
            value = quantity(text)
            if value.sign > 0:
                found.add(name)
                total[name] = total[name] + value if name in total else value
    return found
