# generated from tests/twins/_async/test_port_tunnel.py by .ci/twin.py, do not edit
"""Connections to ports of scripted pods, in process, on simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._sync.port_tunnel import open_tunnel
from kubeclient.machines.port_forward import LostConnectionError
from kubeclient.remotecommand import UpgradeFailure
from tests.twins.support import Sim

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web/portforward"


@pytest.fixture
def pods(sim: Sim) -> Any:
    sim.world.cluster.load(POD)
    return sim.world.pods


def shout(connection: Any) -> None:
    while data := connection.read(10_000):
        connection.write(data.upper())


def fail(connection: Any) -> None:
    connection.readline()
    raise OSError("out of order")


@pytest.mark.parity("PFW-03")
def test_connections_of_one_tunnel_go_side_by_side(sim: Sim, pods: Any) -> None:
    pods.script("web", ports={8080: shout, 81: lambda connection: None})
    with open_tunnel(sim.transport(), PATH, runtime=sim.runtime) as tunnel:
        first, second, third = tunnel.dial(8080), tunnel.dial(8080), tunnel.dial(81)
        second.write(b"two")
        first.write(b"one" * 20_000)
        first.close_writing()
        second.close_writing()

        got = b""
        while data := first.read():
            got += data
        assert got == b"ONE" * 20_000
        assert second.read() == b"TWO"
        assert (second.read(), third.read()) == (b"", b"")
        assert [one.error() for one in (first, second, third)] == ["", "", ""]


@pytest.mark.parity("PFW-03", "PFW-06")
def test_what_is_wrong_comes_on_the_stream_of_errors(sim: Sim, pods: Any) -> None:
    pods.script("web", ports={8080: fail})
    with open_tunnel(sim.transport(), PATH, runtime=sim.runtime) as tunnel:
        none, broken = tunnel.dial(9), tunnel.dial(8080)
        broken.write(b"x\n")

        assert "port 9 to pod web" in none.error()
        assert "connection refused" in none.error()
        assert (broken.read(), "OSError: out of order" in broken.error()) == (b"", True)


@pytest.mark.parity("PFW-05")
def test_a_tunnel_that_is_closed_has_lost_its_connections(sim: Sim, pods: Any) -> None:
    pods.script("web", ports={8080: shout})
    tunnel = open_tunnel(sim.transport(), PATH, runtime=sim.runtime)
    connection = tunnel.dial(8080)
    tunnel.close()

    with pytest.raises(LostConnectionError, match="lost connection to pod"):
        connection.read()
    with pytest.raises(LostConnectionError):
        connection.write(b"x")


def test_a_pod_without_a_script_has_no_tunnel(sim: Sim, pods: Any) -> None:
    with pytest.raises(UpgradeFailure, match="pod web does not have a host assigned"):
        open_tunnel(sim.transport(), PATH, runtime=sim.runtime)


class Silent:
    """A transport whose WebSocket says nothing for a while, and then ends."""

    subprotocol = "SPDY/3.1+portforward.k8s.io"

    def __init__(self, sim: Sim, seconds: float) -> None:
        self._sim, self._seconds = sim, seconds
        self.pings: list[float] = []
        self.offered: Any = None

    def open_stream(self, request: Any) -> Any:
        self.offered = request.headers
        return self

    def ping(self) -> None:
        self.pings.append(self._sim.now)

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> bytes:
        self._sim.runtime.sleep(self._seconds)
        raise StopIteration

    def close(self) -> None:
        self.pings.append(-1)


@pytest.mark.parity("PFW-07")
def test_a_silent_tunnel_is_asked_every_ten_seconds(sim: Sim) -> None:
    transport: Any = Silent(sim, 35)
    tunnel = open_tunnel(transport, PATH, runtime=sim.runtime)
    tunnel.over.wait()
    tunnel.close()

    assert transport.pings == [10, 20, 30, -1]
    assert transport.offered == [("sec-websocket-protocol", "SPDY/3.1+portforward.k8s.io")]
