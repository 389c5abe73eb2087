"""Port forwarding over channels, the older protocol: two of them for each port that the request names.

Follows kubelet pkg/cri/streaming/portforward/websocket.go: channel 2n carries the data of the n-th port and channel 2n+1 its
errors; the first message of each is the number of the port.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from kubefake.containers.opening import PortsOpening
from kubefake.streams.channel_frames import ChannelFrames
from kubefake.streams.channels import choose
from kubefake.streams.endpoint import ProtocolRefusedError
from kubefake.streams.ports import PortLink

__all__ = ["PortChannels"]

_PROTOCOLS = ("v4.channel.k8s.io", "v4.base64.channel.k8s.io", "")
_PIECE = 32 * 1024


class PortChannels:
    """Implements `Endpoint` for port forwarding.

    Raises ProtocolRefusedError, also for a request that names no port.
    """

    def __init__(self, opening: PortsOpening, offered: Sequence[str]) -> None:
        self.subprotocol = choose(offered, _PROTOCOLS)
        if not opening.ports:
            raise ProtocolRefusedError('query parameter "port" is required')
        self._frames = ChannelFrames(self.subprotocol)
        self._links = [PortLink(opening, port) for port in opening.ports]
        self._told: set[int] = set()
        self._closed = False
        self._greetings: deque[tuple[int, bytes]] = deque()
        for index, link in enumerate(self._links):
            number = link.port.to_bytes(2, "little")
            self._greetings += ((2 * index, number), (2 * index + 1, number))

    def start(self) -> None:
        """Begins the handlers."""
        for link in self._links:
            link.start()

    def receive(self, message: bytes | str) -> None:
        channel, data = self._frames.split(message)
        if channel % 2 == 0 and 0 <= channel // 2 < len(self._links):
            self._links[channel // 2].incoming.push(data)

    def poll(self) -> bytes | str | None:
        if self._closed:
            return None
        if self._greetings:
            return self._frames.join(*self._greetings.popleft())
        for index, link in enumerate(self._links):
            if data := link.outgoing.take(_PIECE):
                return self._frames.join(2 * index, data)
            if link.done and index not in self._told:
                self._told.add(index)
                if link.error:
                    return self._frames.join(2 * index + 1, link.error.encode())
        return None

    @property
    def ended(self) -> bool:
        return self._closed or len(self._told) == len(self._links)

    @property
    def full(self) -> bool:
        return any(link.incoming.full for link in self._links)

    def on_wake(self, callback: Callable[[], None]) -> None:
        for link in self._links:
            link.on_change(callback)

    def close(self) -> None:
        self._closed = True
        for link in self._links:
            link.leave()
