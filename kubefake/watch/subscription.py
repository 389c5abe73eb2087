"""One watch: a position in the log of one table, moved on by whoever reads it.

Nothing is queued for a watcher. It reads the log itself, so a thousand idle watchers cost a thousand positions, and events
told to many are encoded once. A watcher that falls too far behind, or whose history was compacted, is cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from kubeclient.transport.protocol import HeaderList
from kubefake.store import Version
from kubefake.wire.escape import escape

from .frames import ADDED, BOOKMARK, DELETED, ERROR, MODIFIED, FrameEncoder

if TYPE_CHECKING:
    from .fanout import Fanout

__all__ = ["BOOKMARK_INTERVAL_NS", "Subscription", "Terms"]

BOOKMARK_INTERVAL_NS = 60_000_000_000
"""How often a watch that asked for bookmarks gets one (cacher.go: defaultBookmarkFrequency)."""

_BOOKMARK_LEAD_NS = (
    2_000_000_000  # the last bookmark comes this long before the timeout (cacher.go: pre-deadline window)
)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Terms:
    """What a watch asked for.

    Attributes:
        table: whose events. namespace: "" for all. key: of the one object that is watched, "" for all.
        start: events after this revision are told.
        initial: what exists, told as ADDED before anything else; None: nothing is.
        matches: whether an object is selected; None: all are.
        encode: makes frames from stored bytes; None: as stored.
        bookmark: makes a bookmark's object from (revision, whether it ends the initial events); None: no bookmarks wanted.
        mark_initial: the initial events are followed by their bookmark.
        expired: makes the object of the ERROR event that ends a watch whose history is gone, from (position, oldest held).
        deadline_ns: the monotonic reading at which the watch ends.
        headers: of the answer.
    """

    table: str
    start: int
    namespace: str = ""
    key: str = ""
    initial: Sequence[Version] | None = None
    matches: Callable[[Version], bool] | None = None
    encode: FrameEncoder | None = None
    bookmark: Callable[[int, bool], bytes] | None = None
    mark_initial: bool = False
    expired: Callable[[int, int], bytes] | None = None
    deadline_ns: int | None = None
    headers: HeaderList = ()


class Subscription:
    """Implements `WatchStream` over the log. Made by `Fanout.subscribe`."""

    __slots__ = (
        "_bookmark_due",
        "_bookmark_ns",
        "_callback",
        "_epoch",
        "_fanout",
        "_finish",
        "_initial",
        "_prefix",
        "_sleeping",
        "_terms",
        "ended",
        "headers",
        "position",
        "status",
    )

    def __init__(self, fanout: Fanout, terms: Terms) -> None:
        self.status = 200
        self.headers = terms.headers
        self.ended = False
        self.position = terms.start
        self._fanout = fanout
        self._terms = terms
        self._epoch = fanout.store.epoch
        self._prefix = f"{terms.namespace}/" if terms.namespace else ""
        self._initial: Iterator[Version] | None = None if terms.initial is None else iter(terms.initial)
        self._bookmark_due = terms.mark_initial and terms.bookmark is not None
        self._bookmark_ns = self._next_bookmark_ns()
        self._callback: Callable[[], None] | None = None
        self._sleeping = True
        self._finish: bytes | None = None

    @property
    def wake_at_ns(self) -> int | None:
        if self.ended:
            return None
        times = [at for at in (self._terms.deadline_ns, self._bookmark_ns) if at is not None]
        return min(times, default=None)

    @property
    def wanted(self) -> tuple[str, str]:
        """The table and the namespace ("" for all) whose commits concern this watch."""
        return self._terms.table, self._terms.namespace

    def on_wake(self, callback: Callable[[], None]) -> None:
        self._callback = callback

    def wake(self) -> None:
        """Called by the fan-out after a commit that may concern this watch; tells a sleeping reader once."""
        if self._sleeping:
            self._sleeping = False
            if self._callback is not None:
                self._callback()

    def close(self) -> None:
        if not self.ended:
            self.ended = True
            self._fanout.forget(self)
            if self._callback is not None:
                self._callback()

    def end_by(self, at_ns: int) -> None:
        """Ends the watch at that monotonic reading, unless it ends before."""
        deadline = self._terms.deadline_ns
        if not self.ended and (deadline is None or deadline > at_ns):
            self._terms = replace(self._terms, deadline_ns=at_ns)
            self.wake()

    def cut(self, kind: str = "", data: bytes = b"") -> None:
        """Ends the watch from the server's side, after an event of that kind if one is given."""
        if kind:
            self._finish = self._frame(kind, data)
        self.close()

    def poll(self) -> bytes | None:
        if self.ended:
            last, self._finish = self._finish, None
            return last
        found = self._next_initial() if self._initial is not None else None
        if found is None:
            found = self._next_event()
        if found is None and not self.ended:
            found = self._on_the_clock()
        if found is None and self._finish is not None:
            found, self._finish = self._finish, None
        self._sleeping = found is None
        return found

    def _next_initial(self) -> bytes | None:
        assert self._initial is not None
        for version in self._initial:
            return self._told(ADDED, version)
        self._initial = None
        if self._bookmark_due:
            self._bookmark_due = False
            return self._bookmark(initial=True)
        return None

    def _next_event(self) -> bytes | None:
        """The next event of the log that concerns this watch."""
        store = self._fanout.store
        if store.epoch != self._epoch:
            self.close()  # time was turned back: these revisions will mean something else
            return None
        if self.position < store.compacted_revision:
            self._expire(store.compacted_revision)
            return None
        table = store.table(self._terms.table)
        log = table.log
        if not log or log[-1].revision <= self.position:
            self.position = max(self.position, store.revision)  # a watch may begin at what has not happened yet
            return None
        index = table.position(self.position)
        if len(log) - index > self._fanout.max_lag:
            self.close()
            return None
        return self._scan(log, index)

    def _scan(self, log: list[Version], index: int) -> bytes | None:
        prefix, key, matches = self._prefix, self._terms.key, self._terms.matches
        for index in range(index, len(log)):  # noqa: B020 - the parameter is where the scan starts
            version = log[index]
            self.position = version.revision
            if (prefix and not version.key.startswith(prefix)) or (key and version.key != key):
                continue
            prev = version.prev
            fresh = prev is None or prev.deleted
            if matches is None:
                kind = DELETED if version.deleted else ADDED if fresh else MODIFIED
                return self._told(kind, version)
            now = not version.deleted and matches(version)
            before = prev is not None and not prev.deleted and matches(prev)
            if now:
                return self._told(MODIFIED if before else ADDED, version)
            if before and version.deleted:
                return self._told(DELETED, version)
            if before and prev is not None:
                return self._left(version, prev)
        return None

    def _left(self, version: Version, prev: Version) -> bytes:
        """An object stopped to match: told as deleted, as it last matched, at the revision at which it stopped."""
        obj = prev.copy()
        obj["metadata"]["resourceVersion"] = str(version.revision)
        return self._frame(DELETED, escape(_encode(obj)))

    def _told(self, kind: str, version: Version) -> bytes:
        encode = self._terms.encode
        return self._fanout.frame(kind, version) if encode is None else encode(kind, version.data)

    def _frame(self, kind: str, data: bytes) -> bytes:
        return (self._terms.encode or self._fanout.encode)(kind, data)

    def _on_the_clock(self) -> bytes | None:
        deadline, bookmark = self._terms.deadline_ns, self._bookmark_ns
        if deadline is None and bookmark is None:
            return None
        now = self._fanout.clock.monotonic_ns()
        if deadline is not None and now >= deadline:
            self.close()
            return None
        if bookmark is not None and now >= bookmark:
            self._bookmark_ns = self._next_bookmark_ns()
            return self._bookmark(initial=False)
        return None

    def _next_bookmark_ns(self) -> int | None:
        """Every minute, and shortly before the timeout (cache_watcher.go: nextBookmarkTime)."""
        if self._terms.bookmark is None:
            return None
        now = self._fanout.clock.monotonic_ns()
        due = now + BOOKMARK_INTERVAL_NS
        deadline = self._terms.deadline_ns
        if deadline is None:
            return due
        last = deadline - _BOOKMARK_LEAD_NS
        return min(due, last) if now < last else None

    def _bookmark(self, *, initial: bool) -> bytes:
        assert self._terms.bookmark is not None
        return self._frame(BOOKMARK, self._terms.bookmark(self.position, initial))

    def _expire(self, compacted: int) -> None:
        expired = self._terms.expired
        if expired is None:
            self.close()
        else:
            self.cut(ERROR, expired(self.position, compacted))

    def __repr__(self) -> str:
        state = "ended" if self.ended else "open"
        return f"<Subscription {self._terms.table} {self._terms.namespace or '*'} @{self.position} {state}>"
