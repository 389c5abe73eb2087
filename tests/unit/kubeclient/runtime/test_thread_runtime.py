"""The threads runtime. Waits that must run out are as short as a clock can tell."""

from __future__ import annotations

import logging
import threading
from contextvars import ContextVar

import pytest

from kubeclient.runtime.protocol import Runtime
from kubeclient.runtime.threads import ThreadRuntime, ThreadTask

LONG = 30.0
BRIEF = 0.001


@pytest.fixture
def runtime() -> Runtime:
    return ThreadRuntime()


def test_sleep_takes_its_time(runtime: Runtime) -> None:
    before = runtime.clock.monotonic_ns()

    assert runtime.sleep(BRIEF)
    assert runtime.sleep(BRIEF, runtime.event())

    assert runtime.clock.monotonic_ns() - before >= 2 * BRIEF * 1e9


def test_sleep_ends_as_soon_as_stop_is_set(runtime: Runtime) -> None:
    stop = runtime.event()
    task = runtime.spawn(stop.set, name="stopper")

    assert not runtime.sleep(LONG, stop)
    assert task.join()


def test_waits_longer_than_a_lock_allows_are_taken_for_ever(runtime: Runtime) -> None:
    stop = runtime.event()
    runtime.spawn(stop.set, name="stopper")

    assert stop.wait(1e300)


def test_a_condition_wakes_its_waiters(runtime: Runtime) -> None:
    condition = runtime.condition()
    items: list[int] = []

    def consume() -> None:
        with condition:
            while not items:
                condition.wait()

    task = runtime.spawn(consume, name="consumer")
    with condition:
        items.append(1)
        condition.notify_all()
    assert task.join(LONG)
    with condition:
        assert not condition.wait(BRIEF)


def test_a_queue_is_bounded_and_ordered(runtime: Runtime) -> None:
    queue = runtime.queue(1)

    def produce() -> None:
        for number in range(3):
            queue.put(number)

    producer = runtime.spawn(produce, name="producer")

    assert [queue.get(LONG) for _ in range(3)] == [0, 1, 2]
    assert producer.join(LONG)
    queue.put(3)
    with pytest.raises(OverflowError):
        queue.put_nowait(4)
    assert len(queue) == 1


def test_getting_times_out(runtime: Runtime) -> None:
    with pytest.raises(TimeoutError):
        runtime.queue().get(BRIEF)


def test_join_raises_what_the_thread_raised_and_may_time_out() -> None:
    runtime: Runtime = ThreadRuntime(on_error=lambda _task, _error: None)  # the joiner may fail before it is joined
    go = runtime.event()

    def fail() -> None:
        go.wait(LONG)
        raise LookupError("gone")

    task = runtime.spawn(fail, name="failing")
    assert not task.join(BRIEF)
    joined = runtime.spawn(task.join, name="joiner")
    go.set()
    with pytest.raises(LookupError):
        task.join(LONG)
    with pytest.raises(LookupError):
        joined.join(LONG)


def test_an_error_that_nobody_joins_for_is_reported_at_once() -> None:
    reported = threading.Event()
    lost: list[str] = []

    def report(task: ThreadTask, error: BaseException) -> None:
        lost.append(f"{task.name}: {error}")
        reported.set()

    def fail() -> None:
        raise LookupError("gone")

    ThreadRuntime(on_error=report).spawn(fail, name="failing")

    assert reported.wait(LONG)
    assert lost == ["failing: gone"]


def test_lost_errors_are_logged_by_default(caplog: pytest.LogCaptureFixture) -> None:
    from kubeclient.runtime.threads import log_lost_error

    with caplog.at_level(logging.ERROR):
        log_lost_error(ThreadTask("failing"), LookupError("gone"))

    assert caplog.messages == ["thread 'failing' ended with LookupError and nobody was joining it"]


def test_cancel_changes_nothing(runtime: Runtime) -> None:
    stop = runtime.event()
    task = runtime.spawn(stop.wait, LONG, name="waiter")

    task.cancel()

    assert not task.join(BRIEF)
    stop.set()
    assert task.join(LONG)


def test_threads_are_named_daemons_with_the_spawners_context(runtime: Runtime) -> None:
    variable: ContextVar[str] = ContextVar("variable")
    variable.set("inherited")
    seen: list[object] = []

    def look() -> None:
        thread = threading.current_thread()
        seen.extend([thread.name, thread.daemon, variable.get()])

    runtime.spawn(look, name="worker-1").join(LONG)

    assert seen == ["worker-1", True, "inherited"]


def test_the_guard_is_a_re_entrant_lock(runtime: Runtime) -> None:
    guard = runtime.guard()
    with guard, guard:
        entered = runtime.event()

        def enter() -> None:
            with guard:
                entered.set()

        task = runtime.spawn(enter, name="other")
        assert not entered.wait(BRIEF)
    assert task.join(LONG)
