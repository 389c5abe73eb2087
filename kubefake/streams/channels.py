"""Commands over channels: each message of the client's WebSocket names its channel first.

Follows apiserver pkg/util/wsstream and kubelet pkg/cri/streaming/remotecommand/websocket.go: five protocols, of which version
5 can end the input, version 4 tells the end as a Status, older ones as a text. In the base64 ones messages are text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from kubefake.streams.channel_frames import ChannelFrames
from kubefake.streams.command import CommandStreams, encode_status
from kubefake.streams.endpoint import ProtocolRefusedError

__all__ = ["CommandChannels", "choose"]

_STDIN, _STDOUT, _STDERR, _ERROR, _RESIZE, _CLOSE = 0, 1, 2, 3, 4, 255
_V4 = ("v4.channel.k8s.io", "v4.base64.channel.k8s.io")
_V5 = "v5.channel.k8s.io"
_PROTOCOLS = (_V5, *_V4, "channel.k8s.io", "base64.channel.k8s.io", "")
_PIECE = 32 * 1024


def choose(offered: Sequence[str], known: Sequence[str]) -> str:
    """The first protocol of a client's that is known; "" when it offers none and may. Raises ProtocolRefusedError."""
    for protocol in offered or ("",):
        if protocol in known:
            return protocol
    raise ProtocolRefusedError(f"requested protocol(s) are not supported: {list(offered)}; supports {list(known)}")


class CommandChannels:
    """Implements `Endpoint` for a command.

    Args:
        streams: of a command that has not begun.
        offered: protocols of the client, its favourite first.

    Raises ProtocolRefusedError.
    """

    def __init__(self, streams: CommandStreams, offered: Sequence[str]) -> None:
        self.subprotocol = choose(offered, _PROTOCOLS)
        self._streams = streams
        self._greeted = self._told = self._stopped_input = self._closed = False
        self._frames = ChannelFrames(self.subprotocol)

    def start(self) -> None:
        """Begins the command."""
        self._streams.start()

    def receive(self, message: bytes | str) -> None:
        channel, data = self._frames.split(message)
        streams = self._streams
        if channel == _STDIN:
            streams.stdin.push(data)
        elif channel == _RESIZE:
            self._resize(data)
        elif channel == _CLOSE and self.subprotocol == _V5 and data == bytes([_STDIN]):
            streams.stdin.end()

    def _resize(self, data: bytes) -> None:
        try:
            size = json.loads(data)
            width, height = int(size["Width"]), int(size["Height"])
        except (ValueError, KeyError, TypeError):
            return  # the kubelet stops listening to sizes that it cannot read; here the next one may be better
        if width >= 1 and height >= 1:
            self._streams.resized(width, height)

    def poll(self) -> bytes | str | None:
        streams, opening = self._streams, self._streams.opening
        if self._closed or self._told:
            return None
        if not self._greeted:
            self._greeted = True
            lowest = _STDOUT if opening.stdout else _STDERR if opening.stderr else _ERROR
            return self._frames.join(lowest, b"")
        if self.subprotocol == _V5 and opening.stdin and streams.stdin.broken and not self._stopped_input:
            self._stopped_input = True
            if not streams.finished:
                return self._frames.join(_CLOSE, bytes([_STDIN]))
        for pipe, channel, wanted in (
            (streams.stdout, _STDOUT, opening.stdout),
            (streams.stderr, _STDERR, opening.stderr),
        ):
            while data := pipe.take(_PIECE):
                if wanted:
                    return self._frames.join(channel, data)
        if streams.status is None:
            return None
        self._told = True
        return self._ending()

    def _ending(self) -> bytes | str | None:
        """How the command ended, in the words of the protocol."""
        status = self._streams.status
        assert status is not None
        if self.subprotocol == _V5 or self.subprotocol in _V4:
            return self._frames.join(_ERROR, encode_status(status))
        if status["status"] == "Success":
            return None
        return self._frames.join(_ERROR, str(status["message"]).encode())

    @property
    def ended(self) -> bool:
        return self._told or self._closed

    @property
    def full(self) -> bool:
        return self._streams.stdin.full

    def on_wake(self, callback: Callable[[], None]) -> None:
        for pipe in (self._streams.stdin, self._streams.stdout, self._streams.stderr):
            pipe.on_change(callback)
        self._streams.on_change(callback)

    def close(self) -> None:
        self._closed = True
        self._streams.leave()
