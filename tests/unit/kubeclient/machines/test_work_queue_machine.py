"""Work queues without waiting, against a model that is as simple as can be."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.machines.work_queue import DelayedItems, WorkQueueMachine


@pytest.mark.parity("WQ-01")
def test_an_item_that_is_added_twice_is_taken_once() -> None:
    machine = WorkQueueMachine[str]()

    assert [machine.add("a"), machine.add("b"), machine.add("a")] == [True, True, False]
    assert [machine.take(), machine.take()] == ["a", "b"]
    with pytest.raises(IndexError):
        machine.take()


@pytest.mark.parity("WQ-01")
@pytest.mark.parity("WQ-02")
def test_an_item_that_is_added_while_in_work_is_queued_when_done() -> None:
    machine = WorkQueueMachine[str]()
    machine.add("a")
    machine.take()

    assert (machine.add("a"), len(machine), machine.processing) == (False, 0, 1)
    assert (machine.done("a"), len(machine), machine.processing) == (True, 1, 0)
    assert machine.take() == "a"
    assert machine.done("a") is False


def test_done_for_an_item_nobody_took_changes_nothing() -> None:
    machine = WorkQueueMachine[str]()
    machine.add("a")

    assert (machine.done("a"), machine.done("b"), len(machine)) == (False, False, 1)


@pytest.mark.parity("WQ-02")
def test_a_queue_keeps_nothing_alive_that_was_taken() -> None:
    class Item:
        def __hash__(self) -> int:
            return 1

    machine = WorkQueueMachine[Item]()
    machine.add(Item())
    gone = weakref.ref(item := machine.take())
    machine.done(item)
    del item

    assert gone() is None


@pytest.mark.parity("WQ-03")
def test_a_queue_that_is_shut_down_gives_what_it_has_and_takes_nothing() -> None:
    machine = WorkQueueMachine[str]()
    machine.add("a")
    machine.add("b")
    machine.take()
    machine.add("a")
    machine.shut_down()

    states = [(machine.add("c"), machine.take(), machine.drained)]
    machine.done("b")
    states.append((machine.done("a"), machine.take(), machine.drained))
    machine.done("a")

    assert states == [(False, "b", False), (True, "a", False)]
    assert machine.drained


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add", "done"]), st.integers(0, 4)),
        st.tuples(st.sampled_from(["take", "shut down"]), st.just(0)),
    ),
    max_size=40,
)


@given(STEPS)
def test_a_queue_behaves_as_three_lists(steps: list[tuple[str, int]]) -> None:
    machine = WorkQueueMachine[int]()
    queued: list[int] = []
    working: list[int] = []
    again: list[int] = []
    closed = False
    for step, item in steps:
        if step == "add":
            machine.add(item)
            if not closed and item not in queued and item not in again:
                (again if item in working else queued).append(item)
        elif step == "done":
            machine.done(item)
            if item in working:
                working.remove(item)
                if item in again:
                    again.remove(item)
                    queued.append(item)
        elif step == "shut down":
            machine.shut_down()
            closed = True
        elif queued:
            assert machine.take() == queued[0]
            working.append(queued.pop(0))
        else:
            with pytest.raises(IndexError):
                machine.take()
        assert (len(machine), machine.processing) == (len(queued), len(working))
        assert machine.drained is (closed and not queued and not working)


@pytest.mark.parity("WQ-05")
def test_an_item_that_is_delayed_twice_comes_at_the_earlier_time_once() -> None:
    delayed = DelayedItems[str]()
    delayed.add("a", 10)
    delayed.add("a", 5)
    delayed.add("a", 20)

    assert (len(delayed), delayed.next_ns) == (1, 5)
    assert (delayed.due(4), delayed.due(5), delayed.due(30), delayed.next_ns) == ([], ["a"], [], None)


def test_items_of_one_instant_come_in_the_order_in_which_they_were_delayed() -> None:
    delayed = DelayedItems[Any]()
    for item in ("b", 1, "a"):  # that cannot be compared
        delayed.add(item, 7)

    assert delayed.due(7) == ["b", 1, "a"]


DELAYS = st.lists(st.one_of(st.tuples(st.integers(0, 4), st.integers(0, 50)), st.integers(0, 30)), max_size=30)


@given(DELAYS)
def test_delayed_items_behave_as_a_table_of_times(steps: list[tuple[int, int] | int]) -> None:
    delayed, times, now = DelayedItems[int](), dict[int, int](), 0
    for step in steps:
        if isinstance(step, tuple):
            item, after = step
            delayed.add(item, now + after)
            times[item] = min(times.get(item, now + after), now + after)
        else:
            now += step
            due = delayed.due(now)
            expected = {item: time for item, time in times.items() if time <= now}
            assert [times[item] for item in due] == sorted(expected.values())
            assert sorted(due) == sorted(expected)
            times = {item: time for item, time in times.items() if time > now}
        assert (len(delayed), delayed.next_ns) == (len(times), min(times.values(), default=None))
