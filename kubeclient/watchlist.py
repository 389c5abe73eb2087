"""client-go's `util/watchlist`: lists that come as watches."""

from __future__ import annotations

from kubeclient.machines.watch_list import watch_list_options

__all__ = ["watch_list_options"]
