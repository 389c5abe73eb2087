"""Draining and waiting, as both in-process doors do it."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from kubefake.transport.frames import CHUNK_BYTES, next_frames, seconds_until


class Frames:
    """The one method of a stream that draining needs."""

    def __init__(self, *frames: bytes) -> None:
        self._frames = deque(frames)

    def poll(self) -> bytes | None:
        return self._frames.popleft() if self._frames else None


def drain(*frames: bytes) -> list[int]:
    stream: Any = Frames(*frames)
    sizes = []
    while chunk := next_frames(stream):
        sizes.append(len(chunk))
    return sizes


def test_frames_that_are_ready_come_in_one_chunk_up_to_a_size() -> None:
    assert drain(b"a", b"b", b"c") == [3]
    assert drain(b"x" * CHUNK_BYTES, b"y") == [CHUNK_BYTES, 1]
    assert drain(*[b"x" * (CHUNK_BYTES // 2)] * 3) == [CHUNK_BYTES, CHUNK_BYTES // 2]
    assert drain() == []


@pytest.mark.parametrize(
    ("wake_at", "deadline", "seconds"),
    [(None, None, None), (3_000, None, 2e-6), (None, 2_000, 1e-6), (3_000, 2_000, 1e-6), (500, None, 0.001)],
)
def test_the_sooner_instant_is_waited_for_and_arrears_do_not_spin(
    wake_at: int | None, deadline: int | None, seconds: float | None
) -> None:
    assert seconds_until(wake_at, deadline, now_ns=1_000) == seconds
