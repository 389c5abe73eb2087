"""kubectl, where there is one: discovery, openapi, tables, apply, describe, delete."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
"""

KUBECTL = os.environ.get("KUBEFAKE_KUBECTL") or shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on this machine")


@pytest.fixture
def kubectl(served, tmp_path):
    def run(*args, text=None):
        command = [KUBECTL, "--kubeconfig", served.kubeconfig, "--cache-dir", str(tmp_path), *args]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_applies_gets_describes_and_deletes(kubectl):
    assert "deployment.apps/web created" in kubectl("apply", "-f", "-", text=MANIFEST)
    assert "deployment.apps/web unchanged" in kubectl("apply", "-f", "-", text=MANIFEST)
    assert "deployment.apps/web configured" in kubectl(
        "apply", "-f", "-", text=MANIFEST.replace("replicas: 2", "replicas: 3")
    )
    assert kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "3"
    table = kubectl("get", "deployments")
    assert table.split()[:5] == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert "0/3" in table
    assert "Replicas:" in kubectl("describe", "deployment", "web")
    assert 'deployment.apps "web" deleted' in kubectl("delete", "deployment", "web", "--wait=true")


def test_applies_server_side(kubectl):
    applied = kubectl("apply", "--server-side", "-f", "-", text=MANIFEST.replace("name: web,", "name: ssa,"))

    assert "deployment.apps/ssa serverside-applied" in applied


def test_knows_the_resources_and_their_fields(kubectl):
    resources = kubectl("api-resources", "--no-headers")
    fields = kubectl("explain", "pod.spec.containers")

    assert any(line.split()[:2] == ["deployments", "deploy"] for line in resources.splitlines())
    assert "image" in fields


def test_creates_and_reads_as_json(kubectl):
    kubectl("create", "configmap", "by-kubectl", "--from-literal=k=v")

    found = json.loads(kubectl("get", "configmap", "by-kubectl", "-o", "json"))

    assert found["data"] == {"k": "v"}
