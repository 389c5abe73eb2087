"""Simulated tests: one world for every seed, and failures that can be understood and repeated."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from kubeclient import AsyncClientset
from kubeclient.api.core_v1 import ConfigMap, ObjectMeta
from kubeclient.transport.protocol import TransportError
from kubefake import LoseAnswer, Match, Refuse, Rule, World, simulate
from kubefake.scenario.simulate import FAULTS_VARIABLE, SEED_VARIABLE, SeedFailed


async def careless(client: AsyncClientset, stop: Any) -> None:
    """Creates again when no answer came, under another name each time."""
    while not stop.is_set():
        await client.runtime.sleep(1)
        if len((await client.core_v1.config_maps("default").list()).items) > 1:
            continue
        try:
            await client.core_v1.config_maps("default").create(ConfigMap(metadata=ObjectMeta(generate_name="job-")))
            return
        except TransportError:
            continue


RULES = [
    Rule(Refuse(503), Match(verb="list"), probability=0.3),
    Rule(LoseAnswer(), Match(verb="create"), probability=0.5),
]


def job_count(world: World) -> int:
    return sum(item["metadata"]["name"].startswith("job-") for item in world.cluster.list("configmaps"))


async def makes_one_job(world: World) -> None:
    world.start(careless)
    await world.settle()
    assert job_count(world) == 1


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KUBEFAKE_TRACES", str(tmp_path))
    monkeypatch.delenv(SEED_VARIABLE, raising=False)
    monkeypatch.delenv(FAULTS_VARIABLE, raising=False)
    return tmp_path


def failure(**options: Any) -> SeedFailed:
    with pytest.raises(SeedFailed) as caught:
        simulate(makes_one_job, seeds=50, faults=RULES, allow_errors=True, **options)()
    return caught.value


def test_every_seed_gets_a_world_of_its_own() -> None:
    seeds: list[int] = []

    @simulate(seeds=[3, 1, 4])
    async def story(world: World) -> None:
        seeds.append(world.seed)
        assert world.clock.monotonic_ns() == 0

    story()
    assert seeds == [3, 1, 4]


def test_a_failure_names_its_seed_and_only_the_faults_that_it_takes() -> None:
    error = failure()

    assert [type(decision.effect) for decision in error.decisions] == [LoseAnswer]
    assert f"seed {error.seed} failed: AssertionError" in str(error)
    assert f"{SEED_VARIABLE}={error.seed} {FAULTS_VARIABLE}={error.decisions[0].index} pytest " in error.replay
    assert error.replay.endswith("test_simulate.py::makes_one_job")


def test_without_shrinking_all_faults_are_named() -> None:
    assert len(failure(shrink_failures=False).decisions) >= len(failure().decisions)


def test_the_trace_of_a_failure_is_kept_in_a_file(folder: Path) -> None:
    error = failure()

    path = folder / f"makes_one_job-seed-{error.seed}.trace"
    assert path.read_bytes() == error.trace
    assert str(path) in str(error)


def test_the_replay_command_repeats_the_shrunk_run(monkeypatch: pytest.MonkeyPatch) -> None:
    first = failure()
    monkeypatch.setenv(SEED_VARIABLE, str(first.seed))
    monkeypatch.setenv(FAULTS_VARIABLE, str(first.decisions[0].index))

    second = failure()

    assert second.trace == first.trace
    assert second.decisions == first.decisions


def test_a_program_that_fails_makes_its_seed_fail() -> None:
    async def broken(client: AsyncClientset, stop: Any) -> None:
        raise ZeroDivisionError("a bug")

    @simulate
    async def story(world: World) -> None:
        world.start(broken, restart_after=None)
        await world.settle()

    with pytest.raises(SeedFailed, match="broken: ZeroDivisionError: a bug"):
        story()


def test_test_runners_see_a_plain_function_without_the_world() -> None:
    @simulate
    async def story(world: World, tmp_path: Path) -> None:
        """Its doc."""

    assert not inspect.iscoroutinefunction(story)
    assert list(inspect.signature(story).parameters) == ["tmp_path"]
    assert story.__doc__ == "Its doc."
