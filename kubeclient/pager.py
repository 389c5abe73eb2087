"""client-go's `tools/pager`: long lists, page by page."""

from __future__ import annotations

from kubeclient._async.pager import AsyncListPager
from kubeclient._sync.pager import ListPager

__all__ = ["AsyncListPager", "ListPager"]
