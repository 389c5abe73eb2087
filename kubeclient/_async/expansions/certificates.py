"""Certificate signing requests: their approval. Ported from client-go kubernetes/typed/certificates."""

from __future__ import annotations

from typing import TypeVar, Unpack

from kubeclient._async.resource import AsyncStatusClient
from kubeclient.machines.codec import name_of
from kubeclient.machines.options import CreateKeywords

__all__ = ["AsyncSigningRequestClient"]

T = TypeVar("T")
L = TypeVar("L")


class AsyncSigningRequestClient(AsyncStatusClient[T, L]):
    """Certificate signing requests of any version."""

    __slots__ = ()

    async def update_approval(self, obj: T, **options: Unpack[CreateKeywords]) -> T:
        """Replaces the conditions that approve or deny the request."""
        resource = self._resource
        return resource.decode(await self._write("PUT", name_of(obj), "approval", resource.encode(obj), options))
