"""What a test pays before its first line: a new cluster, a client, a fork."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from measure import Row, median_seconds
from pods import pod

from kubefake import Cluster

SUITE = "clusters"


def run(*, quick: bool) -> Iterator[Row]:
    rounds = 20 if quick else 200
    yield Row(SUITE, "the first cluster of a process", _first() * 1e3, "ms", note="after the import")
    yield Row(SUITE, "a new cluster", median_seconds(Cluster, rounds) * 1e3, "ms", "<1")
    yield Row(SUITE, "a new cluster and a client", median_seconds(lambda: Cluster().client(), rounds) * 1e3, "ms")

    def first_write() -> None:
        Cluster().client().dynamic.resource("v1", "pods").namespace("default").create(pod(0))

    yield Row(SUITE, "a new cluster and its first pod", median_seconds(first_write, rounds) * 1e3, "ms")
    full = Cluster(objects=[pod(index) for index in range(1000)])
    yield Row(SUITE, "a fork of a cluster with 1,000 pods", median_seconds(full.fork, rounds) * 1e3, "ms")


def _first() -> float:
    """In processes of their own, since it is the first one that builds what all others share."""
    program = (
        "from kubefake import Cluster; from time import perf_counter; "
        "began = perf_counter(); Cluster(); print(perf_counter() - began)"
    )
    command = [sys.executable, "-c", program]
    times = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(5)]
    return median(map(float, times))
