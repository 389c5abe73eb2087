"""The APIServices of the groups that an apiserver serves itself, as it registers them when it starts.

Follows pkg/controlplane/apiserver/aggregator.go. They tell what is served; nothing is decided by them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

__all__ = ["local_api_services"]

_GROUP_PRIORITIES: Final[Mapping[str, int]] = {
    "": 18000,
    "extensions": 17900,
    "apps": 17800,
    "events.k8s.io": 17750,
    "authentication.k8s.io": 17700,
    "authorization.k8s.io": 17600,
    "autoscaling": 17500,
    "batch": 17400,
    "certificates.k8s.io": 17300,
    "networking.k8s.io": 17200,
    "policy": 17100,
    "rbac.authorization.k8s.io": 17000,
    "settings.k8s.io": 16900,
    "storage.k8s.io": 16800,
    "apiextensions.k8s.io": 16700,
    "admissionregistration.k8s.io": 16700,
    "scheduling.k8s.io": 16600,
    "coordination.k8s.io": 16500,
    "node.k8s.io": 16300,
    "discovery.k8s.io": 16200,
    "resource.k8s.io": 16200,
    "flowcontrol.apiserver.k8s.io": 16100,
}
_VERSION_PRIORITIES: Final[Mapping[tuple[str, str], int]] = {
    ("", "v1"): 1,
    ("autoscaling", "v2"): 30,
    ("flowcontrol.apiserver.k8s.io", "v1"): 21,
    ("resource.k8s.io", "v1"): 21,
}
_USUAL_VERSION: Final = 15


def local_api_services(served: Iterable[tuple[str, str]], now: str) -> list[dict[str, Any]]:
    """One object for each group and version that has a priority, by name; the aggregator's own group has none."""
    return [
        _local(group, version, now)
        for group, version in sorted(set(served), key=lambda one: f"{one[1]}.{one[0]}")
        if group in _GROUP_PRIORITIES
    ]


def _usual_priority(version: str) -> int:
    """The rank of a version among those of its group: old servers have alphas and betas too."""
    if "alpha" in version:
        return 1
    return 8 + int(version.partition("beta")[2]) if "beta" in version else _USUAL_VERSION


def _local(group: str, version: str, now: str) -> dict[str, Any]:
    available = {
        "type": "Available",
        "status": "True",
        "lastTransitionTime": now,
        "reason": "Local",
        "message": "Local APIServices are always available",
    }
    return {
        "kind": "APIService",
        "apiVersion": "apiregistration.k8s.io/v1",
        "metadata": {
            "name": f"{version}.{group}",
            "labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"},
        },
        "spec": {
            **({"group": group} if group else {}),
            "version": version,
            "groupPriorityMinimum": _GROUP_PRIORITIES[group],
            "versionPriority": _VERSION_PRIORITIES.get((group, version)) or _usual_priority(version),
        },
        "status": {"conditions": [available]},
    }
