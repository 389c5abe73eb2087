"""Carries out what goes both ways between a client and a container: commands, terminals, connections to ports.

An endpoint speaks one protocol, message by message, without a colour and without a socket; front doors move its messages. A
stage runs the handlers of a script, wherever they are to run. Decides nothing about who may do what: verbs have done that.

What handlers hold in their hands is exported here, for their annotations: `Session` and `Connection` for plain functions,
`AsyncSession` and `AsyncConnection` for `async def` ones.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._async.sessions import AsyncConnection, AsyncSession
    from ._sync.sessions import Connection, Session

__all__ = ["AsyncConnection", "AsyncSession", "Connection", "Session"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kubefake.streams' has no attribute {name!r}")
    colour = "_async" if name.startswith("Async") else "_sync"
    return getattr(import_module(f"kubefake.streams.{colour}.sessions"), name)
