"""The channels of a command that runs in a container: which bytes are whose, and how it ended.

A message of the WebSocket is one byte that names its channel, and data. Version 5 of the protocol can end a channel, so that a
command sees the end of its input; version 4 cannot. Ported from client-go tools/remotecommand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from kubeclient.apimachinery import errors
from kubeclient.apimachinery import status as statuses
from kubeclient.transport.protocol import QueryList

__all__ = [
    "CLOSE",
    "ERROR",
    "PROTOCOLS",
    "STDERR",
    "STDIN",
    "STDOUT",
    "CodeExitError",
    "command_query",
    "end_of",
    "ending",
    "frame",
    "resized",
    "split",
]

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STDOUT, STDERR, ERROR, _RESIZE, CLOSE = 0, 1, 2, 3, 4, 255

_EXIT = "NonZeroExitCode"
_EXIT_CODE = "ExitCode"


class CodeExitError(Exception):
    """The command ended with an exit code that is not zero."""

    def __init__(self, code: int) -> None:
        super().__init__(f"command terminated with exit code {code}")
        self.code = code


def command_query(
    command: Sequence[str], *, container: str = "", stdin: bool, stdout: bool, stderr: bool, tty: bool
) -> QueryList:
    """The query of exec and attach. With a terminal, what is written to both outputs comes as one."""
    pairs = [("command", part) for part in command]
    if container:
        pairs.append(("container", container))
    wanted = (("stdin", stdin), ("stdout", stdout), ("stderr", stderr and not tty), ("tty", tty))
    return [*pairs, *((name, "true") for name, flag in wanted if flag)]


def frame(channel: int, data: bytes) -> bytes:
    """A message of a channel."""
    return bytes([channel]) + data


def ending(channel: int) -> bytes:
    """The message that ends a channel, of version 5."""
    return bytes([CLOSE, channel])


def resized(width: int, height: int) -> bytes:
    """The message that tells of a terminal's new size."""
    return frame(_RESIZE, json.dumps({"Width": width, "Height": height}, separators=(",", ":")).encode())


def split(message: bytes | str) -> tuple[int, bytes]:
    """The channel of a message and its data. Raises ValueError for one that has none."""
    if isinstance(message, str):
        raise ValueError("a message of a command must be binary")  # noqa: TRY004 - the message is wrong, not the call
    if not message:
        return STDOUT, b""
    if message[0] not in {STDOUT, STDERR, ERROR, CLOSE}:
        raise ValueError(f"a message of a command names an unknown channel: {message[0]}")
    return message[0], message[1:]


def end_of(data: bytes) -> Exception | None:
    """How a command ended, by what came on the channel of errors; None: well."""
    if not data:
        return None
    status = _status(data)
    if status is None:
        return ValueError(f"error stream protocol error: {data.decode('utf-8', 'replace')}")
    if status.status == statuses.SUCCESS:
        return None
    if status.status != statuses.FAILURE:
        return ValueError("error stream protocol error: unknown error")
    if status.reason != _EXIT:
        return errors.from_status(status)
    causes = status.details.causes if status.details is not None else ()
    for cause in causes or ():
        if cause.reason == _EXIT_CODE:
            if cause.message.isdigit() and int(cause.message) <= 255:
                return CodeExitError(int(cause.message))
            return ValueError(f'error stream protocol error: invalid exit code value "{cause.message}"')
    return ValueError(f'error stream protocol error: no {_EXIT_CODE} cause given for "{_EXIT}"')


def _status(data: bytes) -> statuses.Status | None:
    """The Status that tells how a command ended; servers leave its kind out."""
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return statuses.convert(value) if isinstance(value, dict) else None
