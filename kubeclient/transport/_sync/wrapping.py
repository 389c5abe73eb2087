# generated from kubeclient/transport/_async/wrapping.py by .ci/twin.py, do not edit
"""Transports around transports: each changes requests on their way out, or looks at what comes back.

A wrapper carries what it does not care about; `inner` is what it wraps. Ported from client-go
transport/{round_trippers,token_source,transport}.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kubeclient.transport.caching import Leased
from kubeclient.transport.editing import Edit, TokenFile
from kubeclient.transport.protocol import Request, Response, Stream, Transport, TransportError, header

__all__ = ["Canceller", "Editing", "Sharing", "TokenFileAuth", "Wrapper", "wrapped"]

_UNAUTHORIZED = 401


class Wrapper:
    """An Transport that hands everything to another; the base of wrappers, users' too."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner

    def round_trip(self, request: Request) -> Response:
        """Carries a request. Raises what the inner transport raises."""
        return self.inner.round_trip(request)

    def open_stream(self, request: Request) -> Stream:
        """Carries a request whose answer is read piece by piece. Raises what the inner transport raises."""
        return self.inner.open_stream(request)

    def close(self) -> None:
        """Closes the inner transport."""
        self.inner.close()

    def __repr__(self) -> str:
        return repr(self.inner)


class Editing(Wrapper):
    """An Transport that applies edits, the first first, before another carries the request."""

    def __init__(self, inner: Transport, *edits: Edit) -> None:
        super().__init__(inner)
        self._edits = edits

    def _edited(self, request: Request) -> Request:
        for edit in self._edits:
            request = edit(request)
        return request

    def round_trip(self, request: Request) -> Response:
        return self.inner.round_trip(self._edited(request))

    def open_stream(self, request: Request) -> Stream:
        return self.inner.open_stream(self._edited(request))


class TokenFileAuth(Wrapper):
    """Authenticates by the token in a file. When the server refuses it, the next request reads the file again."""

    def __init__(self, inner: Transport, token: TokenFile) -> None:
        super().__init__(inner)
        self._token = token

    def _with_token(self, request: Request) -> Request:
        return replace(request, headers=[*request.headers, ("authorization", f"Bearer {self._token()}")])

    def round_trip(self, request: Request) -> Response:
        if header(request.headers, "authorization") is not None:
            return self.inner.round_trip(request)
        started = self._token.now_ns()
        response = self.inner.round_trip(self._with_token(request))
        if response.status == _UNAUTHORIZED:
            self._token.reset_older_than(started)
        return response

    def open_stream(self, request: Request) -> Stream:
        if header(request.headers, "authorization") is not None:
            return self.inner.open_stream(request)
        started = self._token.now_ns()
        stream = self.inner.open_stream(self._with_token(request))
        if stream.status == _UNAUTHORIZED:
            self._token.reset_older_than(started)
        return stream


class Canceller(Wrapper):
    """Refuses new requests with `error` from the moment on that `ended` says so; those under way go on."""

    def __init__(self, inner: Transport, ended: Callable[[], bool], error: Exception) -> None:
        super().__init__(inner)
        self._ended = ended
        self._error = error

    def round_trip(self, request: Request) -> Response:
        if self._ended():
            raise self._error
        return self.inner.round_trip(request)

    def open_stream(self, request: Request) -> Stream:
        if self._ended():
            raise self._error
        return self.inner.open_stream(request)


def wrapped(transport: Transport, *wrappers: Callable[[Transport], Transport] | None) -> Transport:
    """A transport with wrappers around it, the last outermost; None is no wrapper. Go: transport.Wrappers."""
    for wrap in wrappers:
        if wrap is not None:
            transport = wrap(transport)
    return transport


class Sharing(Wrapper):
    """One client's hold on a transport that several use: closing it closes the transport when nobody else holds it."""

    def __init__(self, leased: Leased[Transport]) -> None:
        super().__init__(leased.transport)
        self._leased = leased
        self._closed = False

    def round_trip(self, request: Request) -> Response:
        if self._closed:
            raise TransportError("the transport is closed")
        return self.inner.round_trip(request)

    def open_stream(self, request: Request) -> Stream:
        if self._closed:
            raise TransportError("the transport is closed")
        return self.inner.open_stream(request)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._leased.give_back():
                self.inner.close()
