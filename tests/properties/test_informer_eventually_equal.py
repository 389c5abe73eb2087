"""Whatever happens between them, an informer ends up equal to the server, and no handler hears an impossible story.

Hypothesis writes, deletes, cuts watches, compacts, adds faults, kills and restarts, on simulated time. When all has calmed
down, the local copy and what every handler has heard are the server's state, for clients of both colours.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubeclient import AsyncClientset, Clientset
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.cache import DeletedFinalStateUnknown, Indexer
from kubeclient.features import set_feature_during_test
from kubeclient.informers import AsyncSharedInformerFactory, SharedInformerFactory
from kubeclient.machines import reflector
from kubeclient.rest import Config
from kubeclient.runtime.protocol import AsyncEvent, Event
from kubefake import Cluster, World
from kubefake.faults.latency import Exponential, Fixed, Latency, Uniform
from kubefake.faults.rules import (
    CutWatch,
    Delay,
    DelayEvents,
    DuplicateEvent,
    Effect,
    ExpireWatch,
    LoseAnswer,
    LoseRequest,
    Refuse,
    StaleRead,
)

NAMES = ("a", "b", "c", "d")
CALM = 400.0
"""Seconds after which nothing of a fault is left: the longest wait twice, and handlers that are slow or fail."""

REQUEST_EFFECTS: list[Effect] = [
    Delay(Fixed(2.0)),
    Delay(Fixed(2.0), phase="answer"),
    LoseAnswer(),
    LoseRequest("connect-failed"),
    LoseRequest("timed-out"),
    Refuse(410, reason="Expired"),
    Refuse(429, retry_after=1),
    Refuse(500, reason="InternalError"),
    Refuse(504, reason="Timeout"),
    StaleRead(3),
]
WATCH_EFFECTS: list[Effect] = [
    CutWatch(),
    CutWatch(clean=True),
    CutWatch(after=0.2, clean=True),
    CutWatch(after=3.0),
    DelayEvents(Uniform(0, 2.0)),
    DuplicateEvent(),
    ExpireWatch(),
    ExpireWatch(after=5.0),
]


class Ledger:
    """Everything the server ever stored, so that nothing else may be heard."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._versions: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()  # a handler in a real thread may hear of a write before it is noted here

    def write(self, name: str, value: str) -> None:
        head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}
        with self._lock:
            stored = self._cluster.apply({**head, "data": {"value": value}})[0]
            self._versions.add((name, stored["metadata"]["resourceVersion"], value))

    def delete(self, name: str) -> None:
        if self._cluster.get(f"configmaps/{name}") is not None:
            self._cluster.delete(f"configmaps/{name}")

    def knows(self, obj: ConfigMap) -> bool:
        with self._lock:
            return (obj.metadata.name, obj.metadata.resource_version, obj.data["value"]) in self._versions

    def state(self) -> dict[str, tuple[str, str]]:
        found = self._cluster.list("configmaps", namespace="default")
        return {obj["metadata"]["name"]: (obj["metadata"]["resourceVersion"], obj["data"]["value"]) for obj in found}


def version(obj: ConfigMap) -> int:
    return int(obj.metadata.resource_version)


class Story:
    """What one handler has heard; it notes whatever cannot be."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name
        self._known: dict[str, ConfigMap] = {}
        self.wrong: list[str] = []
        self.calls = 0

    def on_add(self, obj: ConfigMap, *, is_initial_list: bool) -> None:
        self.calls += 1
        name = obj.metadata.name
        self._check(name not in self._known, f"{name} was added twice")
        self._check(self._ledger.knows(obj), f"{name} was added as it never was")
        self._known[name] = obj

    def on_update(self, old: ConfigMap, new: ConfigMap) -> None:
        self.calls += 1
        name = new.metadata.name
        known = self._known.get(name)
        self._check(known is not None, f"{name} was updated before it was added")
        self._check(known is None or version(known) == version(old), f"{name} was updated from what was never heard of")
        self._check(version(old) <= version(new), f"{name} went back in time")
        self._check(self._ledger.knows(new), f"{name} was updated to what it never was")
        self._known[name] = new

    def on_delete(self, obj: ConfigMap | DeletedFinalStateUnknown[ConfigMap]) -> None:
        self.calls += 1
        last = obj.obj if isinstance(obj, DeletedFinalStateUnknown) else obj
        name = last.metadata.name
        known = self._known.pop(name, None)
        self._check(known is not None, f"{name} was deleted and never there")
        self._check(known is None or version(known) <= version(last), f"{name} went back in time as it was deleted")

    def state(self) -> dict[str, tuple[str, str]]:
        return state_of(self._known.values())

    def _check(self, right: bool, problem: str) -> None:
        if not right:
            self.wrong.append(f"{self._name}: {problem}")


def state_of(objects: Any) -> dict[str, tuple[str, str]]:
    return {obj.metadata.name: (obj.metadata.resource_version, obj.data["value"]) for obj in objects}


class Observed:
    """One life of the program under test: its copy, and the stories of its handlers."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.store: Indexer[ConfigMap] | None = None
        self.stories: list[Story] = []

    def story(self, name: str) -> Story:
        story = Story(self._ledger, name)
        self.stories.append(story)
        return story


