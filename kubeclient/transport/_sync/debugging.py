# generated from kubeclient/transport/_async/debugging.py by .ci/twin.py, do not edit
"""A transport that logs what another carries; what is logged is `kubeclient.transport.debug`'s."""

from __future__ import annotations

from collections.abc import Callable

from kubeclient.transport.debug import Recorder
from kubeclient.transport.protocol import Request, Response, Stream, Transport, TransportError

from .wrapping import Wrapper

__all__ = ["Debugging"]


class Debugging(Wrapper):
    """An Transport that logs what another carries.

    Args:
        inner: carries the requests.
        monotonic_ns: for the time an answer took.
        verbosity: how much is logged, see `kubeclient.transport.debug`.
        base_url: what stands before paths where a whole URL is shown.
    """

    def __init__(
        self, inner: Transport, *, monotonic_ns: Callable[[], int], verbosity: int = 6, base_url: str = ""
    ) -> None:
        super().__init__(inner)
        self._recorder = Recorder(monotonic_ns, verbosity, base_url)

    def round_trip(self, request: Request) -> Response:
        started = self._recorder.start(request)
        try:
            response = self.inner.round_trip(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, response.status, response.headers, response.body)
        return response

    def open_stream(self, request: Request) -> Stream:
        started = self._recorder.start(request)
        try:
            stream = self.inner.open_stream(request)
        except TransportError as error:
            self._recorder.end(request, started, error)
            raise
        self._recorder.end(request, started, stream.status, stream.headers)
        return stream
