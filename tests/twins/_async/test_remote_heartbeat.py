"""A command that runs for long: the connection is kept alive, in simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._async.remote_command import AsyncExecutor
from kubeclient.transport.protocol import ConnectionLost
from tests.twins.support import AsyncSim


class AsyncQuiet:
    """A WebSocket on which nothing comes for so many seconds, and whose pings may fail."""

    def __init__(self, sim: AsyncSim, seconds: float, *, broken: bool = False) -> None:
        self.sim, self.seconds, self.broken = sim, seconds, broken
        self.subprotocol, self.read_timeout, self.pings = "v5.channel.k8s.io", 0.0, list[float]()

    async def open_stream(self, request: Any) -> Any:
        return self

    async def ping(self) -> None:
        self.pings.append(self.sim.now)
        if self.broken:
            raise ConnectionLost("gone")

    async def receive(self) -> bytes | None:
        await self.sim.runtime.sleep(self.seconds)
        return None

    async def aclose(self) -> None:
        self.seconds = 0


@pytest.mark.parity("RCM-07")
async def test_a_silent_connection_is_asked_every_five_seconds(sim: AsyncSim) -> None:
    quiet = AsyncQuiet(sim, 17)

    await AsyncExecutor(quiet, runtime=sim.runtime).stream("/exec", ["sleep", "17"])  # type: ignore[arg-type]

    assert (quiet.pings, quiet.read_timeout) == ([5.0, 10.0, 15.0], 61.0)


@pytest.mark.parity("RCM-07")
async def test_a_connection_that_broke_is_not_asked_again(sim: AsyncSim) -> None:
    quiet = AsyncQuiet(sim, 17, broken=True)

    await AsyncExecutor(quiet, runtime=sim.runtime).stream("/exec", ["sleep", "17"])  # type: ignore[arg-type]

    assert quiet.pings == [5.0]
