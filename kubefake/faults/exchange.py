"""The words in which a door, a plan and the front doors speak of an exchange. Types only."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from kubeclient.transport.protocol import Request, Response
from kubefake.pipeline.caller import Caller
from kubefake.watch.stream import WatchStream

__all__ = ["Answer", "Exchange", "Handle", "Wait"]

Answer = Response | WatchStream
Handle = Callable[[Request, Caller], Answer]


@dataclass(frozen=True, slots=True)
class Wait:
    """What a front door does before it goes on with an exchange: let `ns` nanoseconds pass."""

    ns: int


Exchange = Generator[Wait, None, Answer]
