"""Runs the tests of both colours: coroutines in a fresh event loop, their twins as the plain functions they are.

Those that take the fixture `sim` run on simulated time, coroutines as a task of its loop and plain functions as one of its
threads, and may leave nothing running.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from kubeclient.runtime.current import use_runtime
from kubefake import World
from tests.twins.support import AsyncSim, Sim


@pytest.fixture
def sim(request: pytest.FixtureRequest) -> Iterator[AsyncSim | Sim]:
    with World(seed=1) as world:
        yield AsyncSim(world) if inspect.iscoroutinefunction(request.function) else Sim(world)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    simulated = arguments.get("sim")
    if isinstance(simulated, AsyncSim):
        simulated.world.run(_as_task(simulated, pyfuncitem.obj, arguments))
    elif isinstance(simulated, Sim):
        simulated.world.run(_as_thread(simulated, pyfuncitem.obj, arguments))
    elif inspect.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(pyfuncitem.obj(**arguments))
    else:
        return None
    return True


async def _as_task(sim: AsyncSim, test: Any, arguments: dict[str, Any]) -> None:
    await test(**arguments)
    assert sim.running() == []


async def _as_thread(sim: Sim, test: Any, arguments: dict[str, Any]) -> None:
    over = asyncio.Event()
    with use_runtime(sim.runtime):
        baton = sim.world.threads.start(lambda: test(**arguments), name="test", on_end=lambda _: over.set())
    await over.wait()
    if baton.error is not None:
        raise baton.error
    assert sim.running() == []
