# generated from kubeclient/_async/controller.py by .ci/twin.py, do not edit
"""The pattern of a controller: informers fill a queue with keys, workers make true what an object says.

    controller = Controller("website", reconcile, runtime=runtime)
    controller.watch(websites)
    controller.watch(deployments, key=owner_key("Website"))
    with factory:
        controller.run(stop)

`reconcile` is called with a key, by one worker at a time for each. It returns None when all is well, `Requeue(after=seconds)`
to be called again, and raises when it failed: it is called again then, later and later. What it does has to be right however
often it is called. Ported from the pattern of client-go's sample-controller.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from kubeclient.apimachinery.meta import meta_namespace_key
from kubeclient.machines.controller import ControllerMetrics, Requeue
from kubeclient.machines.requeue_limiters import RateLimiter
from kubeclient.machines.work_queue import QueueShutDown
from kubeclient.machines.work_queue_metrics import WorkQueueMetrics
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime

from .event_handlers import HandlerRegistration
from .informer import SharedIndexInformer
from .leader_election import LeaderElector
from .resource_lock import Lock
from .work_queue import RateLimitingQueue

__all__ = ["Controller"]

K = TypeVar("K", bound=Hashable)

Keys = Callable[[Any], K | Iterable[K] | None]


class Controller(Generic[K]):
    """Calls a function for every key that something happened to.

    Args:
        name: for logs and metrics.
        reconcile: makes true what the object of a key says; under threads it may be a coroutine function.
        workers: how many keys are worked on side by side.
        rate_limiter: how long failed keys wait; None: client-go's, from 5 ms to 1000 s.
        max_retries: how often a key that fails is tried again before it is given up; None: always.
        sync_timeout: seconds to wait for the informers; None: as long as it takes.
        metrics: is told of each reconciliation.
        queue_metrics: is told of the queue.
        runtime: the clock and the waiting.
    """

    def __init__(
        self,
        name: str,
        reconcile: Callable[[K], Any],
        *,
        workers: int = 1,
        rate_limiter: RateLimiter[K] | None = None,
        max_retries: int | None = None,
        sync_timeout: float | None = None,
        metrics: ControllerMetrics | None = None,
        queue_metrics: WorkQueueMetrics | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        if workers < 1:
            raise ValueError(f"the controller {name!r} has {workers} workers: at least one is needed")
        self.name = name
        self._reconcile = reconcile
        self._workers = workers
        self._max_retries = max_retries
        self._sync_timeout = sync_timeout
        self._metrics = metrics if metrics is not None else ControllerMetrics()
        self._runtime = runtime if runtime is not None else current_runtime()
        self._sources: list[tuple[SharedIndexInformer[Any], HandlerRegistration[Any]]] = []
        self._log = logging.getLogger(f"kubeclient.controller.{name}")
        self._started = False
        self.queue: RateLimitingQueue[K] = RateLimitingQueue(
            rate_limiter, name=name, metrics=queue_metrics, runtime=self._runtime
        )

    def watch(
        self,
        informer: SharedIndexInformer[Any],
        *,
        key: Keys[K] | None = None,
        when: Callable[[Any], bool] | None = None,
    ) -> None:
        """Works on the keys of an informer's objects whenever one is added, changed or deleted.

        Args:
            informer: started and stopped by who made it.
            key: the key of an object, several, or None for none; by default "namespace/name". See `owner_key`.
            when: only objects of which this is true, before or after a change.
        """

        keys: Keys[Any] = meta_namespace_key if key is None else key

        def enqueue(*objects: Any) -> None:
            found: dict[K, None] = {}
            if when is None or any(when(obj) for obj in objects):
                for obj in objects:
                    found.update(dict.fromkeys(_keys_of(keys, obj)))
            for one in found:
                self.queue.add(one)

        registration = informer.add_event_handler(
            on_add=enqueue,
            on_update=enqueue,
            on_delete=lambda last: enqueue(getattr(last, "obj", last)),
        )
        self._sources.append((informer, registration))

    def enqueue(self, key: K, *, after: float = 0.0) -> None:
        """Works on a key, at once or after so many seconds."""
        self.queue.add_after(key, after)

    def run(self, stop: Event) -> None:
        """Works until `stop` is set; what is being worked on then is finished, what waits is not begun.

        Raises:
            TimeoutError: the informers did not get their objects in time.
            RuntimeError: it ran before; a controller runs once.
        """
        if self._started:
            raise RuntimeError(f"the controller {self.name!r} ran before: make a new one")
        self._started = True
        try:
            if not self._wait_for_informers(stop):
                return
            tasks = [self._runtime.spawn(self._work, stop, name=f"{self.name} worker") for _ in range(self._workers)]
            self._log.info("%s: %d workers have started", self.name, self._workers)
            stop.wait()
            self.queue.shut_down()
            for task in tasks:
                task.join()
            self._log.info("%s: all workers have ended", self.name)
        finally:
            self.queue.shut_down()
            for informer, registration in self._sources:
                informer.remove_event_handler(registration)

    def run_as_leader(self, stop: Event, lock: Lock, **options: Any) -> None:
        """As `run`, once this program holds a lock, and no longer than it does; `options` are those of LeaderElector.

        Who loses the lock ends its work and returns, as its state is not to be trusted: begin anew with a new controller.
        """
        elector = LeaderElector(lock, on_started_leading=self.run, runtime=self._runtime, **options)
        elector.run(stop)

    def _wait_for_informers(self, stop: Event) -> bool:
        """Waits until all objects are known and the first keys queued; False when `stop` was set meanwhile."""
        clock = self._runtime.clock
        begun_ns = clock.monotonic_ns()
        for _, registration in self._sources:
            while not registration.has_synced():
                left = None
                if self._sync_timeout is not None:
                    left = self._sync_timeout - (clock.monotonic_ns() - begun_ns) * 1e-9
                    if left <= 0:
                        raise TimeoutError(f"{self.name}: the informers have no objects after {self._sync_timeout} s")
                if stop.is_set():
                    return False
                registration.wait_for_sync(_PATIENCE if left is None else min(left, _PATIENCE))
        return not stop.is_set()

    def _work(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                key = self.queue.get()
            except QueueShutDown:
                return
            try:
                if stop.is_set():
                    return
                self._work_on(key)
            finally:
                self.queue.done(key)

    def _work_on(self, key: K) -> None:
        clock = self._runtime.clock
        begun_ns = clock.monotonic_ns()
        try:
            result = call(self._reconcile, key)
        except Exception as error:  # noqa: BLE001  a failure of any kind is tried again, and told
            self._failed(key, error)
            result, outcome = None, "error"
        else:
            outcome = "requeue" if isinstance(result, Requeue) else "success"
            self._again(key, result)
        self._metrics.reconciled(self.name, outcome, (clock.monotonic_ns() - begun_ns) * 1e-9)

    def _again(self, key: K, result: Any) -> None:
        if not isinstance(result, Requeue):
            self.queue.forget(key)
        elif result.after is None:
            self.queue.add_rate_limited(key)
        else:
            self.queue.forget(key)
            self.queue.add_after(key, result.after)

    def _failed(self, key: K, error: Exception) -> None:
        tries = self.queue.num_requeues(key)
        if self._max_retries is not None and tries >= self._max_retries:
            self._log.error("%s: %r is given up after %d tries", self.name, key, tries + 1, exc_info=error)
            self.queue.forget(key)
            return
        self._log.warning("%s: %r failed and is tried again", self.name, key, exc_info=error)
        self.queue.add_rate_limited(key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.queue!r}>"


_PATIENCE = 0.1
"""Seconds between looks at `stop` while informers get their objects."""


def _keys_of(key: Keys[K], obj: Any) -> Iterable[K]:
    found: Any = key(obj)
    if found is None:
        return ()
    return found if isinstance(found, list | set | frozenset) else (found,)
