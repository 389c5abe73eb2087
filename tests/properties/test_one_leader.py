"""Whatever happens between candidates and server, no two lead at once, and when all is well again one does.

Faults, latencies, partitions, kills and restarts come from hypothesis, in clients of both colours; the monotonic clocks of
the candidates run at the same rate.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubeclient import AsyncClientset, Clientset
from kubeclient.leaderelection import AsyncLeaderElector, AsyncLeaseLock, LeaderElector, LeaseLock
from kubeclient.runtime.protocol import AsyncEvent, Event
from kubefake import World
from kubefake.faults.latency import Exponential, Fixed
from kubefake.faults.rules import Crash, CrashAfterCommit, CrashBefore, Delay, Effect, LoseAnswer, LoseRequest, Refuse

NAMES = ("one", "two", "three")
HAND_OVER = 15 + 3 * (2 + 2.4) + 10
"""A lease that is waited for, a try before, one after, one that may hang, and the start of whoever was killed."""

EFFECTS: list[Effect] = [
    Delay(Fixed(1.0)),
    Delay(Exponential(6.0)),
    Delay(Exponential(6.0), phase="answer"),
    Delay(Fixed(40.0), phase="answer"),
    LoseAnswer(),
    LoseAnswer("timed-out"),
    LoseRequest("connect-failed"),
    Refuse(409, reason="Conflict"),
    Refuse(429, retry_after=3),
    Refuse(500),
    CrashBefore(),
    CrashAfterCommit(),
]

RULES = st.lists(
    st.tuples(st.sampled_from(EFFECTS), st.sampled_from(["*", *NAMES]), st.sampled_from([0.1, 0.4])), max_size=4
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["kill", "partition", "stop", "sleep"]), st.sampled_from(NAMES), st.sampled_from([2, 8, 25, 45])
    ),
    min_size=1,
    max_size=6,
)


class Watcher:
    """Who works as a leader; notes it when somebody begins while another one works or says that it leads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._working: dict[str, int] = {}
        self._electors: dict[str, tuple[int, Callable[[], bool]]] = {}
        self.wrong: list[str] = []

    def begins(self, name: str, is_leader: Callable[[], bool]) -> None:
        now = self._world.clock.monotonic_ns() / 1e9
        self.wrong += [f"{name} began at {now:.3f} while {other} worked" for other in self.leaders()]
        for other, (life, leads) in self._electors.items():
            if other != name and self._alive(other, life) and leads():
                self.wrong.append(f"{name} began at {now:.3f} while {other} led")
        self._working[name] = self._world.actors[name].lives
        self._electors[name] = (self._world.actors[name].lives, is_leader)

    def ends(self, name: str) -> None:
        self._working.pop(name, None)

    def leaders(self) -> list[str]:
        return [name for name, life in self._working.items() if self._alive(name, life)]

    def _alive(self, name: str, life: int) -> bool:
        actor = self._world.actors[name]
        return actor.running and actor.lives == life


def program(name: str, watcher: Watcher, *, blocking: bool, release: bool) -> Callable[..., Any]:
    async def main(client: AsyncClientset, stop: AsyncEvent) -> None:
        async def lead(lost: AsyncEvent) -> None:
            watcher.begins(name, elector.is_leader)
            try:
                await lost.wait()
            finally:
                watcher.ends(name)

        lock = AsyncLeaseLock(client, "default", "job", identity=name)
        elector = AsyncLeaderElector(lock, on_started_leading=lead, release_on_cancel=release)
        await elector.run_forever(stop)

    def blocking_main(client: Clientset, stop: Event) -> None:
        def lead(lost: Event) -> None:
            watcher.begins(name, elector.is_leader)
            try:
                lost.wait()
            finally:
                watcher.ends(name)

        lock = LeaseLock(client, "default", "job", identity=name)
        elector = LeaderElector(lock, on_started_leading=lead, release_on_cancel=release)
        elector.run_forever(stop)

    return blocking_main if blocking else main


async def story(world: World, watcher: Watcher, steps: list[tuple[str, str, int]]) -> None:
    await world.sleep(5)
    for what, name, seconds in steps:
        actor = world.actors[name]
        if what == "partition":
            with world.faults.partition(name):
                await world.sleep(seconds)
        elif what == "kill":
            actor.kill()
            await world.sleep(seconds)
        elif what == "stop":
            actor.stop()
            await world.sleep(seconds)
            if not actor.running:
                actor.start()
        else:
            await world.sleep(seconds)
    for rule in world.faults.rules:
        rule.remove()
    await world.sleep(60)  # what is on its way arrives
    for name in NAMES:
        world.actors[name].start()
    await world.sleep(HAND_OVER)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Failing requests are the point of this."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.parametrize("blocking", [False, True], ids=["tasks", "threads"])
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), rules=RULES, steps=STEPS, release=st.booleans())
def test_no_two_candidates_lead_at_once_and_in_the_end_one_does(
    blocking: bool, seed: int, rules: list[tuple[Effect, str, float]], steps: list[tuple[str, str, int]], release: bool
) -> None:
    if blocking:
        # A thread that waits for a late answer cannot be interrupted: its work may outlast the lease, which is reported.
        rules = [rule for rule in rules if not isinstance(rule[0], Delay)]
    with quiet_logs(), World(seed=seed, allow_errors=True) as world:
        watcher = Watcher(world)
        for effect, client, probability in rules:
            world.faults.add(effect=effect, client=client, probability=probability)
        for name in NAMES:
            main = program(name, watcher, blocking=blocking, release=release)
            world.start(main, name=name, restart_after=7.0)
        world.run(story(world, watcher, steps))

        assert watcher.wrong == []
        assert len(watcher.leaders()) == 1
        assert [error for _, error in world.errors if not isinstance(error, Crash)] == []
