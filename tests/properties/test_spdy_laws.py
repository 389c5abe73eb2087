"""SPDY/3.1: what one end sends is what the other end gets, however the bytes are cut on their way."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubeclient.apimachinery.spdy import DataReceived, Pinged, SpdyConnection, StreamOpened, StreamReplied, StreamReset

NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
TEXTS = st.text(st.characters(max_codepoint=255), max_size=30)
HEADERS = st.dictionaries(NAMES, TEXTS, max_size=5)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), HEADERS, st.booleans()),
        st.tuples(st.just("reply"), HEADERS, st.booleans()),
        st.tuples(st.just("data"), st.binary(max_size=200), st.booleans()),
        st.tuples(st.just("reset"), st.integers(1, 11), st.booleans()),
        st.tuples(st.just("ping"), st.integers(1, 2**32 - 1), st.booleans()),
    ),
    max_size=12,
)


def sent(actions: list[Any]) -> tuple[bytes, list[Any]]:
    """The bytes of a client that acts so, and what its server should see."""
    client, data, seen = SpdyConnection(client=True), b"", list[Any]()
    for action, what, end in actions:
        if action == "open":
            stream, piece = client.open(list(what.items()), end=end)
            seen.append(StreamOpened(stream, what, end))
        elif action == "reply":
            piece = client.reply(2, list(what.items()), end=end)
            seen.append(StreamReplied(2, what, end))
        elif action == "data":
            piece = client.data(7, what, end=end)
            seen.append(DataReceived(7, what, end))
        elif action == "reset":
            piece = client.reset(9, what)
            seen.append(StreamReset(9, what))
        else:
            piece = client.ping(what)
            seen.append(Pinged(what, what % 2 == 0))
        data += piece
    return data, seen


@given(ACTIONS, st.lists(st.integers(0, 2000), max_size=20))
def test_any_split_of_the_bytes_tells_the_same(actions: list[Any], cuts: list[int]) -> None:
    data, expected = sent(actions)
    server = SpdyConnection(client=False)
    borders = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]

    seen = [event for start, end in pairwise(borders) for event in server.receive(data[start:end])]

    assert expected == seen


@given(st.binary(max_size=300))
def test_bytes_that_are_no_frames_are_refused_or_wait_for_more(data: bytes) -> None:
    with suppress(ValueError):
        SpdyConnection(client=False).receive(data)
