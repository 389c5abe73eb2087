"""Real threads, for a moment: what turns by turn cannot show."""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from kubeclient.informers import SharedInformerFactory
from kubeclient.workqueue import DelayingQueue, QueueShutDown
from kubefake import Cluster


@pytest.fixture(autouse=True)
def _hurried_and_tidy() -> Iterator[None]:
    """Switches threads as often as Python can; none may be left in the end."""
    before, interval = set(threading.enumerate()), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    assert set(threading.enumerate()) <= before


def _together(*functions: object) -> None:
    threads = [threading.Thread(target=function, daemon=True) for function in functions]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parity("WQ-02")
def test_many_threads_at_one_queue_do_every_item_and_none_of_them_at_once() -> None:
    queue: DelayingQueue[int] = DelayingQueue()
    busy: set[int] = set()
    done: Counter[int] = Counter()
    wrong: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        while True:
            try:
                item = queue.get()
            except QueueShutDown:
                return
            with lock:
                if item in busy:
                    wrong.append(item)
                busy.add(item)
                done[item] += 1
            with lock:
                busy.discard(item)
            queue.done(item)

    def produce(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(1500):
            item = dice.randrange(40)
            if dice.random() < 0.2:
                queue.add_after(item, dice.random() * 0.002)
            else:
                queue.add(item)
        for item in range(40):
            queue.add(100 * (seed + 1) + item)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(6)]
    for worker in workers:
        worker.start()
    _together(*(lambda seed=seed: produce(seed) for seed in range(3)))
    queue.shut_down_with_drain()
    for worker in workers:
        worker.join(20)

    assert wrong == []
    assert all(done[100 * (seed + 1) + item] == 1 for seed in range(3) for item in range(40))


@pytest.mark.parity("INF-09")
def test_handlers_that_come_and_go_while_threads_write_see_whole_histories() -> None:
    cluster = Cluster()
    client = cluster.client()
    maps = client.core_v1.config_maps("default")
    histories: list[dict[str, int]] = []
    wrong: list[str] = []

    def listener() -> dict[str, int]:
        seen: dict[str, int] = {}

        def on_add(obj: object) -> None:
            name, number = obj.metadata.name, int(obj.data["n"])  # type: ignore[attr-defined]
            if name in seen:
                wrong.append(f"{name} added twice")
            seen[name] = number

        def on_update(old: object, new: object) -> None:
            name, number = new.metadata.name, int(new.data["n"])  # type: ignore[attr-defined]
            if seen.get(name, number) > number:
                wrong.append(f"{name} went back from {seen[name]} to {number}")
            seen[name] = number

        registration = informer.add_event_handler(on_add=on_add, on_update=on_update)
        histories.append(seen)
        if len(histories) % 3 == 0:
            informer.remove_event_handler(registration)
            histories.pop()
        return seen

    def write(writer: int) -> None:
        for number in range(60):
            for name in ("a", "b"):
                body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{name}{writer}"}}
                maps.apply({**body, "data": {"n": str(number)}}, field_manager="test", force=True)

    def listen() -> None:
        for _ in range(12):
            listener()

    factory = SharedInformerFactory(client)
    informer = factory.informer(maps)
    with factory:
        _together(lambda: write(0), lambda: write(1), listen)
        until = threading.Event()
        expected = dict.fromkeys(("a0", "a1", "b0", "b1"), 59)
        for _ in range(500):
            if all(seen == expected for seen in histories):
                break
            until.wait(0.01)

    assert wrong == []
    assert histories
    assert all(seen == expected for seen in histories), histories
