"""Logs every request and its answer to the logger `kubeclient.transport`, as client-go does from verbosity 6 on.

Level DEBUG shows method, path, status and milliseconds; with `headers` the request's headers too. Credentials are masked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from .protocol import AsyncStream, AsyncTransport, Request, Response, Stream, Transport, TransportError

__all__ = ["AsyncDebugging", "Debugging", "masked"]

_LOG = logging.getLogger("kubeclient.transport")
_SCHEMES = ("bearer", "basic", "negotiate")


def masked(value: str) -> str:
    """An Authorization header as it may be shown: the scheme where it is a known one, and no more."""
    scheme = value.split(" ", 1)[0]
    return f"{scheme} <masked>" if scheme.lower() in _SCHEMES and " " in value else "<masked>"


class _Recorder:
    """Formats what happened."""

    def __init__(self, monotonic_ns: Callable[[], int], headers: bool) -> None:
        self._monotonic_ns = monotonic_ns
        self._headers = headers

    def start(self, request: Request) -> int:
        if self._headers:
            for name, value in request.headers:
                _LOG.debug("%s: %s", name, masked(value) if name == "authorization" else value)
        return self._monotonic_ns()

    def end(self, request: Request, started: int, outcome: object) -> None:
        elapsed = (self._monotonic_ns() - started) // 1_000_000
        _LOG.debug("%s %s %s in %d milliseconds", request.method, request.path, outcome, elapsed)


class AsyncDebugging:
    """An AsyncTransport that logs what another carries."""

    def __init__(self, inner: AsyncTransport, *, monotonic_ns: Callable[[], int], headers: bool = False) -> None:
        self.inner = inner
        self._recorder = _Recorder(monotonic_ns, headers)

    async def round_trip(self, request: Request) -> Response:
        started = self._recorder.start(request)
        try:
            response = await self.inner.round_trip(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, response.status)
        return response

    async def open_stream(self, request: Request) -> AsyncStream:
        started = self._recorder.start(request)
        try:
            stream = await self.inner.open_stream(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, stream.status)
        return stream

    async def aclose(self) -> None:
        await self.inner.aclose()


class Debugging:
    """A Transport that logs what another carries."""

    def __init__(self, inner: Transport, *, monotonic_ns: Callable[[], int], headers: bool = False) -> None:
        self.inner = inner
        self._recorder = _Recorder(monotonic_ns, headers)

    def round_trip(self, request: Request) -> Response:
        started = self._recorder.start(request)
        try:
            response = self.inner.round_trip(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, response.status)
        return response

    def open_stream(self, request: Request) -> Stream:
        started = self._recorder.start(request)
        try:
            stream = self.inner.open_stream(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, stream.status)
        return stream

    def close(self) -> None:
        self.inner.close()
