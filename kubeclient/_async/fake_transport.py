"""A transport that asks reactors first, and an inner transport about the rest.

Whoever talks to it talks to client-go's fake: every call is an action that is written down, and a test decides about any of
them. The inner transport is what client-go calls the tracker; over kubefake it is a whole apiserver.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from kubeclient.apimachinery import json
from kubeclient.apimachinery.status import Status
from kubeclient.machines.actions import Action, action_of, rewritten
from kubeclient.machines.reactors import HANDLED, Fake
from kubeclient.machines.watch_feed import WatchFeed, object_bytes
from kubeclient.runtime.protocol import AsyncRuntime
from kubeclient.transport.protocol import AsyncStream, AsyncTransport, HeaderList, Request, Response

__all__ = ["AsyncFakeTransport", "AsyncFeedStream", "AsyncFunctionTransport"]

_JSON: HeaderList = (("content-type", "application/json"),)
_TEXT: HeaderList = (("content-type", "text/plain"),)


class AsyncFakeTransport:
    """`AsyncTransport` of fake clients.

    Args:
        fake: the reactors and the record.
        runtime: waits for the events of fake watches.
        inner: answers what no reactor does; without one that is an error, which names the call.
    """

    def __init__(self, fake: Fake, runtime: AsyncRuntime, inner: AsyncTransport | None = None) -> None:
        self.fake = fake
        self.inner = inner
        self._runtime = runtime

    async def round_trip(self, request: Request) -> Response:
        """Answers a request. Raises what a reactor raises, LookupError for what nobody answers, TransportError."""
        action = action_of(request)
        before = action.copied()
        answer = self.fake.invoke(action)
        if answer is not None:
            return _response(answer)
        return await self._inner(action).round_trip(rewritten(request, before, action))

    async def open_stream(self, request: Request) -> AsyncStream:
        """Answers a request whose body comes in pieces, as `round_trip`."""
        action = action_of(request, streams=True)
        answer = self.fake.invoke(action)
        if answer is None:
            return await self._inner(action).open_stream(request)
        return _stream(answer, self._runtime)

    async def aclose(self) -> None:
        """Closes the inner transport."""
        if self.inner is not None:
            await self.inner.aclose()

    def _inner(self, action: Action) -> AsyncTransport:
        if self.inner is None:
            what = "/".join(filter(None, (action.resource.resource, action.subresource)))
            raise LookupError(
                f"unhandled {action.verb} of {what}: no reactor answers it, and there is no server behind them"
            )
        return self.inner


class AsyncFunctionTransport:
    """`AsyncTransport` that asks one function, as client-go's rest/fake does.

    Args:
        answer: the answer to every request, what to raise, or a function of the request that returns or raises it; an
            object becomes its JSON.
        runtime: waits for the events of fake watches.
    """

    def __init__(self, answer: Any, runtime: AsyncRuntime) -> None:
        self.request: Request | None = None
        self.closed = False
        self._answer = answer
        self._runtime = runtime

    async def round_trip(self, request: Request) -> Response:
        """Keeps the request and answers it. Raises what the function raises."""
        return _response(self._ask(request))

    async def open_stream(self, request: Request) -> AsyncStream:
        """As `round_trip`, for an answer that comes in pieces."""
        return _stream(self._ask(request), self._runtime)

    async def aclose(self) -> None:
        """Notes that it was closed."""
        self.closed = True

    def _ask(self, request: Request) -> Any:
        self.request = request
        answer = self._answer(request) if callable(self._answer) else self._answer
        if isinstance(answer, BaseException):
            raise answer
        return answer


class _Whole(WatchFeed):
    """A body that is there from the start."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._frames.append(body)
        self.stop()


class AsyncFeedStream:
    """`AsyncStream` of what a WatchFeed sends. Closing it stops the watcher, as a client does that has seen enough."""

    def __init__(self, watcher: WatchFeed, runtime: AsyncRuntime, *, status: int = 200) -> None:
        self.status = status
        self.headers: HeaderList = _JSON
        self._watcher = watcher
        self._closed = False
        self._ready = runtime.event()
        watcher.on_wake(self._ready.set)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while not self._closed:
            self._ready.clear()
            stopped = self._watcher.stopped
            frames = self._watcher.take()
            if frames is not None:
                return frames
            if stopped:
                break
            await self._ready.wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends the stream; a reader that is blocked in it sees the end."""
        self._closed = True
        self._watcher.stop()


def _stream(answer: Any, runtime: AsyncRuntime) -> AsyncStream:
    """The answer of a reactor, as it goes over the wire piece by piece."""
    if isinstance(answer, WatchFeed):
        return AsyncFeedStream(answer, runtime)
    response = _response(answer)
    return AsyncFeedStream(_Whole(response.body), runtime, status=response.status)


def _response(answer: Any) -> Response:
    """The answer of a reactor, as it goes over the wire."""
    if isinstance(answer, WatchFeed):
        return Response(200, _JSON, answer.take() or b"")
    if answer is HANDLED:
        answer = Status(status="Success")
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, str | bytes):
        return Response(200, _TEXT, answer.encode() if isinstance(answer, str) else answer)
    body = object_bytes(answer)
    failure = json.decode(body, dict[str, Any]) if b'"Failure"' in body else {}
    failed = failure.get("kind") == "Status" and failure.get("status") == "Failure"
    return Response(int(failure.get("code") or 500) if failed else 200, _JSON, body)
