"""Which runtime a client takes when nobody hands it one.

A simulation installs its runtime around an actor; whatever the actor creates then waits on simulated time without
knowing it. Outside of one, the default is the machine's clock with asyncio or threads. Context variables carry the choice
into tasks and spawned threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from kubeclient.runtime.protocol import AsyncRuntime, Runtime

__all__ = ["current_async_runtime", "current_runtime", "use_async_runtime", "use_runtime"]

_async_runtime: ContextVar[AsyncRuntime | None] = ContextVar("kubeclient_async_runtime", default=None)
_runtime: ContextVar[Runtime | None] = ContextVar("kubeclient_runtime", default=None)


def current_async_runtime() -> AsyncRuntime:
    """The runtime installed for this context, or a new `AioRuntime` on the machine's clock."""
    installed = _async_runtime.get()
    if installed is not None:
        return installed
    from kubeclient.runtime.aio import AioRuntime

    return AioRuntime()


def current_runtime() -> Runtime:
    """The runtime installed for this context, or a new `ThreadRuntime` on the machine's clock."""
    installed = _runtime.get()
    if installed is not None:
        return installed
    from kubeclient.runtime.threads import ThreadRuntime

    return ThreadRuntime()


@contextmanager
def use_async_runtime(runtime: AsyncRuntime) -> Iterator[AsyncRuntime]:
    """Installs `runtime` for what is created inside the `with` block, and for tasks started in it."""
    token = _async_runtime.set(runtime)
    try:
        yield runtime
    finally:
        _async_runtime.reset(token)


@contextmanager
def use_runtime(runtime: Runtime) -> Iterator[Runtime]:
    """Installs `runtime` for what is created inside the `with` block, and for threads a runtime spawns in it."""
    token = _runtime.set(runtime)
    try:
        yield runtime
    finally:
        _runtime.reset(token)
