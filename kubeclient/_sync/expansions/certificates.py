# generated from kubeclient/_async/expansions/certificates.py by .ci/twin.py, do not edit
"""Certificate signing requests: their approval. Ported from client-go kubernetes/typed/certificates."""

from __future__ import annotations

from typing import TypeVar, Unpack

from kubeclient._sync.resource import StatusClient
from kubeclient.machines.codec import name_of
from kubeclient.machines.options import CreateKeywords

__all__ = ["SigningRequestClient"]

T = TypeVar("T")
L = TypeVar("L")


class SigningRequestClient(StatusClient[T, L]):
    """Certificate signing requests of any version."""

    __slots__ = ()

    def update_approval(self, obj: T, **options: Unpack[CreateKeywords]) -> T:
        """Replaces the conditions that approve or deny the request."""
        resource = self._resource
        return resource.decode(self._write("PUT", name_of(obj), "approval", resource.encode(obj), options))
