"""How a Deployment moves from one ReplicaSet to another: numbers only. Pure.

Follows pkg/controller/deployment/{rolling,sync,util}.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubeclient.api.apps_v1 import Deployment, ReplicaSet
from kubeclient.apimachinery.intstr import get_scaled_value_from_int_or_percent

__all__ = [
    "DESIRED_REPLICAS",
    "MAX_REPLICAS",
    "Limits",
    "available_total",
    "creation_order",
    "limits_of",
    "new_set_size",
    "old_set_sizes",
    "proportional_sizes",
    "size",
    "total",
]

DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"


def size(replica_set: ReplicaSet) -> int:
    """How many pods a ReplicaSet is to have."""
    return replica_set.spec.replicas or 0


def total(replica_sets: Sequence[ReplicaSet]) -> int:
    """How many pods they are all to have."""
    return sum(map(size, replica_sets))


def available_total(replica_sets: Sequence[ReplicaSet]) -> int:
    return sum(one.status.available_replicas for one in replica_sets)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many pods more and how many available ones less than desired there may be during an update."""

    surge: int
    unavailable: int


def limits_of(deployment: Deployment) -> Limits:
    """What the strategy allows; both zero would allow no step, so one may then be unavailable."""
    replicas, rolling = deployment.spec.replicas or 0, deployment.spec.strategy.rolling_update
    if deployment.spec.strategy.type != "RollingUpdate" or rolling is None:
        return Limits(0, 0)
    surge = get_scaled_value_from_int_or_percent(rolling.max_surge or 0, replicas, round_up=True)
    unavailable = get_scaled_value_from_int_or_percent(rolling.max_unavailable or 0, replicas, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Limits(surge, min(unavailable, replicas))


def new_set_size(deployment: Deployment, replica_sets: Sequence[ReplicaSet], new: ReplicaSet) -> int:
    """The next size of the new ReplicaSet: as large as the surge allows, never more than desired."""
    desired = deployment.spec.replicas or 0
    if deployment.spec.strategy.type == "Recreate" or size(new) > desired:
        return desired
    room = desired + limits_of(deployment).surge - total(replica_sets)
    return size(new) if room <= 0 else size(new) + min(room, desired - size(new))


def old_set_sizes(deployment: Deployment, old: Sequence[ReplicaSet], new: ReplicaSet) -> dict[str, int]:
    """The next sizes of old ReplicaSets, by name, of those that change.

    Pods that are not available go first, as they are missed by nobody; then as many as the limit of unavailable ones
    allows, oldest ReplicaSets first.
    """
    limits = limits_of(deployment)
    minimum = (deployment.spec.replicas or 0) - limits.unavailable
    sizes = {one.metadata.name: size(one) for one in old}
    new_unavailable = size(new) - new.status.available_replicas
    spare = sum(sizes.values()) + size(new) - minimum - new_unavailable
    if sum(sizes.values()) == 0 or spare <= 0:
        return {}
    oldest_first = sorted(old, key=creation_order)
    for one in oldest_first:  # clean up what is unhealthy
        unhealthy = size(one) - one.status.available_replicas
        step = min(spare, unhealthy)
        if step > 0:
            sizes[one.metadata.name] -= step
            spare -= step
    removable = available_total(old) + new.status.available_replicas - minimum
    for one in oldest_first:  # then shrink
        step = min(removable, sizes[one.metadata.name])
        if step > 0:
            sizes[one.metadata.name] -= step
            removable -= step
    return {one.metadata.name: sizes[one.metadata.name] for one in old if sizes[one.metadata.name] != size(one)}


def proportional_sizes(deployment: Deployment, replica_sets: Sequence[ReplicaSet]) -> dict[str, int]:
    """The sizes of active ReplicaSets when a Deployment is scaled in the middle of an update, by name.

    Each gets its share of what is to be added or taken away; what rounding leaves goes to the largest.
    """
    desired = deployment.spec.replicas or 0
    allowed = desired + limits_of(deployment).surge if desired > 0 else 0
    to_add = allowed - total(replica_sets)
    # Largest first; of equals the newest when growing, the oldest when shrinking.
    ordered = sorted(replica_sets, key=creation_order, reverse=to_add > 0)
    ordered.sort(key=lambda one: -size(one))
    sizes: dict[str, int] = {}
    added = 0
    for one in ordered:
        share = 0
        if to_add != 0:
            share = _share(one, deployment, allowed, to_add, added)
            added += share
        sizes[one.metadata.name] = size(one) + share
    if ordered and to_add != 0:
        largest = ordered[0].metadata.name
        sizes[largest] = max(0, sizes[largest] + to_add - added)
    return sizes


def _share(one: ReplicaSet, deployment: Deployment, allowed: int, to_add: int, added: int) -> int:
    if size(one) == 0:
        return 0
    left = to_add - added
    if deployment.spec.replicas == 0:
        fraction = -size(one)
    else:
        before = _number(one.metadata.annotations.get(MAX_REPLICAS)) or deployment.status.replicas or 1
        fraction = _round(size(one) * allowed / before) - size(one)
    return min(fraction, left) if to_add > 0 else max(fraction, left)


def _round(value: float) -> int:
    """Half away from zero, as Go rounds."""
    return int(value + 0.5) if value >= 0 else -int(-value + 0.5)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def creation_order(one: ReplicaSet) -> tuple[int, str]:
    """Sorts the oldest first, those of one moment by name."""
    created = one.metadata.creation_timestamp
    return (0 if created is None else created.ns, one.metadata.name)
