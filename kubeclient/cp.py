"""Files to and from containers, as kubectl cp copies them."""

from __future__ import annotations

from kubeclient._async.pod_copy import copy_from_pod as async_copy_from_pod
from kubeclient._async.pod_copy import copy_to_pod as async_copy_to_pod
from kubeclient._sync.pod_copy import copy_from_pod, copy_to_pod
from kubeclient.transport.tarring import CopyError

__all__ = ["CopyError", "async_copy_from_pod", "async_copy_to_pod", "copy_from_pod", "copy_to_pod"]
