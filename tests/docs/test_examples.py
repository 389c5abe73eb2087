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
    "dynamic_deployment": [
        "created demo-dynamic with 2 replicas",
        "updated to 1 replica of nginx:1.13",
        " * demo-dynamic (1 replicas)",
        "deleted demo-dynamic",
    ],
    "fake_client": [
        "passed: test_counts_from_one",
        "passed: test_counts_on_when_somebody_else_was_faster",
        "passed: test_does_not_hide_that_the_server_is_down",
    ],
    "in_cluster": ["there are 0 pods in the cluster", "pod example-xxxxx not found in default namespace"],
    "informer": ["example-0 has 0 entries", "example-1 has 1 entries", "example-2 has 2 entries", "all counted"],
    "leader_election": [
        *("first leads", "first has done its work", "first leads no longer"),
        *("second leads", "second has done its work", "second leads no longer"),
    ],
    "out_of_cluster": [
        "server version v1.36.3",
        "there are 0 pods in the cluster",
        'not found: pods "example-xxxxx" not found',
    ],
    "server_side_apply": [
        "owner applied 2 replicas",
        'refused: Apply failed with 1 conflict: conflict with "owner": .spec.replicas',
        "scaler forced 5 replicas",
        "owner still owns replicas: False",
        "after the owner's next apply there are 5 replicas, and a note",
    ],
    "small_application": [
        "controller shop wants 2 pods",
        "service shop leads from 8080 to http",
        "pod shop-0: 200m of a processor, 128Mi of memory at most",
        "deleted example-shop",
    ],
    "workqueue": ["even done after 0 failures", "odd done after 3 failures", "2 config maps in the local copy"],
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


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"fake_client", "in_cluster"}))
def test_it_runs_against_a_server(name, tmp_path):
    with Cluster().serve() as served:
        write_kubeconfig(tmp_path / "kubeconfig", kubeconfig(served.url))
        output = _output(name, "--server", str(tmp_path / "kubeconfig"))

    assert sorted(output) == sorted(EXPECTED[name])
