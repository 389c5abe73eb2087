"""Messages of the protocols whose first byte, or digit, is a channel. Commands and ports have these in common."""

from __future__ import annotations

import base64
import binascii

__all__ = ["ChannelFrames"]


class ChannelFrames:
    """Puts data and its channel together, and takes them apart.

    Args:
        protocol: whose name says whether messages are text.
    """

    __slots__ = ("_base64",)

    def __init__(self, protocol: str) -> None:
        self._base64 = "base64" in protocol

    def split(self, message: bytes | str) -> tuple[int, bytes]:
        """The channel of a message and its data; -1 for one that names none, which is passed over."""
        if not self._base64:
            data = message.encode() if isinstance(message, str) else message
            return (data[0], data[1:]) if data else (-1, b"")
        text = message if isinstance(message, str) else message.decode("ascii", "replace")
        try:
            return int(text[:1]), base64.b64decode(text[1:], validate=True)
        except (ValueError, binascii.Error):
            return -1, b""

    def join(self, channel: int, data: bytes) -> bytes | str:
        """The message that carries data on a channel."""
        if self._base64:
            return f"{channel}{base64.b64encode(data).decode()}"
        return bytes([channel]) + data
