"""A world: a cluster, the programs that use it and everything between them, on simulated time and from one seed.

    world = World(seed=7)
    world.start(scaler.main, name="scaler")
    world.faults.add(verb="update", effect=LoseAnswer(), probability=0.1)

    async def story(world):
        await world.apply("manifests/web.yaml")
        await world.settle(timeout="10m")
        world.expect("deployments/web", {"spec": {"replicas": 3}})

    world.run(story(world))

The same seed, code and Python minor version give the same run, to the byte of its trace. All waiting has to go through the
runtime (which clients, informers and queues do): whatever else would wait, or read the machine's clock, fails loudly.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Collection, Container, Coroutine, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.current import use_async_runtime
from kubefake.faults.door import Door
from kubefake.faults.latency import Latency
from kubefake.faults.load import parse_seconds
from kubefake.faults.plan import Decision, FaultPlan
from kubefake.faults.rules import Crash, Rule
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.realtime import SeededIds
from kubefake.sim.clock import DEFAULT_START_NS, VirtualClock
from kubefake.sim.errors import SimulationError
from kubefake.sim.guard import no_escapes
from kubefake.sim.internals import lost_error
from kubefake.sim.loop import SimLoop
from kubefake.sim.rng import Seeds
from kubefake.sim.threads import BatonThreads
from kubefake.sim.trace import Trace
from kubefake.store import Version

from .actor import Actor, current_life
from .cluster import Cluster
from .manifests import Manifest
from .matching import differences
from .recorder import Recorder
from .stage import WorldStage
from .witness import Witness

if TYPE_CHECKING:
    from kubeclient import AsyncClientset

__all__ = ["NotSettledError", "ProgramFailedError", "World"]

T = TypeVar("T")

QUIET_SECONDS = 60.0
"""So long nothing may be written before a world counts as settled; longer than client-go's longest relist wait."""

HEARTBEATS = frozenset({"leases.coordination.k8s.io", "events", "events.events.k8s.io"})
"""Writes that go on in a settled world."""


_FAREWELLS = 10
"""How often a task is cancelled at the end of a world before it counts as one that cannot be ended."""


class NotSettledError(AssertionError):
    """The world still changed when the time to settle was over; the message says what changed last."""


class ProgramFailedError(AssertionError):
    """Programs of a world ended with exceptions that nobody asked for. The first one is the cause of this error."""


class _Only(Container[int]):
    """All decisions but those that are to be carried out."""

    def __init__(self, kept: Collection[int]) -> None:
        self._kept = frozenset(kept)

    def __contains__(self, index: object) -> bool:
        return index not in self._kept


class _WorldLoop(SimLoop):
    """Knows to which life a task belongs, so that all of them end with it, and which of them failed."""

    def __init__(self, clock: VirtualClock, *, chaos: Any = None) -> None:
        super().__init__(clock, chaos=chaos)
        self.failed: list[asyncio.Task[Any]] = []

    def create_task(self, coro: Any, *, name: str | None = None, **options: Any) -> asyncio.Task[Any]:  # type: ignore[override]
        task = super().create_task(coro, name=name, **options)
        life = current_life.get()
        if life is not None:
            life.keep_task(task)
            task.add_done_callback(self._keep_failed)
        return task

    def _keep_failed(self, task: asyncio.Task[Any]) -> None:
        if lost_error(task) is not None:
            self.failed.append(task)


