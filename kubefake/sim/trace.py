"""What happened, one line an event, and a hash of all lines so far: two runs are the same when their hashes are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from kubefake.sim.clock import VirtualClock, format_ns

__all__ = ["Trace"]


def _word(value: object) -> str:
    """One field of a line: `-` for nothing, quoted as JSON when it would not read as one word."""
    text = str(value)
    if not text:
        return "-"
    if text.isprintable() and not any(mark in text for mark in ' "'):
        return text
    return json.dumps(text)


class Trace:
    """The record of a run.

    Args:
        clock: dates the events.
        sink: is handed each line as it is written, as bytes with the line end.
        keep: whether the lines are kept, all of them, for `lines` and `text`; the hash never needs them. A run without
            end should not keep them.
    """

    def __init__(
        self, clock: VirtualClock, *, sink: Callable[[bytes], object] | None = None, keep: bool = True
    ) -> None:
        self._clock = clock
        self._sink = sink
        self._keep = keep
        self._hash = hashlib.blake2b(digest_size=16)
        self._lines: list[bytes] = []
        self._count = 0

    def event(self, actor: str, verb: str, object: str = "", rv: object = "", outcome: object = "") -> None:
        """Writes a line: time, who, did what, to what, at which resource version, with which outcome."""
        time = format_ns(self._clock.monotonic_ns())
        words = (time, _word(actor), _word(verb), _word(object), _word(rv), _word(outcome))
        line = (" ".join(words) + "\n").encode("utf-8")
        self._hash.update(line)
        self._count += 1
        if self._keep:
            self._lines.append(line)
        if self._sink is not None:
            self._sink(line)

    @property
    def digest(self) -> str:
        """The hash of all lines so far, in hex."""
        return self._hash.hexdigest()

    @property
    def lines(self) -> list[str]:
        """The lines kept, without their line ends."""
        return [line.decode("utf-8").removesuffix("\n") for line in self._lines]

    @property
    def text(self) -> bytes:
        """The lines kept, as they would stand in a file."""
        return b"".join(self._lines)

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"<Trace {self._count} events, {self.digest}>"
