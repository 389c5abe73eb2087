"""Commands over SPDY, the way of clients that know no WebSockets: each channel is a stream that says what it is.

Follows kubelet pkg/cri/streaming/remotecommand/httpstream.go: a command begins when all of its streams are there.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Sequence

from kubeclient.apimachinery.spdy import (
    REFUSED_STREAM,
    DataReceived,
    Pinged,
    SpdyConnection,
    SpdyError,
    SpdyEvent,
    StreamOpened,
    StreamReset,
)
from kubefake.streams.channels import choose
from kubefake.streams.command import CommandStreams, encode_status

__all__ = ["CommandSpdy"]

_PROTOCOLS = ("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io", "")
_WITH_SIZES = _PROTOCOLS[:2]
_PIECE = 32 * 1024


class CommandSpdy:
    """Implements `Endpoint` for a command; messages are pieces of SPDY, whose borders mean nothing.

    Raises ProtocolRefusedError.
    """

    def __init__(self, streams: CommandStreams, offered: Sequence[str]) -> None:
        self.subprotocol = choose(offered, _PROTOCOLS)
        self._streams = streams
        self._spdy = SpdyConnection(client=False)
        self._lock = threading.RLock()
        self._out: deque[bytes] = deque()
        opening = streams.opening
        wanted = {
            "error": True,
            "stdin": opening.stdin,
            "stdout": opening.stdout,
            "stderr": opening.stderr and not opening.tty,
            "resize": opening.tty and self.subprotocol in _WITH_SIZES,
        }
        self._expected = [kind for kind, flag in wanted.items() if flag]
        self._numbers: dict[str, int] = {}
        self._kinds: dict[int, str] = {}
        self._sizes = b""
        self._told = self._closed = self._stopped_input = False
        self._callback: Callable[[], None] = _nobody

    def start(self) -> None:
        """The command begins when the client has opened all streams."""

    def receive(self, message: bytes | str) -> None:
        data = message.encode("latin-1", "replace") if isinstance(message, str) else message
        try:
            with self._lock:
                for event in self._spdy.receive(data):
                    self._handle(event)
        except SpdyError:
            self.close()
        self._callback()

    def _handle(self, event: SpdyEvent) -> None:
        if isinstance(event, StreamOpened):
            kind = event.headers.get("streamtype", "")
            if kind not in self._expected or kind in self._numbers:
                self._out.append(self._spdy.reset(event.stream, REFUSED_STREAM))
                return
            self._numbers[kind], self._kinds[event.stream] = event.stream, kind
            self._out.append(self._spdy.reply(event.stream))
            if len(self._numbers) == len(self._expected):
                self._streams.start()
        elif isinstance(event, DataReceived):
            kind = self._kinds.get(event.stream, "")
            if kind == "stdin":
                self._streams.stdin.push(event.data)
                if event.ended:
                    self._streams.stdin.end()
            elif kind == "resize":
                self._resize(event.data)
        elif isinstance(event, StreamReset):
            if self._kinds.get(event.stream) == "stdin":
                self._streams.stdin.end()
        elif isinstance(event, Pinged) and not event.ours:
            self._out.append(self._spdy.ping(event.number))

    def _resize(self, data: bytes) -> None:
        """Sizes are a stream of JSON values, of which one may come in pieces."""
        self._sizes += data
        while b"}" in self._sizes:
            one, _, self._sizes = self._sizes.partition(b"}")
            try:
                size = json.loads(one + b"}")
                self._streams.resized(int(size["Width"]), int(size["Height"]))
            except (ValueError, KeyError, TypeError):
                continue

    def poll(self) -> bytes | None:
        with self._lock:
            if self._closed:
                return None
            if self._out:
                return self._out.popleft()
            if self._told:
                return None
            streams, numbers = self._streams, self._numbers
            if streams.stdin.broken and "stdin" in numbers and not self._stopped_input:
                self._stopped_input = True
                return self._spdy.data(numbers["stdin"], b"", end=True)
            for pipe, kind in ((streams.stdout, "stdout"), (streams.stderr, "stderr")):
                while data := pipe.take(_PIECE):
                    if kind in numbers:
                        return self._spdy.data(numbers[kind], data)
            if streams.status is None:
                return None
            self._told = True
            return self._ending()

    def _ending(self) -> bytes:
        """The ends of the outputs, and how the command ended, in the words of the protocol."""
        status, numbers = self._streams.status, self._numbers
        assert status is not None
        text = encode_status(status)
        if not self.subprotocol.startswith("v4"):
            text = b"" if status["status"] == "Success" else str(status["message"]).encode()
        parts = [self._spdy.data(numbers[kind], b"", end=True) for kind in ("stdout", "stderr") if kind in numbers]
        return b"".join((*parts, self._spdy.data(numbers["error"], text, end=True)))

    @property
    def ended(self) -> bool:
        return self._closed or (self._told and not self._out)

    @property
    def full(self) -> bool:
        return self._streams.stdin.full

    def on_wake(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        for pipe in (self._streams.stdin, self._streams.stdout, self._streams.stderr):
            pipe.on_change(callback)
        self._streams.on_change(callback)

    def close(self) -> None:
        self._closed = True
        self._streams.leave()


def _nobody() -> None:
    """Called before a front door listens."""