LATE = (0.5, 7.0, 60.0)
"""When handlers come late, in seconds of a life, one after the other."""


async def follow(client: AsyncClientset, stop: AsyncEvent, observed: Observed) -> None:
    runtime = client.runtime
    factory = AsyncSharedInformerFactory(client)
    informer = factory.informer(client.core_v1.config_maps("default"))
    observed.store = informer.store
    slow, grumpy = observed.story("slow"), observed.story("grumpy")

    class Slow:
        async def on_add(self, obj: ConfigMap, *, is_initial_list: bool) -> None:
            await runtime.sleep(0.4)
            slow.on_add(obj, is_initial_list=is_initial_list)

        async def on_update(self, old: ConfigMap, new: ConfigMap) -> None:
            await runtime.sleep(0.4)
            slow.on_update(old, new)

        async def on_delete(self, obj: Any) -> None:
            await runtime.sleep(0.4)
            slow.on_delete(obj)

    informer.add_event_handler(observed.story("quick"))
    informer.add_event_handler(Slow())
    informer.add_event_handler(Grumpy(grumpy))
    informer.add_event_handler(observed.story("resynced"), resync_period=11)
    factory.start()
    for number, seconds in enumerate(LATE):
        if await runtime.sleep(seconds, stop):
            informer.add_event_handler(observed.story(f"late {number}"))
    await stop.wait()
    await factory.shutdown()


def follow_blocking(client: Clientset, stop: Event, observed: Observed) -> None:
    runtime = client.runtime
    factory = SharedInformerFactory(client)
    informer = factory.informer(client.core_v1.config_maps("default"))
    observed.store = informer.store
    slow, grumpy = observed.story("slow"), observed.story("grumpy")

    class Slow:
        def on_add(self, obj: ConfigMap, *, is_initial_list: bool) -> None:
            runtime.sleep(0.4)
            slow.on_add(obj, is_initial_list=is_initial_list)

        def on_update(self, old: ConfigMap, new: ConfigMap) -> None:
            runtime.sleep(0.4)
            slow.on_update(old, new)

        def on_delete(self, obj: Any) -> None:
            runtime.sleep(0.4)
            slow.on_delete(obj)

    informer.add_event_handler(observed.story("quick"))
    informer.add_event_handler(Slow())
    informer.add_event_handler(Grumpy(grumpy))
    informer.add_event_handler(observed.story("resynced"), resync_period=11)
    factory.start()
    for number, seconds in enumerate(LATE):
        if runtime.sleep(seconds, stop):
            informer.add_event_handler(observed.story(f"late {number}"))
    stop.wait()
    factory.shutdown()


