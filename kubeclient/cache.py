"""client-go's tools/cache: local copies of collections, and what keeps them up to date."""

from __future__ import annotations

from ._async.event_handlers import (
    AsyncFilteringHandler,
    AsyncFunctionHandler,
    AsyncHandlerRegistration,
    AsyncResourceEventHandler,
)
from ._async.informer import AsyncSharedIndexInformer
from ._async.reflector import AsyncListerWatcher, AsyncReflector
from ._sync.event_handlers import FilteringHandler, FunctionHandler, HandlerRegistration, ResourceEventHandler
from ._sync.informer import SharedIndexInformer
from ._sync.reflector import ListerWatcher, Reflector
from .apimachinery.meta import meta_namespace_key, split_meta_namespace_key
from .machines.delta_fifo import DeletedFinalStateUnknown, Delta, DeltaType, RealFIFO, deletion_handling_key
from .machines.indexer import NAMESPACE_INDEX, Indexer, IndexerError, meta_namespace_index

__all__ = [
    "NAMESPACE_INDEX",
    "AsyncFilteringHandler",
    "AsyncFunctionHandler",
    "AsyncHandlerRegistration",
    "AsyncListerWatcher",
    "AsyncReflector",
    "AsyncResourceEventHandler",
    "AsyncSharedIndexInformer",
    "DeletedFinalStateUnknown",
    "Delta",
    "DeltaType",
    "FilteringHandler",
    "FunctionHandler",
    "HandlerRegistration",
    "Indexer",
    "IndexerError",
    "ListerWatcher",
    "RealFIFO",
    "Reflector",
    "ResourceEventHandler",
    "SharedIndexInformer",
    "deletion_handling_key",
    "meta_namespace_index",
    "meta_namespace_key",
    "split_meta_namespace_key",
]
