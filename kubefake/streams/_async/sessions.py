"""What a handler of a script holds in its hands: the streams of a command, or a connection to a port."""

from __future__ import annotations

from collections.abc import AsyncIterator

from kubeclient.runtime.protocol import AsyncRuntime
from kubefake.streams.bells import AsyncBell
from kubefake.streams.command import CommandStreams
from kubefake.streams.pipe import PIPE_BYTES, Pipe

__all__ = ["AsyncConnection", "AsyncInput", "AsyncOutput", "AsyncSession"]


class AsyncInput:
    """What a client sends. Ends early when the client goes away."""

    def __init__(self, pipe: Pipe, runtime: AsyncRuntime) -> None:
        self._pipe = pipe
        self._bell = AsyncBell(runtime)
        pipe.on_change(self._bell.ring)

    async def read(self, limit: int = -1) -> bytes:
        """All until the end; with a `limit` what is there, up to so many bytes, and nothing only at the end."""
        pieces = []
        while True:
            self._bell.clear()
            data = self._pipe.take(PIPE_BYTES if limit < 0 else limit)
            if data and limit >= 0:
                return data
            pieces.append(data)
            if not data:
                if self._pipe.over:
                    return b"".join(pieces)
                await self._bell.wait()

    async def readline(self) -> bytes:
        """The next line with its end; the last one may have none. Empty at the end."""
        while True:
            self._bell.clear()
            at = self._pipe.peek().find(b"\n")
            if at >= 0:
                return self._pipe.take(at + 1)
            if self._pipe.ended or self._pipe.broken or self._pipe.full:
                return self._pipe.take()
            await self._bell.wait()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._lines()

    async def _lines(self) -> AsyncIterator[bytes]:
        while line := await self.readline():
            yield line

    def close(self) -> None:
        """Nothing more is read: clients that can be told stop sending."""
        self._pipe.break_()


class AsyncOutput:
    """What a client gets."""

    def __init__(self, pipe: Pipe, runtime: AsyncRuntime) -> None:
        self._pipe = pipe
        self._bell = AsyncBell(runtime)
        pipe.on_change(self._bell.ring)

    async def write(self, data: bytes | str) -> None:
        """Hands bytes or text over, waiting for a client that reads slowly. Raises BrokenPipeError when it is gone."""
        left = data.encode() if isinstance(data, str) else bytes(data)
        while left:
            self._bell.clear()
            taken = self._pipe.offer(left)
            left = left[taken:]
            if left and not taken:
                await self._bell.wait()

    def close(self) -> None:
        """Nothing more is written."""
        self._pipe.end()


class AsyncSession:
    """A command that runs in a container, or a client that is attached to one.

    Attributes:
        command: the program and its arguments; empty for attach.
        namespace, pod, container: where it runs.
        tty: it has a terminal: what it writes to `stderr` comes by `stdout`.
        stdin: at its end at once where the client sends no input.
        stdout, stderr: what is written there goes nowhere where the client did not ask for it.
        runtime: its clock is the cluster's.
    """

    def __init__(self, streams: CommandStreams, runtime: AsyncRuntime) -> None:
        opening = streams.opening
        self.command = opening.command
        self.namespace, self.pod, self.container = opening.namespace, opening.pod, opening.container
        self.tty = opening.tty
        self.runtime = runtime
        self._streams = streams
        self._bell = AsyncBell(runtime)
        streams.on_change(self._bell.ring)
        self.stdin = AsyncInput(streams.stdin, runtime)
        self.stdout = AsyncOutput(streams.stdout, runtime)
        self.stderr = AsyncOutput(streams.stderr, runtime)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the terminal, as last told; None: not told yet."""
        return self._streams.size

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self._streams.gone

    async def resizes(self) -> AsyncIterator[tuple[int, int]]:
        """Widths and heights of the terminal as they are told, until the client leaves."""
        seen = 0
        while True:
            self._bell.clear()
            sizes = self._streams.sizes
            if seen < len(sizes):
                seen += 1
                yield sizes[seen - 1]
            elif self._streams.gone or self._streams.finished:
                return
            else:
                await self._bell.wait()

    async def sleep(self, seconds: float) -> bool:
        """Lets time pass, the cluster's; False as soon as the client has left."""
        clock = self.runtime.clock
        until = clock.monotonic_ns() + round(seconds * 1e9)
        while not self._streams.gone:
            self._bell.clear()
            left = until - clock.monotonic_ns()
            if left <= 0:
                return True
            await self._bell.wait(left / 1e9)
        return False


class AsyncConnection:
    """A connection to a port of a pod.

    Attributes:
        port: the pod's.
    """

    def __init__(self, port: int, incoming: Pipe, outgoing: Pipe, runtime: AsyncRuntime) -> None:
        self.port = port
        self.runtime = runtime
        self._input = AsyncInput(incoming, runtime)
        self._output = AsyncOutput(outgoing, runtime)

    async def read(self, limit: int = -1) -> bytes:
        """See `Input.read`."""
        return await self._input.read(limit)

    async def readline(self) -> bytes:
        """See `Input.readline`."""
        return await self._input.readline()

    async def write(self, data: bytes | str) -> None:
        """See `Output.write`."""
        await self._output.write(data)

    def close_writing(self) -> None:
        """The client sees the end; what it still sends can be read."""
        self._output.close()
