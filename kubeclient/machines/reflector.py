"""When to list, when to watch, how long to wait: the decisions of client-go's Reflector, without doing any of it.

    LISTING --listed--> WATCHING --ended--> WATCHING (from the last version seen)
       ^                   |---refused or too many requests--> wait, then WATCHING
       '---anything else: wait---'

Rules (client-go tools/cache/reflector.go, v0.36):

- The first list is at resource version "0": any state the server has at hand. A later one is at the last version seen, so
  that the copy never goes back in time; if that version is gone or unknown to the server, the list is a consistent read.
- A list is read in pages unless it is at a real version, which a server answers from memory only when it is asked for
  everything. Where even the first list came in pages, the server has no such memory, and all lists are.
- A watch starts at the last version seen; events and bookmarks move it on. The events with which a watch from no version
  begins do not: they come in no order. A watch asks the server for a timeout between `min_timeout` and twice that, so that
  watches of many clients do not end together.
- A watch that ends within a second without an event is a fault, as is every error: after those, the reflector waits
  before it lists again. Waits double from 0.8 s to 30 s with up to as much again of jitter, and start over after two
  quiet minutes. Times are integer nanoseconds of a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import CAUSE_RESOURCE_VERSION_TOO_LARGE
from kubeclient.transport.protocol import ConnectFailed

__all__ = [
    "Command",
    "ListCommand",
    "ReflectorMachine",
    "SleepCommand",
    "VeryShortWatchError",
    "WatchCommand",
    "is_expired",
]

SECOND: Final = 1_000_000_000
INITIAL_BACKOFF: Final = 800 * SECOND // 1000
MAX_BACKOFF: Final = 30 * SECOND
RESET_BACKOFF: Final = 120 * SECOND
SHORTEST_WATCH: Final = SECOND
PAGE_SIZE: Final = 500


@dataclass(frozen=True, slots=True)
class ListCommand:
    """List everything, at least as new as this version ("" for a consistent read), in pages of so many (0: at once)."""

    resource_version: str
    page_size: int = 0


@dataclass(frozen=True, slots=True)
class WatchCommand:
    """Watch from this version; ask the server to end it after so many seconds."""

    resource_version: str
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class SleepCommand:
    """Wait, then obey `then`."""

    ns: int
    then: ListCommand | WatchCommand


Command = ListCommand | WatchCommand | SleepCommand


class VeryShortWatchError(Exception):
    """A watch ended within a second and brought nothing, as happens behind broken proxies."""


class ReflectorMachine:
    """Holds the last version seen and the backoff; is told what happened and says what to do next.

    Args:
        random: numbers in [0, 1) for jitter.
        min_timeout_seconds: the shortest timeout asked of a watch.
    """

    def __init__(self, random: Callable[[], float], *, min_timeout_seconds: int = 300) -> None:
        self._random = random
        self._min_timeout_seconds = min_timeout_seconds
        self._backoff_ns = 0
        self._last_backoff_ns: int | None = None
        self.last_sync_resource_version = ""
        self._version_unavailable = False
        self._always_pages = False
        self._in_no_order = False

    def start(self) -> ListCommand:
        """The first thing to do."""
        return self._list()

    def listed(self, command: ListCommand, resource_version: str, *, paginated: bool = False) -> WatchCommand:
        """A list came back, in several pages or at once, and was stored."""
        if command.resource_version == "0" and paginated:
            self._always_pages = True
        self.last_sync_resource_version = resource_version
        self._version_unavailable = False
        return self._watch()

    def list_failed(self, error: Exception, now_ns: int) -> Command:
        """A list failed. When its version is gone or too new, a consistent read follows at once."""
        if not self._version_unavailable and (is_expired(error) or _is_too_large_version(error)):
            self._version_unavailable = True
            return self._list()
        return self._relist(now_ns)

    def saw(self, resource_version: str, *, added: bool) -> None:
        """An event, of an object that was `added` or not, or a bookmark carried this version."""
        if self._in_no_order:
            if added:
                return
            self._in_no_order = False
        if resource_version:
            self.last_sync_resource_version = resource_version

    def watch_refused(self, error: Exception, now_ns: int) -> Command:
        """A watch could not be opened. Nothing was missed where nobody answered or the server was busy."""
        if errors.is_too_many_requests(error) or isinstance(error, ConnectFailed):
            return SleepCommand(self._next_backoff(now_ns), self._watch())
        return self._relist(now_ns)

    def watch_closed(self, *, lasted_ns: int, events: int) -> VeryShortWatchError | None:
        """A watch ended without an error. Says whether that is one all the same."""
        if events or lasted_ns >= SHORTEST_WATCH:
            return None
        return VeryShortWatchError(
            f"the watch lasted {lasted_ns / SECOND:.3f} seconds and no items were received: unexpected watch close"
        )

    def watch_ended(self, error: Exception | None, now_ns: int) -> Command:
        """A watch came to its end: by itself (None), by an ERROR event, or as `watch_closed` judged it."""
        if error is None:
            return self._watch()
        if errors.is_too_many_requests(error):
            return SleepCommand(self._next_backoff(now_ns), self._watch())
        # An expired watch does not make the version unavailable: a list at it means "at least as new", which still holds.
        return self._relist(now_ns)

    def _relist(self, now_ns: int) -> SleepCommand:
        return SleepCommand(self._next_backoff(now_ns), self._list())

    def _list(self) -> ListCommand:
        version = "" if self._version_unavailable else self.last_sync_resource_version or "0"
        return ListCommand(version, PAGE_SIZE if version in ("", "0") or self._always_pages else 0)

    def _watch(self) -> WatchCommand:
        self._in_no_order = self.last_sync_resource_version in ("", "0")
        timeout = int(self._min_timeout_seconds * (self._random() + 1.0))
        return WatchCommand(self.last_sync_resource_version, timeout)

    def _next_backoff(self, now_ns: int) -> int:
        last = self._last_backoff_ns
        if last is None or now_ns - last > RESET_BACKOFF:
            self._backoff_ns = INITIAL_BACKOFF
        else:
            self._backoff_ns = min(self._backoff_ns * 2, MAX_BACKOFF)
        self._last_backoff_ns = now_ns
        return self._backoff_ns + int(self._random() * self._backoff_ns)

    def __repr__(self) -> str:
        return f"<ReflectorMachine at {self.last_sync_resource_version or 'the start'}>"


def is_expired(error: Exception) -> bool:
    """Whether the server has forgotten the version it was asked for; nothing that anybody needs to be told of."""
    return errors.is_resource_expired(error) or errors.is_gone(error)


def _is_too_large_version(error: Exception) -> bool:
    """The server has not reached the version asked for: it was restored from a backup, or another one answers.

    Servers before 1.19 say so in words only.
    """
    if not isinstance(error, errors.StatusError):
        return False
    details = error.status.details
    causes = details.causes if details is not None else ()
    if any(cause.reason == CAUSE_RESOURCE_VERSION_TOO_LARGE for cause in causes):
        return True
    words = "Too large resource version"
    return errors.is_timeout(error) and (any(c.message == words for c in causes) or words in error.status.message)
