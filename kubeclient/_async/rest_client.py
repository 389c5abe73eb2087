"""Sends requests to an API server and obeys the machines about retries, rate limits and errors.

One object per server and identity; everything typed, dynamic or discovered shares it. It knows paths and bytes, not
resources. Ported from client-go rest/client.go and rest/request.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from kubeclient.apimachinery.durations import Duration
from kubeclient.apimachinery.errors import StatusError, new_internal_error
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.machines.codec import ResourceType
from kubeclient.machines.content import ContentConfig, check_stream
from kubeclient.machines.metrics import RequestMetrics, path_template
from kubeclient.machines.rate_limiter import RateLimiter
from kubeclient.machines.request import PROTOBUF_FIRST, RequestHeaders
from kubeclient.machines.response import WarningHeader, error_from_response, is_success, warnings_of
from kubeclient.machines.retry import DEFAULT_MAX_RETRIES, Retries, RetryDecision, RetryPolicy
from kubeclient.machines.sending import SendRules
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
    header,
)

from .watch import AsyncWatch

if TYPE_CHECKING:
    from kubeclient.config.rest import Config

    from .request import AsyncRequestBuilder

__all__ = ["AsyncRESTClient"]

T = TypeVar("T")
L = TypeVar("L")

_NOWHERE = GroupResource("", "")
_RETRYABLE = 429
_OK = 200
_SECOND = 1_000_000_000
_LONG_WAIT = _SECOND // 20
_TELL_AGAIN = 10 * _SECOND
_DRAIN_MAX = 2048
_NO_TIME = "no time is left for another attempt"
_THROTTLED = "client-side throttling, not priority and fairness"
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
        content_type: "json", "protobuf" or a media type: what typed clients write, and prefer to read, where a type has
            that form; empty is JSON.
        on_warning: called for every warning that an answer carries.
        backoff: waits before requests to a server that has too much to do; None: no waits.
        metrics: is told of every attempt.
        retry_policy: which requests are sent again; None: client-go's rules.
        accept_content_types: what requests of `request` ask for; empty: what they are written in, and anything else.
        root: where the group and version of this client are served, for `request`: "/apis/apps/v1".
        group: that group, for the wording of errors.
        host: the server's name, for metrics.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        *,
        runtime: AsyncRuntime | None = None,
        user_agent: str = "",
        rate_limiter: RateLimiter | None = None,
        max_retries: int = DEFAULT_MAX_RETRIES,
        timeout: float | None = None,
        field_manager: str = "",
        content_type: str = "",
        on_warning: Callable[[WarningHeader], None] | None = None,
        backoff: URLBackoff | None = None,
        metrics: RequestMetrics | None = None,
        retry_policy: RetryPolicy | None = None,
        accept_content_types: str = "",
        root: str = "/",
        group: str = "",
        host: str = "",
    ) -> None:
        self.transport = transport
        self.runtime: AsyncRuntime = runtime if runtime is not None else current_async_runtime()
        self.headers = RequestHeaders(user_agent=user_agent)
        self.content = ContentConfig.of(content_type, accept_content_types)
        self._protobuf = self.headers.accepting(PROTOBUF_FIRST) if self.content.in_protobuf else None
        self.field_manager = field_manager
        self.root = root
        self.group = group
        self.rules = SendRules(rate_limiter, backoff, max_retries, timeout, on_warning, retry_policy)
        self._guard = self.runtime.guard()
        self._metrics = metrics
        self._host = host
        self._told_ns: int | None = None

    @classmethod
    def from_config(
        cls,
        config: Config,
        *,
        runtime: AsyncRuntime | None = None,
        unversioned: bool = False,
        transport: AsyncTransport | None = None,
    ) -> Self:
        """A client over the network for the group and version of a config; `unversioned`: for whatever path is asked for.

        `transport` carries requests in the place of the network that the config describes. Raises ValueError for what is
        not usable in the config.
        """
        from .connect import connect_client

        return connect_client(cls, config, runtime=runtime, unversioned=unversioned, transport=transport)

    @property
    def timeout(self) -> float | None:
        """Seconds for a request that is not a stream."""
        return self.rules.timeout

    def request(self, verb: str) -> AsyncRequestBuilder:
        """A request that is put together call by call: `client.request("GET").resource("pods").name("a").do()`."""
        from .request import AsyncRequestBuilder

        return AsyncRequestBuilder(self, verb)

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
        body = response.body
        if is_success(response.status):
            if resource is not _NOWHERE and (not body or body[:1] == b"<"):
                _check_object(request, response)
            return body
        raise error_from_response(
            response.status, response.headers, body, method=request.method, resource=resource, name=name
        )

    async def send(self, request: Request, rules: SendRules | None = None) -> Response:
        """Sends a request, again where the rules say so, and returns the last answer, whatever its status.

        A time limit counts from the first attempt on and for all of them; TimedOut is raised when it is over.
        """
        if rules is None:
            rules = self.rules
        if rules.timeout is not None:
            self._limit(request, rules.timeout)
        if rules.limiter is not None:
            await self._throttle(rules.limiter, request)
        if rules.backoff is not None:
            await self._sleep_ns(rules.backoff.wait_ns(self._now()))
        deadline = None if request.timeout is None else self._now() + int(request.timeout * _SECOND)
        try:
            response = await self._attempt(request, rules)
        except TransportError as error:
            response = await self._send_again(request, rules, None, error, deadline)
        if response.status >= _RETRYABLE and (response.status == _RETRYABLE or response.status >= 500):
            response = await self._send_again(request, rules, response, None, deadline)
        self._warn(response.headers, rules)
        return response

    def _now(self) -> int:
        return self.runtime.clock.monotonic_ns()

    async def _sleep_ns(self, wait: int) -> None:
        if wait:
            await self.runtime.sleep(wait / _SECOND)

    @staticmethod
    def _warn(headers: HeaderList, rules: SendRules) -> None:
        if rules.on_warning is not None:
            for warning in warnings_of(headers):
                rules.on_warning(warning)

    async def _attempt(self, request: Request, rules: SendRules) -> Response:
        """One attempt, counted where that is asked for."""
        if rules.backoff is None and self._metrics is None:
            return await self.transport.round_trip(request)
        started, status, received = self._now(), 0, 0
        try:
            response = await self.transport.round_trip(request)
            status, received = response.status, len(response.body)
            return response
        finally:
            self._count(request, rules, started, status, received)

    def _count(self, request: Request, rules: SendRules, started: int, status: int, received: int) -> None:
        now = self._now()
        if rules.backoff is not None:
            rules.backoff.update(status, now)
        if self._metrics is not None:
            self._metrics.request(request.method, path_template(request.path), status, (now - started) / _SECOND)
            self._metrics.size(request.method, len(request.body or b""), received)
            self._metrics.result(str(status) if status else "<error>", request.method, self._host)

    async def _send_again(
        self,
        request: Request,
        rules: SendRules,
        response: Response | None,
        error: TransportError | None,
        deadline: int | None,
    ) -> Response:
        retries = rules.retries()
        while True:
            decision = self._decide(retries, request, response, error)
            if decision is None:
                if response is not None:
                    return response
                assert error is not None
                raise error
            if self._metrics is not None:
                self._metrics.retry(request.method, 0 if response is None else response.status)
            wait = self._wait_ns(decision, rules)
            if deadline is not None:
                left = deadline - self._now()
                if wait >= left:
                    await self.runtime.sleep(max(0, left) / _SECOND)
                    raise _with_previous(TimedOut(f"{request.method} {request.path}: {_NO_TIME}"), error)
            await self._pause(wait, decision, rules, request)
            if deadline is not None:
                request = replace(request, timeout=max(0, deadline - self._now()) / _SECOND)
            try:
                response, error = await self._attempt(request, rules), None
            except TransportError as failure:
                response, error = None, _with_previous(failure, error)

    @staticmethod
    def _decide(
        retries: Retries, request: Request, response: Response | None, error: TransportError | None
    ) -> RetryDecision | None:
        if response is not None:
            return retries.after_answer(response.status, response.headers, method=request.method)
        assert error is not None
        return retries.after_error(error, method=request.method)

    def _wait_ns(self, decision: RetryDecision, rules: SendRules) -> int:
        """How long the next attempt waits: as long as the server asks, or as it is to be left alone."""
        wait = decision.seconds * _SECOND
        return wait if rules.backoff is None else max(wait, rules.backoff.wait_ns(self._now()))

    async def _pause(self, wait: int, decision: RetryDecision, rules: SendRules, request: Request) -> None:
        await self.runtime.sleep(wait / _SECOND)
        if rules.limiter is not None:
            await self._throttle(rules.limiter, request, decision.reason)

    async def _throttle(self, limiter: RateLimiter, request: Request, reason: str = _THROTTLED) -> None:
        try:
            with self._guard:
                wait = limiter.reserve(self._now())
        except Exception as error:
            raise TransportError(f"client rate limiter Wait returned an error: {error}") from error
        if wait:
            await self.runtime.sleep(wait / _SECOND)
            if wait > _LONG_WAIT:
                self._tell_wait(limiter, request, wait, reason)
        if self._metrics is not None:
            self._metrics.rate_limiter_latency(request.method, path_template(request.path), wait / _SECOND)

    def _tell_wait(self, limiter: RateLimiter, request: Request, wait: int, reason: str) -> None:
        """A wait of some length is worth a line for who looks for it, a long one for everybody, but not all of them."""
        level = logging.DEBUG
        if wait > _SECOND and (self._told_ns is None or self._now() - self._told_ns >= _TELL_AGAIN):
            self._told_ns = self._now()
            level = logging.INFO
        _LOG.log(
            level,
            "Waited before sending request: delay %.3fs, reason: %s, verb %s, path %s, limiter %r",
            wait / _SECOND,
            reason,
            request.method,
            request.path,
            limiter,
        )

    @staticmethod
    def _limit(request: Request, timeout: float) -> None:
        """The client's time limit, for the wait here and for the work there."""
        if request.timeout is None:
            request.timeout = timeout
        if not any(key == "timeout" for key, _ in request.query):
            request.query = sorted([*request.query, ("timeout", str(Duration.from_seconds(timeout)))])

    async def stream(
        self,
        request: Request,
        resource: GroupResource = _NOWHERE,
        name: str = "",
        rules: SendRules | None = None,
    ) -> AsyncStream:
        """Sends a request and returns the answer as soon as its head is there, for reading piece by piece.

        It is sent again only when the server asks for it. Raises StatusError when the answer is an error, TransportError
        when there is none.
        """
        if rules is None:
            rules = self.rules
        if rules.limiter is not None:
            await self._throttle(rules.limiter, request)
        if rules.backoff is not None:
            await self._sleep_ns(rules.backoff.wait_ns(self._now()))
        retries = rules.retries()
        while True:
            stream = await self._open(request, rules)
            if is_success(stream.status):
                self._warn(stream.headers, rules)
                return stream
            decision = retries.after_answer(stream.status, stream.headers, method=request.method)
            if decision is None:
                self._warn(stream.headers, rules)
                raise await _error_of(stream, request, resource, name)
            await self._give_up(stream, request)
            await self._pause(self._wait_ns(decision, rules), decision, rules, request)

    async def _open(self, request: Request, rules: SendRules) -> AsyncStream:
        """One attempt at a stream, counted where that is asked for."""
        if rules.backoff is None and self._metrics is None:
            return await self.transport.open_stream(request)
        started, status = self._now(), 0
        try:
            stream = await self.transport.open_stream(request)
            status = stream.status
            return stream
        finally:
            self._count(request, rules, started, status, 0)

    async def _give_up(self, stream: AsyncStream, request: Request) -> None:
        """Leaves an answer that is not the last one; what is short is read, so that its connection can be used again."""
        if self._metrics is not None:
            self._metrics.retry(request.method, stream.status)
        read = 0
        try:
            async for chunk in stream:
                read += len(chunk)
                if read >= _DRAIN_MAX:
                    break
        except TransportError:
            read = _DRAIN_MAX
        await stream.aclose()

    def watch(
        self,
        path: str,
        query: QueryList,
        decode: Callable[[Any], T],
        *,
        headers: HeaderList | None = None,
        resource: GroupResource = _NOWHERE,
        name: str = "",
        rules: SendRules | None = None,
    ) -> AsyncWatch[T]:
        """A watch that is not started yet; `decode` reads the object of an event."""
        request = Request("GET", path, query, self.headers.bare if headers is None else headers)
        kept = self.rules if rules is None else rules

        async def start() -> AsyncStream | None:
            return await self._open_watch(request, resource, name, kept)

        return AsyncWatch(start, WatchDecoder(decode))

    async def _open_watch(
        self, request: Request, resource: GroupResource, name: str, rules: SendRules
    ) -> AsyncStream | None:
        """The stream of a watch; None, which is an empty watch, when the connection keeps breaking."""
        retries, previous = rules.retries(), None
        if rules.backoff is not None:
            await self._sleep_ns(rules.backoff.wait_ns(self._now()))
        while True:
            try:
                stream = await self._open(request, rules)
            except (ConnectionLost, TimedOut) as error:
                previous = _with_previous(error, previous)
                decision = retries.after_error(error, method="GET", watch=True)
                if decision is None:
                    return None
            except TransportError as error:
                if previous is None:
                    raise
                raise _with_previous(error, previous) from error
            else:
                if stream.status == _OK:
                    self._warn(stream.headers, rules)
                    await _check_watch(stream, request)
                    return stream
                decision = retries.after_answer(stream.status, stream.headers, method="GET")
                if decision is None:
                    self._warn(stream.headers, rules)
                    raise await _error_of(stream, request, resource, name)
                await self._give_up(stream, request)
            await self._pause(self._wait_ns(decision, rules), decision, rules, request)

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


def _check_object(request: Request, response: Response) -> None:
    """Raises InternalError for a good answer that is nothing, or a proxy's page, where an object was asked for."""
    told = header(response.headers, "content-type") or ""
    where = f'{request.method} "{request.path}"'
    if response.body:
        if told.startswith("text/html") and "/proxy" not in request.path:
            page = response.body[:_DRAIN_MAX].decode("utf-8", "replace")
            raise new_internal_error(f"{where}: the answer is no object but {told}: {page}")
    elif response.status == _OK and request.method == "GET" and told.startswith("application/"):
        raise new_internal_error(f"{where}: 0-length response with status code: {_OK} and content type: {told}")


async def _check_watch(stream: AsyncStream, request: Request) -> None:
    """Raises InternalError for an answer that is no watch: a proxy's page."""
    try:
        check_stream(header(stream.headers, "content-type"))
    except ValueError as error:
        await stream.aclose()
        raise new_internal_error(f"{request.method} {request.path}: {error}") from error


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
