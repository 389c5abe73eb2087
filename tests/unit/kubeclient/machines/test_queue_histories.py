"""Queues after one thing and another: when a first list is over, and what a list deletes that only a queue knows of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown, DeltaFIFO
from kubeclient.machines.fifo import FIFO, Heap, HeapClosedError
from kubeclient.machines.indexer import Indexer, ObjectKeyError
from kubeclient.machines.real_fifo import RealFIFO

Queue = Any


def obj(name: str, version: int = 1) -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version)}}


def known(*names: str) -> Indexer[Any]:
    indexer: Indexer[Any] = Indexer()
    for name in names:
        indexer.add(obj(name))
    return indexer


MAKERS: list[Callable[[Any], Queue]] = [DeltaFIFO, RealFIFO, lambda _: FIFO()]


@pytest.mark.parity("DFO-09", "RFO-07", "RFO-09")
@pytest.mark.parametrize("make", MAKERS, ids=["deltas", "real", "plain"])
@pytest.mark.parametrize(
    ("history", "synced"),
    [
        ([], False),
        ([("add", obj("a"))], True),
        ([("replace", [])], True),
        ([("replace", [obj("a"), obj("b")])], False),
        ([("replace", [obj("a"), obj("b")]), ("pop",)], False),
        ([("replace", [obj("a"), obj("b")]), ("pop",), ("pop",)], True),
        ([("replace", [obj("a")]), ("pop",), ("replace", [obj("a"), obj("b")])], True),
    ],
    ids=["nothing", "an event", "an empty list", "a list", "half a list", "a whole list", "a second list"],
)
def test_a_queue_has_synced_when_its_first_list_is_over(
    make: Callable[[Any], Queue], history: list[tuple[Any, ...]], synced: bool
) -> None:
    queue = make(known())
    for call, *arguments in history:
        getattr(queue, call)(*arguments)

    assert queue.has_synced is synced


def drained(queue: Queue) -> list[tuple[str, str, Any]]:
    """What comes out, delta by delta: its type, its key and its object."""
    out: list[Any] = []
    while len(queue):
        popped = queue.pop()
        out += popped if isinstance(popped, list) else [popped]
    return [(delta.type.value, delta.key, delta.obj) for delta in out]


@pytest.mark.parity("DFO-05", "RFO-03")
@pytest.mark.parametrize("make", MAKERS[:2], ids=["deltas", "real"])
@pytest.mark.parametrize(
    ("names", "history", "of_a"),
    [
        ([], [("add", obj("a"))], [("Added", obj("a")), ("Deleted", DeletedFinalStateUnknown("a", obj("a")))]),
        (
            [],
            [("add", obj("a")), ("update", obj("a", 2))],
            [("Added", obj("a")), ("Updated", obj("a", 2)), ("Deleted", DeletedFinalStateUnknown("a", obj("a", 2)))],
        ),
        ([], [("add", obj("a")), ("delete", obj("a", 2))], [("Added", obj("a")), ("Deleted", obj("a", 2))]),
        (
            [],
            [("add", obj("a")), ("delete", DeletedFinalStateUnknown("a", obj("a")))],
            [("Added", obj("a")), ("Deleted", DeletedFinalStateUnknown("a", obj("a")))],
        ),
        (["a"], [("delete", obj("a", 2))], [("Deleted", obj("a", 2))]),
        (["a"], [], [("Deleted", DeletedFinalStateUnknown("a", obj("a")))]),
        (
            ["a"],
            [("update", obj("a", 2))],
            [("Updated", obj("a", 2)), ("Deleted", DeletedFinalStateUnknown("a", obj("a", 2)))],
        ),
    ],
)
def test_what_a_list_lacks_is_deleted_once_with_the_newest_state_that_is_known(
    make: Callable[[Any], Queue], names: list[str], history: list[tuple[Any, ...]], of_a: list[tuple[str, Any]]
) -> None:
    queue = make(known(*names))
    for call, *arguments in history:
        getattr(queue, call)(*arguments)
    queue.replace([obj("b")])

    out = drained(queue)

    assert [(kind, found) for kind, key, found in out if key == "a"] == of_a
    assert [(kind, key) for kind, key, _ in out if key != "a"] == [("Replaced", "b")]


@pytest.mark.parity("DFO-02", "RFO-01")
@pytest.mark.parametrize("make", MAKERS, ids=["deltas", "real", "plain"])
def test_nobody_jumps_the_queue(make: Callable[[Any], Queue]) -> None:
    queue = make(known())
    for name in "abc":
        queue.add(obj(name))
    queue.update(obj("a", 2))
    queue.add(obj("d"))
    queue.add(obj("b", 2))

    if isinstance(queue, FIFO):
        assert [queue.pop() for _ in range(4)] == [obj("a", 2), obj("b", 2), obj("c"), obj("d")]
    else:
        keys = [key for _, key, _ in drained(queue)]
        assert keys == (list("abcadb") if isinstance(queue, RealFIFO) else list("aabbcd"))


@pytest.mark.parity("RFO-05")
def test_what_has_no_key_is_never_queued() -> None:
    queue: RealFIFO[Any] = RealFIFO(known())
    queue.add(obj("a"))
    for change in (queue.add, queue.update, queue.delete):
        with pytest.raises(ObjectKeyError):
            change(7)
    with pytest.raises(ObjectKeyError):
        queue.replace([obj("b"), 7])

    assert [delta.key for delta in queue.take_batch()] == ["a"]


@pytest.mark.parity("RFO-10")
def test_a_heap_that_is_closed_takes_nothing_in_any_way() -> None:
    heap: Heap[tuple[str, int]] = Heap(lambda one: one[0], lambda a, b: a[1] < b[1])
    heap.close()

    for add in (heap.add, heap.update, heap.add_if_not_present, lambda one: heap.bulk_add([one])):
        with pytest.raises(HeapClosedError, match="heap is closed"):
            add(("a", 1))
    with pytest.raises(HeapClosedError):
        heap.pop()


@pytest.mark.parity("RFO-10")
def test_what_is_added_again_moves_in_a_heap_unless_it_is_only_to_be_there() -> None:
    heap: Heap[tuple[str, int]] = Heap(lambda one: one[0], lambda a, b: a[1] < b[1])
    for one in (("a", 10), ("b", 1), ("c", 11), ("d", 30)):
        heap.add(one)
    heap.add(("b", 13))
    heap.add_if_not_present(("d", 0))
    heap.add_if_not_present(("e", 12))

    assert [heap.pop() for _ in range(5)] == [("a", 10), ("c", 11), ("e", 12), ("b", 13), ("d", 30)]


@pytest.mark.parity("STO-04")
def test_a_store_keeps_its_version_whatever_a_transform_returns() -> None:
    store: Indexer[Any] = Indexer(key_func=str)
    store.put("a", "no metadata", resource_version="7")
    assert store.last_store_sync_resource_version == "7"
    store.remove("a", resource_version="8")

    assert (store.last_store_sync_resource_version, store.list_keys()) == ("8", [])
