"""WebSockets without a network: a client's socket whose other end is an endpoint of the same process, in both colours.

Messages are handed over as they are; what a socket of the network does beyond that (pings, silence) has no meaning here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from kubeclient.runtime.protocol import AsyncRuntime, Runtime
from kubeclient.transport.protocol import ConnectionLost, HeaderList, Request, Response, UpgradeFailure
from kubeclient.transport.upgrading import check_handshake, protocols_of
from kubefake.containers.opening import Opening
from kubefake.faults.door import Answer
from kubefake.streams.bells import AsyncBell, Bell
from kubefake.streams.endpoint import Endpoint, ProtocolRefusedError

__all__ = ["AsyncInProcessSocket", "InProcessSocket", "endpoint_for", "upgraded", "wants_socket"]

_UPGRADE = (("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"))


def wants_socket(request: Request) -> bool:
    """Whether a request offers protocols of a WebSocket."""
    return any(name == "sec-websocket-protocol" for name, _ in request.headers)


def upgraded(request: Request) -> Request:
    """The request as it would come over a network."""
    return Request(
        request.method, request.path, request.query, [*request.headers, *_UPGRADE], request.body, request.timeout
    )


def endpoint_for(request: Request, answer: Answer) -> tuple[Endpoint, Opening]:
    """The endpoint that an answer opens. Raises UpgradeFailure, with the server's error, for any other answer."""
    offered = protocols_of(request)
    if isinstance(answer, Opening):
        from kubefake.streams.accept import accept  # loaded when somebody speaks to a container

        try:
            return accept(answer, offered), answer
        except ProtocolRefusedError as error:
            raise UpgradeFailure(error, 403) from error
    body = b""
    if isinstance(answer, Response):
        body = answer.body
    else:
        answer.close()
    check_handshake(answer.status, answer.headers, body, offered=offered, accept="")
    raise AssertionError("an answer that opens nothing is refused")


class AsyncInProcessSocket:
    """A WebSocket for asyncio. See kubeclient.transport's, which it can stand for.

    Attributes:
        status: 101.
        subprotocol: the one that the server chose.
        read_timeout: is kept for the other kind of socket: a server of the same process does not go silent.
    """

    def __init__(
        self,
        opened: tuple[Endpoint, Opening],
        runtime: AsyncRuntime,
        path: str,
        registry: dict[AsyncInProcessSocket, None],
    ) -> None:
        endpoint, self._opening = opened
        self.status = 101
        self.subprotocol = endpoint.subprotocol
        self.headers: HeaderList = [("sec-websocket-protocol", self.subprotocol)] if self.subprotocol else []
        self.read_timeout: float | None = None
        self._path = path
        self._endpoint = endpoint
        self._runtime = runtime
        self._closed = False
        self._cut = False
        self._registry = registry
        registry[self] = None
        self._room = AsyncBell(runtime)
        self._news = AsyncBell(runtime)
        endpoint.on_wake(self._wake)
        self._opening.when_cut(self._break)

    def _wake(self) -> None:
        self._room.ring()
        self._news.ring()

    def _break(self) -> None:
        """The connection is cut: both ends notice."""
        self._cut = True
        self._endpoint.close()
        self._wake()

    async def send(self, data: bytes | str) -> None:
        """Hands a message over, waiting for a handler that reads slowly. Raises ConnectionLost after the end."""
        while True:
            self._room.clear()
            if self._closed or self._endpoint.ended:
                raise ConnectionLost(f"{self._path}: the WebSocket is {'cut' if self._cut else 'closed'}")
            if not self._endpoint.full:
                break
            await self._room.wait()
        self._endpoint.receive(data)

    async def ping(self) -> None:
        """Raises ConnectionLost after the end."""
        if self._closed:
            raise ConnectionLost(f"{self._path}: the WebSocket is closed")

    async def receive(self) -> bytes | str | None:
        """The next message, None at the end. Raises ConnectionLost when it is cut."""
        while not self._closed:
            self._news.clear()
            if self._cut:
                await self.aclose()
                raise ConnectionLost(f"{self._path}: the WebSocket is cut")
            message = self._endpoint.poll()
            if message is not None:
                return message
            if self._closed or self._endpoint.ended:
                break
            await self._news.wait()
        await self.aclose()
        return None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self.receive()) is not None:
            yield message.encode() if isinstance(message, str) else message

    async def aclose(self) -> None:
        """Ends the WebSocket. A reader that waits wakes and sees the end. May be called twice."""
        if not self._closed:
            self._closed = self._opening.over = True
            self._registry.pop(self, None)
            self._endpoint.close()
            self._wake()


class InProcessSocket:
    """As AsyncInProcessSocket, for threads."""

    def __init__(
        self, opened: tuple[Endpoint, Opening], runtime: Runtime, path: str, registry: dict[InProcessSocket, None]
    ) -> None:
        endpoint, self._opening = opened
        self.status = 101
        self.subprotocol = endpoint.subprotocol
        self.headers: HeaderList = [("sec-websocket-protocol", self.subprotocol)] if self.subprotocol else []
        self.read_timeout: float | None = None
        self._path = path
        self._endpoint = endpoint
        self._closed = False
        self._cut = False
        self._registry = registry
        registry[self] = None
        self._room = Bell(runtime)
        self._news = Bell(runtime)
        endpoint.on_wake(self._wake)
        self._opening.when_cut(self._break)

    def _wake(self) -> None:
        self._room.ring()
        self._news.ring()

    def _break(self) -> None:
        """The connection is cut: both ends notice."""
        self._cut = True
        self._endpoint.close()
        self._wake()

    def send(self, data: bytes | str) -> None:
        """Hands a message over, waiting for a handler that reads slowly. Raises ConnectionLost after the end."""
        while True:
            self._room.clear()
            if self._closed or self._endpoint.ended:
                raise ConnectionLost(f"{self._path}: the WebSocket is {'cut' if self._cut else 'closed'}")
            if not self._endpoint.full:
                break
            self._room.wait()
        self._endpoint.receive(data)

    def ping(self) -> None:
        """Raises ConnectionLost after the end."""
        if self._closed:
            raise ConnectionLost(f"{self._path}: the WebSocket is closed")

    def receive(self) -> bytes | str | None:
        """The next message, None at the end. Raises ConnectionLost when it is cut."""
        while not self._closed:
            self._news.clear()
            if self._cut:
                self.close()
                raise ConnectionLost(f"{self._path}: the WebSocket is cut")
            message = self._endpoint.poll()
            if message is not None:
                return message
            if self._is_closed() or self._endpoint.ended:
                break
            self._news.wait()
        self.close()
        return None

    def _is_closed(self) -> bool:
        return self._closed

    def __iter__(self) -> Iterator[bytes]:
        while (message := self.receive()) is not None:
            yield message.encode() if isinstance(message, str) else message

    def close(self) -> None:
        """Ends the WebSocket. A reader that waits wakes and sees the end. May be called twice."""
        if not self._closed:
            self._closed = self._opening.over = True
            self._registry.pop(self, None)
            self._endpoint.close()
            self._wake()
