"""A server of its own for every peer: started here, as its users start it, and stopped here."""

from __future__ import annotations

import base64
import json
import re
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml


@dataclass(frozen=True)
class Served:
    """Where a server listens and how to reach it."""

    url: str
    kubeconfig: str
    token: str


@contextmanager
def _serve(folder: Path, *options: str) -> Iterator[Served]:
    kubeconfig = folder / "kubeconfig"
    command = [sys.executable, "-m", "kubefake", "serve", "--token", "t0ken", "--kubeconfig", str(kubeconfig), *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        ready = server.stdout.readline()
        match = re.search(r"https?://\S+", ready)
        assert match is not None, ready
        yield Served(match[0], str(kubeconfig), "t0ken")
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout is not None:
            server.stdout.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over HTTP that asks for a token."""
    with _serve(tmp_path_factory.mktemp("peer")) as served:
        yield served


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over HTTPS whose pods have scripts."""
    folder = tmp_path_factory.mktemp("peer")
    with _serve(folder, "--tls", "--pods", str(Path(__file__).with_name("pods_script.py"))) as served:
        _create_pods(served, folder / "kubeconfig", "web", "writer", "plain")
        yield served


def _create_pods(served: Served, kubeconfig: Path, *names: str) -> None:
    cluster = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    for name in names:
        pod = {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        request = urllib.request.Request(
            f"{served.url}/api/v1/namespaces/default/pods",
            json.dumps({"apiVersion": "v1", "kind": "Pod", **pod}).encode(),
            {"authorization": f"Bearer {served.token}", "content-type": "application/json"},
        )
        made = json.load(urllib.request.urlopen(request, timeout=10, context=context))
        status = {**made, "status": {"phase": "Running"}}
        request = urllib.request.Request(
            f"{served.url}/api/v1/namespaces/default/pods/{name}/status",
            json.dumps(status).encode(),
            {"authorization": f"Bearer {served.token}", "content-type": "application/json"},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=10, context=context).close()


@pytest.fixture(scope="module")
def served_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over HTTPS. Clients in Go send a token over nothing less, and leave it out without a word."""
    with _serve(tmp_path_factory.mktemp("peer"), "--tls") as served:
        yield served
