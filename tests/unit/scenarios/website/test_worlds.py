"""The operator on simulated time, with faults: many worlds, each another order of events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import broken_lost_answer
import broken_orphan_record
import broken_stale_cache
import controller
import controller_sync
import invariants
import pytest

from kubefake import CrashAfterCommit, DelayEvents, LoseAnswer, Match, Refuse, Rule, World
from kubefake.actors import ACTORS
from kubefake.faults.latency import Fixed

FAULTS = [
    Rule(DelayEvents(Fixed(2.0)), Match(client="website"), probability=0.3),
    Rule(Refuse(409), Match(client="website", verb="[cu][rp]*"), probability=0.1),
    Rule(LoseAnswer(), Match(client="website", verb="[cu][rp]*"), probability=0.1),
    Rule(CrashAfterCommit(), Match(client="website", verb="[cu][rp]*"), probability=0.1),
]


def live_through(folder: Path, seed: int, program: Callable[..., Any], *faults: Rule) -> list[str]:
    """A Website is made, changed twice and deleted; returns what is wrong before and after its deletion."""
    world = World(seed=seed, objects=[folder / "crd.yaml"], faults=faults)
    with world:
        world.start(program, name="website")

        async def story() -> list[str]:
            await world.apply(folder / "website.yaml")
            await world.sleep(1)
            await world.patch("websites/shop", {"spec": {"replicas": 5}})
            await world.settle()
            websites, deployments = world.cluster.list("websites"), world.cluster.list("deployments")
            problems = invariants.spec_is_carried_out(websites, deployments)
            problems += invariants.one_deployment_each(deployments)
            await world.delete("websites/shop")
            await world.settle()
            records = world.cluster.list("configmaps")
            return problems + invariants.no_orphaned_records(world.cluster.list("websites"), records)

        return world.run(story())


@pytest.mark.parametrize("program", [controller.main, controller_sync.main], ids=["asyncio", "threads"])
def test_the_operator_holds_whatever_fails(folder: Path, program: Callable[..., Any]) -> None:
    assert [live_through(folder, seed, program, *FAULTS) for seed in range(15)] == [[]] * 15


def test_an_operator_that_believes_its_cache_makes_two_deployments(folder: Path) -> None:
    late = Rule(DelayEvents(Fixed(2.0)), Match(client="website", resource="deployments"))
    assert any("Deployments belong" in text for text in live_through(folder, 0, broken_stale_cache.main, late))
    assert live_through(folder, 0, controller.main, late) == []


def test_an_operator_that_creates_again_makes_two_deployments(folder: Path) -> None:
    lost = Rule(LoseAnswer(), Match(verb="create", resource="deployments"), nth=1)
    assert any("Deployments belong" in text for text in live_through(folder, 0, broken_lost_answer.main, lost))
    assert live_through(folder, 0, controller.main, lost) == []


@pytest.mark.parametrize(("program", "left"), [(broken_orphan_record.main, 1), (controller.main, 0)])
def test_a_record_without_a_finalizer_is_left_behind(folder: Path, program: Callable[..., Any], left: int) -> None:
    dies = Rule(CrashAfterCommit(), Match(client="website", verb="create", resource="configmaps"), nth=1)
    with World(objects=[folder / "crd.yaml"], faults=[dies]) as world:
        world.start(program, name="website")

        async def story() -> list[str]:
            await world.apply(folder / "website.yaml")
            await world.sleep("500ms")
            await world.delete("websites/shop")
            await world.settle()
            return invariants.no_orphaned_records(world.cluster.list("websites"), world.cluster.list("configmaps"))

        assert len(world.run(story())) == left


def test_a_website_becomes_ready_when_its_pods_are(folder: Path) -> None:
    with World(objects=[folder / "crd.yaml"]) as world:
        for name in ("deployment", "gc", "nodes", "replicaset"):
            world.start(ACTORS[name], name=name)
        world.start(controller.main, name="website")

        async def story() -> None:
            await world.apply(folder / "website.yaml")
            await world.eventually("websites/shop", {"status": {"readyReplicas": 3}}, within="1m")
            await world.delete("websites/shop")
            await world.eventually("services/shop", None, within="1m")
            await world.settle()

        world.run(story())
        assert world.cluster.list("pods") == []
