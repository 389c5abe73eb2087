"""Sends requests to an API server and obeys the machines about retries, rate limits and errors.

One object per server and identity; everything typed, dynamic or discovered shares it. It knows paths and bytes, not
resources. Ported from client-go rest/client.go and rest/request.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.machines.codec import ResourceType
from kubeclient.machines.metrics import RequestMetrics, path_template
from kubeclient.machines.options import go_duration
from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.machines.request import PROTOBUF_FIRST, RequestHeaders
from kubeclient.machines.response import WarningHeader, error_from_response, is_success, warnings_of
from kubeclient.machines.retry import DEFAULT_MAX_RETRIES, Retries, RetryDecision
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.machines.watch_decoder import WatchDecoder
from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncRuntime
from kubeclient.transport.protocol import (
    AsyncStream,
    AsyncTransport,
    ConnectionLost,
    HeaderList,
    QueryList,
    Request,
    Response,
    TimedOut,
    TransportError,
)

from .watch import AsyncWatch

__all__ = ["AsyncRESTClient"]

T = TypeVar("T")
L = TypeVar("L")

_NOWHERE = GroupResource("", "")
_RETRYABLE = 429
_OK = 200
_SECOND = 1_000_000_000
_LONG_WAIT = _SECOND // 20
_TELL_AGAIN = 10 * _SECOND
_NO_TIME = "no time is left for another attempt"
_LOG = logging.getLogger("kubeclient.rest")


class AsyncRESTClient:
    """A client of one API server.

    Args:
        transport: carries the requests; closed with the client.
        runtime: the clock and the waiting; by default the one of the context, see `kubeclient.runtime.current`.
        user_agent: sent with every request; empty leaves it to the transport.
        rate_limiter: a token bucket shared by all requests of this client; None: no limit on this side.
        max_retries: how often a request is sent again when the server asks for it.
        timeout: seconds for a request that is not a stream; it is told to the server too. None: no limit.
        field_manager: the manager named by writes that name none; empty: the server derives it from the user agent.
        content_type: "json" or "protobuf": what typed clients write, and prefer to read, where a type has that form.
        on_warning: called for every warning that an answer carries.
        backoff: waits before requests to a server that has too much to do; None: no waits.
        metrics: is told of every attempt.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        *,
        runtime: AsyncRuntime | None = None,
        user_agent: str = "",
        rate_limiter: TokenBucket | None = None,
        max_retries: int = DEFAULT_MAX_RETRIES,
        timeout: float | None = None,
        field_manager: str = "",
        content_type: str = "json",
        on_warning: Callable[[WarningHeader], None] | None = None,
        backoff: URLBackoff | None = None,
        metrics: RequestMetrics | None = None,
    ) -> None:
        self.transport = transport
        self.runtime: AsyncRuntime = runtime if runtime is not None else current_async_runtime()
        self.headers = RequestHeaders(user_agent=user_agent)
        if content_type not in ("json", "protobuf"):
            raise ValueError(f'the content type of a client is "json" or "protobuf", not "{content_type}"')
        self._protobuf = self.headers.accepting(PROTOBUF_FIRST) if content_type == "protobuf" else None
        self.field_manager = field_manager
        self.timeout = timeout
        self._limiter = rate_limiter
        self._guard = self.runtime.guard()
        self._max_retries = max_retries
        self._on_warning = on_warning
        self._backoff = backoff
        self._metrics = metrics
        self._told_ns: int | None = None

    def spoken(self, resource: ResourceType[T, L]) -> tuple[ResourceType[T, L], RequestHeaders]:
        """A resource in the form that this client speaks about it, and the headers that go with it."""
        form = None if self._protobuf is None else resource.in_protobuf
        return (resource, self.headers) if form is None or self._protobuf is None else (form, self._protobuf)

    async def call(self, request: Request, resource: GroupResource = _NOWHERE, name: str = "") -> bytes:
        """Sends a request and returns the body of a good answer.

        `resource` and `name` only serve the wording of errors. Raises StatusError for any other answer, TransportError
        when there is none.
        """
        response = await self.send(request)
        if is_success(response.status):
            return response.body
        raise error_from_response(
            response.status, response.headers, response.body, method=request.method, resource=resource, name=name
        )

    async def send(self, request: Request) -> Response:
        """Sends a request, again where the rules say so, and returns the last answer, whatever its status.

        A time limit counts from the first attempt on and for all of them; TimedOut is raised when it is over.
        """
        if self.timeout is not None:
            self._limit(request, self.timeout)
        if self._limiter is not None:
            await self._throttle(self._limiter, request)
        deadline = None if request.timeout is None else self._now() + int(request.timeout * _SECOND)
        try:
            response = await self._attempt(request)
        except TransportError as error:
            response = await self._send_again(request, None, error, deadline)
        if response.status >= _RETRYABLE and (response.status == _RETRYABLE or response.status >= 500):
            response = await self._send_again(request, response, None, deadline)
        self._warn(response.headers)
        return response

    def _now(self) -> int:
        return self.runtime.clock.monotonic_ns()

    def _warn(self, headers: HeaderList) -> None:
        if self._on_warning is not None:
            for warning in warnings_of(headers):
                self._on_warning(warning)

    async def _attempt(self, request: Request) -> Response:
        """One attempt, waited for and counted where that is asked for."""
        if self._backoff is None and self._metrics is None:
            return await self.transport.round_trip(request)
        await self._back_off()
        started, status, received = self._now(), 0, 0
        try:
            response = await self.transport.round_trip(request)
            status, received = response.status, len(response.body)
            return response
        finally:
            now = self._now()
            if self._backoff is not None:
                self._backoff.update(status, now)
            if self._metrics is not None:
                self._metrics.request(request.method, path_template(request.path), status, (now - started) / _SECOND)
                self._metrics.size(request.method, len(request.body or b""), received)

    async def _back_off(self) -> None:
        wait = 0 if self._backoff is None else self._backoff.wait_ns(self._now())
        if wait:
            await self.runtime.sleep(wait / _SECOND)

    async def _send_again(
        self, request: Request, response: Response | None, error: TransportError | None, deadline: int | None
    ) -> Response:
        retries = Retries(self._max_retries)
        while True:
            decision = self._decide(retries, request, response, error)
            if decision is None:
                if response is not None:
                    return response
                assert error is not None
                raise error
            if self._metrics is not None:
                self._metrics.retry(request.method, 0 if response is None else response.status)
            if deadline is not None:
                left = deadline - self._now()
                if decision.seconds * _SECOND >= left:
                    await self.runtime.sleep(max(0, left) / _SECOND)
                    raise _with_previous(TimedOut(f"{request.method} {request.path}: {_NO_TIME}"), error)
            await self._pause(decision, request)
            if deadline is not None:
                request = replace(request, timeout=max(0, deadline - self._now()) / _SECOND)
            try:
                response, error = await self._attempt(request), None
            except TransportError as failure:
                response, error = None, _with_previous(failure, error)

    @staticmethod
    def _decide(
        retries: Retries, request: Request, response: Response | None, error: TransportError | None
    ) -> RetryDecision | None:
        if response is not None:
            return retries.after_answer(response.status, response.headers)
        assert error is not None
        return retries.after_error(error, method=request.method)

    async def _pause(self, decision: RetryDecision, request: Request) -> None:
        await self.runtime.sleep(float(decision.seconds))
        if self._limiter is not None:
            await self._throttle(self._limiter, request)

    async def _throttle(self, limiter: TokenBucket, request: Request) -> None:
        with self._guard:
            wait = limiter.reserve(self._now())
        if wait:
            await self.runtime.sleep(wait / _SECOND)
            if wait > _LONG_WAIT:
                self._tell_wait(request, wait)
        if self._metrics is not None:
            self._metrics.rate_limiter_latency(request.method, path_template(request.path), wait / _SECOND)

    def _tell_wait(self, request: Request, wait: int) -> None:
        """A wait of some length is worth a line for who looks for it, a long one for everybody, but not all of them."""
        level = logging.DEBUG
        if wait > _SECOND and (self._told_ns is None or self._now() - self._told_ns >= _TELL_AGAIN):
            self._told_ns = self._now()
            level = logging.INFO
        _LOG.log(
            level,
            "Waited before sending request: delay %.3fs, reason: client-side throttling, not priority and fairness, "
            "verb %s, path %s",
            wait / _SECOND,
            request.method,
            request.path,
        )

    @staticmethod
    def _limit(request: Request, timeout: float) -> None:
        """The client's time limit, for the wait here and for the work there."""
        if request.timeout is None:
            request.timeout = timeout
        if not any(key == "timeout" for key, _ in request.query):
            request.query = sorted([*request.query, ("timeout", go_duration(int(timeout)))])

    async def stream(self, request: Request, resource: GroupResource = _NOWHERE, name: str = "") -> AsyncStream:
        """Sends a request and returns the answer as soon as its head is there, for reading piece by piece.

        Raises StatusError when the answer is an error, TransportError when there is none.
        """
        if self._limiter is not None:
            await self._throttle(self._limiter, request)
        retries = Retries(self._max_retries)
        while True:
            stream = await self._open(request)
            if is_success(stream.status):
                self._warn(stream.headers)
                return stream
            decision = retries.after_answer(stream.status, stream.headers)
            if decision is None:
                raise await _error_of(stream, request, resource, name)
            await stream.aclose()
            await self._pause(decision, request)

    async def _open(self, request: Request) -> AsyncStream:
        """One attempt at a stream, waited for and counted where that is asked for."""
        await self._back_off()
        stream = await self.transport.open_stream(request)
        if self._backoff is not None:
            self._backoff.update(stream.status, self._now())
        return stream

    def watch(
        self,
        path: str,
        query: QueryList,
        decode: Callable[[Any], T],
        *,
        headers: HeaderList | None = None,
        resource: GroupResource = _NOWHERE,
        name: str = "",
    ) -> AsyncWatch[T]:
        """A watch that is not started yet; `decode` reads the object of an event."""
        request = Request("GET", path, query, self.headers.bare if headers is None else headers)

        async def start() -> AsyncStream | None:
            return await self._open_watch(request, resource, name)

        return AsyncWatch(start, WatchDecoder(decode))

    async def _open_watch(self, request: Request, resource: GroupResource, name: str) -> AsyncStream | None:
        """The stream of a watch; None, which is an empty watch, when the connection keeps breaking."""
        retries = Retries(self._max_retries)
        while True:
            try:
                stream = await self._open(request)
            except (ConnectionLost, TimedOut) as error:
                decision = retries.after_error(error, method="GET", watch=True)
                if decision is None:
                    return None
            else:
                if stream.status == _OK:
                    self._warn(stream.headers)
                    return stream
                decision = retries.after_answer(stream.status, stream.headers)
                if decision is None:
                    raise await _error_of(stream, request, resource, name)
                await stream.aclose()
            await self._pause(decision, request)

    async def get(self, path: str, query: QueryList = (), *, accept: str = "") -> bytes:
        """The body of any path of the server, for example `/version`."""
        headers = self.headers.accepting(accept).bare if accept else self.headers.bare
        return await self.call(Request("GET", path, query, headers))

    async def post(self, path: str, body: bytes, query: QueryList = ()) -> bytes:
        """Posts JSON to any path of the server."""
        return await self.call(Request("POST", path, query, self.headers.json, body))

    async def aclose(self) -> None:
        """Closes the transport."""
        await self.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<AsyncRESTClient over {self.transport!r}>"


async def _error_of(stream: AsyncStream, request: Request, resource: GroupResource, name: str) -> StatusError:
    """The error that a stream carries instead of what was asked for."""
    parts: list[bytes] = []
    try:
        async for chunk in stream:
            parts.append(chunk)  # noqa: PERF401 - an async comprehension has no twin
    except TransportError:
        parts.clear()
    await stream.aclose()
    return error_from_response(
        stream.status, stream.headers, b"".join(parts), method=request.method, resource=resource, name=name
    )


def _with_previous(error: TransportError, previous: TransportError | None) -> TransportError:
    """The last error, telling of the one before it where they differ."""
    if previous is None or str(previous) == str(error):
        return error
    return type(error)(f"{error} - error from a previous attempt: {previous}")
