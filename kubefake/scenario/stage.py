"""Where handlers of containers run in a world: on its loop and its threads, and so on its time.

Apart from what says which handlers there are, as a plain cluster has no use for the simulation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.current import use_async_runtime, use_runtime
from kubefake.sim.runtime import BatonRuntime
from kubefake.sim.threads import BatonThreads
from kubefake.streams.stage import Job

__all__ = ["WorldStage"]


class WorldStage:
    """Runs handlers on a world's time: coroutines as tasks of its loop, plain functions as its threads."""

    def __init__(self, threads: BatonThreads, runtime: AioRuntime, rng: Any) -> None:
        self._threads = threads
        self._runtime = runtime
        self._blocking = BatonRuntime(threads, rng)

    def start(self, job: Job) -> Callable[[], None]:
        loop = self._threads.loop
        if not job.asynchronous:
            with use_runtime(self._blocking):
                self._threads.start(job.run, self._blocking, name=job.name)
            return _uncancellable
        with use_async_runtime(self._runtime):
            task = loop.create_task(job.run_async(self._runtime), name=job.name)

        def cancel() -> None:
            loop.call_soon_threadsafe(task.cancel)

        return cancel


def _uncancellable() -> None:
    """A thread cannot be interrupted: its streams end."""
