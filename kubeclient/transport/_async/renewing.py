"""Transports whose certificates and tokens change while they are used; see `kubeclient.transport.renewal`."""

from __future__ import annotations

from collections.abc import Callable

from kubeclient.machines.exec_credential import Credential
from kubeclient.transport.credentials import CredentialSource
from kubeclient.transport.offload import async_beside
from kubeclient.transport.protocol import AsyncStream, AsyncTransport, Request, Response
from kubeclient.transport.renewal import Renewal, with_token
from kubeclient.transport.tls import TLSOptions

__all__ = ["AsyncRenewing"]


class AsyncRenewing:
    """An AsyncTransport with the certificates, and the credentials of a source, of the time of each request.

    Args:
        make: makes a transport for TLS settings.
        tls: the settings as of now.
        source: gives credentials to requests that have none; its errors are TransportErrors.
        retry: send a request that may be repeated once more when the server refuses the credential it had.
    """

    def __init__(
        self,
        make: Callable[[TLSOptions], AsyncTransport],
        tls: Callable[[], TLSOptions],
        source: CredentialSource | None = None,
        *,
        retry: bool = False,
    ) -> None:
        self._renewal = Renewal(make, tls, source, retry)

    async def _credential(self, request: Request) -> Credential | None:
        source = self._renewal.plugin
        if source is None or not self._renewal.asks_plugin(request):
            return None
        found = source.valid()
        return found if found is not None else await async_beside(source.credential)

    async def round_trip(self, request: Request) -> Response:
        """Carries a request. Raises TransportError, also where no credential is to be had."""
        credential = await self._credential(request)
        response = await self._sent(request, credential)
        if self._renewal.again(request, response.status, credential):
            response = await self._sent(request, await self._credential(request))
        return response

    async def _sent(self, request: Request, credential: Credential | None) -> Response:
        used, unused = self._renewal.acquire(credential)
        try:
            for transport in unused:
                await transport.aclose()
            response = await used.transport.round_trip(with_token(request, credential))
        finally:
            for transport in self._renewal.release(used):
                await transport.aclose()
        self._renewal.answered(response.status, credential)
        return response

    async def open_stream(self, request: Request) -> AsyncStream:
        """Carries a request whose answer is read piece by piece. Raises as round_trip."""
        credential = await self._credential(request)
        stream = await self._opened(request, credential)
        if self._renewal.again(request, stream.status, credential):
            await stream.aclose()
            stream = await self._opened(request, await self._credential(request))
        return stream

    async def _opened(self, request: Request, credential: Credential | None) -> AsyncStream:
        used, unused = self._renewal.acquire(credential)
        try:
            for transport in unused:
                await transport.aclose()
            stream = await used.transport.open_stream(with_token(request, credential))
        finally:
            for transport in self._renewal.release(used):
                await transport.aclose()
        self._renewal.answered(stream.status, credential)
        return stream

    async def aclose(self) -> None:
        """Closes the transport in use and those that still wait for answers."""
        for used in self._renewal.live:
            await used.transport.aclose()

    def __repr__(self) -> str:
        return repr(self._renewal.current.transport)