class Grumpy:
    """Hears everything and fails at every third thing."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def on_add(self, obj: ConfigMap, *, is_initial_list: bool) -> None:
        self._story.on_add(obj, is_initial_list=is_initial_list)
        self._fail()

    def on_update(self, old: ConfigMap, new: ConfigMap) -> None:
        self._story.on_update(old, new)
        self._fail()

    def on_delete(self, obj: Any) -> None:
        self._story.on_delete(obj)
        self._fail()

    def _fail(self) -> None:
        if self._story.calls % 3 == 0:
            raise ValueError("I do not like this")


Changes = list[tuple[str, str, str, float]]

CHANGES: st.SearchStrategy[Changes] = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "delete"]),
        st.sampled_from(NAMES),
        st.sampled_from("xyz"),
        st.sampled_from([0.0, 0.0, 0.05, 0.7]),
    ),
    min_size=1,
    max_size=6,
)


class Ordeal:
    """A program with an informer in a world that treats it badly. Its methods are what can happen."""

    def __init__(self, *, blocking: bool, streams: bool) -> None:
        self.blocking = blocking
        self._gates = ExitStack()
        self._gates.enter_context(set_feature_during_test("WatchListClient", streams))
        logging.disable(logging.CRITICAL)  # the failures of handlers and requests are the point of this
        self._page_size = reflector.PAGE_SIZE
        reflector.PAGE_SIZE = 2  # type: ignore[misc]  # so that lists of a few objects have pages
        self.world = World(seed=5, latency=[Latency(request=Exponential(0.01), answer=Exponential(0.01))])
        self.ledger = Ledger(self.world.cluster)
        self.lives: list[Observed] = []
        self.faults: list[Any] = []
        self.actor = self.world.start(self._program(), name="informer", restart_after=1.0)

    def _program(self) -> Any:
        if self.blocking:

            def main_blocking(client: Clientset, stop: Event) -> None:
                follow_blocking(client, stop, self._observed())

            return main_blocking

        async def main(client: AsyncClientset, stop: AsyncEvent) -> None:
            await follow(client, stop, self._observed())

        return main

    def _observed(self) -> Observed:
        self.lives.append(Observed(self.ledger))
        return self.lives[-1]

    def change(self, changes: Changes) -> None:
        for kind, name, value, seconds in changes:
            if kind == "write":
                self.ledger.write(name, value)
            else:
                self.ledger.delete(name)
            if seconds:
                self.pass_time(seconds)

    def change_unseen(self, changes: Changes, forgotten: str, stale: int) -> None:
        """Changes while the server cannot be reached; then it may have forgotten them, and a lagging one may answer."""
        with self.world.faults.add(effect=LoseRequest("connect-failed")):
            self.cut_watches(clean=False)
            self.change(changes)
        if forgotten == "by the store":
            self.compact()
        elif forgotten == "by its cache":
            refusal = Refuse(410, reason="Expired")
            self.faults.append(self.world.faults.add(effect=refusal, verb="watch", first=1))
        if stale:
            self.faults.append(self.world.faults.add(effect=StaleRead(stale), first=2))

    def pass_time(self, seconds: float) -> None:
        self.world.run(self.world.sleep(seconds))

    def cut_watches(self, clean: bool) -> None:
        for watch in list(self.world.faults._watches):
            watch.cut(clean=clean)

    def compact(self) -> None:
        self.world.cluster.compact()

    def fail_requests(self, effect: Effect, verb: str, first: int) -> None:
        self.faults.append(self.world.faults.add(effect=effect, verb=verb, first=first))

    def fail_watches(self, effect: Effect, every: int) -> None:
        self.faults.append(self.world.faults.add(effect=effect, every=every))

    def heal(self) -> None:
        for fault in self.faults:
            fault.remove()
        self.faults.clear()

    def kill(self) -> None:
        self.actor.kill()

    def stop_and_start(self) -> None:
        self._stop()
        self.actor.start()

    def calm_down(self) -> None:
        self.heal()
        self.world.run(self.world.sleep(CALM))
        expected = self.ledger.state()
        life = self.lives[-1]
        assert life.store is not None
        assert state_of(life.store.list()) == expected
        assert set(life.store.index_keys("namespace", "default")) == {f"default/{name}" for name in expected}
        assert [story.wrong for observed in self.lives for story in observed.stories if story.wrong] == []
        assert len(life.stories) == 4 + len(LATE)
        for story in life.stories:
            assert story.state() == expected, story._name
        assert self.actor.errors == []

    def _stop(self) -> None:
        self.actor.stop()
        self.heal()
        self.world.run(self.world.sleep(10))
        assert not self.actor.running
        life = self.actor.life
        assert life is not None
        assert list(life.tasks) == []
        assert [thread.name for thread in life._threads if not thread.done()] == []

    def end(self) -> None:
        try:
            self.calm_down()
            self._stop()
        finally:
            reflector.PAGE_SIZE = self._page_size  # type: ignore[misc]
            logging.disable(logging.NOTSET)
            self.world.close()
            self._gates.close()


SECONDS = (0.001, 1.0, 5.0, 40.0, 700.0)
FORGOTTEN = ("no", "by the store", "by its cache")
KINDS: dict[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "change": (4, (CHANGES,)),
    "change_unseen": (3, (CHANGES, st.sampled_from(FORGOTTEN), st.integers(0, 8))),
    "pass_time": (2, (st.sampled_from(SECONDS),)),
    "cut_watches": (1, (st.booleans(),)),
    "compact": (1, ()),
    "fail_requests": (
        1,
        (st.sampled_from(REQUEST_EFFECTS), st.sampled_from(["list", "watch"]), st.integers(1, 4)),
    ),
    "fail_watches": (2, (st.sampled_from(WATCH_EFFECTS), st.integers(1, 2))),
    "heal": (1, ()),
    "kill": (1, ()),
    "stop_and_start": (1, ()),
    "calm_down": (1, ()),
}
"""What can happen: how often of all that does, and with what."""

Happenings = list[tuple[str, tuple[Any, ...]]]
HAPPENINGS: st.SearchStrategy[Happenings] = st.lists(
    st.one_of(
        [st.tuples(st.just(kind), st.tuples(*how)) for kind, (often, how) in KINDS.items() for _ in range(often)]
    ),
    min_size=8,
    max_size=40,
)


def drawn(seed: int) -> Happenings:
    """As HAPPENINGS, but evenly: hypothesis likes short and simple lists, and here it takes much for much to happen."""
    dice = random.Random(seed)

    def change() -> tuple[str, str, str, float]:
        kind = dice.choice(["write", "write", "delete"])
        return kind, dice.choice(NAMES), dice.choice("xyz"), dice.choice([0.0, 0.0, 0.05, 0.7])

    arguments: dict[str, Callable[[], tuple[Any, ...]]] = {
        "change": lambda: ([change() for _ in range(dice.randint(1, 6))],),
        "change_unseen": lambda: (
            [change() for _ in range(dice.randint(1, 6))],
            dice.choice(FORGOTTEN),
            dice.randrange(9),
        ),
        "pass_time": lambda: (dice.choice(SECONDS),),
        "cut_watches": lambda: (dice.random() < 0.5,),
        "fail_requests": lambda: (dice.choice(REQUEST_EFFECTS), dice.choice(["list", "watch"]), dice.randint(1, 4)),
        "fail_watches": lambda: (dice.choice(WATCH_EFFECTS), dice.randint(1, 2)),
    }
    kinds = dice.choices(list(KINDS), [often for often, _ in KINDS.values()], k=40)
    return [(kind, arguments.get(kind, tuple)()) for kind in kinds]


def go_through(happenings: Happenings, *, blocking: bool, streams: bool) -> None:
    ordeal = Ordeal(blocking=blocking, streams=streams)
    try:
        for name, arguments in happenings:
            getattr(ordeal, name)(*arguments)
    finally:
        ordeal.end()


@pytest.mark.parity("INF-09")
@pytest.mark.parity("RFL-15")
@pytest.mark.parity("PAIN-08")
@pytest.mark.timeout(120)
@settings(max_examples=30)
@given(HAPPENINGS, st.booleans())
def test_an_informer_ends_up_equal_to_the_server(happenings: Happenings, streams: bool) -> None:
    go_through(happenings, blocking=False, streams=streams)


@pytest.mark.parity("INF-09")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("seed", range(30))
def test_an_informer_ends_up_equal_after_much_has_happened(seed: int, streams: bool) -> None:
    go_through(drawn(seed), blocking=False, streams=streams)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("seed", range(1000, 1010))
def test_an_informer_of_a_blocking_program_does_too(seed: int, streams: bool) -> None:
    go_through(drawn(seed), blocking=True, streams=streams)


class Beaten:
    """A program over real HTTP whose informer is treated as an ordeal's, in real time."""

    def __init__(self, seed: int) -> None:
        self.cluster = Cluster(seed=seed)
        self.ledger = Ledger(self.cluster)
        self._dice = random.Random(seed)
        self._pause = threading.Event()

    def write(self, informer: Any, stories: list[Story]) -> None:
        dice = self._dice
        for number in range(200):
            if number in (50, 120):
                informer.add_event_handler(stories[number // 50])
            if dice.random() < 0.7:
                self.ledger.write(dice.choice(NAMES), str(number))
            else:
                self.ledger.delete(dice.choice(NAMES))
            roll = dice.random()
            if roll < 0.1:
                self.cluster.faults.add(effect=CutWatch(clean=roll < 0.05), first=1)
            elif roll < 0.15:
                self.cluster.faults.add(effect=DuplicateEvent(), first=1)
            elif roll < 0.2:
                self.cluster.compact()
            self._pause.wait(dice.choice([0, 0, 0.01]))

    def settle(self, stories: list[Story]) -> dict[str, tuple[str, str]]:
        expected = self.ledger.state()
        for _ in range(1000):
            if all(story.state() == expected for story in stories):
                break
            self._pause.wait(0.02)
        return expected


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_an_informer_over_real_http_does_too(seed: int, streams: bool) -> None:
    beaten = Beaten(seed)
    before = set(threading.enumerate())
    with set_feature_during_test("WatchListClient", streams), beaten.cluster.serve() as server:
        client = Clientset.from_config(Config(host=server.url))
        serving = set(threading.enumerate())
        with client, SharedInformerFactory(client) as factory:
            informer = factory.informer(client.core_v1.config_maps("default"))
            stories = [Story(beaten.ledger, str(number)) for number in range(3)]
            informer.add_event_handler(stories[0])
            factory.start()
            beaten.write(informer, stories)
            expected = beaten.settle(stories)
            assert state_of(informer.store.list()) == expected
        left = [thread.name for thread in threading.enumerate() if thread not in before | serving]
    assert [name for name in left if "informer" in name] == []
    assert [story.wrong for story in stories if story.wrong] == []
    assert [story.state() for story in stories] == [expected] * 3
