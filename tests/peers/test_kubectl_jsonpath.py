"""kubectl's own JSONPath beside ours, over the same objects: both have to print the same text, or fail alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kubeclient.jsonpath import JSONPath, JSONPathError

_BUILT = Path.home() / ".cache" / "kubefake-oracle" / "bin" / "kubectl"
KUBECTL = os.environ.get("KUBEFAKE_KUBECTL") or shutil.which("kubectl") or (str(_BUILT) if _BUILT.exists() else None)
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on this machine")

OBJECTS = """
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {app.kubernetes.io/name: web, tier: "1"}}, data: {k: "<v>"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, labels: {tier: "2"}}, data: {k: 'x "y"', other: "é"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, ports: [{containerPort: 80}, {containerPort: 443}]}
      - {name: side, image: busybox}
"""

ONE = [
    "{.metadata.name}",
    "{.spec.replicas} of {.metadata.name}",
    "{.spec.template.spec.containers[*].name}",
    "{.spec.template.spec.containers[0].ports[*].containerPort}",
    "{.spec.template.spec.containers[-1:].image}",
    "{.spec.template.spec.containers[0:2:2].image}",
    "{.spec.template.spec.containers[5].image}",
    "{.spec.template.spec.containers[0]['name','image']}",
    "{.spec.template.spec.containers[?(@.ports)].name}",
    "{.spec.template.spec.containers[?(@.ports[0].containerPort>79)].name}",
    '{.spec.template.spec.containers[?(@.name=="side")].image}',
    '{.spec.template.spec.containers[?(@.name!="side")].image}',
    "{.spec.template.spec.containers[?(@.name==1)].image}",
    '{range .spec.template.spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}',
    "{.spec.selector}",
    "{.spec.template.spec.containers[0].ports}",
    "{..containerPort}",
    "{.nothing}",
    "{.spec.replicas.x}",
    "{.spec.replicas[0]}",
    "{.spec[0]}",
    '{"quoted \\u00e9"}',
    "{hello}",
    "{.spec",
    "{end}",
    "{1}{2.5}{true}",
    "plain",
]
LISTS = [
    "{.items[*].metadata.name}",
    "{.items[?(@.metadata.labels.tier)].metadata.labels.tier}",
    "{range .items[*]}{.metadata.name}={.data.k};{end}",
    "{.items[0].metadata.labels.app\\.kubernetes\\.io/name}",
    "{.items[*]['metadata.name','data.k']}",
    '{.items[?(@.data.other=="é")].metadata.name}',
    "{.kind}",
]


@pytest.fixture(scope="module")
def kubectl(served_tls, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp() / "kubectl-jsonpath"

    def run(*args, text=None):
        command = [KUBECTL, "--kubeconfig", served_tls.kubeconfig, "--cache-dir", str(cache), *args]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)

    made = run("apply", "-f", "-", text=OBJECTS)
    assert made.returncode == 0, made.stderr
    return run


def _ours(template, data):
    try:
        return JSONPath(template, allow_missing_keys=True).render(data), ""
    except JSONPathError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("what", "template"), [*(("deployment/web", one) for one in ONE), *(("configmaps -l tier", one) for one in LISTS)]
)
def test_kubectl_prints_the_same(kubectl, what, template):
    asked = what.split(" ")
    data = json.loads(kubectl("get", *asked, "-o", "json").stdout)
    theirs = kubectl("get", *asked, "-o", f"jsonpath={template}")
    text, problem = _ours(template, data)

    assert (theirs.returncode == 0) == (text is not None), theirs.stderr or problem
    if text is not None:
        assert theirs.stdout == text
    else:
        assert problem in theirs.stderr
