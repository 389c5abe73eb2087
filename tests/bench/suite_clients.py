"""Client libraries side by side over loopback, against `kubefake serve`: requests a second, processor time, memory.

Each client runs in a process of its own, one after the other, and what is compared comes from one run. Where something is
not installed its rows say so; `tests/peers/requirements.txt` names all of them.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from measure import Row
from one_client import CLIENTS, LISTED
from pods import pod_bytes

SUITE = "clients"
_TOKEN = "bench-token"
_OWN = "kubeclient"


def run(*, quick: bool) -> Iterator[Row]:
    count = 200 if quick else 1000
    found: dict[str, dict[str, float]] = {}
    with _served() as url:
        _fill(url)
        for _ in range(1 if quick else 2):
            for name in CLIENTS:
                one = _measured(name, url, count)
                found[name] = one if name not in found else {key: min(one[key], found[name][key]) for key in one}
                _empty(url)
    for name, one in found.items():
        if not one:
            yield Row(SUITE, name, None, note="skipped: not installed")
            continue
        yield Row(SUITE, f"{name}: get", 1 / one["get_seconds"], "/s", note=f"{one['get_cpu'] * 1e6:.0f} us processor")
        made = f"{one['create_cpu'] * 1e6:.0f} us processor"
        yield Row(SUITE, f"{name}: create", 1 / one["create_seconds"], "/s", note=made)
        listed = f"{one['list_cpu'] * 1e3:.0f} ms processor, process {one['peak'] / 1e6:.0f} MB"
        yield Row(SUITE, f"{name}: list of 1,000 pods", one["list_seconds"] * 1e3, "ms", note=listed)
    theirs = found.get("kubernetes")
    if theirs:
        ratio = theirs["list_cpu"] / found[_OWN]["list_cpu"]
        yield Row(SUITE, "list of 1,000: processor of kubernetes / ours", ratio, "x", ">=7")


def _measured(name: str, url: str, count: int) -> dict[str, float]:
    """What `one_client` found; nothing where the client is not installed."""
    command = [sys.executable, str(Path(__file__).with_name("one_client.py")), name, url, _TOKEN, str(count)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode and "ModuleNotFoundError" in ended.stderr:
        return {}
    assert not ended.returncode, ended.stderr
    result: dict[str, float] = json.loads(ended.stdout)
    return result


def _send(url: str, method: str, path: str, bodies: list[bytes | None]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    headers = {"content-type": "application/json", "authorization": f"Bearer {_TOKEN}"}
    for body in bodies:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 300, answer.status
    connection.close()


def _fill(url: str) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": LISTED}}
    _send(url, "POST", "/api/v1/namespaces", [json.dumps(namespace).encode()])
    bodies = [pod_bytes(index).replace(b'"default"', b'"%b"' % LISTED.encode()) for index in range(1000)]
    _send(url, "POST", f"/api/v1/namespaces/{LISTED}/pods", [*bodies])


def _empty(url: str) -> None:
    """Takes away what the last client created."""
    _send(url, "DELETE", "/api/v1/namespaces/default/pods?gracePeriodSeconds=0", [None])


@contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--token", _TOKEN]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
