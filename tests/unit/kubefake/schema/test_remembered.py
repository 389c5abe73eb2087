"""Specs that come again are read once."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.schema.builtin import node_for
from kubefake.schema.decode import DecodeError, decode
from kubefake.schema.remembered import remembered

POD = node_for("", "v1", "Pod")
LARGE = {"containers": [{"name": "a", "image": "b" * 300, "args": ["x"]}]}


def counted() -> tuple[Any, list[Any]]:
    """A decoder that reads by copying, and what it was asked to read."""
    asked: list[Any] = []

    def read(value: Any, unknown: list[str]) -> Any:
        asked.append(value)
        unknown.extend(key for key in value if key == "odd")
        return {key: item for key, item in value.items() if key != "odd"}

    return remembered(read), asked


def test_what_was_seen_twice_is_not_read_again() -> None:
    read, asked = counted()

    results = [read(LARGE, []) for _ in range(5)]

    assert results == [LARGE] * 5
    assert len(asked) == 2


def test_every_result_belongs_to_its_caller() -> None:
    read, _ = counted()
    for _ in range(3):
        read(LARGE, [])["containers"] = "changed"

    assert read(LARGE, []) == LARGE


def test_unknown_fields_are_told_every_time() -> None:
    read, _ = counted()
    for _ in range(4):
        unknown: list[str] = []
        read({**LARGE, "odd": 1}, unknown)

        assert unknown == ["odd"]


@pytest.mark.parametrize("value", [{"a": None, "b": "c" * 300}, {"a": float("nan"), "b": "c" * 300}])
def test_what_does_not_read_as_it_was_written_is_read_again(value: dict[str, Any]) -> None:
    read, asked = counted()
    for _ in range(4):
        read(value, [])

    assert len(asked) == 4


def test_numbers_of_different_types_are_different() -> None:
    read, _ = counted()
    values: list[Any] = [1, 1.0, True, "1"]
    for value in values * 3:
        found = read({**LARGE, "n": value}, [])["n"]

        assert (type(found), found) == (type(value), value)


def test_faults_are_found_every_time() -> None:
    for _ in range(4):
        with pytest.raises(DecodeError):
            decode(POD, {"spec": {**LARGE, "hostNetwork": 1}})


def test_few_are_remembered() -> None:
    read, asked = counted()
    for _ in range(2):
        for number in range(300):
            read({**LARGE, "n": number}, [])

    assert len(asked) == 600
