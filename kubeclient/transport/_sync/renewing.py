# generated from kubeclient/transport/_async/renewing.py by .ci/twin.py, do not edit
"""Transports whose certificates and tokens change while they are used; see `kubeclient.transport.renewal`."""

from __future__ import annotations

from collections.abc import Callable

from kubeclient.machines.exec_credential import Credential
from kubeclient.transport.credentials import CredentialSource
from kubeclient.transport.offload import beside
from kubeclient.transport.protocol import Request, Response, Stream, Transport
from kubeclient.transport.renewal import Renewal, with_token
from kubeclient.transport.tls import TLSOptions

__all__ = ["Renewing"]


class Renewing:
    """An Transport with the certificates, and the credentials of a source, of the time of each request.

    Args:
        make: makes a transport for TLS settings.
        tls: the settings as of now.
        source: gives credentials to requests that have none; its errors are TransportErrors.
        retry: send a request that may be repeated once more when the server refuses the credential it had.
    """

    def __init__(
        self,
        make: Callable[[TLSOptions], Transport],
        tls: Callable[[], TLSOptions],
        source: CredentialSource | None = None,
        *,
        retry: bool = False,
    ) -> None:
        self._renewal = Renewal(make, tls, source, retry)

    def _credential(self, request: Request) -> Credential | None:
        source = self._renewal.plugin
        if source is None or not self._renewal.asks_plugin(request):
            return None
        found = source.valid()
        return found if found is not None else beside(source.credential)

    def round_trip(self, request: Request) -> Response:
        """Carries a request. Raises TransportError, also where no credential is to be had."""
        credential = self._credential(request)
        response = self._sent(request, credential)
        if self._renewal.again(request, response.status, credential):
            response = self._sent(request, self._credential(request))
        return response

    def _sent(self, request: Request, credential: Credential | None) -> Response:
        used, unused = self._renewal.acquire(credential)
        try:
            for transport in unused:
                transport.close()
            response = used.transport.round_trip(with_token(request, credential))
        finally:
            for transport in self._renewal.release(used):
                transport.close()
        self._renewal.answered(response.status, credential)
        return response

    def open_stream(self, request: Request) -> Stream:
        """Carries a request whose answer is read piece by piece. Raises as round_trip."""
        credential = self._credential(request)
        stream = self._opened(request, credential)
        if self._renewal.again(request, stream.status, credential):
            stream.close()
            stream = self._opened(request, self._credential(request))
        return stream

    def _opened(self, request: Request, credential: Credential | None) -> Stream:
        used, unused = self._renewal.acquire(credential)
        try:
            for transport in unused:
                transport.close()
            stream = used.transport.open_stream(with_token(request, credential))
        finally:
            for transport in self._renewal.release(used):
                transport.close()
        self._renewal.answered(stream.status, credential)
        return stream

    def close(self) -> None:
        """Closes the transport in use and those that still wait for answers."""
        for used in self._renewal.live:
            used.transport.close()

    def __repr__(self) -> str:
        return repr(self._renewal.current.transport)
