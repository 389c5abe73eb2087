from __future__ import annotations

import json
from typing import Any

import pytest

from kubefake.store import Store, Version
from kubefake.watch.fanout import Fanout
from kubefake.watch.subscription import BOOKMARK_INTERVAL_NS, Subscription, Terms

SECOND = 1_000_000_000


class HandClock:
    def __init__(self) -> None:
        self.now = 0

    def monotonic_ns(self) -> int:
        return self.now

    def time_ns(self) -> int:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def fanout(store: Store, clock: HandClock) -> Fanout:
    fanout = Fanout(store, clock)
    store.on_commit = fanout.committed
    return fanout


def put(store: Store, key: str, **labels: str) -> Version:
    return store.put("t", key, {"metadata": {"name": key, "labels": labels}}, store.get("t", key))


def kinds(subscription: Subscription) -> list[str]:
    found = []
    while (frame := subscription.poll()) is not None:
        found.append(json.loads(frame)["type"])
    return found


def bookmark(revision: int, initial: bool) -> bytes:
    return json.dumps({"rv": revision, "initial": initial}).encode()


def expired(position: int, compacted: int) -> bytes:
    return json.dumps([position, compacted]).encode()


def blue(version: Version) -> bool:
    return version.labels.get("colour") == "blue"


def test_an_object_that_starts_to_match_is_added_and_one_that_stops_is_deleted(store: Store, fanout: Fanout) -> None:
    subscription = fanout.subscribe(Terms("t", store.revision, matches=blue))

    put(store, "a", colour="red")
    put(store, "a", colour="blue")
    put(store, "a", colour="blue", more="x")
    put(store, "a", colour="red")

    assert kinds(subscription) == ["ADDED", "MODIFIED", "DELETED"]


def test_an_object_that_stops_to_match_is_told_as_it_last_matched_at_the_revision_of_the_change(
    store: Store, fanout: Fanout
) -> None:
    put(store, "a", colour="blue")
    subscription = fanout.subscribe(Terms("t", store.revision, matches=blue))

    put(store, "a", colour="red")

    frame = subscription.poll()
    assert frame is not None
    assert json.loads(frame)["object"]["metadata"] == {
        "name": "a",
        "labels": {"colour": "blue"},
        "resourceVersion": "3",
    }


def test_a_sleeping_reader_is_woken_once_until_it_has_read_everything(store: Store, fanout: Fanout) -> None:
    calls: list[int] = []
    subscription = fanout.subscribe(Terms("t", store.revision))
    subscription.on_wake(lambda: calls.append(1))

    put(store, "a")
    put(store, "b")
    kinds(subscription)
    put(store, "c")

    assert len(calls) == 2


def test_commits_elsewhere_wake_nobody(store: Store, fanout: Fanout) -> None:
    calls: list[int] = []
    fanout.subscribe(Terms("t", store.revision, namespace="a")).on_wake(lambda: calls.append(1))

    put(store, "b/x")
    store.put("other", "a/x", {"metadata": {"name": "x"}}, None)

    assert calls == []


def test_initial_events_come_first_and_end_with_their_bookmark(store: Store, fanout: Fanout) -> None:
    put(store, "a")
    terms = Terms("t", store.revision, initial=store.list("t"), bookmark=bookmark, mark_initial=True)
    subscription = fanout.subscribe(terms)
    put(store, "b")

    assert kinds(subscription) == ["ADDED", "BOOKMARK", "ADDED"]


def test_a_watch_of_compacted_history_ends_with_an_error(store: Store, fanout: Fanout) -> None:
    put(store, "a")
    put(store, "a", x="y")
    store.compact(store.revision)

    subscription = fanout.subscribe(Terms("t", 1, expired=expired))

    assert subscription.poll() == b'{"type":"ERROR","object":[1, 3]}\n'
    assert subscription.ended


