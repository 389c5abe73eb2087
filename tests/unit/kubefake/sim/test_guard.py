"""The guard catches what leaves a simulation, and nothing else."""

# ruff: noqa: TID251, DTZ001, DTZ002, DTZ003, DTZ005, DTZ007, PLW0108  escapes are what is tested

from __future__ import annotations

import contextvars
import datetime as dt
import logging
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime
from time import sleep
from typing import Any

import freezegun
import pytest

from kubefake.sim.clock import VirtualClock
from kubefake.sim.errors import Escape
from kubefake.sim.guard import inside_simulation, no_escapes

ESCAPES: list[Callable[[], Any]] = [
    lambda: time.sleep(0),
    lambda: sleep(0),
    lambda: time.time(),
    lambda: time.monotonic_ns(),
    lambda: datetime.now(),
    lambda: datetime.now(dt.UTC),
    lambda: dt.datetime.utcnow(),
    lambda: dt.datetime.today(),
    lambda: socket.create_connection(("127.0.0.1", 1)),
    lambda: socket.socket().bind(("127.0.0.1", 0)),
    lambda: threading.Thread(target=print).start(),
    lambda: subprocess.run(["true"], check=False),
]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("escape", ESCAPES)
def test_an_escape_raises_and_names_the_line(escape: Callable[[], Any]) -> None:
    with no_escapes(), pytest.raises(Escape, match=r"in a simulation, at .*test_guard"):
        escape()


def test_everything_is_put_back() -> None:
    before = (time.sleep, time.time, dt.datetime, datetime, sleep, dict(vars(socket.socket)), threading.Thread.start)

    with no_escapes():
        assert time.sleep is not before[0]

    assert before == (
        time.sleep, time.time, dt.datetime, datetime, sleep, dict(vars(socket.socket)), threading.Thread.start,
    )  # fmt: skip


def test_other_threads_go_on() -> None:
    go, errors = threading.Event(), []

    def outside() -> None:
        go.wait(5)
        try:
            time.sleep(0)
            datetime.now(dt.UTC)
        except Escape as error:
            errors.append(error)

    thread = threading.Thread(target=outside)
    thread.start()
    with no_escapes():
        go.set()
        thread.join()
    assert errors == []


def test_pythons_own_library_may_read_the_clock(caplog: pytest.LogCaptureFixture) -> None:
    with no_escapes():
        logging.getLogger("x").warning("hello")

    assert caplog.messages == ["hello"]


def test_clocks_can_be_redirected_to_simulated_time() -> None:
    clock = VirtualClock()
    clock.advance_to(1_500_000_000)

    with no_escapes(clock):
        assert time.time() == 1767225601.5
        assert time.monotonic() == 1.5
        assert datetime.now(dt.UTC) == datetime(2026, 1, 1, 0, 0, 1, 500000, dt.UTC)


def test_datetimes_made_under_the_guard_are_plain() -> None:
    with no_escapes():
        made = [datetime(2026, 1, 1), datetime.fromisoformat("2026-01-01"), datetime.strptime("2026", "%Y")]
        assert all(isinstance(item, datetime) for item in made)

    assert {type(item) for item in made} == {dt.datetime}


def test_a_frozen_clock_is_left_alone() -> None:
    with freezegun.freeze_time("2022-02-02"), no_escapes():
        assert time.time() == 1643760000.0
        assert dt.datetime.now().year == 2022
        with pytest.raises(Escape):
            time.sleep(0)


def test_a_copy_taken_in_one_simulation_tells_the_time_of_the_next() -> None:
    with no_escapes(VirtualClock(10**18)):
        kept = time.time_ns
    with no_escapes(VirtualClock(2 * 10**18)):
        assert kept() == 2 * 10**18
    assert kept() != 2 * 10**18


def test_what_was_begun_inside_before_the_guard_went_up_is_watched() -> None:
    with inside_simulation():
        context = contextvars.copy_context()
    with no_escapes():
        pass
    with no_escapes(), pytest.raises(Escape):
        context.run(time.sleep, 0)
