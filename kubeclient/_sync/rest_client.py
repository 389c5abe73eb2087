# generated from kubeclient/_async/rest_client.py by .ci/twin.py, do not edit
"""Sends requests to an API server and obeys the machines about retries, rate limits and errors.

One object per server and identity; everything typed, dynamic or discovered shares it. It knows paths and bytes, not
resources. Ported from client-go rest/client.go and rest/request.go.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.machines.codec import ResourceType
from kubeclient.machines.options import go_duration
from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.machines.request import PROTOBUF_FIRST, RequestHeaders
from kubeclient.machines.response import WarningHeader, error_from_response, is_success, warnings_of
from kubeclient.machines.retry import DEFAULT_MAX_RETRIES, Retries, RetryDecision
from kubeclient.machines.watch_decoder import WatchDecoder
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.protocol import (
    ConnectionLost,
    HeaderList,
    QueryList,
    Request,
    Response,
    Stream,
    TimedOut,
    Transport,
    TransportError,
)

from .watch import Watch

__all__ = ["RESTClient"]

T = TypeVar("T")
L = TypeVar("L")

_NOWHERE = GroupResource("", "")
_RETRYABLE = 429
_OK = 200


class RESTClient:
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
    """

    def __init__(
        self,
        transport: Transport,
        *,
        runtime: Runtime | None = None,
        user_agent: str = "",
        rate_limiter: TokenBucket | None = None,
        max_retries: int = DEFAULT_MAX_RETRIES,
        timeout: float | None = None,
        field_manager: str = "",
        content_type: str = "json",
        on_warning: Callable[[WarningHeader], None] | None = None,
    ) -> None:
        self.transport = transport
        self.runtime: Runtime = runtime if runtime is not None else current_runtime()
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

    def spoken(self, resource: ResourceType[T, L]) -> tuple[ResourceType[T, L], RequestHeaders]:
        """A resource in the form that this client speaks about it, and the headers that go with it."""
        form = None if self._protobuf is None else resource.in_protobuf
        return (resource, self.headers) if form is None or self._protobuf is None else (form, self._protobuf)

    def call(self, request: Request, resource: GroupResource = _NOWHERE, name: str = "") -> bytes:
        """Sends a request and returns the body of a good answer.

        `resource` and `name` only serve the wording of errors. Raises StatusError for any other answer, TransportError
        when there is none.
        """
        response = self.send(request)
        if is_success(response.status):
            return response.body
        raise error_from_response(
            response.status, response.headers, response.body, method=request.method, resource=resource, name=name
        )

    def send(self, request: Request) -> Response:
        """Sends a request, again where the rules say so, and returns the last answer, whatever its status."""
        if self.timeout is not None:
            self._limit(request, self.timeout)
        if self._limiter is not None:
            self._throttle(self._limiter)
        try:
            response = self.transport.round_trip(request)
        except TransportError as error:
            response = self._send_again(request, None, error)
        if response.status >= _RETRYABLE and (response.status == _RETRYABLE or response.status >= 500):
            response = self._send_again(request, response, None)
        if self._on_warning is not None:
            for warning in warnings_of(response.headers):
                self._on_warning(warning)
        return response

    def _send_again(self, request: Request, response: Response | None, error: TransportError | None) -> Response:
        retries = Retries(self._max_retries)
        while True:
            decision = self._decide(retries, request, response, error)
            if decision is None:
                if response is not None:
                    return response
                assert error is not None
                raise error
            self._pause(decision)
            try:
                response, error = self.transport.round_trip(request), None
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

    def _pause(self, decision: RetryDecision) -> None:
        self.runtime.sleep(float(decision.seconds))
        if self._limiter is not None:
            self._throttle(self._limiter)

    def _throttle(self, limiter: TokenBucket) -> None:
        with self._guard:
            wait = limiter.reserve(self.runtime.clock.monotonic_ns())
        if wait:
            self.runtime.sleep(wait / 1e9)

    @staticmethod
    def _limit(request: Request, timeout: float) -> None:
        """The client's time limit, for the wait here and for the work there."""
        if request.timeout is None:
            request.timeout = timeout
        if not any(key == "timeout" for key, _ in request.query):
            request.query = sorted([*request.query, ("timeout", go_duration(int(timeout)))])

    def stream(self, request: Request, resource: GroupResource = _NOWHERE, name: str = "") -> Stream:
        """Sends a request and returns the answer as soon as its head is there, for reading piece by piece.

        Raises StatusError when the answer is an error, TransportError when there is none.
        """
        if self._limiter is not None:
            self._throttle(self._limiter)
        retries = Retries(self._max_retries)
        while True:
            stream = self.transport.open_stream(request)
            if is_success(stream.status):
                return stream
            decision = retries.after_answer(stream.status, stream.headers)
            if decision is None:
                raise _error_of(stream, request, resource, name)
            stream.close()
            self._pause(decision)

    def watch(
        self,
        path: str,
        query: QueryList,
        decode: Callable[[Any], T],
        *,
        headers: HeaderList | None = None,
        resource: GroupResource = _NOWHERE,
        name: str = "",
    ) -> Watch[T]:
        """A watch that is not started yet; `decode` reads the object of an event."""
        request = Request("GET", path, query, self.headers.bare if headers is None else headers)

        def start() -> Stream | None:
            return self._open_watch(request, resource, name)

        return Watch(start, WatchDecoder(decode))

    def _open_watch(self, request: Request, resource: GroupResource, name: str) -> Stream | None:
        """The stream of a watch; None, which is an empty watch, when the connection keeps breaking."""
        retries = Retries(self._max_retries)
        while True:
            try:
                stream = self.transport.open_stream(request)
            except (ConnectionLost, TimedOut) as error:
                decision = retries.after_error(error, method="GET", watch=True)
                if decision is None:
                    return None
            else:
                if stream.status == _OK:
                    if self._on_warning is not None:
                        for warning in warnings_of(stream.headers):
                            self._on_warning(warning)
                    return stream
                decision = retries.after_answer(stream.status, stream.headers)
                if decision is None:
                    raise _error_of(stream, request, resource, name)
                stream.close()
            self._pause(decision)

    def get(self, path: str, query: QueryList = (), *, accept: str = "") -> bytes:
        """The body of any path of the server, for example `/version`."""
        headers = self.headers.accepting(accept).bare if accept else self.headers.bare
        return self.call(Request("GET", path, query, headers))

    def post(self, path: str, body: bytes, query: QueryList = ()) -> bytes:
        """Posts JSON to any path of the server."""
        return self.call(Request("POST", path, query, self.headers.json, body))

    def close(self) -> None:
        """Closes the transport."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RESTClient over {self.transport!r}>"


def _error_of(stream: Stream, request: Request, resource: GroupResource, name: str) -> StatusError:
    """The error that a stream carries instead of what was asked for."""
    parts: list[bytes] = []
    try:
        for chunk in stream:
            parts.append(chunk)  # noqa: PERF401 - an async comprehension has no twin
    except TransportError:
        parts.clear()
    stream.close()
    return error_from_response(
        stream.status, stream.headers, b"".join(parts), method=request.method, resource=resource, name=name
    )


def _with_previous(error: TransportError, previous: TransportError | None) -> TransportError:
    """The last error, telling of the one before it where they differ."""
    if previous is None or str(previous) == str(error):
        return error
    return type(error)(f"{error} - error from a previous attempt: {previous}")
