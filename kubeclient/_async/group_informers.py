"""What the informers of a group version have in common: the factory that shares them, and the client that lists and watches.

The classes of `informers/` add an attribute for every resource; this one finds resources by name where there is no class.
"""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .informer import AsyncSharedIndexInformer
    from .informer_factory import AsyncInformerFactoryBase

__all__ = ["AsyncGroupInformers", "AsyncNamedInformers"]


class AsyncGroupInformers:
    """The informers of one group version."""

    __slots__ = ("_client", "_factory", "_namespace")

    def __init__(self, factory: AsyncInformerFactoryBase, client: Any, namespace: str) -> None:
        self._factory = factory
        self._client = client  # subclasses know what it is
        self._namespace = namespace


class AsyncNamedInformers(AsyncGroupInformers):
    """The informers of a group version that only the client knows, by the names of the client's methods."""

    __slots__ = ()

    def __getattr__(self, name: str) -> AsyncSharedIndexInformer[Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        make = getattr(self._client, name)
        namespaced = "namespace" in signature(make).parameters
        return self._factory.informer(make(self._namespace) if namespaced else make())
