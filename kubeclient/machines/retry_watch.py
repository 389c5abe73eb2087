"""When a watch that ended is begun again, from which version, and when it cannot be. It neither waits nor asks.

Ported from client-go tools/watch/retrywatcher.go.
"""

from __future__ import annotations

import logging
from typing import Any

from kubeclient.apimachinery import watch_event
from kubeclient.apimachinery.errors import (
    is_forbidden,
    is_gone,
    is_resource_expired,
    is_unauthorized,
    new_internal_error,
)
from kubeclient.apimachinery.meta import resource_version_of
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.apimachinery.watch_event import WatchEvent

__all__ = ["RetryWatchMachine", "WatchClosedError", "optional_timeout"]

_LOG = logging.getLogger("kubeclient.watchtools")
_SECOND = 1_000_000_000
_KNOWN = (watch_event.ADDED, watch_event.MODIFIED, watch_event.DELETED, watch_event.BOOKMARK)


class WatchClosedError(Exception):
    """A watch ended before what was waited for came."""


def optional_timeout(seconds: float) -> float | None:
    """A time limit of which 0 means none; a negative one is told of and means none too.

    Go: ContextWithOptionalTimeout.
    """
    if seconds < 0:
        _LOG.error("Timeout for context shall not be negative")
    return seconds if seconds > 0 else None


class RetryWatchMachine:
    """Where a watch stands. Raises ValueError for a version that is none to go on from."""

    __slots__ = ("_begun_ns", "_min_delay_ns", "_not_before_ns", "resource_version")

    def __init__(self, resource_version: str, *, min_restart_delay: float = 1.0) -> None:
        if resource_version in ("", "0"):
            raise ValueError(f"initial RV {resource_version!r} is not supported due to issues with underlying WATCH")
        self.resource_version = resource_version
        self._min_delay_ns = int(min_restart_delay * _SECOND)
        self._begun_ns: int | None = None
        self._not_before_ns = 0

    def wait_ns(self, now_ns: int) -> int:
        """How long to wait before the next request."""
        earliest = self._not_before_ns
        if self._begun_ns is not None:
            earliest = max(earliest, self._begun_ns + self._min_delay_ns)
        return max(0, earliest - now_ns)

    def begins(self, now_ns: int) -> None:
        """A request goes out."""
        self._begun_ns = now_ns

    def refused(self, error: Exception) -> bool:
        """Whether a request that failed is worth another."""
        return not isinstance(error, StatusError) or not (
            is_forbidden(error) or is_unauthorized(error) or is_gone(error) or is_resource_expired(error)
        )

    def ended(self, error: StatusError, now_ns: int) -> bool:
        """Whether a watch that ended with an ERROR event is worth another."""
        if error.code == 410:
            return False
        details = error.status.details
        seconds = details.retry_after_seconds if details is not None else 0
        self._not_before_ns = now_ns + seconds * _SECOND
        return True

    def saw(self, event: WatchEvent[Any]) -> bool:
        """Whether an event is for the reader; bookmarks are not. Raises InternalError for one that does not say how to go on."""
        if event.type not in _KNOWN:
            raise new_internal_error(ValueError(f"unexpected event type {event.type!r}"))
        try:
            resource_version = resource_version_of(event.object)
        except TypeError as error:
            raise new_internal_error(error) from error
        if not resource_version:
            raise new_internal_error(ValueError("the object of a watch event has no resource version"))
        self.resource_version = resource_version
        return event.type != watch_event.BOOKMARK

    def __repr__(self) -> str:
        return f"<RetryWatchMachine at {self.resource_version}>"
