"""A server of its own for every peer: started here, stopped here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Served:
    """Where a server listens and how to reach it."""

    url: str
    kubeconfig: str
    token: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    kubeconfig = Path(tmp_path_factory.mktemp("peer")) / "kubeconfig"
    command = [
        sys.executable,
        "-m",
        "kubefake",
        "serve",
        "--port",
        "0",
        "--token",
        "t0ken",
        "--kubeconfig",
        str(kubeconfig),
    ]
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
