"""One pod at a time through `Clientset`: in process, against kmock, against the real apiserver."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from measure import Row, median_per_call
from pods import pod_bytes

from kubeclient import Clientset, Config
from kubeclient.api.core_v1 import Pod
from kubeclient.apimachinery.json import decode
from kubeclient.config.rest import TLSClientConfig
from kubefake import Cluster

SUITE = "objects"
VERBS = ("create", "get", "update", "merge patch", "apply", "delete")
HERE = Path(__file__).resolve().parent


def run(*, quick: bool) -> Iterator[Row]:
    count = 200 if quick else 1000
    before = _measure(Cluster().client(), count)
    kmock = _kmock_seconds(100 if quick else 200)
    between = _measure(Cluster().client(), count)
    oracle = _oracle_seconds(200 if quick else count)
    after = _measure(Cluster().client(), count)
    own = _least(before, between, after)
    for verb in VERBS:
        yield Row(SUITE, f"{verb}, in process", own[verb] * 1e6, "us")
    total = sum(own.values())
    yield Row(SUITE, "all six verbs, in process", total * 1e6, "us", note=f"N={count}, {len(pod_bytes(0))} bytes a pod")
    if isinstance(kmock, str):
        yield Row(SUITE, "kmock", None, note=kmock)
    else:
        yield from _ratios("kmock", own, kmock, ">=50", "over HTTP, N=200; it remembers every request")
    if isinstance(oracle, str):
        yield Row(SUITE, "kube-apiserver", None, note=oracle)
    else:
        yield from _ratios("kube-apiserver", own, oracle, ">=10", f"over HTTPS, etcd without fsync, N={count}")


def _measure(client: Clientset, count: int, *, verbs: tuple[str, ...] = VERBS) -> dict[str, float]:
    """Median seconds of a call, by verb."""
    pods = client.core_v1.pods("default")
    models = [decode(pod_bytes(index), Pod) for index in range(count)]
    names = [model.metadata.name for model in models]
    patch = {"metadata": {"labels": {"patched": "yes"}}}

    def update(name: str) -> None:
        found = stored[name]
        found.metadata.labels = {**(found.metadata.labels or {}), "updated": "yes"}
        pods.update(found)

    def applied(name: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": {"applied": "yes"}, "annotations": {"by": "apply"}},
        }

    calls: dict[str, tuple[Any, list[Any]]] = {
        "create": (pods.create, models),
        "get": (pods.get, names),
        "update": (update, names),
        "merge patch": (lambda name: pods.patch(name, patch), names),
        "apply": (lambda body: pods.apply(body, field_manager="bench"), [applied(name) for name in names]),
        "delete": (lambda name: pods.delete(name, grace_period_seconds=0), names),
    }
    stored: dict[str, Pod] = {}
    seconds = {}
    for verb in verbs:
        function, arguments = calls[verb]
        if verb == "update":
            stored = {name: pods.get(name) for name in names}
        seconds[verb] = median_per_call(function, arguments)
    return seconds


def _least(*runs: dict[str, float]) -> dict[str, float]:
    """The least median of several runs, by verb: a machine that was busy with other things in one must not count."""
    return {verb: min(run[verb] for run in runs) for verb in runs[0]}


def _ratios(other: str, own: dict[str, float], theirs: dict[str, float], goal: str, note: str) -> Iterator[Row]:
    for verb, seconds in theirs.items():
        yield Row(SUITE, f"{verb}, {other}", seconds * 1e6, "us", note=f"{seconds / own[verb]:.1f} times ours")
    ratio = sum(theirs.values()) / sum(own[verb] for verb in theirs)
    yield Row(SUITE, f"{other}: times slower, all verbs", ratio, "x", goal, note)


def _kmock_seconds(count: int) -> dict[str, float] | str:
    """By verb, or why there are none."""
    if find_spec("kmock") is None:
        return "skipped: kmock is not installed"
    # It answers no PUT, and knows no apply.
    verbs = tuple(verb for verb in VERBS if verb not in ("update", "apply"))
    with _kmock() as url, Clientset.from_config(Config(host=url, qps=-1)) as client:
        return _least(_measure(client, count, verbs=verbs), _measure(client, count // 2, verbs=verbs))


@contextmanager
def _kmock() -> Iterator[str]:
    server = subprocess.Popen([sys.executable, str(HERE / "kmock_server.py")], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _oracle_seconds(count: int) -> dict[str, float] | str:
    """By verb, or why there are none."""
    sys.path.insert(0, str(HERE.parent))
    from support.oracle import TOKEN, Oracle, missing

    reason = missing()
    if reason:
        return f"skipped: {reason}"
    tls = TLSClientConfig(insecure=True)
    with tempfile.TemporaryDirectory() as folder, Oracle(Path(folder) / "oracle") as oracle:
        config = Config(host=oracle.url, bearer_token=TOKEN, tls=tls, qps=-1)
        with Clientset.from_config(config) as client:
            return _least(_measure(client, count), _measure(client, count // 2))
