"""The examples run, against a cluster in memory and against one that a kubeconfig leads to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kubefake import Cluster
from kubefake.serve.kubeconfig import kubeconfig, write_kubeconfig

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

EXPECTED = {
    "create_update_delete_deployment": [
        "created demo-deployment with 2 replicas",
        "updated to 1 replica of nginx:1.13",
        "patched to 3 replicas",
        " * demo-deployment (3 replicas)",
        "deleted demo-deployment",
    ],
    "fake_client": [
        "passed: test_counts_from_one",
        "passed: test_counts_on_when_somebody_else_was_faster",
        "passed: test_does_not_hide_that_the_server_is_down",
    ],
    "informer": ["example-0 has 0 entries", "example-1 has 1 entries", "example-2 has 2 entries", "all counted"],
    "out_of_cluster": [
        "server version v1.36.3",
        "there are 0 pods in the cluster",
        'not found: pods "example-xxxxx" not found',
    ],
}


def _output(name: str, *options: str) -> list[str]:
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_every_example_is_run_here():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_runs_in_memory(name):
    assert sorted(_output(name)) == sorted(EXPECTED[name])


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"fake_client"}))
def test_it_runs_against_a_server(name, tmp_path):
    with Cluster().serve() as served:
        write_kubeconfig(tmp_path / "kubeconfig", kubeconfig(served.url))
        output = _output(name, "--server", str(tmp_path / "kubeconfig"))

    assert sorted(output) == sorted(EXPECTED[name])
