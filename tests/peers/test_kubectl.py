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

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: websites, singular: website, kind: Website, shortNames: [ws]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns: [{name: Url, type: string, jsonPath: .spec.url}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {url: {type: string, description: Where it is found.}}}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""

KUBECTL = os.environ.get("KUBEFAKE_KUBECTL") or shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on this machine")


@pytest.fixture
def run(served_tls, tmp_path_factory):
    # One cache of discovery for the module, as a user has it.
    cache = tmp_path_factory.getbasetemp() / "kubectl"

    def run(*args, text=None):
        command = [KUBECTL, "--kubeconfig", served_tls.kubeconfig, "--cache-dir", str(cache), *args]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.fixture
def kubectl(run):
    def succeed(*args, text=None):
        done = run(*args, text=text)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return succeed


def _named(name):
    return MANIFEST.replace("name: web,", f"name: {name},")


def test_applies_gets_describes_and_deletes(kubectl):
    assert "deployment.apps/web created" in kubectl("apply", "-f", "-", text=MANIFEST)
    assert "deployment.apps/web unchanged" in kubectl("apply", "-f", "-", text=MANIFEST)
    changed = MANIFEST.replace("replicas: 2", "replicas: 3")
    assert "deployment.apps/web configured" in kubectl("apply", "-f", "-", text=changed)
    assert kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "3"
    table = kubectl("get", "deployments")
    assert table.split()[:5] == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert "0/3" in table
    assert "Replicas:" in kubectl("describe", "deployment", "web")
    assert 'deployment.apps "web" deleted' in kubectl("delete", "deployment", "web", "--wait=true")


def test_applies_server_side(kubectl, run):
    manifest = _named("ssa")
    applied = kubectl("apply", "--server-side", "-f", "-", text=manifest)
    other = manifest.replace("replicas: 2", "replicas: 5")
    refused = run("apply", "--server-side", "--field-manager=other", "-f", "-", text=other)
    forced = kubectl("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", text=other)

    assert "deployment.apps/ssa serverside-applied" in applied
    assert 'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas' in refused.stderr
    assert "deployment.apps/ssa serverside-applied" in forced


def test_shows_what_an_apply_would_change(kubectl, run):
    kubectl("apply", "-f", "-", text=_named("diffed"))

    done = run("diff", "-f", "-", text=_named("diffed").replace("replicas: 2", "replicas: 4"))

    assert done.returncode == 1
    assert "+  replicas: 4" in done.stdout


def test_knows_the_resources_and_their_fields(kubectl):
    resources = kubectl("api-resources", "--no-headers")
    versions = kubectl("api-versions")
    fields = kubectl("explain", "pod.spec.containers")

    assert any(line.split()[:2] == ["deployments", "deploy"] for line in resources.splitlines())
    assert "apps/v1" in versions.splitlines()
    assert "image\t<string>" in fields


def test_creates_and_reads_as_json(kubectl):
    kubectl("create", "configmap", "by-kubectl", "--from-literal=k=v")

    found = json.loads(kubectl("get", "configmap", "by-kubectl", "-o", "json"))

    assert found["data"] == {"k": "v"}


def test_scales_labels_annotates_and_patches(kubectl):
    kubectl("apply", "-f", "-", text=_named("edited"))
    kubectl("scale", "deployment/edited", "--replicas=4")
    kubectl("label", "deployment/edited", "tier=front")
    kubectl("annotate", "deployment/edited", "note=kept")
    kubectl("set", "image", "deployment/edited", "edited=nginx:2")
    kubectl("patch", "deployment/edited", "-p", '{"spec": {"paused": true}}')

    found = json.loads(kubectl("get", "deployment", "-l", "tier=front", "-o", "json"))["items"][0]

    assert found["spec"]["replicas"] == 4
    assert found["spec"]["paused"] is True
    assert found["metadata"]["annotations"]["note"] == "kept"
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:2"


def test_waits_for_a_condition(kubectl, run):
    kubectl("apply", "-f", "-", text=_named("awaited"))
    condition = {"type": "Available", "status": "True"}
    kubectl(
        *("patch", "deployment/awaited", "--subresource=status", "--type=merge"),
        *("-p", json.dumps({"status": {"conditions": [condition]}})),
    )

    met = kubectl("wait", "deployment/awaited", "--for=condition=Available", "--timeout=5s")
    unmet = run("wait", "deployment/awaited", "--for=condition=Progressing", "--timeout=1s")

    assert "deployment.apps/awaited condition met" in met
    assert unmet.returncode == 1
    assert "timed out waiting for the condition" in unmet.stderr


def test_waits_for_a_deletion(kubectl):
    kubectl("apply", "-f", "-", text="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: doomed}\n")
    kubectl("delete", "configmap", "doomed", "--wait=false")

    kubectl("wait", "configmap/doomed", "--for=delete", "--timeout=5s")


def test_works_with_custom_resources(kubectl):
    kubectl("apply", "-f", "-", text=DEFINITION)
    kubectl("wait", "crd/websites.example.com", "--for=condition=Established", "--timeout=5s")
    site = "apiVersion: example.com/v1\nkind: Website\nmetadata: {name: home}\nspec: {url: https://example.com}\n"
    kubectl("apply", "-f", "-", text=site)

    assert kubectl("get", "ws").split() == ["NAME", "URL", "home", "https://example.com"]
    assert "Where it is found." in kubectl("explain", "website.spec.url")


def test_a_pod_that_runs_nowhere_has_no_logs(kubectl, run):
    kubectl("run", "silent", "--image=nginx")

    missing = run("logs", "none")

    assert kubectl("logs", "silent") == ""
    assert missing.stderr.strip() == 'error: error from server (NotFound): pods "none" not found in namespace "default"'


def test_prints_errors_of_the_server(run):
    missing = run("get", "configmap", "none")
    invalid = run("apply", "-f", "-", text="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Upper}\n")

    assert missing.stderr.strip() == 'Error from server (NotFound): configmaps "none" not found'
    assert 'The ConfigMap "Upper" is invalid: metadata.name: Invalid value: "Upper"' in invalid.stderr


def test_knows_who_it_is(kubectl):
    assert "system:masters" in kubectl("auth", "whoami")


def test_asks_whether_it_may(kubectl):
    assert kubectl("auth", "can-i", "create", "pods").strip() == "yes"
