"""What opens a connection to a container tells when it is cut, however early that is."""

from __future__ import annotations

from kubefake.containers.opening import Opening


def test_a_connection_that_is_cut_is_broken_off() -> None:
    told: list[str] = []
    opening = Opening(101)
    opening.when_cut(lambda: told.append("broken off"))
    opening.cut()
    assert told == ["broken off"]


def test_what_was_cut_before_there_was_a_connection_is_broken_off_when_there_is_one() -> None:
    told: list[str] = []
    opening = Opening(101)
    opening.cut()
    opening.when_cut(lambda: told.append("broken off"))
    assert told == ["broken off"]
