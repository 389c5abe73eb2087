"""Who watches what. Reads the log, never writes it; called after each commit to wake those whom it may concern."""

from __future__ import annotations

from kubefake.ports import Clock
from kubefake.store import Store, Version

from .frames import FrameEncoder, frame
from .subscription import Subscription, Terms

__all__ = ["MAX_LAG", "Fanout"]

MAX_LAG = 100_000
"""How many events of its table a watch may be behind before it is cut off, without a word, as the server does."""

_LAST_SECOND_NS = 1_000_000_000
"""How long the server lets requests that have begun find their storage (customresource_handler.go: tearDown)."""

_FRAMES = 4096  # encoded frames kept for the watchers that have not read them yet


class Fanout:
    """The open watches of one store.

    Args:
        store: whose log is watched; `committed` is to be called after each of its commits.
        clock: for timeouts and bookmarks.
        max_lag: see MAX_LAG.
    """

    def __init__(self, store: Store, clock: Clock, *, max_lag: int = MAX_LAG) -> None:
        self.store = store
        self.clock = clock
        self.max_lag = max_lag
        self.encode: FrameEncoder = frame
        self._subscriptions: dict[tuple[str, str], dict[Subscription, None]] = {}
        self._frames: dict[tuple[int, str], bytes] = {}

    def subscribe(self, terms: Terms) -> Subscription:
        """Opens a watch; its events are those after `terms.start`."""
        subscription = Subscription(self, terms)
        self._subscriptions.setdefault(subscription.wanted, {})[subscription] = None
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Called by a subscription that ended."""
        group = self._subscriptions.get(subscription.wanted)
        if group is not None:
            group.pop(subscription, None)
            if not group:
                del self._subscriptions[subscription.wanted]

    def committed(self, version: Version) -> None:
        """Wakes the watches that a commit may concern."""
        subscriptions = self._subscriptions
        if not subscriptions:
            return
        table = version.table
        everywhere = subscriptions.get((table, ""))
        if everywhere:
            for subscription in tuple(everywhere):
                subscription.wake()
        namespace, slash, _ = version.key.partition("/")
        if slash:
            here = subscriptions.get((table, namespace))
            if here:
                for subscription in tuple(here):
                    subscription.wake()

    def frame(self, kind: str, version: Version) -> bytes:
        """The frame of a version as stored, encoded once for all who read it while it is fresh."""
        key = (version.revision, kind)
        found = self._frames.get(key)
        if found is None:
            if len(self._frames) >= _FRAMES:
                self._frames.clear()
            found = self._frames[key] = frame(kind, version.data)
        return found

    def subscriptions(self) -> list[Subscription]:
        """All open watches, in the order in which they were opened within a table and namespace."""
        return [one for key in sorted(self._subscriptions) for one in self._subscriptions[key]]

    def end_soon(self, table: str) -> None:
        """Ends the watches of a table a second from now, as a server does whose idea of the kind has changed."""
        at = self.clock.monotonic_ns() + _LAST_SECOND_NS
        for subscription in self.subscriptions():
            if subscription.wanted[0] == table:
                subscription.end_by(at)

    def cut_all(self) -> None:
        """Ends every watch, as a server does that goes down."""
        for subscription in self.subscriptions():
            subscription.cut()

    def reset(self) -> None:
        """Forgets encoded frames; to be called when the store was turned back and revisions are given out anew."""
        self._frames.clear()
        self.cut_all()

    def __repr__(self) -> str:
        return f"<Fanout {sum(map(len, self._subscriptions.values()))} watches>"
