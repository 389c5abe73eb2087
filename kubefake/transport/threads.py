"""The in-process front door for threads: as `aio`, for clients that block.

It waits through its runtime only, so that on a simulation's runtime a blocking client costs no real time.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import HeaderList, Request, Response, TimedOut, TransportError
from kubefake.containers.opening import ProxyOpening
from kubefake.faults.door import Answer, Door, Exchange
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.streams.bells import Bell
from kubefake.transport.frames import next_frames, seconds_until
from kubefake.transport.sockets import InProcessSocket, endpoint_for, upgraded, wants_socket
from kubefake.watch.stream import WatchStream

__all__ = ["InProcessStream", "InProcessTransport"]


class InProcessTransport:
    """`Transport` into a door. Safe for several threads when the door has a lock.

    Args:
        door: where requests go.
        runtime: carries out delays and waits for watch frames; must tell the same time as the server.
        caller: who the door vouches for; an administrator by default.
    """

    def __init__(self, door: Door, runtime: Runtime, caller: Caller = ADMIN) -> None:
        self.door = door
        self.caller = caller
        self._runtime = runtime
        self._closed = False
        self._streams: dict[InProcessStream, None] = {}
        self._sockets: dict[InProcessSocket, None] = {}

    def round_trip(self, request: Request) -> Response:
        """Sends a request and returns the whole answer; a watch is read to its end. Raises TransportError."""
        deadline = self._deadline(request)
        answer = self._exchange(request, deadline)
        if isinstance(answer, Response):
            return answer if type(answer) is Response else self._whole(answer, deadline)
        stream = InProcessStream(answer, self._runtime, self._streams)
        chunks: list[bytes] = []
        try:
            while (chunk := stream.read(self._left(deadline))) is not None:
                chunks.append(chunk)
        finally:
            stream.close()
        return Response(stream.status, stream.headers, b"".join(chunks))

    def open_stream(self, request: Request) -> InProcessStream | InProcessSocket:
        """Sends a request and returns at the head of its answer; an answer that is whole comes as one chunk.

        A request that offers protocols of a WebSocket gets one, or UpgradeFailure.
        """
        if request.headers and wants_socket(request):
            request = upgraded(request)
            opened = self._exchange(request, self._deadline(request))
            return InProcessSocket(endpoint_for(request, opened), self._runtime, request.path, self._sockets)
        return self.open_answer(request)

    def open_answer(self, request: Request) -> InProcessStream:
        """As `open_stream`, for what is no WebSocket."""
        answer = self._exchange(request, self._deadline(request))
        if isinstance(answer, ProxyOpening):
            answer = self._whole(answer, self._deadline(request))
        return InProcessStream(answer, self._runtime, self._streams)

    def close(self) -> None:
        """Ends all streams; requests after it raise TransportError."""
        self._closed = True
        for stream in list(self._streams):
            stream.close()
        for socket in list(self._sockets):
            socket.close()

    def _whole(self, opening: Response, deadline: int | None) -> Response:
        """What the handler of a port answers, where it is one that is asked."""
        if not isinstance(opening, ProxyOpening):
            return opening
        from kubefake.streams.proxying import ProxyExchange  # for it alone an HTTP library is loaded

        exchange, bell = ProxyExchange(opening), Bell(self._runtime)
        exchange.on_wake(bell.ring)
        exchange.start()
        try:
            while True:
                bell.clear()
                if (response := exchange.poll()) is not None:
                    return response
                if not bell.wait(self._left(deadline)):
                    raise TimedOut(f"no answer of port {opening.port} of pod {opening.namespace}/{opening.pod} in time")
        finally:
            exchange.close()

    def _exchange(self, request: Request, deadline: int | None) -> Answer:
        if self._closed:
            raise TransportError(f"{request.method} {request.path}: the transport is closed")
        door = self.door
        if door.quiet:
            return door.handle(request, self.caller)
        return self._obey(door.exchange(request, self.caller), request, deadline)

    def _obey(self, exchange: Exchange, request: Request, deadline: int | None) -> Answer:
        """Carries out the waits of an exchange. One that outlasts the deadline is given up where it stands."""
        try:
            while True:
                seconds = next(exchange).ns / 1e9
                left = self._left(deadline)
                if left is not None and left < seconds:
                    self._runtime.sleep(left)
                    raise TimedOut(f"{request.method} {request.path}: no answer within {request.timeout} seconds")
                self._runtime.sleep(seconds)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        except TimedOut:  # a fault's: the client learns of it no sooner than it would have given up
            self._runtime.sleep(self._left(deadline) or 0.0)
            raise
        finally:
            exchange.close()

    def _deadline(self, request: Request) -> int | None:
        if request.timeout is None:
            return None
        return self._runtime.clock.monotonic_ns() + int(request.timeout * 1e9)

    def _left(self, deadline: int | None) -> float | None:
        return None if deadline is None else max(deadline - self._runtime.clock.monotonic_ns(), 0) / 1e9


class InProcessStream:
    """`Stream` over the answer of a door. `close` may come from any thread."""

    def __init__(self, answer: Answer, runtime: Runtime, registry: dict[InProcessStream, None] | None = None) -> None:
        self.status: int = answer.status
        self.headers: HeaderList = answer.headers
        self._runtime = runtime
        self._registry = {} if registry is None else registry
        self._closed = False
        self._stream: WatchStream | None = None
        self._whole: bytes | None = None
        if isinstance(answer, Response):
            self._whole = answer.body
            return
        self._stream = answer
        self._ready = runtime.event()
        self._registry[self] = None
        answer.on_wake(self._ready.set)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self.read()
        if chunk is None:
            raise StopIteration
        return chunk

    def read(self, patience: float | None = None) -> bytes | None:
        """The next chunk; None at the end. Raises TimedOut after `patience` seconds without one, TransportError."""
        if self._stream is None:
            whole, self._whole = self._whole, None
            return whole or None
        clock = self._runtime.clock
        deadline = None if patience is None else clock.monotonic_ns() + int(patience * 1e9)
        while not self._closed:
            self._ready.clear()
            try:
                chunk = next_frames(self._stream)
            except BaseException:
                self.close()
                raise
            if chunk:
                return chunk
            if (
                self._stream.ended or self._is_closed()
            ):  # closed, perhaps, by another thread since the event was cleared
                break
            now = clock.monotonic_ns()
            if deadline is not None and now >= deadline:
                raise TimedOut(f"no data within {patience} seconds")
            self._ready.wait(seconds_until(self._stream.wake_at_ns, deadline, now))
        self.close()
        return None

    def _is_closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Ends the stream. A reader that is blocked in it wakes and sees the end. May be called twice."""
        self._whole = None
        if self._stream is None or self._closed:
            return
        self._closed = True
        self._registry.pop(self, None)
        self._stream.close()
        self._ready.set()
