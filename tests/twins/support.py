"""For tests of drivers in both colours: simulated clusters, transports that follow a script, a runtime without tasks."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from kubeclient import AsyncClientset, Clientset
from kubeclient.runtime.aio import AioEvent
from kubeclient.runtime.protocol import AsyncEvent, Clock, Event
from kubeclient.runtime.threads import ThreadEvent
from kubeclient.transport.protocol import HeaderList, Request, Response
from kubefake import World
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.sim.runtime import BatonRuntime
from kubefake.transport.aio import AsyncInProcessTransport
from kubefake.transport.threads import InProcessTransport

__all__ = [
    "AsyncFakeRuntime",
    "AsyncInProcessTransport",
    "AsyncScript",
    "AsyncScriptedStream",
    "AsyncSim",
    "FakeRuntime",
    "InProcessTransport",
    "Script",
    "ScriptedStream",
    "Sim",
    "status_body",
]


def status_body(code: int, reason: str, message: str) -> bytes:
    """A Status that tells of a failure."""
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return json.dumps({**status, "message": message, "reason": reason, "code": code}).encode()


class _Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def monotonic_ns(self) -> int:
        return self.now_ns

    def time_ns(self) -> int:
        return self.now_ns


class _Runtime:
    """Sleeping advances the clock and is written down."""

    def __init__(self) -> None:
        self.time = _Clock()
        self.clock: Clock = self.time
        self.slept: list[float] = []

    def random(self) -> float:
        return 0.5

    def guard(self) -> contextlib.AbstractContextManager[Any]:
        return contextlib.nullcontext()

    def condition(self) -> Any:
        raise NotImplementedError("not needed by these tests")

    def queue(self, bound: int = 0) -> Any:
        raise NotImplementedError("not needed by these tests")

    def spawn(self, function: Any, *args: Any, name: str) -> Any:
        raise NotImplementedError("not needed by these tests")

    def _sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.time.now_ns += int(seconds * 1e9)
        return True


class AsyncFakeRuntime(_Runtime):
    async def sleep(self, seconds: float, stop: AsyncEvent | None = None) -> bool:
        return self._sleep(seconds)

    def event(self) -> AsyncEvent:
        return AioEvent()


class FakeRuntime(_Runtime):
    def sleep(self, seconds: float, stop: Event | None = None) -> bool:
        return self._sleep(seconds)

    def event(self) -> Event:
        return ThreadEvent()


class _Steps:
    """What a transport does next: each step is an answer, chunks of a stream, or an error."""

    def __init__(self, *steps: Response | list[bytes] | Exception) -> None:
        self.steps = list(steps)
        self.requests: list[Request] = []
        self.closed = False

    def _next(self, request: Request) -> Response | list[bytes]:
        self.requests.append(request)
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def _answer(self, request: Request) -> Response:
        step = self._next(request)
        assert isinstance(step, Response)
        return step

    def _parts(self, request: Request) -> tuple[int, HeaderList, list[bytes]]:
        step = self._next(request)
        if isinstance(step, Response):
            return step.status, step.headers, [step.body]
        return 200, [], step


class AsyncScriptedStream:
    def __init__(self, status: int, headers: HeaderList, chunks: list[bytes]) -> None:
        self.status, self.headers, self._chunks, self.closed = status, headers, chunks, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


class ScriptedStream:
    def __init__(self, status: int, headers: HeaderList, chunks: list[bytes]) -> None:
        self.status, self.headers, self._chunks, self.closed = status, headers, chunks, False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        self.closed = True


class AsyncScript(_Steps):
    async def round_trip(self, request: Request) -> Response:
        return self._answer(request)

    async def open_stream(self, request: Request) -> AsyncScriptedStream:
        return AsyncScriptedStream(*self._parts(request))

    async def aclose(self) -> None:
        self.closed = True


class Script(_Steps):
    def round_trip(self, request: Request) -> Response:
        return self._answer(request)

    def open_stream(self, request: Request) -> ScriptedStream:
        return ScriptedStream(*self._parts(request))

    def close(self) -> None:
        self.closed = True


class _Sim:
    """A cluster on simulated time, and the runtime of one colour. Tests get it as the fixture `sim`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cluster = world.cluster
        self.faults = world.faults

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return round(self.world.clock.monotonic_ns() / 1e9, 6)

    def config_map(self, name: str, **data: str) -> None:
        """Creates or changes a ConfigMap of the namespace "default"."""
        head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}
        self.cluster.apply({**head, "data": data})

    def delete(self, name: str) -> None:
        """Deletes such a ConfigMap."""
        self.cluster.delete(f"configmaps/{name}")


class AsyncSim(_Sim):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.runtime = world.runtime

    def client(self, name: str = "client") -> AsyncClientset:
        """A client that faults strike under this name."""
        return AsyncClientset(self.transport(name), runtime=self.runtime)

    def transport(self, name: str = "client") -> AsyncInProcessTransport:
        """What carries such a client's requests."""
        return AsyncInProcessTransport(self.world.door, self.runtime, Caller(name, ADMIN.user))

    def running(self) -> list[str]:
        """The names of all tasks but the caller's."""
        current = asyncio.current_task()
        return sorted(task.get_name() for task in asyncio.all_tasks(self.world.loop) if task is not current)


class Sim(_Sim):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.runtime = BatonRuntime(world.threads, world.seeds.stream("threads"))

    def client(self, name: str = "client") -> Clientset:
        return Clientset(self.transport(name), runtime=self.runtime)

    def transport(self, name: str = "client") -> InProcessTransport:
        return InProcessTransport(self.world.door, self.runtime, Caller(name, ADMIN.user))

    def running(self) -> list[str]:
        threads = self.world.threads
        return sorted(baton.name for baton in threads._batons if baton is not threads._current)
