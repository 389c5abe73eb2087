"""When to list, when to watch, how long to wait: the decisions of client-go's Reflector, without doing any of it.

    LISTING --listed--> WATCHING --ended--> WATCHING (from the last version seen)
       ^                   |---refused or too many requests--> wait, then WATCHING
       '---anything else---'

Rules (client-go tools/cache/reflector.go, v0.36):

- The first list is at resource version "0": any state the server has at hand. A later one is at the last version seen, so
  that the copy never goes back in time; if that version is gone or unknown to the server, the list is a consistent read.
- A watch starts at the last version seen; bookmarks move it on. It asks the server for a timeout between `min_timeout`
  and twice that, so that watches of many clients do not end together.
- A watch that ends within a second without an event is a fault, as is every error: after those, the reflector waits
  before it lists again. Waits double from 0.8 s to 30 s with up to as much again of jitter, and start over after two
  quiet minutes. Times are integer nanoseconds of a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kubeclient.apimachinery import errors

__all__ = ["ListCommand", "ReflectorMachine", "SleepCommand", "WatchCommand"]

SECOND: Final = 1_000_000_000
INITIAL_BACKOFF: Final = 800 * SECOND // 1000
MAX_BACKOFF: Final = 30 * SECOND
RESET_BACKOFF: Final = 120 * SECOND
SHORTEST_WATCH: Final = SECOND


@dataclass(frozen=True, slots=True)
class ListCommand:
    """List everything, at least as new as this version ("" for a consistent read)."""

    resource_version: str


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

    def start(self) -> ListCommand:
        """The first thing to do."""
        return ListCommand(self._relist_version())

    def listed(self, resource_version: str) -> WatchCommand:
        """A list came back and was stored."""
        self.last_sync_resource_version = resource_version
        self._version_unavailable = False
        return self._watch()

    def list_failed(self, error: Exception, now_ns: int) -> Command:
        """A list failed. When its version is gone or too new, a consistent read follows at once."""
        if not self._version_unavailable and (_is_expired(error) or _is_too_large_version(error)):
            self._version_unavailable = True
            return ListCommand("")
        return SleepCommand(self._next_backoff(now_ns), ListCommand(self._relist_version()))

    def saw(self, resource_version: str) -> None:
        """An event or a bookmark carried this version."""
        if resource_version:
            self.last_sync_resource_version = resource_version

    def watch_refused(self, error: Exception, now_ns: int) -> Command:
        """A watch could not be opened. Nothing was missed yet where nobody answered or the server was busy."""
        if _is_busy_or_unreachable(error):
            return SleepCommand(self._next_backoff(now_ns), self._watch())
        return self._relist(error, now_ns)

    def watch_ended(self, error: Exception | None, *, lasted_ns: int, events: int, now_ns: int) -> Command:
        """A watch came to its end, by itself or by an ERROR event or a broken connection."""
        if error is None and (events or lasted_ns >= SHORTEST_WATCH):
            return self._watch()
        if error is not None and (errors.is_too_many_requests(error) or errors.is_internal_error(error)):
            return SleepCommand(self._next_backoff(now_ns), self._watch())
        return self._relist(error, now_ns)

    def _relist(self, error: Exception | None, now_ns: int) -> Command:
        # An expired watch does not make the version unavailable: a list at it means "at least as new", which still holds.
        del error
        return SleepCommand(self._next_backoff(now_ns), ListCommand(self._relist_version()))

    def _watch(self) -> WatchCommand:
        timeout = int(self._min_timeout_seconds * (self._random() + 1.0))
        return WatchCommand(self.last_sync_resource_version, timeout)

    def _relist_version(self) -> str:
        if self._version_unavailable:
            return ""
        return self.last_sync_resource_version or "0"

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


def _is_expired(error: Exception) -> bool:
    return errors.is_resource_expired(error) or errors.is_gone(error)


def _is_too_large_version(error: Exception) -> bool:
    """The server has not reached the version asked for: it was restored from a backup, or another one answers."""
    if not errors.is_timeout(error):
        return False
    status = getattr(error, "status", None)
    details = getattr(status, "details", None)
    causes = getattr(details, "causes", None) or ()
    return any(cause.message == "Too large resource version" for cause in causes)


def _is_busy_or_unreachable(error: Exception) -> bool:
    return errors.is_too_many_requests(error) or not isinstance(error, errors.StatusError)
