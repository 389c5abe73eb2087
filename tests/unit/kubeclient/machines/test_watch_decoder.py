"""Bytes of a watch become events."""

from __future__ import annotations

import itertools
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.apimachinery.errors import Expired, InternalError, StatusError
from kubeclient.apimachinery.watch_event import WatchEvent
from kubeclient.machines.watch_decoder import WatchDecoder


def _decoder() -> WatchDecoder[Any]:
    return WatchDecoder(msgspec.json.decode)


def _line(type_: str, obj: Any) -> bytes:
    return json.dumps({"type": type_, "object": obj}).encode() + b"\n"


@given(st.lists(st.integers(0, 200), max_size=8))
def test_chunk_borders_carry_no_meaning(borders: list[int]) -> None:
    stream = _line("ADDED", {"a": "ä\n"}) + _line("MODIFIED", {"a": 2}) + _line("DELETED", {})
    cuts = [0, *sorted(min(border, len(stream)) for border in borders), len(stream)]
    decoder = _decoder()

    events = [event for start, end in itertools.pairwise(cuts) for event in decoder.feed(stream[start:end])]

    assert events == [WatchEvent("ADDED", {"a": "ä\n"}), WatchEvent("MODIFIED", {"a": 2}), WatchEvent("DELETED", {})]


def test_a_last_event_without_a_line_end_counts_when_it_is_whole() -> None:
    decoder = _decoder()

    assert decoder.feed(_line("ADDED", 1).rstrip()) == []
    assert decoder.finish() == [WatchEvent("ADDED", 1)]


def test_a_torn_last_event_is_dropped() -> None:
    decoder = _decoder()
    decoder.feed(b'{"type":"ADDED","obj')

    assert decoder.finish() == []


def test_an_error_event_is_the_error_it_carries_and_the_last_event() -> None:
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": "Expired",
        "code": 410,
        "message": "old",
    }

    [error] = _decoder().feed(_line("ERROR", status) + _line("ADDED", {}))

    assert isinstance(error, Expired)


@pytest.mark.parametrize("line", [b"{\n", b'{"type":"RENAMED","object":{}}\n', b'{"type":"ADDED"}\n'])
def test_what_cannot_be_read_is_an_internal_error_of_the_client(line: bytes) -> None:
    [error] = _decoder().feed(line)

    assert isinstance(error, InternalError)
    assert "unable to decode an event from the watch stream" in str(error)
    assert isinstance(error, StatusError)
    assert error.status.details is not None
    assert [cause.reason for cause in error.status.details.causes] == [
        "UnexpectedServerResponse",
        "ClientWatchDecoding",
    ]
