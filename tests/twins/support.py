"""Doubles for tests of drivers in both colours: a transport that follows a script, a runtime whose time is a number."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from kubeclient.runtime.aio import AioEvent
from kubeclient.runtime.protocol import AsyncEvent, Event
from kubeclient.runtime.threads import ThreadEvent
from kubeclient.transport.protocol import HeaderList, Request, Response

__all__ = [
    "AsyncFakeRuntime",
    "AsyncScript",
    "AsyncScriptedStream",
    "FakeRuntime",
    "Script",
    "ScriptedStream",
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
        self.clock = _Clock()
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
        self.clock.now_ns += int(seconds * 1e9)
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
