"""Controllers: keys from informers, workers, retries, an orderly end; and many pieces of work side by side."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._async.controller import AsyncController
from kubeclient._async.informer_factory import AsyncSharedInformerFactory
from kubeclient._async.parallelize import parallelize_until
from kubeclient._async.resource_lock import AsyncLeaseLock
from kubeclient._async.work_queue import AsyncRateLimitingQueue, AsyncWorkQueue
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.controller import ControllerMetrics, Requeue, owner_key
from kubeclient.machines.requeue_limiters import ItemExponentialFailureRateLimiter
from kubeclient.machines.work_queue_metrics import WorkQueueMetrics
from tests.twins.support import AsyncSim


class Running:
    """A controller over the ConfigMaps of a simulated cluster, and what it was asked to reconcile."""

    def __init__(self, sim: AsyncSim, **options: Any) -> None:
        self.sim = sim
        self.seen: list[tuple[float, str]] = []
        self.answers: list[Any] = []
        self.stop = sim.runtime.event()
        self.factory = AsyncSharedInformerFactory(sim.client())
        self.informer = self.factory.informer(sim.client().core_v1.config_maps("default"))
        self.controller: AsyncController[str] = AsyncController(
            "maps", self.reconcile, runtime=sim.runtime, rate_limiter=ItemExponentialFailureRateLimiter(1.0), **options
        )

    async def reconcile(self, key: str) -> Any:
        self.seen.append((self.sim.now, key.removeprefix("default/")))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def keys(self) -> list[str]:
        return [key for _, key in self.seen]

    async def during(self, seconds: float) -> None:
        """Runs it for so long."""
        task = self.sim.runtime.spawn(self.controller.run, self.stop, name="controller")
        self.factory.start()
        await self.sim.runtime.sleep(seconds)
        self.stop.set()
        await task.join()
        await self.factory.shutdown()


def is_mine(obj: ConfigMap) -> bool:
    return "mine" in obj.data


async def test_every_object_is_reconciled_and_again_when_it_changes_or_goes(sim: AsyncSim) -> None:
    sim.config_map("a")
    running = Running(sim)
    running.controller.watch(running.informer)

    async def change() -> None:
        await sim.runtime.sleep(5)
        sim.config_map("b")
        await sim.runtime.sleep(5)
        sim.config_map("a", x="1")
        await sim.runtime.sleep(5)
        sim.delete("a")

    task = sim.runtime.spawn(change, name="changes")
    await running.during(20)
    await task.join()

    assert [key for key in running.keys if key != "kube-root-ca.crt"] == ["a", "b", "a", "a"]


async def test_only_objects_that_pass_are_reconciled_before_or_after_a_change(sim: AsyncSim) -> None:
    sim.config_map("other", x="1")
    sim.config_map("mine", mine="1")
    running = Running(sim)
    running.controller.watch(running.informer, when=is_mine)

    async def change() -> None:
        await sim.runtime.sleep(5)
        sim.config_map("other", x="2")
        client = sim.client().core_v1.config_maps("default")
        await client.patch("mine", {"data": {"mine": None}})

    task = sim.runtime.spawn(change, name="changes")
    await running.during(10)
    await task.join()

    assert running.keys == ["mine", "mine"]


async def test_an_object_can_stand_for_several_keys_or_none(sim: AsyncSim) -> None:
    sim.config_map("two", keys="x y", mine="1")
    sim.config_map("none", mine="1")
    running = Running(sim)
    running.controller.watch(running.informer, key=lambda obj: obj.data.get("keys", "").split() or None, when=is_mine)

    await running.during(5)

    assert running.keys == ["x", "y"]


async def test_what_fails_is_tried_again_later_and_later_until_it_succeeds(sim: AsyncSim) -> None:
    sim.config_map("a", mine="1")
    running = Running(sim)
    running.controller.watch(running.informer, when=is_mine)
    running.answers = [ValueError("no"), ValueError("no"), None]

    await running.during(20)

    times = [round(at) for at, _ in running.seen]
    assert times == [0, 1, 3]
    assert running.controller.queue.num_requeues("default/a") == 0


async def test_what_fails_too_often_is_given_up(sim: AsyncSim) -> None:
    sim.config_map("a", mine="1")
    running = Running(sim, max_retries=1)
    running.controller.watch(running.informer, when=is_mine)
    running.answers = [ValueError("no")] * 9

    await running.during(20)

    assert len(running.seen) == 2


async def test_a_reconciliation_can_ask_to_be_called_again(sim: AsyncSim) -> None:
    sim.config_map("a", mine="1")
    running = Running(sim)
    running.controller.watch(running.informer, when=is_mine)
    running.answers = [Requeue(after=7), Requeue(), Requeue(), None]

    await running.during(30)

    assert [round(at) for at, _ in running.seen] == [0, 7, 8, 10]


async def test_each_outcome_is_counted(sim: AsyncSim) -> None:
    told: list[tuple[str, str]] = []

    class Counting(ControllerMetrics):
        def reconciled(self, controller: str, result: str, seconds: float) -> None:
            told.append((controller, result))

    sim.config_map("a", mine="1")
    running = Running(sim, metrics=Counting())
    running.controller.watch(running.informer, when=is_mine)
    running.answers = [ValueError("no"), Requeue(), None]

    await running.during(20)

    assert told == [("maps", "error"), ("maps", "requeue"), ("maps", "success")]


async def test_several_workers_work_side_by_side_but_never_on_one_key(sim: AsyncSim) -> None:
    at_work: list[str] = []
    most = [0]

    async def slow(key: str) -> None:
        assert key not in at_work
        at_work.append(key)
        most[0] = max(most[0], len(at_work))
        await sim.runtime.sleep(2)
        at_work.remove(key)

    controller: AsyncController[str] = AsyncController("slow", slow, workers=3, runtime=sim.runtime)
    stop = sim.runtime.event()
    task = sim.runtime.spawn(controller.run, stop, name="controller")
    for key in "abcde":
        controller.enqueue(key)
    await sim.runtime.sleep(1)
    controller.enqueue("a")
    await sim.runtime.sleep(10)
    stop.set()
    await task.join()

    assert most == [3]


async def test_work_that_has_begun_is_finished_and_no_other_is_begun(sim: AsyncSim) -> None:
    finished: list[str] = []

    async def slow(key: str) -> None:
        await sim.runtime.sleep(5)
        finished.append(key)

    controller: AsyncController[str] = AsyncController("slow", slow, runtime=sim.runtime)
    stop = sim.runtime.event()
    task = sim.runtime.spawn(controller.run, stop, name="controller")
    controller.enqueue("a")
    controller.enqueue("b")
    await sim.runtime.sleep(1)
    stop.set()
    await task.join()

    assert finished == ["a"]
    assert sim.now == 5


async def test_workers_wait_for_the_informers(sim: AsyncSim) -> None:
    running = Running(sim, sync_timeout=3.0)
    running.controller.watch(running.informer)

    with pytest.raises(TimeoutError, match="maps: the informers have no objects after 3"):
        await running.controller.run(running.stop)  # nobody started the informer
    await running.factory.shutdown()


async def test_a_controller_runs_once(sim: AsyncSim) -> None:
    running = Running(sim)
    await running.during(1)

    with pytest.raises(RuntimeError, match="ran before"):
        await running.controller.run(running.stop)
    with pytest.raises(ValueError, match="at least one"):
        AsyncController("none", running.reconcile, workers=0, runtime=sim.runtime)


async def test_one_of_two_leads_and_the_other_takes_over(sim: AsyncSim) -> None:
    seen: list[tuple[str, str]] = []

    async def campaign(name: str, stop: Any) -> None:
        async def reconcile(key: str) -> None:
            seen.append((name, key))

        controller: AsyncController[str] = AsyncController(name, reconcile, runtime=sim.runtime)
        controller.enqueue("x")
        lock = AsyncLeaseLock(sim.client(name), "default", "lock", identity=name)
        await controller.run_as_leader(stop, lock, release_on_cancel=True)

    stops = [sim.runtime.event(), sim.runtime.event()]
    first = sim.runtime.spawn(campaign, "first", stops[0], name="first")
    await sim.runtime.sleep(1)
    second = sim.runtime.spawn(campaign, "second", stops[1], name="second")
    await sim.runtime.sleep(10)
    assert seen == [("first", "x")]
    stops[0].set()
    await first.join()
    await sim.runtime.sleep(20)
    stops[1].set()
    await second.join()

    assert seen == [("first", "x"), ("second", "x")]


def test_the_key_of_an_owner_is_that_of_the_controller() -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "controller": True}
    owned = Unstructured({"metadata": {"name": "a", "namespace": "ns", "ownerReferences": [reference]}})

    assert owner_key("Deployment")(owned) == "ns/web"
    assert owner_key("Deployment", "apps")(owned) == "ns/web"
    assert owner_key("Deployment", "other")(owned) is None
    assert owner_key("Job")(owned) is None
    assert owner_key("Job")(Unstructured({"metadata": {"name": "a"}})) is None


@pytest.mark.parity("WQ-14")
async def test_pieces_are_done_by_so_many_workers(sim: AsyncSim) -> None:
    done: list[tuple[float, int]] = []

    async def piece(number: int) -> None:
        await sim.runtime.sleep(1)
        done.append((sim.now, number))

    await parallelize_until(3, 7, piece, runtime=sim.runtime)

    assert sorted(number for _, number in done) == list(range(7))
    assert [at for at, _ in done] == [1, 1, 1, 2, 2, 2, 3]


@pytest.mark.parity("WQ-14")
async def test_a_worker_takes_a_chunk_at_a_time(sim: AsyncSim) -> None:
    done: list[tuple[float, int]] = []

    async def piece(number: int) -> None:
        await sim.runtime.sleep(1)
        done.append((sim.now, number))

    await parallelize_until(9, 5, piece, chunk_size=3, runtime=sim.runtime)

    assert sorted(done) == [(1, 0), (1, 3), (2, 1), (2, 4), (3, 2)]


@pytest.mark.parity("WQ-14")
async def test_no_further_chunk_begins_once_it_is_stopped(sim: AsyncSim) -> None:
    done: list[int] = []
    stop = sim.runtime.event()

    async def piece(number: int) -> None:
        await sim.runtime.sleep(1)
        done.append(number)
        stop.set()

    await parallelize_until(2, 100, piece, stop=stop, runtime=sim.runtime)

    assert sorted(done) == [0, 1]


@pytest.mark.parity("WQ-14")
async def test_the_first_error_ends_the_work_and_is_raised(sim: AsyncSim) -> None:
    done: list[int] = []

    def piece(number: int) -> None:
        if number == 1:
            raise ValueError("piece 1")
        done.append(number)

    with pytest.raises(ValueError, match="piece 1"):
        await parallelize_until(1, 5, piece, runtime=sim.runtime)
    with pytest.raises(ValueError, match="at least 1"):
        await parallelize_until(0, 5, piece, runtime=sim.runtime)
    assert done == [0]


class Told(WorkQueueMetrics):
    """Writes down what a queue tells."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.unfinished: Any = None

    def opened(self, name: str, unfinished: Any) -> None:
        self.unfinished = unfinished

    def added(self, name: str) -> None:
        self.lines.append(f"{name} added")

    def depth(self, name: str, items: int) -> None:
        self.lines.append(f"{name} depth {items}")

    def waited(self, name: str, seconds: float) -> None:
        self.lines.append(f"{name} waited {seconds:g}")

    def worked(self, name: str, seconds: float) -> None:
        self.lines.append(f"{name} worked {seconds:g}")

    def retried(self, name: str) -> None:
        self.lines.append(f"{name} retried")


