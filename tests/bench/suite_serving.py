"""`kubefake serve`: how soon it listens, and what one connection that is kept alive gets through it."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from measure import Row, median_per_call
from pods import pod_bytes

SUITE = "serving"
PODS = "/api/v1/namespaces/default/pods"


def run(*, quick: bool) -> Iterator[Row]:
    starts = []
    for _ in range(3 if quick else 7):
        began = perf_counter()
        with _served():
            starts.append(perf_counter() - began)
    yield Row(SUITE, "ready", median(starts), "s", "<0.4", "from the start of the process to its line of output")
    count = 1000 if quick else 5000
    with _served() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        json = {"content-type": "application/json"}

        def call(method: str, path: str, body: bytes | None = None) -> None:
            connection.request(method, path, body, json if body else {})
            answer = connection.getresponse()
            answer.read()
            assert answer.status < 300, answer.status

        creates = median_per_call(lambda index: call("POST", PODS, pod_bytes(index)), range(count // 5))
        path = f"{PODS}/web-7d9f8c6b5-000000"
        gets = median_per_call(lambda _: call("GET", path), range(count))
        connection.close()
    yield Row(SUITE, "get of a pod, one connection", 1 / gets, "/s", ">=2,000", "http.client on the same machine")
    yield Row(SUITE, "create of a pod, one connection", 1 / creates, "/s")


@contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, "-m", "kubefake", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
