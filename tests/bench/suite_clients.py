"""Client libraries side by side over loopback, against `kubefake serve` and, where it is built, a real apiserver: requests a
second, processor time, memory.

Each client runs in a process of its own, one after the other, and what is compared comes from one run. Where something is
not installed its rows say so; `tests/peers/requirements.txt` names all of them.
"""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
import tempfile
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
    with _served() as url:
        yield from _compared("", url, _TOKEN, count, 1 if quick else 2)
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from support.oracle import TOKEN, Oracle, missing

    if missing():
        yield Row(SUITE, "against kube-apiserver", None, note=missing())
        return
    with tempfile.TemporaryDirectory() as folder, Oracle(Path(folder) / "oracle") as oracle:
        yield from _compared("kube-apiserver, ", oracle.url, TOKEN, count, 1)


def _compared(server: str, url: str, token: str, count: int, rounds: int) -> Iterator[Row]:
    """The rows of every client against one server."""
    found: dict[str, dict[str, float]] = {}
    _fill(url, token)
    for _ in range(rounds):
        for name in CLIENTS:
            one = _measured(name, url, token, count)
            found[name] = one if name not in found else {key: min(one[key], found[name][key]) for key in one}
            _empty(url, token)
    for name, one in found.items():
        who = f"{server}{name}"
        if not one:
            yield Row(SUITE, who, None, note="skipped: not installed")
            continue
        yield Row(SUITE, f"{who}: get", 1 / one["get_seconds"], "/s", note=f"{one['get_cpu'] * 1e6:.0f} us processor")
        made = f"{one['create_cpu'] * 1e6:.0f} us processor"
        yield Row(SUITE, f"{who}: create", 1 / one["create_seconds"], "/s", note=made)
        listed = f"{one['list_cpu'] * 1e3:.0f} ms processor, process {one['peak'] / 1e6:.0f} MB"
        yield Row(SUITE, f"{who}: list of 1,000 pods", one["list_seconds"] * 1e3, "ms", note=listed)
    theirs = found.get("kubernetes")
    if theirs:
        ratio = theirs["list_cpu"] / found[_OWN]["list_cpu"]
        yield Row(SUITE, f"{server}list of 1,000: processor of kubernetes / ours", ratio, "x", ">=7")


def _measured(name: str, url: str, token: str, count: int) -> dict[str, float]:
    """What `one_client` found; nothing where the client is not installed."""
    command = [sys.executable, str(Path(__file__).with_name("one_client.py")), name, url, token, str(count)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode and "ModuleNotFoundError" in ended.stderr:
        return {}
    assert not ended.returncode, ended.stderr
    result: dict[str, float] = json.loads(ended.stdout)
    return result


def _send(url: str, token: str, method: str, path: str, bodies: list[bytes | None]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.netloc, context=ssl._create_unverified_context())
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    for body in bodies:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 300, answer.status
    connection.close()


def _fill(url: str, token: str) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": LISTED}}
    _send(url, token, "POST", "/api/v1/namespaces", [json.dumps(namespace).encode()])
    bodies = [pod_bytes(index).replace(b'"default"', b'"%b"' % LISTED.encode()) for index in range(1000)]
    _send(url, token, "POST", f"/api/v1/namespaces/{LISTED}/pods", [*bodies])


def _empty(url: str, token: str) -> None:
    """Takes away what the last client created."""
    _send(url, token, "DELETE", "/api/v1/namespaces/default/pods?gracePeriodSeconds=0", [None])


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
