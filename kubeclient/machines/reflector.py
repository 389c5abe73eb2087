"""When to list, when to watch, how long to wait: the decisions of client-go's Reflector, without doing any of it.

    STREAMING --streamed--> WATCHING --ended--> WATCHING (from the last version seen)
      ^  |                   ^   |---refused or too many requests--> wait, then WATCHING
      |  '--other--> LISTING-'   |---internal error, and those may be tried again--> WATCHING
      |                |         |
      '----------wait--'---------'  (anything else)

Rules (client-go tools/cache/reflector.go, v0.36):

- The first list is at resource version "0": any state the server has at hand. A later one is at the last version seen, so
  that the copy never goes back in time; if that version is gone or unknown to the server, the list is a consistent read.
- A list is read in pages unless it is at a real version, which a server answers from memory only when it is asked for
  everything. Where even the first list came in pages, the server has no such memory, and all lists are.
- Where it is asked to, it streams a list: a watch that begins with all objects and marks with a bookmark where they end.
  Whatever a server has against it, a list follows in its place. A stream that is cut before its mark is begun again, but
  not for ever; one that stays quiet without a mark comes from a server that knows no marks, and none is asked for again
  (client-go waits for it as long as the watch lasts, and begins again).
- A watch starts at the last version seen; events and bookmarks move it on. The events with which a watch from no version
  begins do not: they come in no order. A watch asks the server for a timeout between `min_timeout` and twice that, so that
  watches of many clients do not end together.
- A watch that ends within a second without an event is a fault, as is every error: after those, the reflector waits
  before it lists again. Waits double from 0.8 s to 30 s with up to as much again of jitter, and start over after two
  quiet minutes. Times are integer nanoseconds of a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import CAUSE_RESOURCE_VERSION_TOO_LARGE
from kubeclient.transport.protocol import ConnectFailed

from .reflector_commands import (
    Command,
    ListCommand,
    SleepCommand,
    StreamCommand,
    VeryShortWatchError,
    WatchCommand,
)

__all__ = [
    "Command",
    "ListCommand",
    "ReflectorMachine",
    "SleepCommand",
    "StreamCommand",
    "VeryShortWatchError",
    "WatchCommand",
    "is_expired",
]

SECOND: Final = 1_000_000_000
INITIAL_BACKOFF: Final = 800 * SECOND // 1000
MAX_BACKOFF: Final = 30 * SECOND
RESET_BACKOFF: Final = 120 * SECOND
SHORTEST_WATCH: Final = SECOND
INTERNAL_ERRORS_FORGOTTEN: Final = 60 * SECOND
PAGE_SIZE: Final = 500
MOST_CUT_STREAMS: Final = 3


class ReflectorMachine:
    """Holds the last version seen and the backoff; is told what happened and says what to do next.

    Args:
        random: numbers in [0, 1) for jitter.
        min_timeout_seconds: the shortest timeout asked of a watch.
        page_size: of all lists; 0: as the rules above say.
        streams: whether lists are streamed.
        internal_error_retry_ns: for how long a watch that ends by an internal error of the server is begun again at once.
    """

    def __init__(
        self,
        random: Callable[[], float],
        *,
        min_timeout_seconds: int = 300,
        page_size: int = 0,
        streams: bool = False,
        internal_error_retry_ns: int = 0,
    ) -> None:
        self._random = random
        self._min_timeout_seconds = min_timeout_seconds
        self._page_size = page_size
        self.streams = streams
        """Whether lists are streamed; no longer once a server has kept quiet where it should have marked their end."""
        self._cut_streams = 0
        self._retry_ns = internal_error_retry_ns
        self._retry_began_ns: int | None = None
        self._last_internal_ns = 0
        self._backoff_ns = 0
        self._last_backoff_ns: int | None = None
        self.last_sync_resource_version = ""
        self._version_unavailable = False
        self._always_pages = False
        self.in_no_order = False

    def start(self) -> ListCommand | StreamCommand:
        """The first thing to do."""
        return self._begin()

    def streamed(self, resource_version: str) -> None:
        """A stream came to the end of its objects, and they were stored; it goes on as a watch."""
        self._cut_streams = 0
        self._version_unavailable = False
        self.in_no_order = False
        self.last_sync_resource_version = resource_version

    def stream_failed(self, error: Exception | None, now_ns: int) -> Command:
        """A stream could not be opened, or ended by an error or (None) by itself, before the end of its objects."""
        if error is None:
            self._cut_streams += 1
            return self._stream() if self._cut_streams < MOST_CUT_STREAMS else self._list_instead()
        if _is_worth_waiting(error):
            return SleepCommand(self._next_backoff(now_ns), self._stream())
        if not self._version_unavailable and (is_expired(error) or _is_too_large_version(error)):
            self._version_unavailable = True
            return self._stream()
        return self._list_instead()

    def stream_kept_quiet(self) -> ListCommand:
        """A stream told of nothing for long, nor that there is no more to tell of."""
        self.streams = False
        return self._list_instead()

    def _list_instead(self) -> ListCommand:
        self._cut_streams = 0
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
        if self.in_no_order:
            if added:
                return
            self.in_no_order = False
        if resource_version:
            self.last_sync_resource_version = resource_version

    def watch_refused(self, error: Exception, now_ns: int) -> Command:
        """A watch could not be opened. Nothing was missed where nobody answered or the server was busy."""
        if _is_worth_waiting(error):
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
        may_retry = self._retry_internal(error, now_ns)
        if error is None or may_retry:
            return self._watch()
        if errors.is_too_many_requests(error):
            return SleepCommand(self._next_backoff(now_ns), self._watch())
        # An expired watch does not make the version unavailable: a list at it means "at least as new", which still holds.
        return self._relist(now_ns)

    def _retry_internal(self, error: Exception | None, now_ns: int) -> bool:
        """Whether the internal errors of the server have not lasted for too long; a minute without ends the count."""
        if error is None or not errors.is_internal_error(error) or not self._retry_ns:
            return False
        if self._retry_began_ns is None or now_ns - self._last_internal_ns >= INTERNAL_ERRORS_FORGOTTEN:
            self._retry_began_ns = now_ns
        self._last_internal_ns = now_ns
        if now_ns - self._retry_began_ns <= self._retry_ns:
            return True
        self._retry_began_ns = None
        return False

    def _relist(self, now_ns: int) -> SleepCommand:
        return SleepCommand(self._next_backoff(now_ns), self._begin())

    def _begin(self) -> ListCommand | StreamCommand:
        return self._stream() if self.streams else self._list()

    def _stream(self) -> StreamCommand:
        version = "" if self._version_unavailable else self.last_sync_resource_version
        return StreamCommand(version, self._timeout())

    def _list(self) -> ListCommand:
        version = "" if self._version_unavailable else self.last_sync_resource_version or "0"
        default = PAGE_SIZE if version in ("", "0") or self._always_pages else 0
        return ListCommand(version, self._page_size or default)

    def _watch(self) -> WatchCommand:
        self.in_no_order = self.last_sync_resource_version in ("", "0")
        return WatchCommand(self.last_sync_resource_version, self._timeout())

    def _timeout(self) -> int:
        return int(self._min_timeout_seconds * (self._random() + 1.0))

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


def _is_worth_waiting(error: Exception) -> bool:
    """Nobody answered, or the server was busy."""
    return errors.is_too_many_requests(error) or isinstance(error, ConnectFailed)


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
