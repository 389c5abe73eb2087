"""Programs that run in a world: controllers, with a client of their own, that can be stopped, killed and started again.

A program is a function of a client and a stop event, as it would be in production:

    async def main(client: AsyncClientset, stop: AsyncEvent) -> None: ...
    def main(client: Clientset, stop: Event) -> None: ...

Each start is a new life with a new client. When a life ends by a crash, everything it has running ends where it waits, and
no request of it reaches the server any more, whatever its `finally` blocks try.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from kubeclient.runtime.aio import AioRuntime, AioTask
from kubeclient.runtime.current import use_async_runtime, use_runtime
from kubefake.faults.rules import Crash
from kubefake.pipeline.caller import ADMIN, Caller, UserInfo
from kubefake.sim.guard import inside_simulation
from kubefake.sim.runtime import BatonRuntime, BatonTask
from kubefake.sim.threads import Killed

from .life_transport import BlockingLifeTransport, LifeTransport

if TYPE_CHECKING:
    from .world import World

__all__ = ["Actor", "Life", "current_life"]

current_life: ContextVar[Life | None] = ContextVar("kubefake_life", default=None)
"""The life that a task belongs to; tasks inherit it from who creates them."""


class Actor:
    """A program by name, and the life it is living.

    Attributes:
        restart_after: seconds after which a life that crashed or failed is followed by another; None: never.
        lives: how many it has begun.
        errors: what its lives, or what they had running, ended with, other than crashes that a fault decided on. A world
            that closes raises them; a test that expects one takes it out of here.
    """

    def __init__(
        self,
        world: World,
        main: Callable[..., Any],
        name: str,
        *,
        user: str | None,
        groups: Sequence[str] = (),
        restart_after: float | None,
    ) -> None:
        self.name = name
        self.restart_after = restart_after
        self.lives = 0
        self.errors: list[BaseException] = []
        self.life: Life | None = None
        self._world = world
        self._main = main
        self._user = ADMIN.user if user is None else UserInfo(user, (*groups, "system:authenticated"))
        self._restart: asyncio.TimerHandle | None = None

    @property
    def caller(self) -> Caller:
        """Who the server takes it for."""
        return Caller(self.name, self._user)

    @property
    def running(self) -> bool:
        """Whether it is alive now."""
        return self.life is not None and self.life.alive

    def start(self) -> None:
        """Begins a life, unless one is going on."""
        if self.running:
            return
        self._cancel_restart()
        self.lives += 1
        self._world.trace.event(self.name, "start", f"life {self.lives}")
        self.life = Life(self._world, self, self._main)
        self._world.loop.call_soon(self.life.begin)

    def stop(self) -> None:
        """Asks it to end: sets its stop event."""
        self._cancel_restart()
        if self.life is not None:
            self.life.stop.set()

    def kill(self) -> None:
        """Ends it where it stands, as a process is killed. It is started again after `restart_after`."""
        if self.life is not None and self.life.alive:
            self._world.trace.event(self.name, "killed")
            self.life.end()
            self._plan_restart()

    def restart(self) -> None:
        """Ends it where it stands and begins another life at once."""
        if self.life is not None and self.life.alive:
            self._world.trace.event(self.name, "killed")
            self.life.end()
        self.start()

    def died(self, life: Life, error: BaseException | None) -> None:
        """Called by a life that is over, with what ended it."""
        if life is not self.life or not life.alive:
            return
        life.end()
        if isinstance(error, Crash):
            self._world.trace.event(self.name, "crash", outcome=str(error))
        elif error is not None:
            self.errors.append(error)
            self._world.trace.event(self.name, "failed", outcome=f"{type(error).__name__}: {error}")
        else:
            self._world.trace.event(self.name, "ended")
            return
        self._plan_restart()

    def _plan_restart(self) -> None:
        if self.restart_after is not None and not self._world.closing:
            self._restart = self._world.loop.call_later(self.restart_after, self.start)

    def _cancel_restart(self) -> None:
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None

    def __repr__(self) -> str:
        return f"<Actor {self.name} {'running' if self.running else 'not running'}, life {self.lives}>"


class Life:
    """One run of a program: its client, its stop event, and everything it has running."""

    def __init__(self, world: World, actor: Actor, main: Callable[..., Any]) -> None:
        self.alive = True
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self._threads: list[BatonTask] = []
        self._world = world
        self._actor = actor
        self._main = main
        seeds = world.seeds.within(f"{actor.name}/{actor.lives}")
        self.runtime: AioRuntime | BatonRuntime
        if not _is_async(main):
            self.runtime = _LifeThreads(self, world, seeds.stream("runtime"))
        else:
            self.runtime = AioRuntime(world.clock, seeds.stream("runtime"), on_error=self._task_failed)
        self.stop = self.runtime.event()

    def begin(self) -> None:
        """Runs the program from the loop's next turn on."""
        token = current_life.set(self)
        try:
            # It may have been asked for before the world ran, when nothing was watched.
            with inside_simulation(self._world.clock):
                if isinstance(self.runtime, BatonRuntime):
                    self.runtime.spawn(self._run_blocking, name=self._actor.name)
                else:
                    self.runtime.spawn(self._run, name=self._actor.name)
        finally:
            current_life.reset(token)

    def end(self) -> None:
        """Ends everything that runs, where it waits; nothing of it reaches the server any more."""
        self.alive = False
        current = _current_task()
        for task in list(self.tasks):
            if task is not current:
                task.cancel()
        for thread in list(self._threads):
            thread.kill()

    def keep(self, thread: BatonTask) -> None:
        """Remembers a thread, to end it with the life; one that a dying life starts never begins."""
        self._threads.append(thread)
        if not self.alive:
            thread.kill()

    def keep_task(self, task: asyncio.Task[Any]) -> None:
        """Remembers a task, to end it with the life; one that a dying life starts never begins."""
        self.tasks[task] = None
        task.add_done_callback(self._forget_task)
        if not self.alive:
            task.cancel()

    def _forget_task(self, task: asyncio.Task[Any]) -> None:
        self.tasks.pop(task, None)

    async def _run(self) -> None:
        from kubeclient import AsyncClientset

        assert isinstance(self.runtime, AioRuntime)
        with use_async_runtime(self.runtime):
            transport = LifeTransport(self, self._world, self._actor.caller)
            client = AsyncClientset(transport, runtime=self.runtime)
            try:
                await self._main(client, self.stop)
            except (KeyboardInterrupt, GeneratorExit):
                raise  # whoever runs the simulation wants it to end
            except BaseException as error:  # noqa: BLE001  a crash ends this life alone, whatever it is made of
                self._actor.died(self, error)  # which does nothing when it was killed
            else:
                self._actor.died(self, None)
            finally:
                await transport.aclose()

    def _run_blocking(self) -> None:
        from kubeclient import Clientset

        assert isinstance(self.runtime, BatonRuntime)
        with use_runtime(self.runtime):
            transport = BlockingLifeTransport(self, self._world, self._actor.caller)
            client = Clientset(transport, runtime=self.runtime)
            try:
                self._main(client, self.stop)
            except Killed:
                raise
            except BaseException as error:  # noqa: BLE001  as above: a thread has no other end
                self._actor.died(self, error)
            else:
                self._actor.died(self, None)
            finally:
                transport.close()

    def crashed(self, error: Crash) -> None:
        """A fault killed the program at one of its requests."""
        self._actor.died(self, error)

    def _task_failed(self, task: AioTask, error: BaseException) -> None:
        self.failed(task.name, error)

    def failed(self, name: str, error: BaseException) -> None:
        """Something it had running failed and nobody was waiting for it."""
        if self.alive and not isinstance(error, Crash):
            self._actor.errors.append(error)
            self._world.trace.event(self._actor.name, "task-failed", name, outcome=f"{type(error).__name__}: {error}")


class _LifeThreads(BatonRuntime):
    """A runtime whose threads end with the life that they belong to."""

    def __init__(self, life: Life, world: World, rng: Any) -> None:
        super().__init__(world.threads, rng, on_error=lambda task, error: life.failed(task.name, error))
        self._life = life

    def spawn(self, function: Callable[..., Any], *args: Any, name: str) -> BatonTask:
        task = super().spawn(function, *args, name=name)
        self._life.keep(task)
        return task


def _is_async(main: Callable[..., Any]) -> bool:
    return iscoroutinefunction(main) or iscoroutinefunction(getattr(main, "__call__", None))  # noqa: B004  its colour


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
