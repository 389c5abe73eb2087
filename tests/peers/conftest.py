"""A server of its own for every peer: started here, as its users start it, and stopped here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


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
def served_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over HTTPS. Clients in Go send a token over nothing less, and leave it out without a word."""
    with _serve(tmp_path_factory.mktemp("peer"), "--tls") as served:
        yield served