class World:
    """A simulated cluster and its programs.

    Args:
        seed: of identifiers, faults, latencies and jitter.
        start: the wall clock's reading at the beginning; a datetime with a zone, or RFC 3339 text.
        objects: what exists from the start.
        faults, latency: rules to begin with; more can be added to `world.faults` at any time.
        only: indexes of the fault decisions to carry out, leaving all others undone: those that shrinking has found.
        chaos: shuffles what is ready at each turn of the loop, beyond what asyncio allows.
        allow_errors: whether programs may end with exceptions; otherwise closing the world raises ProgramFailedError.
        legacy: serve the API versions too that older servers had.

    Attributes:
        actors: the programs by name.
        faults: the plan that decides what goes wrong; rules can be added and taken out while the world runs.
        pods: says what containers do: their logs, commands and ports.
        trace: what happened, a line an event.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        start: datetime | str | None = None,
        objects: Iterable[Manifest] = (),
        faults: Iterable[Rule] = (),
        latency: Iterable[Latency] = (),
        only: Collection[int] | None = None,
        chaos: bool = False,
        allow_errors: bool = False,
        legacy: bool = False,
    ) -> None:
        self.seed = seed
        self.closing = False
        self.allow_errors = allow_errors
        self.seeds = Seeds(seed)
        self.clock = VirtualClock(_start_ns(start))
        self.trace = Trace(self.clock)
        self.loop = _WorldLoop(self.clock, chaos=self.seeds.stream("chaos") if chaos else None)
        self.loop.set_exception_handler(self._lost)
        self.threads = BatonThreads(self.loop)
        self.actors: dict[str, Actor] = {}
        self.runtime = AioRuntime(self.clock, self.seeds.stream("world"))
        # Nothing to lock: in a simulation one thread runs at a time.
        self.cluster = Cluster(
            seed=seed, objects=objects, clock=self.clock, ids=SeededIds(seed), lock=nullcontext(), legacy=legacy
        )
        self.pods = self.cluster.pods
        self.cluster.server.scripts.stage = WorldStage(self.threads, self.runtime, self.seeds.stream("containers"))
        store = self.cluster.server.store
        self.faults = FaultPlan(
            self.clock,
            self.seeds.stream,
            rules=faults,
            latency=latency,
            masked=() if only is None else _Only(only),
            revision=lambda: store.revision,
            on_decision=self._decided,
        )
        self.witness = Witness(self.cluster.server, store, self.clock)
        self.door = Door(self.witness, self.faults)
        self.on_commit: Callable[[Version], None] | None = None
        """Called after each commit, watchers notified; for checks. It must neither write nor raise."""
        self._lost_errors: list[BaseException] = []
        self._last_write_ns = 0
        self._last_write = "nothing"
        self._fan_out = store.on_commit
        store.on_commit = self._committed

    # Programs.

    def start(
        self,
        main: Callable[..., Any],
        *,
        name: str = "",
        user: str | None = None,
        groups: Sequence[str] = (),
        restart_after: float | str | None = 1.0,
    ) -> Actor:
        """Runs a program: `async def main(client, stop)`, or a blocking `def main(client, stop)` in a simulated thread.

        Args:
            name: what faults and the trace call it; by default the function's module or name.
            user, groups: as whom it acts; by default as an administrator.
            restart_after: seconds until a life that crashed or failed is followed by another; None: never.
        """
        name = name or _name_of(main)
        if name in self.actors:
            raise ValueError(f"there is a program {name!r} in this world already")
        seconds = None if restart_after is None else parse_seconds(restart_after, "restart_after")
        actor = self.actors[name] = Actor(self, main, name, user=user, groups=groups, restart_after=seconds)
        actor.start()
        return actor

    @cached_property
    def client(self) -> AsyncClientset:
        """The client of the test itself: an administrator that faults do not touch."""
        from kubeclient import AsyncClientset
        from kubefake.transport.aio import AsyncInProcessTransport

        transport = AsyncInProcessTransport(Door(self.witness), self.runtime, Caller("test", ADMIN.user))
        return AsyncClientset(transport, runtime=self.runtime)

    def recorder(self, caller: Caller) -> Recorder:
        """What writes a client's requests into the trace."""
        return Recorder(self.trace, caller, lambda: self.closing)

    # Time.

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine on simulated time until it returns. Time stands still between two runs.

        Raises RuntimeError inside of a running event loop: a world has a loop of its own, and loops do not nest.
        """
        if _loop_runs():
            story.close()
            raise RuntimeError(
                "a world has an event loop of its own and cannot run inside of another: make the test a plain `def`, "
                "or decorate an `async def test(world)` with kubefake.simulate"
            )
        with use_async_runtime(self.runtime), no_escapes(self.clock):
            return self.loop.run_until_complete(story)

    async def sleep(self, duration: float | str) -> None:
        """Lets simulated time pass: seconds, or a text like "10m"."""
        await self.runtime.sleep(parse_seconds(duration, "duration"))

    async def settle(self, timeout: float | str = "10m", *, quiet: float | str = QUIET_SECONDS) -> None:
        """Waits until nothing has been written for `quiet` seconds; leases and events do not count.

        Raises NotSettledError when `timeout` has passed before.
        """
        quiet_ns = round(parse_seconds(quiet, "quiet") * 1e9)
        started = self.clock.monotonic_ns()
        deadline = started + round(parse_seconds(timeout, "timeout") * 1e9) + quiet_ns
        while True:
            calm_at = max(self._last_write_ns, started) + quiet_ns
            now = self.clock.monotonic_ns()
            if now >= calm_at:
                return
            if now >= deadline:
                raise NotSettledError(f"seed {self.seed}: not settled after {timeout}; last write: {self._last_write}")
            await self.runtime.sleep((min(calm_at, deadline) - now) * 1e-9)

    # The cluster, as the test sees it. These act at once, past all faults.

    async def apply(self, *manifests: Manifest, field_manager: str = "test") -> list[dict[str, Any]]:
        """Applies objects, taking over fields that others own; returns them as stored."""
        return self.cluster.apply(*manifests, field_manager=field_manager)

    async def patch(
        self, reference: str, patch: Mapping[str, Any], *, namespace: str = "default", subresource: str = ""
    ) -> dict[str, Any]:
        """Changes an object, or a subresource of it ("status"), by a merge patch; returns it as stored."""
        return self.cluster.patch(reference, patch, namespace=namespace, subresource=subresource)

    async def delete(self, reference: str, *, namespace: str = "default") -> None:
        """Deletes an object. Raises NotFound."""
        self.cluster.delete(reference, namespace=namespace)

    def get(self, reference: str, *, namespace: str = "default") -> dict[str, Any] | None:
        """The stored object, or None."""
        return self.cluster.get(reference, namespace=namespace)

    def expect(self, reference: str, expected: Mapping[str, Any] | None, *, namespace: str = "default") -> None:
        """Raises AssertionError, with what differs, unless the object has all that is expected; None: it must not exist."""
        problems = self.check(reference, expected, namespace=namespace)
        if problems:
            raise AssertionError(f"seed {self.seed}: {reference} in {namespace}:\n  " + "\n  ".join(problems))

    def check(self, reference: str, expected: Mapping[str, Any] | None, *, namespace: str = "default") -> list[str]:
        """What keeps the object from being as expected; empty when nothing does."""
        found = self.get(reference, namespace=namespace)
        if expected is None:
            return [] if found is None else ["it exists"]
        return ["it does not exist"] if found is None else list(differences(expected, found))

    async def eventually(
        self,
        reference: str,
        expected: Mapping[str, Any] | None,
        *,
        within: float | str = "10m",
        namespace: str = "default",
    ) -> None:
        """Waits until the object is as expected. Raises AssertionError with what differs when the time is over."""
        deadline = self.clock.monotonic_ns() + round(parse_seconds(within, "within") * 1e9)
        while problems := self.check(reference, expected, namespace=namespace):
            left = deadline - self.clock.monotonic_ns()
            if left <= 0:
                text = "\n  ".join(problems)
                raise AssertionError(f"seed {self.seed}: {reference} in {namespace}, after {within}:\n  {text}")
            await self.runtime.sleep(min(0.1, left * 1e-9))

    # Ends.

    def compact(self) -> None:
        """Forgets history and breaks all watches, as a server does that comes back after a compaction.

        Clients that want to go on from an earlier revision learn that it has expired (410).
        """
        self.cluster.compact()
        self.faults.partition("*").remove()

    @property
    def errors(self) -> list[tuple[str, BaseException]]:
        """What programs ended with, or lost in the background, by the program's name ("" when that is not known)."""
        known = [(actor.name, error) for actor in self.actors.values() for error in actor.errors]
        return known + [("", error) for error in self._lost_errors]

    def close(self) -> None:
        """Ends all programs and the loop. May be called twice.

        Raises ProgramFailedError when a program had ended with an exception, unless errors are allowed.
        """
        if self.closing:
            return
        self._collect_lost()
        begun = bool(asyncio.all_tasks(self.loop))
        if begun and _loop_runs():
            raise RuntimeError("a world cannot be closed inside of another event loop than its own")
        self.closing = True
        try:
            if begun:
                with use_async_runtime(self.runtime), no_escapes(self.clock):
                    self.loop.run_until_complete(self._end_all())
        finally:
            self.threads.close()
            self.loop.close()
        if not self.allow_errors:
            self.raise_errors()

    def raise_errors(self) -> None:
        """Raises ProgramFailedError when a program ended with an exception that nobody took out of its `errors`."""
        errors = self.errors
        if not errors:
            return
        lines = [f"{name or 'a task in the background'}: {type(error).__name__}: {error}" for name, error in errors]
        shown = lines[:_FAREWELLS] + [f"… and {len(lines) - _FAREWELLS} more"] * (len(lines) > _FAREWELLS)
        text = "\n  ".join(shown)
        raise ProgramFailedError(f"seed {self.seed}: programs ended with exceptions:\n  {text}") from errors[0][1]

    async def _end_all(self) -> None:
        """Ends what runs; what resists is cancelled again, and in the end named in an error."""
        current = asyncio.current_task()
        for actor in self.actors.values():
            actor.stop()
            if actor.life is not None:
                actor.life.end()
        for _ in range(_FAREWELLS):
            tasks = [task for task in asyncio.all_tasks() if task is not current]
            if not tasks:
                return
            for task in sorted(tasks, key=asyncio.Task.get_name):
                task.cancel()
            done, _ = await asyncio.wait(tasks, timeout=1.0)
            for task in done:
                _ = task.cancelled() or task.exception()
        left = sorted(task.get_name() for task in asyncio.all_tasks() if task is not current)
        if left:
            raise SimulationError(f"tasks that go on although they were cancelled: {', '.join(left)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        if kind is not None:
            self.allow_errors = True  # something else is wrong already, and is to be seen
        self.close()

    def _collect_lost(self) -> None:
        """Takes the errors of tasks that nobody has asked for; asking for them here keeps asyncio from telling again."""
        failed, self.loop.failed = self.loop.failed, []
        for task in failed:
            error = lost_error(task)
            if error is not None and not isinstance(error, Crash):
                self._lost_errors.append(error)
                task.exception()

    def _lost(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """An exception that nobody retrieved, or that a callback raised."""
        error = context.get("exception")
        if isinstance(error, Crash) or self.closing:
            return
        if error is None:
            loop.default_exception_handler(dict(context))
        else:
            self._lost_errors.append(error)

    def _decided(self, decision: Decision) -> None:
        outcome = "masked" if decision.masked else ""
        self.trace.event("faults", decision.rule, str(decision.subject), f"#{decision.index}", outcome)

    def _committed(self, version: Version) -> None:
        if self._fan_out is not None:
            self._fan_out(version)
        if version.table not in HEARTBEATS:
            self._last_write_ns = self.clock.monotonic_ns()
            self._last_write = f"{version.table} {version.key} at revision {version.revision}"
        if self.on_commit is not None:
            self.on_commit(version)

    def __repr__(self) -> str:
        return f"<World seed {self.seed} at {self.clock!r}, {len(self.actors)} programs>"


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _name_of(main: Callable[..., Any]) -> str:
    """A program's name: its function's, or its module's where the function is called as all of them are."""
    inner = inspect.unwrap(main)
    inner = inner.func if isinstance(inner, partial) else inner
    name = str(getattr(inner, "__name__", type(inner).__name__))
    return inner.__module__.rpartition(".")[2] if name in ("main", "run") else name


def _start_ns(start: datetime | str | None) -> int:
    if start is None:
        return DEFAULT_START_NS
    moment = datetime.fromisoformat(start) if isinstance(start, str) else start
    if moment.tzinfo is None:
        raise ValueError(f"start: {start} has no time zone: write 2030-01-01T00:00:00Z")
    return round(moment.timestamp()) * 1_000_000_000
