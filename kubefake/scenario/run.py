"""Carries a scenario out: one world for a seed, many for a sweep.

    scenario = load_scenario("scenarios/website/scenario.yaml")
    for result in sweep(scenario):
        print(result.seed, result.ok)

A run depends on the scenario, the seed and the user's code alone: in which process it happens, and after which others,
makes no difference.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from kubeclient.apimachinery.status_error import StatusError
from kubefake.faults.plan import Decision, RuleHandle
from kubefake.sim.errors import SimulationError
from kubefake.sim.shrink import shrink

from .check import CheckResult, Checks, Violation
from .load import builtin_actors
from .model import (
    Apply,
    Check,
    Compact,
    Create,
    Delete,
    Eventually,
    Expect,
    Faults,
    Partition,
    Patch,
    Scenario,
    Settle,
    Signal,
    Step,
    Wait,
)
from .programs import Programs
from .witness import Finding
from .world import QUIET_SECONDS, NotSettledError, World

__all__ = ["Result", "run_seed", "shrink_result", "sweep"]

_SHRINK_TRIES = 200


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one seed's world.

    Attributes:
        seed: the world's.
        only: the fault decisions that were carried out, when not all of them were.
        checks: all of them, and whether they held.
        violations: in the order in which they happened.
        findings: what deserves a look, though nothing that was expected is violated.
        decisions: the faults that struck.
        trace: the world's, as bytes; empty in the results of a sweep.
        digest: the trace's hash.
        virtual_ns: simulated time.
        real_seconds: how long it took; the one thing here that differs between two runs of a seed.
        strict: whether findings count as violations.
    """

    seed: int
    only: tuple[int, ...] | None
    checks: tuple[CheckResult, ...]
    violations: tuple[Violation, ...]
    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...]
    trace: bytes
    digest: str
    virtual_ns: int
    real_seconds: float
    strict: bool = False

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return not self.violations and not (self.strict and self.findings)


def run_seed(scenario: Scenario, seed: int, *, only: Collection[int] | None = None) -> Result:
    """Runs one world. Raises ScenarioFileError when code that the scenario names cannot be imported."""
    began = time.perf_counter()
    with Programs(scenario.path.parent) as programs:
        world = World(
            seed=seed,
            start=scenario.start,
            objects=scenario.objects,
            faults=scenario.faults,
            latency=scenario.latency,
            only=only,
            allow_errors=True,
        )
        run = _Run(scenario, world, programs)
        try:
            run.start_programs()
            run.play()
        finally:
            run.close()
    violations = tuple(run.checks.violations)
    return Result(
        seed=seed,
        only=None if only is None else tuple(sorted(only)),
        checks=run.results,
        violations=violations,
        findings=tuple(run.findings()),
        decisions=tuple(decision for decision in world.faults.decisions if not decision.masked),
        trace=world.trace.text,
        digest=world.trace.digest,
        virtual_ns=world.clock.monotonic_ns(),
        real_seconds=time.perf_counter() - began,
        strict=scenario.strict,
    )


def sweep(
    scenario: Scenario, seeds: Iterable[int] | None = None, *, executor: Executor | None = None
) -> Iterator[Result]:
    """Runs a world for every seed, by default those of the scenario; results come in the order of the seeds.

    Args:
        executor: runs the worlds, in processes on this machine or elsewhere; None runs them here. Threads of one process
            cannot: a simulation watches its whole process.

    The results have no traces: `run_seed` makes that of any seed.
    """
    if isinstance(executor, ThreadPoolExecutor):
        raise TypeError("worlds cannot share a process: give an executor whose workers are processes")
    chosen = scenario.seeds if seeds is None else tuple(seeds)
    one = partial(_one_of_many, scenario)
    return map(one, chosen) if executor is None else executor.map(one, chosen)


def _one_of_many(scenario: Scenario, seed: int) -> Result:
    return replace(run_seed(scenario, seed), trace=b"")


def shrink_result(scenario: Scenario, result: Result) -> Result:
    """The run of a violating seed with as few faults as it takes for the same violation; the result itself when it is without faults."""
    first = result.violations[0].key if result.violations else None
    indexes = [decision.index for decision in result.decisions]

    def fails(only: Collection[int]) -> bool:
        again = run_seed(scenario, result.seed, only=only)
        if first is None:
            return not again.ok
        return any(violation.key == first for violation in again.violations)

    if not indexes:
        return run_seed(scenario, result.seed, only=result.only)
    found = shrink(indexes, fails, max_tries=_SHRINK_TRIES)
    return run_seed(scenario, result.seed, only=found.items)


