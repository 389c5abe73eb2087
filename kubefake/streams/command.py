"""The streams of one command: what its handler and its client share, whatever protocol the client speaks.

How a command ended is told as the kubelet tells it (pkg/kubelet/.../remotecommand/exec.go).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from kubefake.containers.opening import CommandOpening
from kubefake.streams.pipe import Pipe
from kubefake.streams.stage import Job, start

__all__ = ["CommandStreams", "encode_status", "failure_status"]

logger = logging.getLogger("kubefake.streams")

_SUCCESS = {"metadata": {}, "status": "Success"}
_MAX_SIZES = 1000


class CommandStreams:
    """Runs a handler and keeps what goes in and out.

    Attributes:
        sizes: of the terminal, in the order in which they were told.
        status: how it ended, as a Status; None while it runs.
    """

    def __init__(self, opening: CommandOpening) -> None:
        self.opening = opening
        self.stdin, self.stdout = Pipe(), Pipe()
        self.stderr = self.stdout if opening.tty else Pipe()  # a terminal shows both in their order
        self.sizes: list[tuple[int, int]] = []
        self.status: dict[str, Any] | None = None
        self.gone = False
        self._bells: list[Callable[[], None]] = []
        self._cancel: Callable[[], None] = _nothing
        if not opening.stdin:
            self.stdin.end()

    def start(self) -> None:
        """Begins the handler."""
        opening = self.opening
        assert opening.handler is not None
        name = f"{'exec' if opening.command else 'attach'} in {opening.namespace}/{opening.pod}"
        self._cancel = start(opening.stage, _CommandJob(self, opening.handler, name))

    @property
    def size(self) -> tuple[int, int] | None:
        return self.sizes[-1] if self.sizes else None

    @property
    def finished(self) -> bool:
        return self.status is not None

    def on_change(self, bell: Callable[[], None]) -> None:
        """Adds what is called when the terminal has another size, the client leaves or the command is over."""
        self._bells.append(bell)

    def _ring(self) -> None:
        for bell in list(self._bells):
            bell()

    def resized(self, width: int, height: int) -> None:
        """The client's terminal has another size; beyond a thousand of them the oldest are not told any more."""
        if len(self.sizes) < _MAX_SIZES:
            self.sizes.append((width, height))
        else:
            self.sizes[-1] = (width, height)
        self._ring()

    def finish(self, outcome: object) -> None:
        """The handler is over: with an exit code, nothing for 0, or an exception."""
        self.status = _SUCCESS if self.gone else _ended(outcome, self.opening)  # whoever is gone is told nothing
        self.stdout.end()
        self.stderr.end()
        self.stdin.break_()
        self._ring()

    def leave(self) -> None:
        """The client is gone: input ends, outputs are broken, a coroutine is cancelled."""
        if self.gone:
            return
        self.gone = True
        self.stdin.end()
        self.stdout.break_()
        self.stderr.break_()
        self._ring()
        if not self.finished:
            self._cancel()


def _nothing() -> None:
    """What is cancelled before it began."""


class _CommandJob(Job):
    """Hands a session to the handler of a command."""

    def __init__(self, streams: CommandStreams, handler: Callable[..., Any], name: str) -> None:
        super().__init__(handler, name)
        self._streams = streams

    def session(self, runtime: Any, *, asynchronous: bool) -> Any:
        if asynchronous:
            from kubefake.streams._async.sessions import AsyncSession

            return AsyncSession(self._streams, runtime)
        from kubefake.streams._sync.sessions import Session

        return Session(self._streams, runtime)

    def ended(self, outcome: object) -> None:
        self._streams.finish(outcome)


def _ended(outcome: object, opening: CommandOpening) -> dict[str, Any]:
    if isinstance(outcome, SystemExit):
        outcome = outcome.code
    if outcome is None or outcome is True or outcome == 0:
        return _SUCCESS
    if isinstance(outcome, int) and outcome is not False:
        return {
            "metadata": {},
            "status": "Failure",
            "message": f"command terminated with non-zero exit code: exit status {outcome}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": str(outcome)}]},
        }
    if isinstance(outcome, BaseException):
        why = f"{type(outcome).__name__}: {outcome}"
        logger.error("a handler of pod %s/%s failed", opening.namespace, opening.pod, exc_info=outcome)
    else:
        why = f"its handler returned {outcome!r}, which is no exit code"
        logger.error("a handler of pod %s/%s: %s", opening.namespace, opening.pod, why)
    return failure_status(f"error executing command in container: {why}")


def failure_status(message: str) -> dict[str, Any]:
    """The Status of an internal error. Go: errors.NewInternalError."""
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {message}",
        "reason": "InternalError",
        "details": {"causes": [{"message": message}]},
        "code": 500,
    }


encode_status = msgspec.json.Encoder().encode
