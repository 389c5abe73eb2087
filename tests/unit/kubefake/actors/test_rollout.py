"""How many pods a rollout adds and takes away at each step."""

from __future__ import annotations

import pytest

from kubeclient.api.apps_v1 import (
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicaSetStatus,
    RollingUpdateDeployment,
)
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.times import Time
from kubefake.actors.rollout import (
    MAX_REPLICAS,
    Limits,
    limits_of,
    new_set_size,
    old_set_sizes,
    proportional_sizes,
)


def deployment(replicas: int, surge: int | str = "25%", unavailable: int | str = "25%") -> Deployment:
    rolling = RollingUpdateDeployment(max_surge=surge, max_unavailable=unavailable)
    return Deployment(
        spec=DeploymentSpec(
            replicas=replicas, strategy=DeploymentStrategy(type="RollingUpdate", rolling_update=rolling)
        )
    )


def replica_set(name: str, size: int, available: int = 0, born: int = 0, allowed: int | None = None) -> ReplicaSet:
    annotations = {} if allowed is None else {MAX_REPLICAS: str(allowed)}
    return ReplicaSet(
        metadata=ObjectMeta(name=name, creation_timestamp=Time(born * 1_000_000_000), annotations=annotations),
        spec=ReplicaSetSpec(replicas=size),
        status=ReplicaSetStatus(available_replicas=available),
    )


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "limits"),
    [
        (4, "25%", "25%", Limits(1, 1)),
        (3, "25%", "25%", Limits(1, 0)),
        (10, 3, 0, Limits(3, 0)),
        (2, 0, 0, Limits(0, 1)),
        (2, 1, 5, Limits(1, 2)),
        (0, "50%", "50%", Limits(0, 0)),
    ],
)
def test_surge_rounds_up_and_unavailability_down(
    replicas: int, surge: int | str, unavailable: int | str, limits: Limits
) -> None:
    assert limits_of(deployment(replicas, surge, unavailable)) == limits


def test_the_new_set_grows_as_far_as_the_surge_allows() -> None:
    old, new = replica_set("old", 10, 10), replica_set("new", 0)
    assert new_set_size(deployment(10, 3, 0), [old, new], new) == 3


def test_the_new_set_never_exceeds_what_is_desired() -> None:
    new = replica_set("new", 12)
    assert new_set_size(deployment(10), [new], new) == 10


def test_old_pods_go_only_as_new_ones_become_available() -> None:
    old = replica_set("old", 10, 10)
    waiting, ready = replica_set("new", 3, 0), replica_set("new", 3, 3)
    assert old_set_sizes(deployment(10, 3, 0), [old], waiting) == {}
    assert old_set_sizes(deployment(10, 3, 0), [old], ready) == {"old": 7}


def test_old_pods_that_are_not_available_go_first() -> None:
    sick, sound = replica_set("sick", 4, 0, born=2), replica_set("sound", 6, 6, born=1)
    assert old_set_sizes(deployment(10, 0, 4), [sick, sound], replica_set("new", 0)) == {"sick": 0}


def test_scaling_in_the_middle_of_a_rollout_is_proportional() -> None:
    old, new = replica_set("old", 3, 3, born=1, allowed=5), replica_set("new", 2, born=2, allowed=5)
    assert proportional_sizes(deployment(8, 2, 1), [old, new]) == {"old": 6, "new": 4}
    assert sum(proportional_sizes(deployment(2, 1, 1), [old, new]).values()) == 3
