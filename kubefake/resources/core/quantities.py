"""Arithmetic on lists of resources in their JSON form.

Follows k8s.io/component-helpers/resource and pkg/apis/core/v1/helper.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from kubeclient.apimachinery.quantity import Quantity

__all__ = ["add_lists", "max_lists", "pod_limits", "pod_requests", "quantity", "round_list"]

ResourceList = Mapping[str, Any]

_MILLI = -3


@functools.lru_cache(2048)
def quantity(text: str) -> Quantity:
    """A quantity; treated as immutable."""
    return Quantity(text)


@functools.lru_cache(2048)
def _rounded(text: str) -> str:
    if text[-1] in "0123456789kMGTPEim" and "e" not in text and "E" not in text and "." not in text:
        return text
    return str(Quantity(text).round_up(_MILLI))


def round_list(resources: dict[str, Any]) -> None:
    """Rounds to thousandths, upwards, as the server does on decoding."""
    for name, text in resources.items():
        rounded = _rounded(text)
        if rounded is not text:
            resources[name] = rounded


def add_lists(lists: Iterable[ResourceList]) -> dict[str, Quantity]:
    """The sum of resources, by name."""
    total: dict[str, Quantity] = {}
    for resources in lists:
        for name, text in resources.items():
            value = quantity(text) if isinstance(text, str) else text
            total[name] = total[name] + value if name in total else value
    return total


def max_lists(*lists: ResourceList) -> dict[str, Quantity]:
    """The greatest of each resource, by name."""
    most: dict[str, Quantity] = {}
    for resources in lists:
        for name, text in resources.items():
            value = quantity(text) if isinstance(text, str) else text
            if name not in most or most[name] < value:
                most[name] = value
    return most


def _aggregate(spec: Mapping[str, Any], key: str) -> dict[str, Quantity]:
    """What containers ask for together: all that run at once, or what initialisation needs if that is more."""
    running = add_lists(c.get("resources", {}).get(key) or {} for c in spec.get("containers") or ())
    sidecars: dict[str, Quantity] = {}
    peak: dict[str, Quantity] = {}
    for container in spec.get("initContainers") or ():
        wanted: ResourceList = container.get("resources", {}).get(key) or {}
        if container.get("restartPolicy") == "Always":
            running = add_lists((running, wanted))
            sidecars = add_lists((sidecars, wanted))
            wanted = sidecars
        else:
            wanted = add_lists((wanted, sidecars))
        peak = max_lists(peak, wanted)
    return max_lists(running, peak)


def pod_requests(spec: Mapping[str, Any], *, pod_level: bool = True, overhead: bool = True) -> dict[str, Quantity]:
    """What a pod requests of a node (PodRequests)."""
    total = _aggregate(spec, "requests")
    own = (spec.get("resources") or {}).get("requests") if pod_level else None
    if own:
        total.update({name: quantity(text) for name, text in own.items()})
    extra = spec.get("overhead") if overhead else None
    return add_lists((total, extra)) if extra else total


def pod_limits(spec: Mapping[str, Any], *, pod_level: bool = True, overhead: bool = True) -> dict[str, Quantity]:
    """What a pod is limited to (PodLimits)."""
    total = _aggregate(spec, "limits")
    own = (spec.get("resources") or {}).get("limits") if pod_level else None
    if own:
        total.update({name: quantity(text) for name, text in own.items()})
    for name, text in ((spec.get("overhead") if overhead else None) or {}).items():
        if name in total:
            total[name] = total[name] + quantity(text)
    return total
