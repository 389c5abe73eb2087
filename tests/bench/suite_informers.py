"""Typed informers in process: how long the first list takes and what it weighs, and how many events a second come through.

Times are the processor's: everything happens in one thread that never waits, and other work on the machine does not count.
"""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from measure import Row
from pods import pod
from suite_lists import PODS, _fill, _resident

from kubeclient.transport.protocol import Request
from kubefake import Cluster
from kubefake.pipeline.caller import ADMIN

SUITE = "informers"
_JSON = [("content-type", "application/merge-patch+json")]


def run(*, quick: bool) -> Iterator[Row]:
    many = 10_000 if quick else 100_000
    seconds, grown, whole = _synced_elsewhere(many)
    yield Row(SUITE, f"first list of {many:,} pods", seconds, "s", "<6", "until the handler was told of the last one")
    yield Row(SUITE, "what it adds to the process", grown / many / 1024, "KB a pod", note="collector running")
    yield Row(SUITE, "the process then, server and client", whole / 1e9, "GB", "<1.5")
    changes = 2_000 if quick else 10_000
    rates = asyncio.run(_rates(1_000, changes))
    yield Row(SUITE, "events to one handler, 1,000 pods", median(rates), "/s", "50,000", f"{changes:,} merge patches")
    gc.collect()
    gc.freeze()
    gc.disable()
    rates = asyncio.run(_rates(1_000, changes))
    gc.enable()
    gc.unfreeze()
    yield Row(SUITE, "the same while the collector rests", median(rates), "/s")


class _Counter:
    """A handler that counts what it is told, and says when that was as much as it waited for."""

    def __init__(self) -> None:
        self._left = 0
        self._done = asyncio.Event()

    async def told(self, count: int) -> None:
        """Waits until it was told of so many more."""
        self._left, self._done = count, asyncio.Event()
        await self._done.wait()

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._done.set()

    def on_add(self, _obj: Any, *, is_initial_list: bool) -> None:
        self._count()

    def on_update(self, _old: Any, _new: Any) -> None:
        self._count()

    def on_delete(self, _obj: Any) -> None:
        self._count()


async def _rates(pods: int, changes: int, rounds: int = 3) -> list[float]:
    """Events a second; the changes are made before, so that the server's work is not counted but for the frames."""
    from kubeclient.informers import AsyncSharedInformerFactory

    cluster = Cluster()
    _fill(cluster, pods)
    counter, rates = _Counter(), []
    factory = AsyncSharedInformerFactory(cluster.async_client())
    factory.core_v1.pods.add_event_handler(counter)
    first = asyncio.ensure_future(counter.told(pods))
    async with factory:
        await first
        for turn in range(rounds):
            _change(cluster, pods, changes, turn)
            began = process_time()
            await counter.told(changes)
            rates.append(changes / (process_time() - began))
    return rates


def _change(cluster: Cluster, pods: int, changes: int, turn: int) -> None:
    names = [pod(index)["metadata"]["name"] for index in range(pods)]
    for number in range(changes):
        body = b'{"metadata":{"annotations":{"turn":"%d-%d"}}}' % (turn, number)
        answer = cluster.door.handle(Request("PATCH", f"{PODS}/{names[number % pods]}", (), _JSON, body), ADMIN)
        assert answer.status == 200, answer


async def _sync(count: int) -> tuple[float, int, int]:
    from kubeclient.informers import AsyncSharedInformerFactory

    cluster = Cluster()
    _fill(cluster, count)
    before = _resident()
    counter = _Counter()
    factory = AsyncSharedInformerFactory(cluster.async_client())
    factory.core_v1.pods.add_event_handler(counter)
    told = asyncio.ensure_future(counter.told(count))
    began = process_time()
    async with factory:
        await told
        seconds = process_time() - began
        return seconds, _resident() - before, _resident()


def _synced_elsewhere(count: int) -> tuple[float, int, int]:
    """Seconds and bytes, of a process of its own so that no freed memory is reused."""
    program = f"import asyncio, suite_informers; print(*asyncio.run(suite_informers._sync({count})))"
    here = str(Path(__file__).resolve().parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
    return float(answer[0]), int(answer[1]), int(answer[2])
