"""client-go's `restmapper`: from kinds to resources and back."""

from __future__ import annotations

from kubeclient._async.restmapper import AsyncRESTMapper
from kubeclient._sync.restmapper import RESTMapper
from kubeclient.machines.restmapper import NoKindMatchError, NoResourceMatchError, ResourceMap, RESTMapping

__all__ = ["AsyncRESTMapper", "NoKindMatchError", "NoResourceMatchError", "RESTMapper", "RESTMapping", "ResourceMap"]
