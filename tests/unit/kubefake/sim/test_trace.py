"""Traces."""

from __future__ import annotations

from kubefake.sim.clock import VirtualClock
from kubefake.sim.trace import Trace


def test_an_event_is_a_line() -> None:
    clock = VirtualClock()
    trace = Trace(clock)
    clock.advance_to(1_500_000_000)

    trace.event("scaler", "update", "deployments/shop/web", 12, 200)
    trace.event("world", "note", outcome="two words")

    assert trace.lines == [
        "1.500000000 scaler update deployments/shop/web 12 200",
        '1.500000000 world note - - "two words"',
    ]


def test_a_value_cannot_break_its_line() -> None:
    trace = Trace(VirtualClock())

    trace.event("a\nb", "x")

    assert trace.text.count(b"\n") == 1


def test_the_hash_is_of_all_lines_and_needs_none_kept() -> None:
    kept, dropped = Trace(VirtualClock()), Trace(VirtualClock(), keep=False)
    for trace in (kept, dropped):
        trace.event("a", "get")
        trace.event("a", "put")

    assert kept.digest == dropped.digest
    assert dropped.text == b""
    dropped.event("a", "put")
    assert kept.digest != dropped.digest


def test_lines_go_to_the_sink_as_they_are_written() -> None:
    lines: list[bytes] = []
    trace = Trace(VirtualClock(), sink=lines.append)

    trace.event("a", "get")

    assert lines == [trace.text]
