"""httpx and httpx2 clients that are handed the cluster as their transport: no port, no thread."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

import kubefake

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    return pytest.importorskip(request.param)


@pytest.fixture
def client(library):
    with library.Client(transport=kubefake.Cluster().httpx_transport(library), base_url="http://cluster") as client:
        yield client


def test_creates_lists_and_patches(client):
    created = client.post(CONFIG_MAPS, json={"metadata": {"name": "one", "labels": {"peer": "httpx"}}})
    patched = client.patch(
        f"{CONFIG_MAPS}/one",
        content=b'{"data": {"k": "v"}}',
        headers={"content-type": "application/merge-patch+json"},
    )
    listed = client.get(CONFIG_MAPS, params={"labelSelector": "peer=httpx"}).json()

    assert created.status_code == 201
    assert patched.json()["data"] == {"k": "v"}
    assert [item["metadata"]["name"] for item in listed["items"]] == ["one"]


def test_reads_a_watch_line_by_line(client):
    client.post(CONFIG_MAPS, json={"metadata": {"name": "one"}})

    with client.stream("GET", CONFIG_MAPS, params={"watch": "true", "fieldSelector": "metadata.name=one"}) as answer:
        frame = json.loads(next(answer.iter_lines()))

    assert (frame["type"], frame["object"]["metadata"]["name"]) == ("ADDED", "one")


def test_errors_are_statuses(client):
    answer = client.get(f"{CONFIG_MAPS}/none")

    assert answer.status_code == 404
    assert answer.json()["message"] == 'configmaps "none" not found'


def test_lightkube_takes_the_transport_too():
    lightkube = pytest.importorskip("lightkube")
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.config.models import Cluster, User
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ConfigMap

    config = KubeConfig.from_one(cluster=Cluster(server="http://cluster"), user=User())
    transport = kubefake.Cluster().httpx_transport(import_module("httpx2"))

    with lightkube.Client(config=config, transport=transport) as client:
        client.create(ConfigMap(metadata=ObjectMeta(name="one", namespace="default"), data={"k": "v"}))
        found = client.get(ConfigMap, "one")

    assert found.data == {"k": "v"}
