"""Deltas: their order, what a new list makes of what was known, and when the first list is over."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.machines.delta_fifo import (
    DeletedFinalStateUnknown,
    DeltaType,
    deletion_handling_key,
)
from kubeclient.machines.indexer import Indexer
from kubeclient.machines.real_fifo import RealFIFO


def obj(name: str, version: int = 1) -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version)}}


def queue(*known: str) -> RealFIFO[Any]:
    indexer: Indexer[Any] = Indexer()
    for name in known:
        indexer.add(obj(name))
    return RealFIFO(indexer)


def drain(fifo: RealFIFO[Any]) -> list[tuple[str, str]]:
    out = []
    while len(fifo):
        delta = fifo.pop()
        out.append((delta.type.value, delta.key))
    return out


@pytest.mark.parity("RFO-01")
def test_everything_comes_out_as_it_went_in_and_nothing_is_merged() -> None:
    fifo = queue()
    fifo.add(obj("a"))
    fifo.update(obj("b"))
    fifo.update(obj("a", 2))
    fifo.delete(obj("a", 3))
    fifo.delete(obj("a", 3))

    assert drain(fifo) == [("Added", "a"), ("Updated", "b"), ("Updated", "a"), ("Deleted", "a"), ("Deleted", "a")]


@pytest.mark.parity("RFO-03")
def test_a_new_list_replaces_what_it_has_and_deletes_what_it_lacks() -> None:
    fifo = queue("a", "b")
    fifo.add(obj("c"))
    fifo.replace([obj("b", 2), obj("d")])

    assert drain(fifo) == [("Added", "c"), ("Deleted", "c"), ("Deleted", "a"), ("Replaced", "b"), ("Replaced", "d")]


@pytest.mark.parity("DFO-05")
def test_what_a_list_lacks_is_deleted_with_the_last_state_that_was_known() -> None:
    fifo = queue("a")
    fifo.update(obj("a", 5))
    fifo.replace([])
    fifo.pop()

    delta = fifo.pop()

    assert delta.type is DeltaType.DELETED
    assert delta.obj == DeletedFinalStateUnknown("a", obj("a", 5))


def test_what_is_queued_as_deleted_is_not_deleted_again_by_a_list() -> None:
    fifo = queue("a")
    fifo.delete(obj("a"))
    fifo.replace([])

    assert drain(fifo) == [("Deleted", "a")]


@pytest.mark.parity("DFO-06")
def test_a_resync_leaves_out_what_has_a_delta_waiting() -> None:
    fifo = queue("a", "b")
    fifo.update(obj("b", 2))
    fifo.resync()

    assert drain(fifo) == [("Updated", "b"), ("Sync", "a")]


@pytest.mark.parity("DFO-09")
@pytest.mark.parity("RFO-07")
def test_the_first_list_is_over_when_its_last_object_was_popped() -> None:
    fifo = queue()
    seen = [fifo.has_synced]
    fifo.replace([obj("a"), obj("b")])
    fifo.update(obj("a", 2))
    while len(fifo):
        seen += [fifo.in_initial_list, fifo.has_synced]
        fifo.pop()

    assert seen == [False, True, False, True, False, False, True]


def test_an_empty_first_list_is_over_at_once_and_a_second_one_is_no_first() -> None:
    fifo = queue()
    fifo.replace([])
    synced = fifo.has_synced
    fifo.replace([obj("a")])

    assert (synced, fifo.has_synced, fifo.in_initial_list) == (True, True, False)


@pytest.mark.parity("DFO-10")
def test_a_tombstone_keeps_its_key() -> None:
    def key(one: Any) -> str:
        return str(one["metadata"]["name"])

    assert deletion_handling_key(DeletedFinalStateUnknown("ns/a", obj("b")), key) == "ns/a"
    assert deletion_handling_key(obj("b"), key) == "b"
