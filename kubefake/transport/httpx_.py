"""Transports for httpx, and for httpx2, which has the same seams: hand them to a client's `transport=` or mount them.

The library is a parameter: nothing here imports one, and its exceptions are what its users' `except` clauses expect. Answers
that stream arrive piece by piece; timeouts of the client are kept on the runtime's time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

from kubeclient.runtime.protocol import AsyncRuntime, Runtime
from kubeclient.transport.protocol import ConnectFailed, Request, TimedOut, TransportError
from kubefake.faults.door import Door
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.transport.aio import AsyncInProcessStream, AsyncInProcessTransport
from kubefake.transport.target import split_target
from kubefake.transport.threads import InProcessStream, InProcessTransport

__all__ = ["httpx_async_transport", "httpx_transport"]


def _module(module: ModuleType | None) -> Any:
    if module is None:
        import httpx

        return httpx
    return module


def _request(request: Any, body: bytes) -> Request:
    """A request of the library in our terms."""
    path, query = split_target(request.url.raw_path.decode("ascii"))
    headers = [(key.lower(), value) for key, value in request.headers.multi_items()]
    return Request(request.method.upper(), path, query, headers, body or None, _read_timeout(request))


def _read_timeout(request: Any) -> float | None:
    timeout = request.extensions.get("timeout", {}).get("read")
    return None if timeout is None else float(timeout)


def _translated(module: Any, error: TransportError, request: Any, *, in_body: bool) -> Exception:
    """The library's exception for one of ours."""
    if isinstance(error, TimedOut):
        kind = module.ReadTimeout
    elif isinstance(error, ConnectFailed):
        kind = module.ConnectError
    else:
        kind = module.ReadError if in_body else module.RemoteProtocolError
    translated: Exception = kind(str(error), request=request)
    return translated


def httpx_transport(
    door: Door, module: ModuleType | None = None, *, runtime: Runtime | None = None, caller: Caller = ADMIN
) -> Any:
    """A transport for the library's `Client`.

    Args:
        door: where requests go.
        module: `httpx`, the default, or `httpx2`.
        runtime: carries out waits; the current one by default.
        caller: who the door vouches for.
    """
    from kubeclient.runtime.current import current_runtime

    library = _module(module)
    stream_base: Any = library.SyncByteStream
    transport_base: Any = library.BaseTransport
    inner = InProcessTransport(door, current_runtime() if runtime is None else runtime, caller)

    class Body(stream_base):  # type: ignore[misc]
        def __init__(self, stream: InProcessStream, request: Any) -> None:
            self._stream = stream
            self._request = request

        def __iter__(self) -> Iterator[bytes]:
            timeout = _read_timeout(self._request)
            try:
                while (chunk := self._stream.read(timeout)) is not None:
                    yield chunk
            except TransportError as error:
                raise _translated(library, error, self._request, in_body=True) from error

        def close(self) -> None:
            self._stream.close()

    class DoorTransport(transport_base):  # type: ignore[misc]
        def handle_request(self, request: Any) -> Any:
            try:
                stream = inner.open_answer(_request(request, request.read()))
            except TransportError as error:
                raise _translated(library, error, request, in_body=False) from error
            return library.Response(stream.status, headers=list(stream.headers), stream=Body(stream, request))

        def close(self) -> None:
            inner.close()

    return DoorTransport()


def httpx_async_transport(
    door: Door, module: ModuleType | None = None, *, runtime: AsyncRuntime | None = None, caller: Caller = ADMIN
) -> Any:
    """As `httpx_transport`, for the library's `AsyncClient`."""
    from kubeclient.runtime.current import current_async_runtime

    library = _module(module)
    stream_base: Any = library.AsyncByteStream
    transport_base: Any = library.AsyncBaseTransport
    inner = AsyncInProcessTransport(door, current_async_runtime() if runtime is None else runtime, caller)

    class Body(stream_base):  # type: ignore[misc]
        def __init__(self, stream: AsyncInProcessStream, request: Any) -> None:
            self._stream = stream
            self._request = request

        async def __aiter__(self) -> AsyncIterator[bytes]:
            timeout = _read_timeout(self._request)
            try:
                while (chunk := await self._stream.read(timeout)) is not None:
                    yield chunk
            except TransportError as error:
                raise _translated(library, error, self._request, in_body=True) from error

        async def aclose(self) -> None:
            await self._stream.aclose()

    class DoorTransport(transport_base):  # type: ignore[misc]
        async def handle_async_request(self, request: Any) -> Any:
            try:
                stream = await inner.open_answer(_request(request, await request.aread()))
            except TransportError as error:
                raise _translated(library, error, request, in_body=False) from error
            return library.Response(stream.status, headers=list(stream.headers), stream=Body(stream, request))

        async def aclose(self) -> None:
            await inner.aclose()

    return DoorTransport()
