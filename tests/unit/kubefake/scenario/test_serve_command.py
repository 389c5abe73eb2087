"""`kubefake serve --actors`: builtin controllers beside the server."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import pytest

from kubefake.cli import main

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx"}]},
        },
    },
}


def test_an_unknown_actor_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["serve", "--actors", "deployment,scheduler"])

    assert status == 2
    assert "there is no actor 'scheduler'; there are deployment, gc" in capsys.readouterr().err


def test_a_served_deployment_gets_its_replica_set() -> None:
    command = [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--actors", "deployment"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            apps = f"{url}/apis/apps/v1/namespaces/default"
            head = {"Content-Type": "application/json"}
            body = json.dumps(DEPLOYMENT).encode()
            urllib.request.urlopen(urllib.request.Request(f"{apps}/deployments", body, head), timeout=10).close()

            with urllib.request.urlopen(f"{apps}/replicasets?watch=1&timeoutSeconds=10", timeout=20) as watch:
                event = json.loads(watch.readline())

            assert event["type"] == "ADDED"
            assert event["object"]["metadata"]["ownerReferences"][0]["name"] == "web"
        finally:
            server.terminate()
