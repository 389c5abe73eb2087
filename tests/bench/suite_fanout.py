"""One object changes, a thousand watchers are told: deliveries a second, in process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any

from measure import Row
from pods import pod

from kubeclient.transport.protocol import Request
from kubefake import Cluster
from kubefake.pipeline.caller import ADMIN

SUITE = "fanout"
PODS = "/api/v1/namespaces/default/pods"


def run(*, quick: bool) -> Iterator[Row]:
    watchers, changes = (200, 50) if quick else (1000, 100)
    yield Row(SUITE, "frames to watchers of a server", _frames(watchers, changes), "/s", ">=200,000", _note(watchers))
    yield Row(SUITE, "frames through asyncio transports", _chunks(watchers, changes), "/s", note=_note(watchers))
    yield Row(SUITE, "events decoded by clients", _events(watchers, max(changes // 10, 5)), "/s", note=_note(watchers))
    selected = _frames(watchers, changes, (("labelSelector", "app=web"),))
    yield Row(SUITE, "frames to watchers with a selector", selected, "/s", note=_note(watchers))


def _note(watchers: int) -> str:
    return f"{watchers:,} watchers of a 1.5 KB pod"


def _cluster() -> Cluster:
    return Cluster(objects=[pod(0)])


def _change(cluster: Cluster, number: int) -> None:
    cluster.patch(f"pods/{pod(0)['metadata']['name']}", {"metadata": {"annotations": {"turn": str(number)}}})


def _frames(watchers: int, changes: int, query: tuple[tuple[str, str], ...] = ()) -> float:
    """Commits, then pulls every frame out of every stream: what a front door does, without one."""
    cluster = _cluster()
    start = str(cluster.server.store.revision)
    request = Request("GET", PODS, (("watch", "true"), ("resourceVersion", start), *query))
    streams: list[Any] = [cluster.door.handle(request, ADMIN) for _ in range(watchers)]
    woken: list[Any] = []
    for stream in streams:
        stream.on_wake(lambda stream=stream: woken.append(stream))
    rates = []
    for number in range(changes):
        began = perf_counter()
        _change(cluster, number)
        delivered = 0
        for stream in woken:
            while stream.poll() is not None:
                delivered += 1
        rates.append(delivered / (perf_counter() - began))
        assert delivered == watchers
        woken.clear()
    return median(rates)


def _chunks(watchers: int, changes: int) -> float:
    return asyncio.run(_chunks_async(watchers, changes))


async def _chunks_async(watchers: int, changes: int) -> float:
    """The same through `AsyncInProcessTransport`, a task for every watcher."""
    cluster = _cluster()
    transport = cluster.async_transport()
    query = (("watch", "true"), ("resourceVersion", str(cluster.server.store.revision)))
    count = 0

    async def read() -> None:
        nonlocal count
        stream = await transport.open_stream(Request("GET", PODS, query))
        async for chunk in stream:
            count += chunk.count(b"\n")

    return await _rate(cluster, [asyncio.create_task(read()) for _ in range(watchers)], changes, lambda: count)


def _events(watchers: int, changes: int) -> float:
    return asyncio.run(_events_async(watchers, changes))


async def _events_async(watchers: int, changes: int) -> float:
    """The same through `AsyncClientset`, every event decoded into a typed pod."""
    cluster = _cluster()
    client = cluster.async_client()
    start = str(cluster.server.store.revision)
    count = 0

    async def read() -> None:
        nonlocal count
        async with client.core_v1.pods("default").watch(resource_version=start) as events:
            async for _ in events:
                count += 1

    return await _rate(cluster, [asyncio.create_task(read()) for _ in range(watchers)], changes, lambda: count)


async def _rate(cluster: Cluster, tasks: list[asyncio.Task[None]], changes: int, count: Any) -> float:
    for _ in range(5):
        await asyncio.sleep(0)  # noqa: TID251  all watches are open after it
    rates = []
    for number in range(changes):
        began, before = perf_counter(), count()
        _change(cluster, number)
        while count() - before < len(tasks):  # noqa: ASYNC110  the readers take as many turns as they need
            await asyncio.sleep(0)  # noqa: TID251
        rates.append(len(tasks) / (perf_counter() - began))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return median(rates)
