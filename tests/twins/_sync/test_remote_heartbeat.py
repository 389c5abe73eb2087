# generated from tests/twins/_async/test_remote_heartbeat.py by .ci/twin.py, do not edit
"""A command that runs for long: the connection is kept alive, in simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._sync.remote_command import Executor
from kubeclient.transport.protocol import ConnectionLost
from tests.twins.support import Sim


class Quiet:
    """A WebSocket on which nothing comes for so many seconds, and whose pings may fail."""

    def __init__(self, sim: Sim, seconds: float, *, broken: bool = False) -> None:
        self.sim, self.seconds, self.broken = sim, seconds, broken
        self.subprotocol, self.read_timeout, self.pings = "v5.channel.k8s.io", 0.0, list[float]()

    def open_stream(self, request: Any) -> Any:
        return self

    def ping(self) -> None:
        self.pings.append(self.sim.now)
        if self.broken:
            raise ConnectionLost("gone")

    def receive(self) -> bytes | None:
        self.sim.runtime.sleep(self.seconds)
        return None

    def close(self) -> None:
        self.seconds = 0


@pytest.mark.parity("RCM-07")
def test_a_silent_connection_is_asked_every_five_seconds(sim: Sim) -> None:
    quiet = Quiet(sim, 17)

    Executor(quiet, runtime=sim.runtime).stream("/exec", ["sleep", "17"])  # type: ignore[arg-type]

    assert (quiet.pings, quiet.read_timeout) == ([5.0, 10.0, 15.0], 61.0)


@pytest.mark.parity("RCM-07")
def test_a_connection_that_broke_is_not_asked_again(sim: Sim) -> None:
    quiet = Quiet(sim, 17, broken=True)

    Executor(quiet, runtime=sim.runtime).stream("/exec", ["sleep", "17"])  # type: ignore[arg-type]

    assert quiet.pings == [5.0]
