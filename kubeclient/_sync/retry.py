# generated from kubeclient/_async/retry.py by .ci/twin.py, do not edit
"""Doing something again while it fails in a way that passes. Ported from client-go util/retry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kubeclient.apimachinery.errors import is_conflict
from kubeclient.machines.backoff import DEFAULT_RETRY, Backoff
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Runtime

__all__ = ["on_error", "retry_on_conflict"]

T = TypeVar("T")


def on_error(
    function: Callable[[], T],
    *,
    retriable: Callable[[Exception], bool],
    backoff: Backoff = DEFAULT_RETRY,
    runtime: Runtime | None = None,
) -> T:
    """Calls `function` until it succeeds, fails in a way that is not `retriable`, or `backoff` has no step left.

    Returns what it returned. Raises what it raised last, never a timeout.
    """
    runtime = runtime if runtime is not None else current_runtime()
    for wait in backoff.delays(runtime.random):
        try:
            return function()
        except Exception as error:
            if not retriable(error):
                raise
        runtime.sleep(wait)
    return function()


def retry_on_conflict(
    function: Callable[[], T], *, backoff: Backoff = DEFAULT_RETRY, runtime: Runtime | None = None
) -> T:
    """Calls `function`, which reads, changes and writes an object, again while somebody else was faster."""
    return on_error(function, retriable=is_conflict, backoff=backoff, runtime=runtime)
