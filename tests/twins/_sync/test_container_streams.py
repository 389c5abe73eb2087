# generated from tests/twins/_async/test_container_streams.py by .ci/twin.py, do not edit
"""Logs and commands of scripted containers, in process, on simulated time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kubeclient.apimachinery.errors import BadRequest, InternalError
from kubeclient.remotecommand import CodeExitError, Executor, UpgradeFailure
from kubeclient.transport.protocol import ConnectionLost, Request
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


@pytest.mark.parity("RCM-10")
def test_a_command_that_closes_its_input_gets_no_more_of_it(sim: Sim, pods: Any) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            sim.runtime.sleep(1)
            yield b"more\n"

    def first_line(session: Any) -> None:
        line = session.stdin.readline()
        session.stdin.close()
        session.sleep(60)
        session.stdout.write(line)

    pods.script("web", exec=first_line)

    assert run(sim, "head", "-1", stdin=endless()) == (b"more\n", b"")
    assert taken <= 3


def test_a_terminal_tells_its_sizes_as_they_change(sim: Sim, pods: Any) -> None:
    def grow() -> Iterator[tuple[int, int]]:
        for size in ((80, 24), (100, 30)):
            sim.runtime.sleep(1)
            yield size

    def tell(session: Any) -> None:
        for width, height in session.resizes():
            session.stdout.write(f"{width}x{height} ")
            if session.size == (100, 30):
                return

    pods.script("web", attach=tell)

    assert run(sim, tty=True, sizes=grow()) == (b"80x24 100x30 ", b"")


def test_a_handler_that_fails_tells_the_client_why(sim: Sim, pods: Any) -> None:
    def broken(session: Any) -> None:
        raise LookupError("nothing there")

    def leaves(session: Any) -> None:
        raise SystemExit(4)

    pods.script("web", exec=broken)
    with pytest.raises(InternalError, match="error executing command in container: LookupError: nothing there"):
        run(sim, "ls")
    pods.script("web", exec=leaves)
    with pytest.raises(CodeExitError, match="exit code 4"):
        run(sim, "ls")


def test_a_container_has_its_own_script_before_that_of_the_pod(sim: Sim, pods: Any) -> None:
    two = {**POD, "metadata": {"name": "two"}, "spec": {"containers": [{"name": n, "image": "i"} for n in ("a", "b")]}}
    sim.world.cluster.load(two)
    pods.script("default/two", logs=["any"])
    pods.script("default/two", container="b", logs=["own"])
    client = sim.client().core_v1.pods("default")

    assert client.get_logs("two", container="a") == "any\n"
    assert client.get_logs("two", container="b") == "own\n"
    with pytest.raises(BadRequest, match=r"a container name must be specified for pod two, choose one of: \[a b\]"):
        client.get_logs("two")


def test_a_log_is_followed_to_the_end_of_its_container(sim: Sim, pods: Any) -> None:
    script = pods.script("web", logs=["first"])

    def write() -> None:
        for line in ("second", "third"):
            sim.runtime.sleep(10)
            script.log(line)
        script.end()

    writer = sim.runtime.spawn(write, name="writer")
    stream = sim.client().core_v1.pods("default").stream_logs("web", timestamps=True)
    lines = b"".join([chunk for chunk in stream]).decode().splitlines()
    writer.join()

    assert [line[16:] for line in lines] == [":00.000000000Z first", ":10.000000000Z second", ":20.000000000Z third"]
    with pytest.raises(ValueError, match="it writes nothing more"):
        script.log("fourth")


def test_a_part_of_a_log_is_chosen_as_a_kubelet_does(sim: Sim, pods: Any) -> None:
    script = pods.script("web", logs=["one", "two"], previous_logs=["before"])
    sim.runtime.sleep(100)
    script.log("three\nfour")
    client = sim.client().core_v1.pods("default")

    assert client.get_logs("web", tail_lines=3) == "two\nthree\nfour\n"
    assert client.get_logs("web", since_seconds=50) == "three\nfour\n"
    assert client.get_logs("web", since_seconds=50, tail_lines=3, limit_bytes=8) == "three\nfo"
    assert client.get_logs("web", tail_lines=0) == ""
    assert client.get_logs("web", since_time="2999-01-01T00:00:00Z") == ""
    assert client.get_logs("web", previous=True) == "before\n"
    pods.script("web", logs=lambda: ["made", "anew"])
    assert client.get_logs("web") == "made\nanew\n"
    with pytest.raises(BadRequest, match='previous terminated container "c" in pod "web" not found'):
        client.get_logs("web", previous=True)


def test_a_client_that_leaves_ends_the_command(sim: Sim, pods: Any) -> None:
    told: list[bool] = []

    def waits(session: Any) -> None:
        try:
            told.append(session.sleep(3600))
        finally:
            told.append(session.gone)

    pods.script("web", exec=waits)
    request = Request(
        "GET",
        PATH + "exec",
        [("command", "sleep"), ("stdout", "true")],
        [("sec-websocket-protocol", "v5.channel.k8s.io")],
    )
    socket: Any = sim.transport().open_stream(request)
    sim.runtime.sleep(1)
    socket.close()
    sim.runtime.sleep(1)

    assert told[-1] is True
    assert sim.now == 2.0


def test_a_pod_without_a_script_answers_as_one_whose_node_is_not_there(sim: Sim, pods: Any) -> None:
    with pytest.raises(UpgradeFailure, match="pod web does not have a host assigned"):
        run(sim, "ls")
    assert sim.client().core_v1.pods("default").get_logs("web") == ""


def test_a_protocol_that_is_not_known_is_refused(sim: Sim, pods: Any) -> None:
    pods.script("web", exec=lambda session: None)
    executor = Executor(sim.transport(), runtime=sim.runtime, protocols=["v9.channel.k8s.io"])

    with pytest.raises(UpgradeFailure, match="requested protocol"):
        executor.stream(PATH + "exec", ["ls"], stdout=print)


def test_a_transport_that_is_closed_ends_its_websockets(sim: Sim, pods: Any) -> None:
    told: list[bool] = []

    def waits(session: Any) -> None:
        try:
            session.sleep(3600)
        finally:
            told.append(session.gone)

    pods.script("web", exec=waits)
    transport = sim.transport()
    offered = [("sec-websocket-protocol", "v5.channel.k8s.io")]
    socket: Any = transport.open_stream(
        Request("GET", PATH + "exec", [("command", "sleep"), ("stdout", "true")], offered)
    )
    assert socket.receive() == b"\x01"
    transport.close()

    assert socket.receive() is None
    with pytest.raises(ConnectionLost):
        socket.send(b"\x00x")
    with pytest.raises(ConnectionLost):
        socket.ping()
    sim.runtime.sleep(1)
    assert told == [True]


def test_a_partition_cuts_connections_to_containers(sim: Sim, pods: Any) -> None:
    left: list[float] = []

    def waits(session: Any) -> None:
        try:
            session.sleep(3600)
        finally:
            left.append(sim.now)

    def cut() -> None:
        sim.runtime.sleep(5)
        sim.faults.partition("client")

    pods.script("web", exec=waits)
    cutter = sim.runtime.spawn(cut, name="cutter")
    with pytest.raises(ConnectionLost, match="the WebSocket is cut"):
        run(sim, "sleep")
    cutter.join()
    sim.runtime.sleep(1)

    assert left == [5.0]
