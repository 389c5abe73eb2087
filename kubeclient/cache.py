"""client-go's tools/cache: local copies of collections, and what keeps them up to date."""

from __future__ import annotations

from ._async.event_handlers import (
    AsyncFilteringHandler,
    AsyncFunctionHandler,
    AsyncHandlerRegistration,
    AsyncResourceEventHandler,
)
from ._async.informer import AsyncSharedIndexInformer
from ._async.list_watch import AsyncListWatch
from ._async.pop_queue import AsyncPopQueue
from ._async.reflector import AsyncListerWatcher, AsyncReflector
from ._async.syncing import async_wait_for_cache_sync
from ._sync.event_handlers import FilteringHandler, FunctionHandler, HandlerRegistration, ResourceEventHandler
from ._sync.informer import SharedIndexInformer
from ._sync.list_watch import ListWatch
from ._sync.pop_queue import PopQueue
from ._sync.reflector import ListerWatcher, Reflector
from ._sync.syncing import wait_for_cache_sync
from .apimachinery.meta import ExplicitKey, meta_namespace_key, split_meta_namespace_key
from .machines.consistency import DataInconsistency
from .machines.delta_fifo import (
    DeletedFinalStateUnknown,
    Delta,
    DeltaFIFO,
    DeltaType,
    FIFOClosedError,
    deletion_handling_key,
)
from .machines.expiration_cache import ExpirationCache, ttl_store
from .machines.fifo import FIFO, Heap, HeapClosedError
from .machines.indexer import NAMESPACE_INDEX, Indexer, IndexerError, index_to_key, meta_namespace_index
from .machines.informer_metrics import InformerMetrics, InformerName, InformerNames
from .machines.mutation_cache import MutationCache
from .machines.mutation_detector import CacheMutatedError, MutationDetector
from .machines.object_name import ObjectName, meta_object_name, parse_object_name
from .machines.real_fifo import BookmarkInfo, RealFIFO, ReplacedAllInfo, SyncAllInfo
from .machines.store_changes import ObjectKeyError, Transaction, TransactionError, TransactionType
from .machines.sync_track import KeyedTracker, Lazy, SingleFileTracker
from .machines.undelta_store import UndeltaStore

__all__ = [
    "FIFO",
    "NAMESPACE_INDEX",
    "AsyncFilteringHandler",
    "AsyncFunctionHandler",
    "AsyncHandlerRegistration",
    "AsyncListWatch",
    "AsyncListerWatcher",
    "AsyncPopQueue",
    "AsyncReflector",
    "AsyncResourceEventHandler",
    "AsyncSharedIndexInformer",
    "BookmarkInfo",
    "CacheMutatedError",
    "DataInconsistency",
    "DeletedFinalStateUnknown",
    "Delta",
    "DeltaFIFO",
    "DeltaType",
    "ExpirationCache",
    "ExplicitKey",
    "FIFOClosedError",
    "FilteringHandler",
    "FunctionHandler",
    "HandlerRegistration",
    "Heap",
    "HeapClosedError",
    "Indexer",
    "IndexerError",
    "InformerMetrics",
    "InformerName",
    "InformerNames",
    "KeyedTracker",
    "Lazy",
    "ListWatch",
    "ListerWatcher",
    "MutationCache",
    "MutationDetector",
    "ObjectKeyError",
    "ObjectName",
    "PopQueue",
    "RealFIFO",
    "Reflector",
    "ReplacedAllInfo",
    "ResourceEventHandler",
    "SharedIndexInformer",
    "SingleFileTracker",
    "SyncAllInfo",
    "Transaction",
    "TransactionError",
    "TransactionType",
    "UndeltaStore",
    "async_wait_for_cache_sync",
    "deletion_handling_key",
    "index_to_key",
    "meta_namespace_index",
    "meta_namespace_key",
    "meta_object_name",
    "parse_object_name",
    "split_meta_namespace_key",
    "ttl_store",
    "wait_for_cache_sync",
]
