"""Scripts of pods in clusters and worlds: who runs handlers, and when logs end."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.remotecommand import Executor
from kubefake import Cluster, World

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web/exec"


def test_a_blocking_program_of_a_world_talks_with_a_coroutine_and_with_a_function() -> None:
    said = bytearray()

    async def slowly(session: Any) -> None:
        await session.sleep(60)
        async for line in session.stdin:
            await session.stdout.write(line.upper())

    def plainly(session: Any) -> None:
        session.sleep(60)
        session.stdout.write(session.stdin.readline())

    def program(client: Any, stop: Any) -> None:
        for handler in (slowly, plainly):
            world.pods.script("web", exec=handler)
            Executor(client.rest_client.transport).stream(PATH, ["go"], stdin=b"hello\n", stdout=said.extend)
        stop.wait()

    with World(objects=[POD]) as world:
        world.start(program, name="program")

        async def story() -> None:
            await world.sleep(130)

        world.run(story())

    assert said == b"HELLO\nhello\n"


def test_a_handler_ends_with_the_program_that_it_serves() -> None:
    told: list[str] = []

    async def forever(session: Any) -> None:
        try:
            await session.sleep(10**6)
        finally:
            told.append("over")

    async def program(client: Any, stop: Any) -> None:
        from kubeclient.remotecommand import AsyncExecutor

        await AsyncExecutor(client.rest_client.transport).stream(PATH, ["go"], stdout=print)

    with World(objects=[POD], allow_errors=True) as world:
        world.pods.script("web", exec=forever)
        actor = world.start(program, name="program")

        async def story() -> None:
            await world.sleep(10)
            actor.kill()
            await world.sleep(1)

        world.run(story())
        assert told == ["over"]


@pytest.mark.parametrize("over", ["deleted", "done"])
def test_whoever_follows_a_log_comes_to_its_end_with_the_pod(over: str) -> None:
    cluster = Cluster(objects=[POD])
    cluster.pods.script("web", logs=["one"])
    stream = cluster.client().core_v1.pods("default").stream_logs("web")
    chunks = iter(stream)

    assert next(chunks) == b"one\n"
    if over == "deleted":
        cluster.delete("pods/web")
    else:
        cluster.patch("pods/web", {"status": {"phase": "Succeeded"}}, subresource="status")
    assert list(chunks) == []


def test_a_fork_goes_on_with_the_logs_of_its_origin() -> None:
    cluster = Cluster(objects=[POD])
    script = cluster.pods.script("web", logs=["one"])
    fork = cluster.fork()
    script.log("two")

    assert fork.client().core_v1.pods("default").get_logs("web") == "one\n"
    assert cluster.client().core_v1.pods("default").get_logs("web") == "one\ntwo\n"


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'team/' names no pod: write namespace/name"):
        Cluster().pods.script("team/")