class _Run:
    """A scenario in a world."""

    def __init__(self, scenario: Scenario, world: World, programs: Programs) -> None:
        self.results: tuple[CheckResult, ...] = ()
        self._scenario = scenario
        self._world = world
        self._programs = programs
        self.checks = Checks(scenario, world, programs)
        self._not_settled: list[Finding] = []
        self._cut: dict[str, RuleHandle] = {}
        world.on_commit = self.checks.committed

    def start_programs(self) -> None:
        """Imports everything that is named, and only then starts it."""
        functions = [(controller, self._programs(controller.entrypoint)) for controller in self._scenario.controllers]
        actors = builtin_actors() if self._scenario.actors else {}
        for name in self._scenario.actors:
            self._world.start(actors[name], name=name)
        for controller, function in functions:
            self._world.start(
                function,
                name=controller.name,
                user=controller.user,
                groups=controller.groups,
                restart_after=controller.restart_after,
            )

    def play(self) -> None:
        """Takes all steps, or those up to the first that cannot be taken."""
        complete = False
        try:
            complete = self._world.run(self._timeline())
        except SimulationError as error:
            self.checks.violated("timeline", "the simulation goes on", f"{type(error).__name__}: {error}")
        self.results = self.checks.finish(complete=complete)

    def close(self) -> None:
        try:
            self._world.close()
        except SimulationError as error:
            self.checks.violated("timeline", "the programs end", f"{type(error).__name__}: {error}")

    def findings(self) -> Iterator[Finding]:
        errors = Counter((name or "-", f"{type(error).__name__}: {error}") for name, error in self._world.errors)
        for (name, text), count in errors.items():
            yield Finding("unhandled exception", name, text, count)
        yield from self._not_settled
        yield from self._world.witness.findings

    async def _timeline(self) -> bool:
        for step in self._scenario.timeline:
            self._world.trace.event("timeline", "step", step.title)
            try:
                problem = await self._take(step)
            except (StatusError, AssertionError, LookupError, ValueError) as error:
                problem = f"{type(error).__name__}: {error}"
            if problem:
                self.checks.violated("timeline", step.title, problem)
                return False
        return True

    async def _take(self, step: Step) -> str:
        """Takes one step; returns what is wrong when it is a check that does not hold."""
        world = self._world
        match step.action:
            case Apply(objects=objects):
                await world.apply(*objects)
            case Create(objects=objects):
                world.cluster.load(*objects)
            case Patch(reference=reference, merge=merge, namespace=namespace, subresource=subresource):
                await world.patch(reference, merge, namespace=namespace, subresource=subresource)
            case Delete(reference=reference, namespace=namespace):
                await world.delete(reference, namespace=namespace)
            case Wait(seconds=seconds):
                await world.sleep(seconds)
            case Settle(timeout=timeout, quiet=quiet):
                await self._settle(step, timeout, QUIET_SECONDS if quiet is None else quiet)
            case Signal():
                self._signal(step.action)
            case Partition(program=program, heal=heal):
                self._partition(program, heal=heal)
            case Compact():
                world.compact()
            case Faults(switch=switch, rules=rules):
                self._switch(switch)
                for rule in rules:
                    world.faults.add(rule)
            case Eventually(check=check):
                return await self._eventually(check)
            case Expect(check=check):
                return "; ".join(self.checks.view.problems(check.condition))
        return ""

    async def _settle(self, step: Step, timeout: float, quiet: float) -> None:
        try:
            await self._world.settle(timeout, quiet=quiet)
        except NotSettledError as error:
            text = str(error).partition(": ")[2]
            self._world.trace.event("timeline", "not-settled", step.title, outcome=text)
            self._not_settled.append(Finding("not settled", step.title, text))

    async def _eventually(self, check: Check) -> str:
        """Looks again after every commit, until the check holds or its time is over."""
        world, condition = self._world, check.condition
        changed = world.runtime.event()
        self.checks.on_commit = changed.set
        deadline = world.clock.monotonic_ns() + round((check.within or 0.0) * 1e9)
        try:
            while problems := self.checks.view.problems(condition):
                left = deadline - world.clock.monotonic_ns()
                if left <= 0:
                    return f"{'; '.join(problems)} (after {check.within:g} seconds)"
                changed.clear()
                await changed.wait(left * 1e-9)
        finally:
            self.checks.on_commit = None
        return ""

    def _switch(self, on: bool | None) -> None:
        for handle in self._world.faults.rules:
            if on is not None and handle not in self._cut.values():
                handle.enabled = on

    def _signal(self, signal: Signal) -> None:
        actor = self._world.actors[signal.program]
        {"crash": actor.kill, "stop": actor.stop, "start": actor.start, "restart": actor.restart}[signal.kind]()

    def _partition(self, program: str, *, heal: bool) -> None:
        handle = self._cut.pop(program, None)
        if handle is not None:
            handle.remove()
        if not heal:
            self._cut[program] = self._world.faults.partition(program)
