"""Which events are written, and how: alike ones are counted, similar ones are combined, too many are dropped.

Ported from client-go tools/record/events_cache.go. All caches hold the keys that were used last. Times are nanoseconds since
1970, of the wall, as events carry them. It writes nothing itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from kubeclient.api.core_v1 import Event
from kubeclient.apimachinery.times import Time

from .rate_limiter import TokenBucket

__all__ = ["LRU", "Correlated", "CorrelatorOptions", "EventCorrelator", "aggregate_key", "event_key", "spam_key"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SECOND = 1_000_000_000


class LRU(Generic[K, V]):
    """A mapping of bounded size that forgets what was not used for longest."""

    __slots__ = ("_entries", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """What is kept under a key, which counts as a use."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        """Keeps a value."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def __repr__(self) -> str:
        return f"<LRU {len(self._entries)} of {self._size}>"


def _source(event: Event) -> tuple[str, str]:
    return event.source.component, event.source.host


def event_key(event: Event) -> Hashable:
    """What events have in common that differ in time only."""
    ref = event.involved_object
    about = (ref.kind, ref.namespace, ref.name, ref.field_path, ref.uid, ref.api_version)
    return (*_source(event), *about, event.type, event.reason, event.message)


def aggregate_key(event: Event) -> tuple[Hashable, str]:
    """What events have in common that differ in their message too; and the message."""
    ref = event.involved_object
    about = (ref.kind, ref.namespace, ref.name, ref.uid, ref.api_version)
    reporter = (event.reporting_component, event.reporting_instance)
    return (*_source(event), *about, event.type, event.reason, *reporter), event.message


def spam_key(event: Event) -> Hashable:
    """What events have in common that share an allowance."""
    ref = event.involved_object
    return (*_source(event), ref.kind, ref.namespace, ref.name, ref.uid, ref.api_version, event.type)


def combined_message(event: Event) -> str:
    """The message of an event that stands for many."""
    return f"(combined from similar events): {event.message}"


@dataclass(frozen=True, slots=True)
class CorrelatorOptions:
    """client-go's numbers; 0 and None mean the default.

    Attributes:
        lru_cache_size: how many keys each cache holds (4096).
        burst: so many events of one source about one object are written at once (25).
        qps: and so many a second after that (one in 300 seconds).
        key_func: the key and the local key of similar events.
        message_func: the message of a combined event.
        max_events: from so many different local keys on, similar events are combined (10).
        max_interval_seconds: similar events that come later than that after the last one are new ones (600).
        spam_key_func: whose events share an allowance.
    """

    lru_cache_size: int = 0
    burst: int = 0
    qps: float = 0.0
    key_func: Callable[[Event], tuple[Hashable, str]] | None = None
    message_func: Callable[[Event], str] | None = None
    max_events: int = 0
    max_interval_seconds: int = 0
    spam_key_func: Callable[[Event], Hashable] | None = None


class Correlated(NamedTuple):
    """What to do with an event: patch the one of its name, create it when there is no patch; None: drop it."""

    event: Event
    patch: dict[str, Any] | None


class _Similar:
    __slots__ = ("last_ns", "local_keys")

    def __init__(self) -> None:
        self.last_ns = 0
        self.local_keys: dict[str, None] = {}


@dataclass(frozen=True, slots=True)
class _Written:
    count: int
    first_timestamp: Time | None
    name: str
    resource_version: str


class EventCorrelator:
    """Remembers what was written. Not safe for threads by itself: one worker uses it."""

    def __init__(self, options: CorrelatorOptions | None = None) -> None:
        options = options or CorrelatorOptions()
        size = options.lru_cache_size or 4096
        self._key_func = options.key_func or aggregate_key
        self._message_func = options.message_func or combined_message
        self._spam_key_func = options.spam_key_func or spam_key
        self._max_events = options.max_events or 10
        self._max_interval_ns = (options.max_interval_seconds or 600) * _SECOND
        self._burst = options.burst or 25
        self._qps = options.qps or 1 / 300
        self._similar: LRU[Hashable, _Similar] = LRU(size)
        self._written: LRU[Hashable, _Written] = LRU(size)
        self._allowances: LRU[Hashable, TokenBucket] = LRU(size)

    def correlate(self, event: Event, now_ns: int) -> Correlated | None:
        """What to write for a new event. It is counted even if it is dropped."""
        aggregate, key = self._aggregate(event, now_ns)
        correlated = self._observe(aggregate, key)
        if self._is_spam(correlated.event, now_ns):
            return None
        return correlated

    def wrote(self, event: Event) -> None:
        """The server's answer to a write."""
        self._remember(event_key(event), event)

    def _remember(self, key: Hashable, event: Event) -> None:
        meta = event.metadata
        self._written.put(key, _Written(event.count, event.first_timestamp, meta.name, meta.resource_version))

    def _aggregate(self, event: Event, now_ns: int) -> tuple[Event, Hashable]:
        """The event itself, or one that stands for all similar ones; and the key that it is counted by."""
        key, local_key = self._key_func(event)
        similar = self._similar.get(key)
        if similar is None or now_ns - similar.last_ns > self._max_interval_ns:
            similar = _Similar()
        similar.local_keys[local_key] = None
        similar.last_ns = now_ns
        self._similar.put(key, similar)
        if len(similar.local_keys) < self._max_events:
            return event, event_key(event)
        similar.local_keys.pop(next(iter(similar.local_keys)))  # never more than the threshold
        now = Time(now_ns)
        combined = Event(
            involved_object=event.involved_object,
            reason=event.reason,
            message=self._message_func(event),
            source=event.source,
            first_timestamp=now,
            last_timestamp=now,
            count=1,
            type=event.type,
        )
        combined.metadata.name = f"{event.involved_object.name}.{now_ns:x}"
        combined.metadata.namespace = event.metadata.namespace
        return combined, key

    def _observe(self, event: Event, key: Hashable) -> Correlated:
        """The event with its count, and the patch for the event that was written before."""
        written, patch = self._written.get(key), None
        if written is not None and written.count > 0:
            metadata = msgspec.structs.replace(
                event.metadata, name=written.name, resource_version=written.resource_version
            )
            event = msgspec.structs.replace(
                event, metadata=metadata, first_timestamp=written.first_timestamp, count=written.count + 1
            )
            patch = {"count": event.count, "lastTimestamp": str(event.last_timestamp), "message": event.message}
        self._remember(key, event)
        return Correlated(event, patch)

    def _is_spam(self, event: Event, now_ns: int) -> bool:
        key = self._spam_key_func(event)
        bucket = self._allowances.get(key)
        if bucket is None:
            bucket = TokenBucket(self._qps, self._burst)
            self._allowances.put(key, bucket)
        return not bucket.try_accept(now_ns)

    def __repr__(self) -> str:
        return f"<EventCorrelator {len(self._written)} kinds of events>"
