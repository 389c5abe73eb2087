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
from pathlib import Path
from typing import Any

from kubefake.faults.plan import Decision
from kubefake.sim.shrink import shrink

from .ranges import format_ranges, parse_ranges
from .traces import keep_trace
from .world import World

__all__ = ["FAULTS_VARIABLE", "SEED_VARIABLE", "SeedFailed", "simulate"]

SEED_VARIABLE = "KUBEFAKE_SEED"
"""The environment variable that makes every simulation run this one seed."""

FAULTS_VARIABLE = "KUBEFAKE_ONLY_FAULTS"
"""The environment variable with the only fault decisions to carry out: indexes and ranges, "3,17-20"; "" for none."""

_SHRINK_TRIES = 200

Story = Callable[..., Awaitable[None]]


class SeedFailed(AssertionError):
    """A world in which the test failed.

    Attributes:
        seed: its seed.
        decisions: the fault decisions that it takes to fail, after shrinking; empty when it fails without faults.
        trace: the trace of the shrunk run, as bytes.
        replay: the command that runs that world again.
    """

    def __init__(
        self, seed: int, cause: BaseException, decisions: list[Decision], trace: bytes, replay: str, path: Path
    ) -> None:
        self.seed = seed
        self.decisions = decisions
        self.trace = trace
        self.replay = replay
        faults = "\n".join(f"  {decision}" for decision in decisions) or "  none"
        super().__init__(
            f"seed {seed} failed: {type(cause).__name__}: {cause}\nfaults that it takes:\n{faults}\n"
            f"trace: {path}\nreplay: {replay}"
        )


def simulate(
    test: Story | None = None, *, seeds: int | Iterable[int] = 1, shrink_failures: bool = True, **options: Any
) -> Any:
    """Turns `async def test(world, …)` into a test that runs once for every seed, in a new world each time.

    Args:
        seeds: how many seeds, counted from 0, or which ones.
        shrink_failures: whether to look for the faults that matter when a seed fails.
        options: what else a World takes: objects, start, faults, latency, chaos, allow_errors.

    Raises SeedFailed for the first seed that fails; a program that ended with an exception is a failure too.
    """

    def decorate(story: Story) -> Callable[..., None]:
        @wraps(story)
        def run_all(*args: Any, **kwargs: Any) -> None:
            only = os.environ.get(FAULTS_VARIABLE)
            for seed in _chosen(seeds):
                _Seed(story, seed, args, kwargs, options).run(
                    None if only is None else parse_ranges(only), shrinking=shrink_failures and only is None
                )

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


class _Seed:
    """One test in the worlds of one seed."""

    def __init__(
        self, story: Story, seed: int, args: tuple[Any, ...], kwargs: dict[str, Any], options: dict[str, Any]
    ) -> None:
        self._story = story
        self._seed = seed
        self._args = args
        self._kwargs = kwargs
        self._options = options

    def run(self, only: Collection[int] | None, *, shrinking: bool) -> None:
        """Raises SeedFailed when the test fails, with as few faults as it can be made to fail with."""
        error, world = self._attempt(only)
        if error is None:
            return
        decisions = [decision.index for decision in world.faults.decisions if not decision.masked]
        if shrinking and decisions:
            # Leaving decisions undone changes what comes after them: it is the kind of failure that is kept.
            kind = type(error)
            found = shrink(decisions, lambda some: type(self._attempt(some)[0]) is kind, max_tries=_SHRINK_TRIES)
            again, smaller = self._attempt(found.items)
            if again is not None:
                only, error, world = found.items, again, smaller
        struck = [decision for decision in world.faults.decisions if not decision.masked]
        trace = world.trace.text
        path = keep_trace(self._story.__name__, self._seed, trace)
        raise SeedFailed(self._seed, error, struck, trace, self._command(only), path) from error

    def _attempt(self, only: Collection[int] | None) -> tuple[Exception | None, World]:
        world = World(seed=self._seed, only=only, **self._options)
        try:
            with world:
                world.run(_as_coroutine(self._story(*self._args, world=world, **self._kwargs)))
        except Exception as error:  # noqa: BLE001  whatever it is, it is what the test found
            return error, world
        return None, world

    def _command(self, only: Collection[int] | None) -> str:
        code = inspect.unwrap(self._story).__code__
        faults = "" if only is None else f"{FAULTS_VARIABLE}={format_ranges(only)} "
        path = os.path.relpath(code.co_filename)
        name = code.co_qualname.rpartition("<locals>.")[2].replace(".", "::")
        return f"{SEED_VARIABLE}={self._seed} {faults}pytest {path}::{name}"


async def _as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable
