"""Deployments, ReplicaSets and hollow nodes, together and alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubefake import CrashAfterCommit, DelayEvents, LoseAnswer, Match, Rule, World
from kubefake.faults.latency import Fixed

Worlds = Callable[..., World]
Manifest = Callable[..., dict[str, Any]]


def names(world: World, resource: str) -> list[str]:
    return [item["metadata"]["name"] for item in world.cluster.list(resource)]


def test_a_replica_set_makes_its_pods(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("replicaset")

    async def story() -> None:
        await world.apply(manifest("ReplicaSet"))
        await world.eventually("replicasets/web", {"status": {"replicas": 3, "fullyLabeledReplicas": 3}})

    world.run(story())
    pods = world.cluster.list("pods")
    assert {pod["metadata"]["generateName"] for pod in pods} == {"web-"}
    assert {pod["metadata"]["ownerReferences"][0]["kind"] for pod in pods} == {"ReplicaSet"}


def test_a_pod_that_fits_is_adopted_and_one_that_strays_released(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("replicaset")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stray", "namespace": "default", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "img:1"}]},
    }

    async def story() -> None:
        await world.apply(pod)
        await world.apply(manifest("ReplicaSet", 1))
        await world.settle()
        assert names(world, "pods") == ["stray"]
        await world.patch("pods/stray", {"metadata": {"labels": {"app": "other"}}})
        await world.settle()

    world.run(story())
    released = world.get("pods/stray")
    assert released is not None
    assert "ownerReferences" not in released["metadata"]
    assert len(names(world, "pods")) == 2


def test_late_watches_do_not_lead_to_too_many_pods(world_of: Worlds, manifest: Manifest) -> None:
    late = Rule(DelayEvents(Fixed(5.0)), Match(client="replicaset", resource="pods"))
    world = world_of("replicaset", faults=[late])

    async def story() -> None:
        await world.apply(manifest("ReplicaSet"))
        for replicas in (5, 2, 4):
            await world.sleep(1)
            await world.patch("replicasets/web", {"spec": {"replicas": replicas}})
            assert len(names(world, "pods")) <= 5
        await world.settle()

    world.run(story())
    assert len(names(world, "pods")) == 4


def test_pods_run_and_are_ready_on_hollow_nodes(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("replicaset", "nodes")

    async def story() -> None:
        await world.apply(manifest("ReplicaSet"))
        await world.eventually(
            "replicasets/web", {"status": {"readyReplicas": 3, "availableReplicas": 3}}, within="10s"
        )

    world.run(story())
    assert {pod["spec"]["nodeName"] for pod in world.cluster.list("pods")} <= set(names(world, "nodes"))


def test_a_pod_on_a_node_ends_within_its_grace(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("replicaset", "nodes")

    async def story() -> None:
        await world.apply(manifest("ReplicaSet", 1))
        await world.settle()
        pod = names(world, "pods")[0]
        await world.patch("replicasets/web", {"spec": {"replicas": 0}})
        await world.sleep("50ms")
        world.expect(f"pods/{pod}", {"metadata": {"deletionGracePeriodSeconds": 30}})
        await world.sleep(3)
        world.expect(f"pods/{pod}", None)

    world.run(story())


def test_a_deployment_rolls_out_and_keeps_its_history(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("deployment", "replicaset", "nodes")

    async def story() -> None:
        await world.apply(manifest("Deployment", revisionHistoryLimit=1))
        await world.settle()
        for image in ("img:2", "img:3"):
            await world.patch(
                "deployments/web", {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}}
            )
            await world.settle()

    world.run(story())
    found = world.get("deployments/web")
    assert found is not None
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    status = found["status"]
    assert (status["replicas"], status["updatedReplicas"], status["availableReplicas"]) == (3, 3, 3)
    assert {one["reason"] for one in status["conditions"]} == {"MinimumReplicasAvailable", "NewReplicaSetAvailable"}
    sets = world.cluster.list("replicasets")
    assert sorted(one["spec"]["replicas"] for one in sets) == [0, 3]


def test_a_rollout_stays_within_surge_and_unavailability(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("deployment", "replicaset", "nodes")
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}}

    async def story() -> None:
        await world.apply(manifest("Deployment", 4, strategy=rolling))
        await world.settle()
        await world.patch(
            "deployments/web", {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "img:2"}]}}}}
        )
        for _ in range(100):
            await world.sleep("100ms")
            pods = [one for one in world.cluster.list("pods") if "deletionTimestamp" not in one["metadata"]]
            ready = [
                one
                for one in pods
                if any(c["type"] == "Ready" and c["status"] == "True" for c in one["status"].get("conditions", ()))
            ]
            assert len(pods) <= 5
            assert len(ready) >= 3
        await world.settle()

    world.run(story())
    assert {pod["spec"]["containers"][0]["image"] for pod in world.cluster.list("pods")} == {"img:2"}


def test_recreate_waits_for_the_last_old_pod(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("deployment", "replicaset", "nodes")

    async def story() -> None:
        await world.apply(manifest("Deployment", 2, strategy={"type": "Recreate"}))
        await world.settle()
        await world.patch(
            "deployments/web", {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "img:2"}]}}}}
        )
        for _ in range(60):
            await world.sleep("100ms")
            assert len({pod["spec"]["containers"][0]["image"] for pod in world.cluster.list("pods")}) <= 1
        await world.settle()

    world.run(story())
    assert {pod["spec"]["containers"][0]["image"] for pod in world.cluster.list("pods")} == {"img:2"}


def test_a_rollout_that_stands_still_misses_its_deadline(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("deployment", "replicaset")  # no nodes: no pod ever runs

    async def story() -> None:
        await world.apply(manifest("Deployment", progressDeadlineSeconds=30))
        await world.sleep("1m")

    world.run(story())
    found = world.get("deployments/web")
    assert found is not None
    progressing = next(one for one in found["status"]["conditions"] if one["type"] == "Progressing")
    assert (progressing["status"], progressing["reason"]) == ("False", "ProgressDeadlineExceeded")


def test_a_paused_deployment_starts_nothing(world_of: Worlds, manifest: Manifest) -> None:
    world = world_of("deployment", "replicaset")

    async def story() -> None:
        await world.apply(manifest("Deployment", paused=True))
        await world.settle()
        assert names(world, "replicasets") == []
        await world.patch("deployments/web", {"spec": {"paused": False}})
        await world.settle()

    world.run(story())
    assert len(names(world, "pods")) == 3


def test_the_controllers_get_there_whatever_fails(world_of: Worlds, manifest: Manifest) -> None:
    for seed in range(5):
        faults = [
            Rule(DelayEvents(Fixed(1.0)), probability=0.2),
            Rule(LoseAnswer(), Match(verb="[cu][rp]*"), probability=0.1, before=60),
            Rule(CrashAfterCommit(), Match(verb="[cu][rp]*"), probability=0.05, before=60),
        ]
        world = world_of("deployment", "replicaset", "nodes", "gc", seed=seed, faults=faults)

        async def story(world: World = world) -> None:
            await world.apply(manifest("Deployment"))
            await world.sleep(2)
            await world.patch(
                "deployments/web", {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "img:2"}]}}}}
            )
            await world.sleep("2m")
            await world.settle("20m")
            world.expect("deployments/web", {"status": {"updatedReplicas": 3, "availableReplicas": 3}})
            assert len(names(world, "pods")) == 3
            await world.delete("deployments/web")
            await world.settle("20m")
            assert names(world, "replicasets") == names(world, "pods") == []

        world.run(story())
