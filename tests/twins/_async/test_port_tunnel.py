"""Connections to ports of scripted pods, in process, on simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._async.port_tunnel import open_tunnel
from kubeclient.machines.port_forward import LostConnectionError
from kubeclient.remotecommand import UpgradeFailure
from tests.twins.support import AsyncSim

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web/portforward"


@pytest.fixture
def pods(sim: AsyncSim) -> Any:
    sim.world.cluster.load(POD)
    return sim.world.pods


async def shout(connection: Any) -> None:
    while data := await connection.read(10_000):
        await connection.write(data.upper())


async def fail(connection: Any) -> None:
    await connection.readline()
    raise OSError("out of order")


@pytest.mark.parity("PFW-03")
async def test_connections_of_one_tunnel_go_side_by_side(sim: AsyncSim, pods: Any) -> None:
    pods.script("web", ports={8080: shout, 81: lambda connection: None})
    async with await open_tunnel(sim.transport(), PATH, runtime=sim.runtime) as tunnel:
        first, second, third = await tunnel.dial(8080), await tunnel.dial(8080), await tunnel.dial(81)
        await second.write(b"two")
        await first.write(b"one" * 20_000)
        await first.close_writing()
        await second.close_writing()

        got = b""
        while data := await first.read():
            got += data
        assert got == b"ONE" * 20_000
        assert await second.read() == b"TWO"
        assert (await second.read(), await third.read()) == (b"", b"")
        assert [await one.error() for one in (first, second, third)] == ["", "", ""]


@pytest.mark.parity("PFW-03", "PFW-06")
async def test_what_is_wrong_comes_on_the_stream_of_errors(sim: AsyncSim, pods: Any) -> None:
    pods.script("web", ports={8080: fail})
    async with await open_tunnel(sim.transport(), PATH, runtime=sim.runtime) as tunnel:
        none, broken = await tunnel.dial(9), await tunnel.dial(8080)
        await broken.write(b"x\n")

        assert "port 9 to pod web" in await none.error()
        assert "connection refused" in await none.error()
        assert (await broken.read(), "OSError: out of order" in await broken.error()) == (b"", True)


@pytest.mark.parity("PFW-05")
async def test_a_tunnel_that_is_closed_has_lost_its_connections(sim: AsyncSim, pods: Any) -> None:
    pods.script("web", ports={8080: shout})
    tunnel = await open_tunnel(sim.transport(), PATH, runtime=sim.runtime)
    connection = await tunnel.dial(8080)
    await tunnel.aclose()

    with pytest.raises(LostConnectionError, match="lost connection to pod"):
        await connection.read()
    with pytest.raises(LostConnectionError):
        await connection.write(b"x")


async def test_a_pod_without_a_script_has_no_tunnel(sim: AsyncSim, pods: Any) -> None:
    with pytest.raises(UpgradeFailure, match="pod web does not have a host assigned"):
        await open_tunnel(sim.transport(), PATH, runtime=sim.runtime)


class Silent:
    """A transport whose WebSocket says nothing for a while, and then ends."""

    subprotocol = "SPDY/3.1+portforward.k8s.io"

    def __init__(self, sim: AsyncSim, seconds: float) -> None:
        self._sim, self._seconds = sim, seconds
        self.pings: list[float] = []
        self.offered: Any = None

    async def open_stream(self, request: Any) -> Any:
        self.offered = request.headers
        return self

    async def ping(self) -> None:
        self.pings.append(self._sim.now)

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> bytes:
        await self._sim.runtime.sleep(self._seconds)
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.pings.append(-1)


@pytest.mark.parity("PFW-07")
async def test_a_silent_tunnel_is_asked_every_ten_seconds(sim: AsyncSim) -> None:
    transport: Any = Silent(sim, 35)
    tunnel = await open_tunnel(transport, PATH, runtime=sim.runtime)
    await tunnel.over.wait()
    await tunnel.aclose()

    assert transport.pings == [10, 20, 30, -1]
    assert transport.offered == [("sec-websocket-protocol", "SPDY/3.1+portforward.k8s.io")]