@pytest.mark.parity("WQ-12")
async def test_a_named_queue_tells_how_long_items_wait_and_work_takes(sim: AsyncSim) -> None:
    told = Told()
    queue: AsyncWorkQueue[str] = AsyncWorkQueue(name="q", metrics=told, runtime=sim.runtime)

    queue.add("a")
    queue.add("a")
    await sim.runtime.sleep(2)
    item = await queue.get()
    queue.add("a")
    await sim.runtime.sleep(3)
    assert told.unfinished() == (3.0, 3.0)
    queue.done(item)

    assert told.lines == ["q added", "q depth 1", "q depth 0", "q waited 2", "q added", "q depth 1", "q worked 3"]
    assert told.unfinished() == (0.0, 0.0)


@pytest.mark.parity("WQ-12")
async def test_retries_are_told(sim: AsyncSim) -> None:
    told = Told()
    queue: AsyncRateLimitingQueue[str] = AsyncRateLimitingQueue(name="q", metrics=told, runtime=sim.runtime)

    queue.add_rate_limited("a")

    assert told.lines == ["q retried"]


@pytest.mark.parity("WQ-12")
async def test_a_queue_without_a_name_tells_nothing(sim: AsyncSim) -> None:
    told = Told()
    queue: AsyncWorkQueue[str] = AsyncWorkQueue(metrics=told, runtime=sim.runtime)

    queue.add("a")

    assert told.lines == []


class Loudest:
    """An order in which what was asked for most often comes first."""

    def __init__(self) -> None:
        self.items: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.items)

    def push(self, item: str) -> None:
        self.items[item] = 1

    def touch(self, item: str) -> None:
        self.items[item] += 1

    def pop(self) -> str:
        item = max(self.items, key=self.items.__getitem__)
        del self.items[item]
        return item


@pytest.mark.parity("WQ-04", "WQ-13")
async def test_a_queue_can_have_an_order_of_its_own(sim: AsyncSim) -> None:
    queue: AsyncWorkQueue[str] = AsyncWorkQueue(order=Loudest(), runtime=sim.runtime)
    for item in "abbbcc":
        queue.add(item)

    taken = [await queue.get(), await queue.get()]

    assert taken == ["b", "c"]
    assert len(queue) == 1
