"""A transport that logs what another carries; what is logged is `kubeclient.transport.debug`'s."""

from __future__ import annotations

from collections.abc import Callable

from kubeclient.transport.debug import Recorder
from kubeclient.transport.protocol import AsyncStream, AsyncTransport, Request, Response, TransportError

from .wrapping import AsyncWrapper

__all__ = ["AsyncDebugging"]


class AsyncDebugging(AsyncWrapper):
    """An AsyncTransport that logs what another carries.

    Args:
        inner: carries the requests.
        monotonic_ns: for the time an answer took.
        verbosity: how much is logged, see `kubeclient.transport.debug`.
        base_url: what stands before paths where a whole URL is shown.
    """

    def __init__(
        self, inner: AsyncTransport, *, monotonic_ns: Callable[[], int], verbosity: int = 6, base_url: str = ""
    ) -> None:
        super().__init__(inner)
        self._recorder = Recorder(monotonic_ns, verbosity, base_url)

    async def round_trip(self, request: Request) -> Response:
        started = self._recorder.start(request)
        try:
            response = await self.inner.round_trip(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, response.status, response.headers, response.body)
        return response

    async def open_stream(self, request: Request) -> AsyncStream:
        started = self._recorder.start(request)
        try:
            stream = await self.inner.open_stream(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, stream.status, stream.headers)
        return stream