def test_a_watch_that_has_read_everything_survives_a_compaction(store: Store, fanout: Fanout) -> None:
    subscription = fanout.subscribe(Terms("t", store.revision, expired=expired))
    put(store, "a")
    kinds(subscription)

    store.put("other", "x", {"metadata": {}}, None)
    subscription.poll()
    store.compact(store.revision)
    put(store, "b")

    assert kinds(subscription) == ["ADDED"]


def test_a_bookmark_comes_every_minute_with_the_revision_that_was_reached(
    store: Store, fanout: Fanout, clock: HandClock
) -> None:
    subscription = fanout.subscribe(Terms("t", store.revision, bookmark=bookmark))
    store.put("other", "x", {"metadata": {}}, None)

    assert subscription.wake_at_ns == BOOKMARK_INTERVAL_NS
    clock.now = BOOKMARK_INTERVAL_NS

    frame = subscription.poll()
    assert frame is not None
    assert json.loads(frame)["object"] == {"rv": 2, "initial": False}


def test_a_bookmark_comes_two_seconds_before_the_timeout(store: Store, fanout: Fanout, clock: HandClock) -> None:
    subscription = fanout.subscribe(Terms("t", store.revision, bookmark=bookmark, deadline_ns=8 * SECOND))

    clock.now = 6 * SECOND

    assert kinds(subscription) == ["BOOKMARK"]


def test_a_watch_ends_at_its_deadline(store: Store, fanout: Fanout, clock: HandClock) -> None:
    subscription = fanout.subscribe(Terms("t", store.revision, deadline_ns=SECOND))

    clock.now = SECOND

    assert subscription.poll() is None
    assert subscription.ended
    assert fanout.subscriptions() == []


def test_a_watcher_too_far_behind_is_cut_off(store: Store, clock: HandClock) -> None:
    fanout = Fanout(store, clock, max_lag=5)
    subscription = fanout.subscribe(Terms("t", store.revision))
    for index in range(6):
        put(store, f"k{index}")

    assert subscription.poll() is None
    assert subscription.ended


def test_a_watch_ends_when_the_store_goes_back_in_time(store: Store, fanout: Fanout) -> None:
    snapshot = store.snapshot()
    subscription = fanout.subscribe(Terms("t", store.revision))
    put(store, "a")

    store.restore(snapshot)

    assert subscription.poll() is None
    assert subscription.ended


def test_watchers_of_one_event_share_its_bytes(store: Store, fanout: Fanout) -> None:
    watches = [fanout.subscribe(Terms("t", store.revision)) for _ in range(2)]

    put(store, "a")

    first, second = (watch.poll() for watch in watches)
    assert first is second


def test_a_closed_watch_may_be_closed_again(store: Store, fanout: Fanout) -> None:
    subscription: Any = fanout.subscribe(Terms("t", store.revision))

    subscription.close()
    subscription.close()

    assert subscription.poll() is None


def test_watches_of_a_table_whose_kind_changed_end_a_second_later(
    store: Store, fanout: Fanout, clock: HandClock
) -> None:
    watch = fanout.subscribe(Terms(table="t", start=0, deadline_ns=60 * SECOND))
    other = fanout.subscribe(Terms(table="u", start=0))
    woken: list[bool] = []
    watch.on_wake(lambda: woken.append(True))

    fanout.end_soon("t")
    put(store, "a")

    assert woken == [True]
    assert (kinds(watch), watch.ended, watch.wake_at_ns) == (["ADDED"], False, SECOND)
    clock.now = SECOND
    assert (watch.poll(), watch.ended) == (None, True)
    assert (other.poll(), other.ended) == (None, False)


def test_a_watch_that_ends_earlier_anyway_keeps_its_time(fanout: Fanout, clock: HandClock) -> None:
    watch = fanout.subscribe(Terms(table="t", start=0, deadline_ns=SECOND // 2))

    fanout.end_soon("t")

    assert watch.wake_at_ns == SECOND // 2
