"""Growing waits for each of many keys, forgotten after a calm time. Time arrives as an argument, in integer nanoseconds.

Ported from client-go util/flowcontrol/backoff.go. Not safe for threads by itself.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["KeyedBackoff"]

HasExpired = Callable[[int, int, int], bool]


def _calm(event_ns: int, last_update_ns: int, max_ns: int) -> bool:
    return event_ns - last_update_ns > 2 * max_ns


class _Entry:
    __slots__ = ("backoff_ns", "last_update_ns")

    def __init__(self, backoff_ns: int) -> None:
        self.backoff_ns = backoff_ns
        self.last_update_ns = 0


class KeyedBackoff:
    """`initial_ns` for a key's first failure, twice as long after each other, up to `max_ns`.

    Args:
        jitter: the largest share that randomness adds to a step; needs `random`.
        has_expired: says of an event's time, a key's last failure and `max_ns` whether the key begins anew; by default
            after more than twice the longest wait.
    """

    __slots__ = ("_entries", "_has_expired", "_initial_ns", "_jitter", "_max_ns", "_random")

    def __init__(
        self,
        initial_ns: int,
        max_ns: int,
        *,
        jitter: float = 0.0,
        random: Callable[[], float] | None = None,
        has_expired: HasExpired | None = None,
    ) -> None:
        if jitter > 0 and random is None:
            raise ValueError("jitter needs a source of randomness")
        self._initial_ns, self._max_ns = initial_ns, max_ns
        self._jitter, self._random = jitter, random
        self._has_expired = has_expired if has_expired is not None else _calm
        self._entries: dict[str, _Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def get(self, key: str) -> int:
        """The wait of a key; 0 for one that has not failed."""
        entry = self._entries.get(key)
        return 0 if entry is None else entry.backoff_ns

    def next(self, key: str, event_ns: int, now_ns: int) -> None:
        """A key failed at `event_ns`: its wait grows, or begins anew."""
        entry = self._entries.get(key)
        if entry is None or self._expired(entry, event_ns):
            entry = self._entries[key] = _Entry(self._initial_ns)
            entry.backoff_ns += self._jittered(entry.backoff_ns)
        else:
            grown = entry.backoff_ns * 2 + self._jittered(entry.backoff_ns)
            entry.backoff_ns = min(grown, self._max_ns)
        entry.last_update_ns = now_ns

    def reset(self, key: str) -> None:
        """Forgets a key."""
        self._entries.pop(key, None)

    def is_in_backoff_since(self, key: str, event_ns: int, now_ns: int) -> bool:
        """Whether less time has passed since the event than the key has to wait."""
        entry = self._entries.get(key)
        return entry is not None and not self._expired(entry, event_ns) and now_ns - event_ns < entry.backoff_ns

    def is_in_backoff_since_update(self, key: str, event_ns: int) -> bool:
        """Whether the event is less than its wait after the key's last failure."""
        entry = self._entries.get(key)
        if entry is None or self._expired(entry, event_ns):
            return False
        return event_ns - entry.last_update_ns < entry.backoff_ns

    def gc(self, now_ns: int) -> None:
        """Forgets the keys that would begin anew; to be called now and then."""
        for key in [key for key, entry in self._entries.items() if self._expired(entry, now_ns)]:
            del self._entries[key]

    def _expired(self, entry: _Entry, event_ns: int) -> bool:
        return self._has_expired(event_ns, entry.last_update_ns, self._max_ns)

    def _jittered(self, delay_ns: int) -> int:
        return 0 if self._random is None else int(self._random() * self._jitter * delay_ns)
