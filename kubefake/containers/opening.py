"""The answer that opens a connection to a container: a value, which front doors carry out. See kubefake.streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubeclient.transport.protocol import Request, Response
from kubefake.containers.scripts import Handler

__all__ = ["CommandOpening", "Opening", "PortsOpening", "ProxyOpening"]


@dataclass(slots=True)
class Opening(Response):
    """An answer with status 101; which protocol it switches to is settled by the front door.

    Attributes:
        namespace, pod: of the pod.
        uid: the pod's.
        stage: where its handlers run, see `Scripts.stage`.
        on_cut: what breaks the connection off, whatever thread calls it, see `when_cut`.
        was_cut: a partition has come over it, perhaps before there was a connection to break off.
        over: set by the front door when the connection has ended.
    """

    namespace: str = ""
    pod: str = ""
    uid: str = ""
    stage: Any = None
    on_cut: Callable[[], None] | None = None
    was_cut: bool = False
    over: bool = False

    def when_cut(self, breaks: Callable[[], None]) -> None:
        """Said by the front door that carries it out. What was cut before is broken off at once; may be done twice."""
        self.on_cut = breaks
        if self.was_cut:
            breaks()

    def cut(self) -> None:
        """Breaks the connection off, or does so as soon as there is one."""
        self.was_cut = True
        if self.on_cut is not None:
            self.on_cut()


@dataclass(slots=True)
class CommandOpening(Opening):
    """A command to run in a container, or a container to attach to.

    Attributes:
        command: empty for attach.
        handler: what the container does.
    """

    container: str = ""
    command: tuple[str, ...] = ()
    stdin: bool = False
    stdout: bool = False
    stderr: bool = False
    tty: bool = False
    handler: Handler | None = None


@dataclass(slots=True)
class PortsOpening(Opening):
    """Connections to ports of a pod.

    Attributes:
        ports: those of the request, which the older protocol names there; the newer one names them later.
        handlers: who answers on a port.
    """

    ports: tuple[int, ...] = ()
    handlers: Mapping[int, Handler] = field(default_factory=dict)


@dataclass(slots=True)
class ProxyOpening(PortsOpening):
    """One HTTP request to a port of a pod, by way of the server's proxy.

    Attributes:
        port: of the pod.
        request: as the pod gets it: below its own root.
    """

    port: int = 0
    request: Request | None = None
