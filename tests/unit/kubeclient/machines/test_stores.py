"""Stores with a memory or without: versions, transactions, expiry, one's own writes, names and metrics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from kubeclient.apimachinery.types import NamespacedName
from kubeclient.cache import (
    CacheMutatedError,
    DeletedFinalStateUnknown,
    ExpirationCache,
    ExplicitKey,
    FunctionHandler,
    Indexer,
    InformerMetrics,
    InformerNames,
    KeyedTracker,
    Lazy,
    MutationCache,
    MutationDetector,
    ObjectKeyError,
    ObjectName,
    SingleFileTracker,
    Transaction,
    TransactionError,
    TransactionType,
    UndeltaStore,
    deletion_handling_key,
    index_to_key,
    meta_object_name,
    parse_object_name,
    split_meta_namespace_key,
    ttl_store,
)
from kubeclient.machines.handler_name import handler_name


def obj(name: str, version: int = 1, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "ns", "resourceVersion": str(version), "labels": labels}}


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)


@pytest.mark.parity("STO-01")
@pytest.mark.parity("STO-02")
def test_keys_are_made_of_names_and_read_back() -> None:
    assert split_meta_namespace_key("ns/a") == ("ns", "a")
    assert split_meta_namespace_key("a") == ("", "a")
    with pytest.raises(ValueError, match=r'^unexpected key format: "a/b/c"$'):
        parse_object_name("a/b/c")
    name = meta_object_name(obj("a"))
    assert (str(name), name.parts(), parse_object_name("ns/a"), str(ObjectName("", "a"))) == (
        "ns/a",
        ("ns", "a"),
        name,
        "a",
    )
    there = NamespacedName(*name)
    assert ObjectName(there.namespace, there.name) == name
    assert deletion_handling_key(DeletedFinalStateUnknown("x/y", None)) == "x/y"
    store: Indexer[Any] = Indexer()
    store.add(obj("a"))
    assert store.get(ExplicitKey("ns/a")) == obj("a")


@pytest.mark.parity("STO-03")
def test_an_object_without_a_key_is_an_error_that_holds_it_and_its_cause() -> None:
    store: Indexer[Any] = Indexer()
    with pytest.raises(ObjectKeyError, match=r"^couldn't create key for object 7: ") as caught:
        store.add(7)
    assert (caught.value.obj, caught.value.__cause__) == (7, caught.value.cause)


@pytest.mark.parity("STO-04")
@pytest.mark.parity("STO-05")
def test_a_store_knows_the_version_it_is_as_of() -> None:
    store: Indexer[Any] = Indexer()
    assert store.last_store_sync_resource_version == ""
    seen: list[str] = []
    changes: list[Callable[[], None]] = [
        lambda: store.replace([obj("a", 3), obj("b", 2)], "7"),
        lambda: store.add(obj("c", 8)),
        lambda: store.update(obj("a", 9)),
        lambda: store.delete(obj("b", 10)),
        lambda: store.bookmark("20"),
        store.resync,
    ]
    for change in changes:
        change()
        seen.append(store.last_store_sync_resource_version)
    assert seen == ["7", "8", "9", "10", "20", "20"]
    assert store.list_keys() == ["ns/a", "ns/c"]


@pytest.mark.parity("STO-11")
def test_a_transaction_makes_all_changes_that_can_be_made_and_names_the_others() -> None:
    store: Indexer[Any] = Indexer()
    store.add(obj("a"))
    with pytest.raises(TransactionError, match=r"^failed to execute \(1/4\) transactions: ") as caught:
        store.transaction(
            Transaction(TransactionType.ADD, obj("b")),
            Transaction(TransactionType.ADD, 7),
            Transaction(TransactionType.UPDATE, obj("b", 2)),
            Transaction(TransactionType.DELETE, obj("a")),
        )
    assert (caught.value.total, caught.value.successful, len(caught.value.errors)) == (4, [0, 2, 3], 1)
    assert store.list() == [obj("b", 2)]


@pytest.mark.parity("STO-12")
def test_an_index_of_one_value_can_be_a_key() -> None:
    key = index_to_key(lambda one: one["metadata"]["labels"].values())
    assert key(obj("a", app="web")) == "web"
    for bad in (obj("a"), obj("a", app="web", tier="front")):
        with pytest.raises(LookupError, match="expected one index value"):
            key(bad)


@pytest.mark.parity("STO-16")
def test_what_is_older_than_its_time_is_gone_when_it_is_read() -> None:
    clock = Clock()
    store = ttl_store(ttl=10, now_ns=clock)
    store.replace([obj("a"), obj("b")], "5")
    clock.sleep(10)
    assert len(store.list()) == 2
    store.update(obj("b"))
    clock.sleep(1)
    assert (store.list_keys(), store.get(obj("a")), store.get_by_key("ns/b")) == (["ns/a", "ns/b"], None, obj("b"))
    assert (store.list_keys(), store.list()) == (["ns/b"], [obj("b")])
    store.add(obj("a", 2))
    store.delete(obj("b"))
    store.resync()
    store.bookmark("9")
    assert (store.list(), store.last_store_sync_resource_version) == ([obj("a", 2)], "9")
    forever = ttl_store(ttl=0, now_ns=clock)
    forever.add(obj("a"))
    clock.sleep(1e9)
    assert forever.list() == [obj("a")]


@pytest.mark.parity("STO-16")
def test_anything_can_say_what_has_expired() -> None:
    store = ExpirationCache[Any](is_expired=lambda one, _age: one["metadata"]["name"] == "a", now_ns=Clock())
    store.add(obj("a"))
    store.add(obj("b"))
    assert store.list() == [obj("b")]


def by_app(one: Any) -> list[str]:
    return list(one["metadata"]["labels"].values())


@pytest.mark.parity("STO-17")
@pytest.mark.parity("PAIN-12")
def test_ones_own_writes_are_read_until_the_copy_has_caught_up() -> None:
    clock, store = Clock(), Indexer[Any](indexers={"app": by_app})
    cache = MutationCache[Any](store, store, ttl=60, now_ns=clock)
    store.add(obj("a", 9, app="x"))
    cache.mutation(obj("a", 10, app="x"))
    cache.mutation(obj("a", 8, app="x"))
    assert cache.get_by_key("ns/a") == obj("a", 10, app="x")
    assert cache.by_index("app", "x") == [obj("a", 10, app="x")]
    store.update(obj("a", 11, app="x"))
    assert (cache.get_by_key("ns/a"), len(cache)) == (obj("a", 11, app="x"), 0)
    cache.mutation(obj("b", 1))
    assert cache.get_by_key("ns/b") is None


@pytest.mark.parity("STO-17")
def test_what_the_copy_lacks_is_shown_where_that_is_wanted() -> None:
    clock, store = Clock(), Indexer[Any](indexers={"app": by_app})
    cache = MutationCache[Any](store, store, ttl=60, now_ns=clock, include_adds=True)
    cache.mutation(obj("a", 10, app="x"))
    assert (cache.get_by_key("ns/a"), cache.by_index("app", "x")) == (obj("a", 10, app="x"), [obj("a", 10, app="x")])
    clock.sleep(60)
    assert (cache.get_by_key("ns/a"), cache.by_index("app", "x")) == (None, [])
    for number in range(101):
        cache.mutation(obj(f"n{number}", 1))
    assert (len(cache), cache.get_by_key("ns/n0")) == (100, None)
    with pytest.raises(LookupError, match="no indexer has been provided to the mutation cache"):
        MutationCache[Any](store, ttl=60, now_ns=clock).by_index("app", "x")


@pytest.mark.parity("PAIN-19")
def test_what_was_deleted_is_not_shown_for_having_been_written() -> None:
    clock, store = Clock(), Indexer[Any]()
    cache = MutationCache[Any](store, ttl=60, now_ns=clock, include_adds=True)
    store.add(obj("a", 9))
    cache.mutation(obj("a", 10))
    store.delete(obj("a", 11))
    assert cache.get_by_key("ns/a") is None
    cache.mutation(obj("b", 12))
    cache.deleted(DeletedFinalStateUnknown("ns/b", obj("b", 12)))
    assert cache.get_by_key("ns/b") is None


@pytest.mark.parity("STO-18")
def test_everything_is_pushed_after_every_change() -> None:
    pushed: list[list[str]] = []
    store = UndeltaStore[Any](lambda objects: pushed.append([one["metadata"]["name"] for one in objects]))
    store.add(obj("a"))
    store.update(obj("b"))
    store.delete(obj("a"))
    store.resync()
    store.replace([obj("c"), obj("d")], "7")
    assert pushed == [["a"], ["a", "b"], ["b"], ["c", "d"]]


@pytest.mark.parity("STO-19")
@pytest.mark.parity("PAIN-18")
def test_who_changes_what_is_shared_is_found_out() -> None:
    detector = MutationDetector[Any]("maps")
    shared = obj("a", app="web")
    detector.add([shared])
    detector.compare(0)
    shared["metadata"]["labels"]["app"] = "mail"
    with pytest.raises(
        CacheMutatedError, match=r"cache maps modified\nns/a\n  \.metadata\.labels\.app: 'web' became 'mail'"
    ):
        detector.compare(1)


@pytest.mark.parity("STO-19")
def test_an_object_is_looked_after_for_two_minutes_at_least_and_not_for_ever() -> None:
    detector = MutationDetector[Any]("maps")
    detector.add([obj("a")])
    for second in range(0, 500, 50):
        detector.compare(second * 1_000_000_000)
    assert len(detector) == 0


@pytest.mark.parity("INF-25")
@pytest.mark.parity("RFO-08")
def test_a_name_is_taken_once_and_counts_each_resource_once(caplog: pytest.LogCaptureFixture) -> None:
    names = InformerNames()
    name = names.reserve("garbage")
    for bad in ("garbage", ""):
        with pytest.raises(ValueError, match="name"):
            names.reserve(bad)
    assert (name.with_resource("pods"), name.with_resource("pods"), name.with_resource("nodes")) == (True, False, True)
    assert "would be counted twice" in caplog.text
    name.release()
    name.release()
    assert not name.with_resource("jobs")
    assert names.reserve("garbage") is not name


@pytest.mark.parity("PAIN-20")
def test_metrics_that_nobody_wants_do_nothing() -> None:
    metrics = InformerMetrics()
    metrics.queued(1)
    metrics.processed(0.1)
    metrics.backlog("a", 2)
    metrics.stored("7")


@pytest.mark.parity("INF-26")
def test_work_that_ends_in_any_order_is_tracked_by_key() -> None:
    upstream = [False]
    tracker = KeyedTracker[str](lambda: upstream[0])
    tracker.start("a")
    tracker.start("b")
    upstream[0] = True
    seen = [tracker.has_synced()]
    for key in ("b", "x", "a"):
        tracker.finished(key)
        seen.append(tracker.has_synced())
    assert seen == [False, False, False, True]


@pytest.mark.parity("INF-26")
def test_work_that_is_done_in_order_is_counted() -> None:
    tracker = SingleFileTracker(lambda: True)
    tracker.start()
    assert not tracker.has_synced()
    tracker.finished()
    assert tracker.has_synced()
    with pytest.raises(RuntimeError, match="negative counter"):
        tracker.finished()
    assert not SingleFileTracker(lambda: False).has_synced()


@pytest.mark.parity("INF-26")
def test_a_lazy_value_is_made_once_after_each_notice_and_errors_are_not_kept() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        if len(made) == 3:
            raise ValueError("no")
        return len(made)

    lazy = Lazy(make)
    assert [lazy.get(), lazy.get()] == [1, 1]
    lazy.notify()
    assert [lazy.get(), lazy.get()] == [2, 2]
    lazy.notify()
    with pytest.raises(ValueError, match="no"):
        lazy.get()
    assert [lazy.get(), lazy.get()] == [4, 4]


@pytest.mark.parity("INF-26")
def test_a_lazy_value_that_is_out_of_date_as_soon_as_it_is_made_is_made_again() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        if len(made) == 1:
            lazy.notify()
        return len(made)

    lazy = Lazy(make)
    assert [lazy.get(), lazy.get(), lazy.get()] == [1, 2, 2]


def added(_obj: Any) -> None:
    raise AssertionError


@pytest.mark.parity("INF-27")
def test_a_handler_is_called_by_its_class_or_its_functions() -> None:
    here, handlers = __name__, "kubeclient._sync.event_handlers"
    assert handler_name(Clock()) == f"{here}.Clock"
    assert handler_name(FunctionHandler(added, None, partial(added))) == f"{handlers}.FunctionHandler({here}.added)"
    assert handler_name(FunctionHandler()) == f"{handlers}.FunctionHandler"
