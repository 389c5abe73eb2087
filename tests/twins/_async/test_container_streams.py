"""Logs and commands of scripted containers, in process, on simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.remotecommand import AsyncExecutor, CodeExitError
from tests.twins.support import AsyncSim

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web/"


async def run(sim: AsyncSim, *command: str, **options: Any) -> tuple[bytes, bytes]:
    out, err = bytearray(), bytearray()
    transport = sim.transport()
    path = PATH + ("exec" if command else "attach")
    await AsyncExecutor(transport, runtime=sim.runtime).stream(
        path, command, stdout=out.extend, stderr=err.extend, **options
    )
    return bytes(out), bytes(err)


@pytest.fixture
def pods(sim: AsyncSim) -> Any:
    sim.world.cluster.load(POD)
    return sim.world.pods


async def test_a_plain_function_runs_a_command(sim: AsyncSim, pods: Any) -> None:
    def shout(session: Any) -> int:
        for line in session.stdin:
            session.stdout.write(line.upper())
        session.stderr.write(f"{session.command[0]} is done")
        return 3

    pods.script("web", exec=shout)

    with pytest.raises(CodeExitError, match="exit code 3"):
        await run(sim, "shout", stdin=b"a\nb")
    pods.script("web", exec=lambda session: session.stdout.write(session.stdin.read().upper()))
    assert await run(sim, "shout", stdin=b"x" * 300_000) == (b"X" * 300_000, b"")


async def test_a_coroutine_runs_a_command_on_the_time_of_the_world(sim: AsyncSim, pods: Any) -> None:
    began = sim.runtime.clock.monotonic_ns()

    async def slow(session: Any) -> None:
        await session.sleep(3600)
        await session.stdout.write("done")

    pods.script("web", exec=slow)

    assert await run(sim, "sleep", "3600") == (b"done", b"")
    assert sim.runtime.clock.monotonic_ns() - began >= 3600 * 10**9
