# generated from kubeclient/_async/consistency_detector.py by .ci/twin.py, do not edit
"""Compares what was streamed with a list of the same version, for those who doubt that servers stream everything.

It costs a second list of everything and ends the reflector when something differs, so it is for tests of servers. Switched on
by the variable KUBE_WATCHLIST_INCONSISTENCY_DETECTOR, which is read once, or by the program. Ported from client-go
util/consistencydetector.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from kubeclient.apimachinery.meta import uid_of
from kubeclient.machines.consistency import DataInconsistency, can_list_again, difference, exact_options
from kubeclient.machines.options import ListKeywords
from kubeclient.runtime.protocol import Event, Runtime

__all__ = ["async_check_consistency"]

T = TypeVar("T")

RETRY_AFTER = 1.0

logger = logging.getLogger("kubeclient.reflector")


def check_consistency(
    list: Callable[..., Any],
    objects: Iterable[T],
    resource_version: str,
    *,
    runtime: Runtime,
    stop: Event,
    identity: str = "",
    options: ListKeywords | None = None,
    transform: Callable[[T], T] | None = None,
) -> None:
    """Lists at that exact version, again and again until it succeeds or `stop` is set, and compares the objects by uid.

    Does nothing for a version or options that no list can be asked for with: version "0", the middle of a list.
    Raises DataInconsistency when something differs.
    """
    if not can_list_again(resource_version, options or {}):
        logger.debug("%s: the consistency of the data cannot be checked with these options", identity)
        return
    logger.warning("%s: the consistency of the data is checked, which takes another request", identity)
    held = sorted(objects, key=uid_of)
    asked = exact_options(resource_version, options or {}, len(held))
    while not stop.is_set():
        try:
            page = list(**asked)
        except Exception as error:  # noqa: BLE001  whatever failed, the next list may work
            logger.error("%s: failed to list for comparison, it is tried again: %s", identity, error)
            runtime.sleep(RETRY_AFTER, stop)
            continue
        listed = [obj if transform is None else transform(obj) for obj in page.items]
        found = difference(cast("Any", held), sorted(listed, key=uid_of))
        if found:
            logger.error("%s: what was streamed differs from what is listed: %s", identity, found)
            raise DataInconsistency(f"data inconsistency detected for {identity}: {found}")
        return
