"""Where handlers run: a coroutine as a task, a plain function in a thread of its own, so that it may block.

Outside of simulations these are tasks of the loop that is running, or of a loop of their own, and threads of the machine. A
world has a stage of its own, on whose time handlers wait.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, Protocol

from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.protocol import AsyncRuntime, Runtime
from kubeclient.runtime.threads import ThreadRuntime

__all__ = ["Job", "MachineStage", "Stage", "start"]


class Job:
    """One call of a handler.

    Args:
        handler: gets a session.
        name: of its task or thread.
    """

    def __init__(self, handler: Callable[..., Any], name: str) -> None:
        self.handler = handler
        self.name = name

    @property
    def asynchronous(self) -> bool:
        """Whether the handler is an `async def` function, or an object that is called as one."""
        call = getattr(type(self.handler), "__call__", None)  # noqa: B004 - which kind of call it is, not whether it is one
        return inspect.iscoroutinefunction(inspect.unwrap(self.handler)) or inspect.iscoroutinefunction(call)

    def session(self, runtime: Any, *, asynchronous: bool) -> Any:
        """What the handler holds in its hands."""
        raise NotImplementedError

    def ended(self, outcome: object) -> None:
        """Takes what the handler returned or raised."""
        raise NotImplementedError

    async def run_async(self, runtime: AsyncRuntime) -> None:
        """Runs an `async def` handler to its end."""
        outcome: object = None
        try:
            outcome = await self.handler(self.session(runtime, asynchronous=True))
        except asyncio.CancelledError as error:
            outcome = error
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the client is told
            outcome = error
        finally:
            self.ended(outcome)

    def run(self, runtime: Runtime) -> None:
        """Runs a plain handler to its end."""
        outcome: object = None
        try:
            outcome = self.handler(self.session(runtime, asynchronous=False))
        except (Exception, SystemExit) as error:  # noqa: BLE001
            outcome = error
        finally:
            self.ended(outcome)


class Stage(Protocol):
    """Runs jobs."""

    def start(self, job: Job) -> Callable[[], None]:
        """Begins a job and returns what cancels it, from any thread; plain functions end by their streams instead."""
        ...


class MachineStage:
    """The stage outside of simulations."""

    def start(self, job: Job) -> Callable[[], None]:
        if not job.asynchronous:
            ThreadRuntime().spawn(job.run, ThreadRuntime(), name=job.name)
            return _uncancellable
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            ThreadRuntime().spawn(lambda: asyncio.run(job.run_async(AioRuntime())), name=job.name)
            return _uncancellable
        runtime = AioRuntime()
        task = runtime.spawn(job.run_async, runtime, name=job.name)

        def cancel() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)

        return cancel


def _uncancellable() -> None:
    """A thread cannot be interrupted: its streams end."""


_MACHINE = MachineStage()


def start(stage: Stage | None, job: Job) -> Callable[[], None]:
    """Begins a job on a stage, by default the machine's."""
    return (_MACHINE if stage is None else stage).start(job)
