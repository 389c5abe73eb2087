"""client-go's informers: factories that share one informer for each resource."""

from __future__ import annotations

from ._async.informer_factory import AsyncSharedInformerFactory
from ._sync.informer_factory import SharedInformerFactory

__all__ = ["AsyncSharedInformerFactory", "SharedInformerFactory"]
