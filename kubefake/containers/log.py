"""What a container has written, and what a request for its log gets of it.

Follows the kubelet's ReadLogs: the tail is counted over all lines, those before the time asked for are left out of it, and
the limit of bytes counts what is sent, time stamps included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from kubeclient.transport.protocol import HeaderList
from kubefake.ports import Clock

__all__ = ["MAX_LINES", "Log", "LogOptions", "LogStream"]

MAX_LINES = 100_000
"""So many lines are kept; older ones are forgotten, as a kubelet rotates files."""

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What of a log is wanted.

    Attributes:
        since_ns: Unix nanoseconds; earlier lines are left out.
        tail: so many of the last lines at most; None: all.
        limit: so many bytes at most; None: all.
    """

    follow: bool = False
    since_ns: int | None = None
    timestamps: bool = False
    tail: int | None = None
    limit: int | None = None


class Log:
    """The lines of one container. Lines get the time at which they are written.

    Args:
        clock: of the cluster.
    """

    def __init__(self, clock: Clock, lines: Iterable[str | bytes] = ()) -> None:
        self._clock = clock
        self._lines: list[tuple[int, bytes]] = []
        self._forgotten = 0
        self._ended = False
        self._callbacks: dict[LogStream, Callable[[], None]] = {}
        for line in lines:
            self.write(line)

    def write(self, text: str | bytes) -> None:
        """Adds a line, or several where the text has line ends. Raises ValueError for a container that has ended."""
        if self._ended:
            raise ValueError("the container has ended: it writes nothing more")
        data = text.encode() if isinstance(text, str) else bytes(text)
        now = self._clock.time_ns()
        self._lines += [(now, line) for line in data.removesuffix(b"\n").split(b"\n")]
        if len(self._lines) > MAX_LINES:
            surplus = len(self._lines) - MAX_LINES
            del self._lines[:surplus]
            self._forgotten += surplus
        self._wake()

    def end(self) -> None:
        """The container is over: who follows its log comes to the end. May be called twice."""
        self._ended = True
        self._wake()

    def hang_up(self) -> None:
        """Whoever follows the log comes to its end; others may follow it later. For a pod that is over or gone."""
        for stream in list(self._callbacks):
            stream.finish()
        self._wake()

    def _wake(self) -> None:
        for callback in list(self._callbacks.values()):
            callback()

    def copy(self, clock: Clock) -> Log:
        """An independent log with the same lines, whose next ones get that clock's time."""
        other = Log(clock)
        other._lines, other._forgotten, other._ended = list(self._lines), self._forgotten, self._ended
        return other

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def end_index(self) -> int:
        """The index of the line that comes next; the first line of all had 0."""
        return self._forgotten + len(self._lines)

    def line(self, index: int) -> tuple[int, bytes] | None:
        """The time and the bytes of a line; None for one that is forgotten."""
        at = index - self._forgotten
        return self._lines[at] if at >= 0 else None

    def follow(self, stream: LogStream, callback: Callable[[], None]) -> None:
        self._callbacks[stream] = callback

    def leave(self, stream: LogStream) -> None:
        self._callbacks.pop(stream, None)

    def read(self, options: LogOptions) -> bytes:
        """All that is there now."""
        stream = LogStream(self, options)
        pieces = []
        while (piece := stream.poll()) is not None:
            pieces.append(piece)
        return b"".join(pieces)


class LogStream:
    """A log as an answer that streams: implements `WatchStream`; each of its frames is a line."""

    def __init__(self, log: Log, options: LogOptions, headers: HeaderList = ()) -> None:
        self.status = 200
        self.headers = headers
        self._log = log
        self._options = options
        self._left = options.limit
        self._closed = False
        self._follows = options.follow
        self._next = 0 if options.tail is None else max(log.end_index - options.tail, 0)

    @property
    def ended(self) -> bool:
        if self._closed or self._left == 0:
            return True
        over = self._log.ended or not self._follows
        return over and self._next >= self._log.end_index

    @property
    def wake_at_ns(self) -> int | None:
        return None

    def poll(self) -> bytes | None:
        options = self._options
        while not self._closed and self._left != 0 and self._next < self._log.end_index:
            found = self._log.line(self._next)
            self._next += 1
            if found is None or (options.since_ns is not None and found[0] < options.since_ns):
                continue
            time_ns, line = found
            frame = line + b"\n"
            if options.timestamps:
                frame = _stamp(time_ns).encode() + b" " + frame
            if self._left is not None:
                frame = frame[: self._left]
                self._left -= len(frame)
            return frame
        return None

    def finish(self) -> None:
        """Ends with what is there now."""
        self._follows = False

    def on_wake(self, callback: Callable[[], None]) -> None:
        self._log.follow(self, callback)

    def close(self) -> None:
        self._closed = True
        self._log.leave(self)


def _stamp(time_ns: int) -> str:
    """A time as the kubelet writes it before a line: RFC 3339 in UTC with nine digits of the second."""
    seconds, rest = divmod(time_ns, _NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
