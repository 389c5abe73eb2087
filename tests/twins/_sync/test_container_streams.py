# generated from tests/twins/_async/test_container_streams.py by .ci/twin.py, do not edit
"""Logs and commands of scripted containers, in process, on simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.remotecommand import CodeExitError, Executor
from tests.twins.support import Sim

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web/"


def run(sim: Sim, *command: str, **options: Any) -> tuple[bytes, bytes]:
    out, err = bytearray(), bytearray()
    transport = sim.transport()
    path = PATH + ("exec" if command else "attach")
    Executor(transport, runtime=sim.runtime).stream(path, command, stdout=out.extend, stderr=err.extend, **options)
    return bytes(out), bytes(err)


@pytest.fixture
def pods(sim: Sim) -> Any:
    sim.world.cluster.load(POD)
    return sim.world.pods


def test_a_plain_function_runs_a_command(sim: Sim, pods: Any) -> None:
    def shout(session: Any) -> int:
        for line in session.stdin:
            session.stdout.write(line.upper())
        session.stderr.write(f"{session.command[0]} is done")
        return 3

    pods.script("web", exec=shout)

    with pytest.raises(CodeExitError, match="exit code 3"):
        run(sim, "shout", stdin=b"a\nb")
    pods.script("web", exec=lambda session: session.stdout.write(session.stdin.read().upper()))
    assert run(sim, "shout", stdin=b"x" * 300_000) == (b"X" * 300_000, b"")


def test_a_coroutine_runs_a_command_on_the_time_of_the_world(sim: Sim, pods: Any) -> None:
    began = sim.runtime.clock.monotonic_ns()

    def slow(session: Any) -> None:
        session.sleep(3600)
        session.stdout.write("done")

    pods.script("web", exec=slow)

    assert run(sim, "sleep", "3600") == (b"done", b"")
    assert sim.runtime.clock.monotonic_ns() - began >= 3600 * 10**9
