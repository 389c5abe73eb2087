"""Tests that are run in many worlds: one for every seed.

    @kubefake.simulate(seeds=200)
    async def test_survives_restarts(world):
        world.start(scaler.main, name="scaler")
        ...

A seed that fails is replayed with fewer and fewer of its faults, until those are left that it takes to fail.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import wraps
from typing import Any

from kubefake.faults.plan import Decision
from kubefake.sim.shrink import shrink

from .world import World

__all__ = ["SEED_VARIABLE", "SeedFailed", "simulate"]

SEED_VARIABLE = "KUBEFAKE_SEED"
"""The environment variable that makes every simulation run this one seed."""

_SHRINK_TRIES = 200

Story = Callable[..., Awaitable[None]]


class SeedFailed(AssertionError):
    """A world in which the test failed.

    Attributes:
        seed: its seed.
        decisions: the fault decisions that it takes to fail, after shrinking; empty when it fails without faults.
        trace: the trace of the shrunk run, as bytes.
    """

    def __init__(self, seed: int, cause: BaseException, decisions: list[Decision], trace: bytes, command: str) -> None:
        self.seed = seed
        self.decisions = decisions
        self.trace = trace
        faults = "\n".join(f"  {decision}" for decision in decisions) or "  none"
        super().__init__(
            f"seed {seed} failed: {type(cause).__name__}: {cause}\nfaults that it takes:\n{faults}\nreplay: {command}"
        )


def simulate(
    test: Story | None = None, *, seeds: int | Iterable[int] = 1, shrink_failures: bool = True, **options: Any
) -> Any:
    """Turns `async def test(world, …)` into a test that runs once for every seed, in a new world each time.

    Args:
        seeds: how many seeds, counted from 0, or which ones.
        shrink_failures: whether to look for the faults that matter when a seed fails.
        options: what else a World takes: objects, start, faults, latency, chaos.

    Raises SeedFailed for the first seed that fails.
    """

    def decorate(story: Story) -> Callable[..., None]:
        @wraps(story)
        def run_all(*args: Any, **kwargs: Any) -> None:
            for seed in _chosen(seeds):
                _run_seed(story, seed, args, kwargs, options, shrink_failures)

        # The test runner must not take `world` for a fixture.
        signature = inspect.signature(story)
        others = [parameter for name, parameter in signature.parameters.items() if name != "world"]
        run_all.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        del run_all.__wrapped__
        return run_all

    return decorate if test is None else decorate(test)


def _chosen(seeds: int | Iterable[int]) -> Iterable[int]:
    only = os.environ.get(SEED_VARIABLE)
    if only:
        return (int(only),)
    return range(seeds) if isinstance(seeds, int) else seeds


def _run_seed(
    story: Story, seed: int, args: tuple[Any, ...], kwargs: dict[str, Any], options: dict[str, Any], shrinking: bool
) -> None:
    def attempt(masked: Collection[int]) -> tuple[BaseException | None, World]:
        with World(seed=seed, masked=masked, **options) as world:
            try:
                world.run(_as_coroutine(story(*args, world=world, **kwargs)))
            except Exception as error:  # noqa: BLE001  whatever it is, it is what the test found
                return error, world
            return None, world

    error, world = attempt(())
    if error is None:
        return
    masked: tuple[int, ...] = ()
    decisions = [decision.index for decision in world.faults.decisions]
    if shrinking and decisions:
        # Leaving decisions undone changes what comes after them, so it is the failure that is kept, not its course.
        kept = shrink(
            decisions, lambda some: attempt(_without(decisions, some))[0] is not None, max_tries=_SHRINK_TRIES
        )
        masked = _without(decisions, kept.items)
        again, smaller = attempt(masked)
        if again is not None:
            error, world = again, smaller
    struck = [decision for decision in world.faults.decisions if not decision.masked]
    command = f"{SEED_VARIABLE}={seed} pytest {_where(story)}"
    raise SeedFailed(seed, error, struck, world.trace.text, command) from error


def _without(decisions: Iterable[int], kept: Collection[int]) -> tuple[int, ...]:
    return tuple(index for index in decisions if index not in kept)


def _where(story: Story) -> str:
    code = inspect.unwrap(story).__code__
    return f"{os.path.relpath(code.co_filename)}::{story.__name__}"


async def _as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable
