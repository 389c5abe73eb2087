"""Queues of changes: what is merged, what is kept, in which order things come out, and when a first list is over."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.machines.delta_fifo import DeletedFinalStateUnknown, Delta, DeltaFIFO, DeltaType, FIFOClosedError
from kubeclient.machines.fifo import FIFO, Heap, HeapClosedError
from kubeclient.machines.indexer import Indexer
from kubeclient.machines.real_fifo import BookmarkInfo, RealFIFO, ReplacedAllInfo, SyncAllInfo
from kubeclient.machines.store_changes import ObjectKeyError


def obj(name: str, version: int = 1) -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version)}}


def known(*names: str) -> Indexer[Any]:
    indexer: Indexer[Any] = Indexer()
    for name in names:
        indexer.add(obj(name))
    return indexer


def kinds(deltas: list[Delta[Any]]) -> list[str]:
    return [delta.type.value for delta in deltas]


@pytest.mark.parity("DFO-01")
@pytest.mark.parity("DFO-02")
def test_all_deltas_of_an_object_come_out_at_once_in_the_order_of_objects() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO(known("a"))
    queue.add(obj("b"))
    queue.add(obj("a"))
    queue.update(obj("b", 2))
    queue.delete(obj("b", 3))

    assert kinds(queue.pop()) == ["Added", "Updated", "Deleted"]
    assert kinds(queue.pop()) == ["Added"]
    assert len(queue) == 0
    assert [kind.value for kind in DeltaType][-3:] == ["ReplacedAll", "SyncAll", "Bookmark"]


@pytest.mark.parity("DFO-03")
def test_two_deletions_in_a_row_are_the_one_that_has_seen_the_object() -> None:
    tombstone: Any = DeletedFinalStateUnknown("a", None)
    cases = [
        ([obj("a", 2), tombstone], obj("a", 2)),
        ([tombstone, obj("a", 2)], obj("a", 2)),
        ([tombstone, DeletedFinalStateUnknown("a", obj("a"))], DeletedFinalStateUnknown("a", obj("a"))),
        ([obj("a", 2), obj("a", 3)], obj("a", 2)),
    ]
    for deletions, kept in cases:
        queue: DeltaFIFO[Any] = DeltaFIFO(known("a"))
        for deletion in deletions:
            queue.delete(deletion)
        assert [delta.obj for delta in queue.pop()] == [kept]


@pytest.mark.parity("DFO-03")
def test_other_deltas_are_not_merged() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO(known("a"))
    for change in (queue.delete, queue.add, queue.delete, queue.update, queue.update):
        change(obj("a"))

    assert kinds(queue.pop()) == ["Deleted", "Added", "Deleted", "Updated", "Updated"]


@pytest.mark.parity("DFO-04")
def test_the_deletion_of_what_nobody_knows_is_ignored() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO(known("a"))
    queue.delete(obj("b"))
    assert len(queue) == 0
    queue.delete(obj("a"))
    assert len(queue) == 1
    alone: DeltaFIFO[Any] = DeltaFIFO()
    alone.delete(obj("a"))
    assert (len(alone), alone.has_synced) == (0, True)


@pytest.mark.parity("DFO-05")
def test_a_list_replaces_and_deletes_what_it_lacks_without_nesting_tombstones() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO(known("a", "b"), emit_replaced=False)
    queue.add(obj("c"))
    queue.delete(DeletedFinalStateUnknown("a", obj("a")))
    queue.replace([obj("b", 2)])

    assert kinds(queue.pop()) == ["Added", "Deleted"]
    assert [delta.obj for delta in queue.pop()] == [DeletedFinalStateUnknown("a", obj("a"))]
    assert kinds(queue.pop()) == ["Sync"]


@pytest.mark.parity("DFO-05")
def test_what_cannot_be_looked_up_is_deleted_without_its_state() -> None:
    class Broken:
        def list_keys(self) -> list[str]:
            return ["a"]

        def get_by_key(self, key: str) -> Any:
            raise ValueError("no such thing")

    queue: DeltaFIFO[Any] = DeltaFIFO(Broken())
    queue.replace([])

    assert queue.pop()[0].obj == DeletedFinalStateUnknown("a", None)


@pytest.mark.parity("DFO-06")
def test_a_resync_is_about_what_is_known_and_does_not_wait() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO(known("a", "b"))
    queue.update(obj("a", 2))
    queue.resync()
    assert [kinds(queue.pop()), kinds(queue.pop())] == [["Updated"], ["Sync"]]
    alone: DeltaFIFO[Any] = DeltaFIFO()
    alone.resync()
    assert len(alone) == 0


@pytest.mark.parity("DFO-07")
def test_a_closed_queue_gives_what_is_left_and_then_says_that_it_is_closed() -> None:
    for queue in (DeltaFIFO[Any](), RealFIFO[Any](known()), FIFO[Any]()):
        with pytest.raises(IndexError):
            queue.pop()
        queue.add(obj("a"))
        queue.close()
        queue.pop()
        with pytest.raises(FIFOClosedError, match=r"^DeltaFIFO: manipulating with closed queue$"):
            queue.pop()


@pytest.mark.parity("DFO-08")
def test_nothing_is_queued_again_by_itself() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO()
    queue.add(obj("a"))
    queue.pop()

    assert len(queue) == 0
    assert not hasattr(queue, "add_if_not_present")


@pytest.mark.parity("DFO-09")
def test_a_delta_fifo_has_synced_when_the_first_list_and_its_deletions_were_popped() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO(known("a"))
    assert (queue.has_synced, queue.in_initial_list) == (False, True)
    queue.replace([obj("b")])
    queue.add(obj("c"))
    queue.pop()
    assert not queue.has_synced
    queue.pop()
    assert (queue.has_synced, queue.in_initial_list) == (True, False)


@pytest.mark.parity("DFO-10")
def test_the_key_of_deltas_is_that_of_the_newest() -> None:
    queue: DeltaFIFO[Any] = DeltaFIFO()
    deltas: list[Delta[Any]] = [
        Delta(DeltaType.ADDED, "a", obj("a")),
        Delta(DeltaType.DELETED, "b", DeletedFinalStateUnknown("b", None)),
    ]

    assert (queue.key_of(deltas), queue.key_of(deltas[0])) == ("b", "a")
    with pytest.raises(ObjectKeyError, match="0 length Deltas object"):
        queue.key_of([])
    with pytest.raises(ObjectKeyError) as caught:
        queue.add(7)
    assert caught.value.obj == 7


@pytest.mark.parity("DFO-11")
@pytest.mark.parity("INF-17")
def test_objects_are_transformed_before_they_are_queued_but_not_tombstones_and_syncs() -> None:
    def mark(one: Any) -> Any:
        if one["metadata"]["name"] == "bad":
            raise ValueError("bad")
        return {**one, "marked": True}

    delta: DeltaFIFO[Any] = DeltaFIFO(known("a", "b"), transform=mark)
    real: RealFIFO[Any] = RealFIFO(known("a", "b"), transform=mark)
    for queue in (delta, real):
        queue.add(obj("c"))
        queue.delete(DeletedFinalStateUnknown("a", obj("a")))
        queue.resync()
        with pytest.raises(ValueError, match="bad"):
            queue.add(obj("bad"))
        with pytest.raises(ValueError, match="bad"):
            queue.replace([obj("bad")])
    popped = [delta.pop()[0].obj for _ in range(3)]
    assert popped == [real.pop().obj for _ in range(3)]
    assert popped == [{**obj("c"), "marked": True}, DeletedFinalStateUnknown("a", obj("a")), obj("b")]


@pytest.mark.parity("RFO-02")
def test_an_atomic_queue_has_one_delta_for_a_list_a_sync_and_a_bookmark() -> None:
    queue: RealFIFO[Any] = RealFIFO(atomic=True, bookmarks=True)
    queue.replace([obj("a"), obj("b")], "7")
    queue.resync()
    queue.bookmark("9")

    assert not queue.has_synced
    assert [queue.pop() for _ in range(3)] == [
        (DeltaType.REPLACED_ALL, "", ReplacedAllInfo("7", [obj("a"), obj("b")])),
        (DeltaType.SYNC_ALL, "", SyncAllInfo()),
        (DeltaType.BOOKMARK, "", BookmarkInfo("9")),
    ]
    assert queue.has_synced


@pytest.mark.parity("RFO-03")
def test_what_is_only_queued_is_deleted_before_what_is_known_and_both_before_the_new_list() -> None:
    queue: RealFIFO[Any] = RealFIFO(known("a"))
    queue.add(obj("c"))
    queue.replace([obj("b")])

    assert [(delta.type.value, delta.key) for delta in (queue.pop() for _ in range(4))] == [
        ("Added", "c"),
        ("Deleted", "c"),
        ("Deleted", "a"),
        ("Replaced", "b"),
    ]


@pytest.mark.parity("RFO-04")
def test_options_that_do_not_go_together_are_refused() -> None:
    bad: list[dict[str, Any]] = [
        {"known": known(), "atomic": True},
        {},
        {"known": known(), "bookmarks": True},
        {"known": known(), "unlocks": True},
    ]
    for options in bad:
        with pytest.raises(ValueError, match="atomic"):
            RealFIFO[Any](**options)


@pytest.mark.parity("RFO-05")
def test_a_batch_ends_with_a_second_delta_of_an_object_with_another_kind_and_with_the_first_list() -> None:
    queue: RealFIFO[Any] = RealFIFO(atomic=True, batch_size=3)
    for name in "abca":
        queue.add(obj(name))
    queue.add(obj("d"))
    queue.add(obj("d", 2))
    queue.resync()
    batches = []
    while len(queue):
        batches.append([delta.key for delta in queue.take_batch()])
    assert batches == [["a", "b", "c"], ["a", "d"], ["d"], [""]]

    queue = RealFIFO(known("x"))
    queue.replace([obj("a"), obj("b")])
    queue.add(obj("c"))
    first = queue.take_batch()
    assert [delta.key for delta in first] == ["x", "a", "b"]
    assert not queue.has_synced
    queue.processed(len(first))
    assert (queue.has_synced, len(queue.take_batch())) == (True, 1)


@pytest.mark.parity("RFO-07")
def test_a_list_is_over_when_its_last_delta_was_processed_and_not_when_it_was_taken() -> None:
    queue: RealFIFO[Any] = RealFIFO(known())
    queue.replace([obj("a")])
    queue.take()
    assert (queue.has_synced, queue.in_initial_list) == (False, True)
    queue.processed()
    assert queue.has_synced


@pytest.mark.parity("RFO-09")
def test_a_plain_queue_gives_the_newest_of_each_object_and_nothing_that_was_deleted() -> None:
    queue: FIFO[Any] = FIFO()
    queue.replace([obj("a"), obj("b"), obj("c")])
    queue.update(obj("a", 2))
    queue.delete(obj("b"))
    queue.resync()
    assert not queue.has_synced
    assert [queue.pop(), queue.pop()] == [obj("a", 2), obj("c")]
    assert queue.has_synced


@pytest.mark.parity("RFO-10")
def test_a_heap_gives_the_least_first_and_knows_its_objects_by_key() -> None:
    heap: Heap[tuple[str, int]] = Heap(lambda one: one[0], lambda a, b: a[1] < b[1])
    heap.bulk_add([("c", 3), ("a", 1), ("b", 2), ("d", 9)])
    heap.add_if_not_present(("a", 100))
    heap.update(("c", 0))
    heap.delete(("b", 0))
    with pytest.raises(KeyError, match="object not found"):
        heap.delete(("b", 0))

    assert (len(heap), sorted(heap.list_keys()), sorted(heap.list())) == (
        3,
        ["a", "c", "d"],
        [("a", 1), ("c", 0), ("d", 9)],
    )
    assert (heap.get(("a", 5)), heap.get_by_key("x")) == (("a", 1), None)
    assert heap.pop() == ("c", 0)
    heap.close()
    with pytest.raises(HeapClosedError, match=r"^heap is closed$"):
        heap.add(("z", 1))
    assert [heap.pop(), heap.pop()] == [("a", 1), ("d", 9)]
    with pytest.raises(HeapClosedError):
        heap.pop()


@pytest.mark.parity("RFO-10")
def test_a_heap_that_changes_much_stays_as_large_as_what_it_holds() -> None:
    heap: Heap[tuple[str, int]] = Heap(lambda one: one[0], lambda a, b: a[1] < b[1])
    for number in range(1000):
        heap.add(("a", 1000 - number))

    assert len(heap._heap) < 40
    assert heap.pop() == ("a", 1)
    with pytest.raises(IndexError):
        heap.pop()
