"""How a life reaches the server: in both colours, traced, and closed for good when the life is over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

from kubeclient.transport.protocol import AsyncStream, ConnectFailed, HeaderList, Request, Response, Stream
from kubefake.faults.rules import Crash
from kubefake.pipeline.caller import Caller
from kubefake.transport.aio import AsyncInProcessTransport
from kubefake.transport.sockets import AsyncInProcessSocket, InProcessSocket
from kubefake.transport.threads import InProcessTransport

if TYPE_CHECKING:
    from .actor import Life
    from .world import World

__all__ = ["BlockingLifeTransport", "LifeTransport"]


class LifeTransport:
    """A life's way to the server: traced, and closed for good when the life is over."""

    def __init__(self, life: Life, world: World, caller: Caller) -> None:
        self._life = life
        self._recorder = world.recorder(caller)
        self._inner = AsyncInProcessTransport(world.door, life.runtime, caller)  # type: ignore[arg-type]

    async def round_trip(self, request: Request) -> Response:
        self._check(request)
        with self._recorder.exchange(request) as exchange:
            try:
                exchange.answer = await self._inner.round_trip(request)
            except Crash as error:
                self._life.crashed(error)
                raise
        self._check(request)
        return exchange.answer

    async def open_stream(self, request: Request) -> AsyncStream:
        self._check(request)
        with self._recorder.exchange(request) as exchange:
            try:
                stream = await self._inner.open_stream(request)
            except Crash as error:
                self._life.crashed(error)
                raise
            exchange.answer = Response(stream.status)
        if isinstance(stream, AsyncInProcessSocket):
            return stream
        return TracedStream(stream, self._recorder.delivery(request))

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _check(self, request: Request) -> None:
        if not self._life.alive:
            raise ConnectFailed(f"{request.method} {request.path}: who sends this has been killed")


class BlockingLifeTransport:
    """As LifeTransport, for blocking programs."""

    def __init__(self, life: Life, world: World, caller: Caller) -> None:
        self._life = life
        self._recorder = world.recorder(caller)
        self._inner = InProcessTransport(world.door, life.runtime, caller)  # type: ignore[arg-type]

    def round_trip(self, request: Request) -> Response:
        self._check(request)
        with self._recorder.exchange(request) as exchange:
            try:
                exchange.answer = self._inner.round_trip(request)
            except Crash as error:
                self._life.crashed(error)
                raise
        return exchange.answer

    def open_stream(self, request: Request) -> Stream:
        self._check(request)
        with self._recorder.exchange(request) as exchange:
            try:
                stream = self._inner.open_stream(request)
            except Crash as error:
                self._life.crashed(error)
                raise
            exchange.answer = Response(stream.status)
        if isinstance(stream, InProcessSocket):
            return stream
        return BlockingTracedStream(stream, self._recorder.delivery(request))

    def close(self) -> None:
        self._inner.close()

    def _check(self, request: Request) -> None:
        if not self._life.alive:
            raise ConnectFailed(f"{request.method} {request.path}: who sends this has been killed")


class TracedStream:
    """A watch whose chunks are written into the trace as they are delivered."""

    def __init__(self, stream: AsyncStream, delivered: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._delivered = delivered
        self.status: int = stream.status
        self.headers: HeaderList = stream.headers

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._delivered(chunk)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class BlockingTracedStream:
    """As TracedStream, for blocking programs."""

    def __init__(self, stream: Stream, delivered: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._delivered = delivered
        self.status: int = stream.status
        self.headers: HeaderList = stream.headers

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._delivered(chunk)
            yield chunk

    def close(self) -> None:
        self._stream.close()
