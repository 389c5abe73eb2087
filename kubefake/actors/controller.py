"""What all controllers here are made of: a work queue that informers fill, and workers that reconcile its keys.

Written on kubeclient's public names alone, as anybody's controller could be. Time comes from the client's runtime.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from kubeclient import AsyncClientset
from kubeclient.cache import AsyncSharedIndexInformer, DeletedFinalStateUnknown, meta_namespace_key
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.runtime.protocol import AsyncEvent
from kubeclient.workqueue import AsyncRateLimitingQueue, QueueShutDown

__all__ = ["Controller", "last_state"]

logger = logging.getLogger("kubefake.actors")


def last_state(obj: Any) -> Any:
    """An object, or the last known state of one that vanished unseen."""
    return obj.obj if isinstance(obj, DeletedFinalStateUnknown) else obj


class Controller:
    """A queue and its workers.

    Args:
        client: what it works with; its runtime is the controller's.
        reconcile: called with a key; when it raises, the key comes back later and later.
        name: of the controller, for logs and tasks.
        workers: how many keys are worked on at once.
    """

    def __init__(
        self, client: AsyncClientset, reconcile: Callable[[str], Awaitable[None]], *, name: str, workers: int = 1
    ) -> None:
        self.name = name
        self.queue: AsyncRateLimitingQueue[str] = AsyncRateLimitingQueue(name=name, runtime=client.runtime)
        self._runtime = client.runtime
        self._reconcile = reconcile
        self._workers = workers

    def enqueue(self, obj: Any) -> None:
        """Has an object looked at."""
        self.queue.add(meta_namespace_key(last_state(obj)))

    def watch(self, informer: AsyncSharedIndexInformer[Any], handler: Callable[[Any], None]) -> None:
        """Calls `handler` with whatever is added, changed or deleted."""
        informer.add_event_handler(on_add=handler, on_update=lambda _, new: handler(new), on_delete=handler)

    async def run(self, stop: AsyncEvent, factory: AsyncSharedInformerFactory | None = None) -> None:
        """Works until `stop` is set, then finishes what has begun; `factory` is started before and shut down after."""
        if factory is not None:
            factory.start()
            await factory.wait_for_cache_sync()
        workers = [self._runtime.spawn(self._work, name=f"{self.name} worker {i + 1}") for i in range(self._workers)]
        await stop.wait()
        await self.queue.shut_down_with_drain()
        for worker in workers:
            await worker.join()
        if factory is not None:
            await factory.shutdown()

    async def _work(self) -> None:
        while True:
            try:
                key = await self.queue.get()
            except QueueShutDown:
                return
            try:
                await self._reconcile(key)
            except Exception as error:  # noqa: BLE001  whatever went wrong, it is tried again later
                logger.info("%s: %s: %s: %s", self.name, key, type(error).__name__, error)
                self.queue.add_rate_limited(key)
            else:
                self.queue.forget(key)
            finally:
                self.queue.done(key)
