"""Lists of 100,000 pods, selectors over 10,000, and what a stored pod weighs."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import Row, median_seconds
from pods import pod_bytes

from kubeclient.transport.protocol import Request
from kubefake import Cluster
from kubefake.pipeline.caller import ADMIN

SUITE = "lists"
PODS = "/api/v1/namespaces/default/pods"


def run(*, quick: bool) -> Iterator[Row]:
    many = 10_000 if quick else 100_000
    yield from _selectors()
    weight = _weight(many) / 1024
    yield Row(
        SUITE, "a stored pod", weight, "KB", "<12", f"resident, {many:,} pods sent with {len(pod_bytes(0))} bytes"
    )
    yield Row(SUITE, "a stored pod, gc frozen", _weight(many // 2, frozen=True) / 1024, "KB")
    cluster = Cluster()
    _fill(cluster, many)
    request = Request("GET", PODS)
    yield Row(SUITE, f"{many:,} pods as bytes", _listed(cluster, request), "s", "<0.5")
    yield Row(SUITE, f"{many:,} pods as typed models", _decoded(cluster), "s", "<5")
    gc.freeze()
    yield Row(SUITE, f"{many:,} pods as bytes, gc frozen", _listed(cluster, request), "s")
    yield Row(SUITE, f"{many:,} pods as typed models, gc frozen", _decoded(cluster), "s")
    gc.unfreeze()


def _selectors() -> Iterator[Row]:
    cluster = Cluster()
    _fill(cluster, 10_000)
    client = cluster.client()
    for selector, kept in (("shard=7", 100), ("shard in (1,2,3),app=web", 300), ("!shard", 0)):
        request = Request("GET", PODS, (("labelSelector", selector),))
        found = len(client.core_v1.pods("default").list(label_selector=selector).items)
        assert found == kept, (selector, found)
        note = f"{kept} of 10,000 selected"
        yield Row(SUITE, f"10,000 pods, {selector}", _listed(cluster, request) * 1e3, "ms", note=note)


def _fill(cluster: Cluster, count: int, first: int = 0) -> None:
    """Creates pods through the door, as any client does."""
    headers = [("content-type", "application/json")]
    for index in range(first, first + count):
        body = pod_bytes(index, labels={"shard": str(index % 100)})
        answer = cluster.door.handle(Request("POST", PODS, (), headers, body), ADMIN)
        assert answer.status == 201, answer


def _listed(cluster: Cluster, request: Request) -> float:
    return median_seconds(lambda: cluster.door.handle(request, ADMIN), 3)


def _decoded(cluster: Cluster) -> float:
    pods = cluster.client().core_v1.pods("default")
    return median_seconds(lambda: len(pods.list().items), 3)


def _weight(count: int, *, frozen: bool = False) -> float:
    """Bytes that a process grows by for every pod it stores, in a process of its own so that no freed memory is reused."""
    program = (
        "import gc, suite_lists as lists; from kubefake import Cluster; cluster = Cluster(); lists._fill(cluster, 100); "
        f"{'gc.freeze(); gc.disable();' if frozen else ''} before = lists._resident(); "
        f"lists._fill(cluster, {count}, 100); gc.collect(); print((lists._resident() - before) / {count})"
    )
    here = str(Path(__file__).resolve().parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", program]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def _resident() -> int:
    with Path("/proc/self/statm").open(encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
