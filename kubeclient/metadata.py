"""client-go's `metadata`: any resource, of which only the metadata travels."""

from __future__ import annotations

from kubeclient._async.metadata import AsyncMetadataClient, AsyncMetadataResource
from kubeclient._sync.metadata import MetadataClient, MetadataResource
from kubeclient.api.meta_v1 import PartialObjectMetadata, PartialObjectMetadataList

__all__ = [
    "AsyncMetadataClient",
    "AsyncMetadataResource",
    "MetadataClient",
    "MetadataResource",
    "PartialObjectMetadata",
    "PartialObjectMetadataList",
]
