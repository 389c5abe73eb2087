"""Waiting for several informers, or for anything that can say whether it has synced.

Ported from client-go tools/cache (WaitForCacheSync, WaitForNamedCacheSync).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from kubeclient.runtime.current import current_async_runtime
from kubeclient.runtime.protocol import AsyncEvent, AsyncRuntime

__all__ = ["async_wait_for_cache_sync"]

ASKED_EVERY: Final = 0.1

logger = logging.getLogger("kubeclient.informer")


async def async_wait_for_cache_sync(
    *synced: Callable[[], bool] | Any,
    stop: AsyncEvent | None = None,
    timeout: float | None = None,
    name: str = "",
    runtime: AsyncRuntime | None = None,
) -> bool:
    """Waits until everything has synced.

    Args:
        synced: informers, handler registrations, or functions, which are asked every tenth of a second.
        stop: ends the wait when it is set.
        timeout: seconds after which the wait ends.
        name: who waits; then beginning and end of it are logged.

    Returns whether all have. Who has not is logged.
    """
    running = runtime if runtime is not None else current_async_runtime()
    clock = running.clock
    end = None if timeout is None else clock.monotonic_ns() + round(timeout * 1e9)
    if name:
        logger.info("Waiting for caches to sync: %s", name)
    waiting = list(synced)
    while True:
        waiting = [one for one in waiting if not _has_synced(one)]
        if not waiting:
            if name:
                logger.info("Caches are synced: %s", name)
            return True
        late = end is not None and clock.monotonic_ns() >= end
        if late or not await running.sleep(ASKED_EVERY, stop):
            names = ", ".join(str(getattr(one, "name", "") or one) for one in waiting)
            logger.warning("Caches did not sync: %s is still waiting for %s", name or "somebody", names)
            return False


def _has_synced(one: Any) -> bool:
    asks = getattr(one, "has_synced", one)
    return bool(asks())
