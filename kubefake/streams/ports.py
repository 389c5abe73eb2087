"""Connections to ports of a pod: what their handlers and their client share, whatever protocol the client speaks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from kubefake.containers.opening import PortsOpening
from kubefake.streams.pipe import Pipe
from kubefake.streams.stage import Job, start

__all__ = ["PortLink"]

logger = logging.getLogger("kubefake.streams")


class PortLink:
    """One connection, from the moment it is made.

    Attributes:
        incoming, outgoing: what the client sends, and what it gets.
        error: why it failed; "" while it goes on and after a good end.
        done: the handler is over; what it wrote may still be on its way.
    """

    def __init__(self, opening: PortsOpening, port: int) -> None:
        self.port = port
        self.incoming, self.outgoing = Pipe(), Pipe()
        self.error = ""
        self.done = False
        self._opening = opening
        self._bells: list[Callable[[], None]] = []
        self._cancel: Callable[[], None] | None = None

    def start(self) -> None:
        """Begins the handler of the port; without one the connection has failed."""
        opening = self._opening
        handler = opening.handlers.get(self.port)
        if handler is None:
            why = (
                f"connection refused: the script of pod {opening.namespace}/{opening.pod} has no handler for this port"
            )
            self._fail(why)
            self.finish()
            return
        name = f"port {self.port} of {opening.namespace}/{opening.pod}"
        self._cancel = start(opening.stage, _PortJob(self, handler, name))

    def on_change(self, bell: Callable[[], None]) -> None:
        """Adds what is called when there are bytes, room or an end."""
        self._bells.append(bell)
        self.incoming.on_change(bell)
        self.outgoing.on_change(bell)

    def _fail(self, why: str) -> None:
        opening = self._opening
        self.error = f"error forwarding port {self.port} to pod {opening.pod}, uid {opening.uid}: {why}"

    def finish(self, outcome: object = None) -> None:
        """The handler is over; an exception is told to the client."""
        gone = self.outgoing.broken
        if isinstance(outcome, BaseException) and not gone:
            opening = self._opening
            logger.error("the handler of port %d of pod %s/%s failed", self.port, opening.namespace, opening.pod,
                         exc_info=outcome)  # fmt: skip
            self._fail(f"{type(outcome).__name__}: {outcome}")
        self.done = True
        self.outgoing.end()
        self.incoming.break_()
        for bell in self._bells:
            bell()

    def leave(self) -> None:
        """The client is gone."""
        self.incoming.end()
        self.outgoing.break_()
        if not self.done and self._cancel is not None:
            self._cancel()


class _PortJob(Job):
    """Hands a connection to the handler of a port."""

    def __init__(self, link: PortLink, handler: Callable[..., Any], name: str) -> None:
        super().__init__(handler, name)
        self._link = link

    def session(self, runtime: Any, *, asynchronous: bool) -> Any:
        link = self._link
        if asynchronous:
            from kubefake.streams._async.sessions import AsyncConnection

            return AsyncConnection(link.port, link.incoming, link.outgoing, runtime)
        from kubefake.streams._sync.sessions import Connection

        return Connection(link.port, link.incoming, link.outgoing, runtime)

    def ended(self, outcome: object) -> None:
        self._link.finish(outcome)
