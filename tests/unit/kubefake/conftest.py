"""A server small enough to see through, for what stands in front of a server."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from kubeclient.transport.protocol import HeaderList, Request, Response
from kubefake.pipeline.caller import Caller


class ScriptedStream:
    """A watch whose frames the test pushes."""

    def __init__(self, *frames: bytes) -> None:
        self.status = 200
        self.headers: HeaderList = [("content-type", "application/json")]
        self.frames = deque(frames)
        self.ended = False
        self.wake_at_ns: int | None = None
        self.closed = False
        self._callback: Callable[[], None] | None = None

    def poll(self) -> bytes | None:
        return self.frames.popleft() if self.frames else None

    def on_wake(self, callback: Callable[[], None]) -> None:
        self._callback = callback

    def close(self) -> None:
        self.closed = self.ended = True

    def push(self, *frames: bytes) -> None:
        self.frames.extend(frames)
        self.wake()

    def end(self) -> None:
        self.ended = True
        self.wake()

    def wake(self) -> None:
        if self._callback is not None:
            self._callback()


class ScriptedServer:
    """Remembers requests; answers them with `answer`, watches with new streams."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.callers: list[Caller] = []
        self.streams: list[ScriptedStream] = []
        self.first_frames: tuple[bytes, ...] = ()
        self.answer: Callable[[Request], Response] = lambda _: Response(
            200, [("content-type", "application/json")], b'{"ok":true}'
        )

    def handle(self, request: Request, caller: Caller) -> Response | ScriptedStream:
        self.requests.append(request)
        self.callers.append(caller)
        if ("watch", "true") in request.query:
            self.streams.append(ScriptedStream(*self.first_frames))
            return self.streams[-1]
        return self.answer(request)


class HandClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic_ns(self) -> int:
        return self.now

    def time_ns(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()
