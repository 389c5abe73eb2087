"""The official client, synchronous, and its dynamic client."""

from __future__ import annotations

import threading

import pytest

kubernetes = pytest.importorskip("kubernetes")


@pytest.fixture
def api(served):
    client = kubernetes.config.new_client_from_config(config_file=served.kubeconfig)
    yield client
    client.close()


def _config_map(name, **data):
    return kubernetes.client.V1ConfigMap(
        metadata=kubernetes.client.V1ObjectMeta(name=name, labels={"peer": "official"}), data=data
    )


def test_creates_lists_and_patches(api):
    core = kubernetes.client.CoreV1Api(api)
    core.create_namespaced_config_map("default", _config_map("official", k="1"))

    patched = core.patch_namespaced_config_map("official", "default", {"data": {"k": "2"}})
    listed = core.list_namespaced_config_map("default", label_selector="peer=official")

    assert patched.data == {"k": "2"}
    assert [item.metadata.name for item in listed.items] == ["official"]


def test_replaces_with_optimistic_concurrency(api):
    core = kubernetes.client.CoreV1Api(api)
    made = core.create_namespaced_config_map("default", _config_map("replaced", k="1"))
    core.patch_namespaced_config_map("replaced", "default", {"data": {"k": "2"}})

    with pytest.raises(kubernetes.client.ApiException) as conflict:
        core.replace_namespaced_config_map("replaced", "default", made)

    assert conflict.value.status == 409


def test_watches(api):
    core = kubernetes.client.CoreV1Api(api)
    start = core.list_namespaced_config_map("default").metadata.resource_version
    watch = kubernetes.watch.Watch()
    timer = threading.Timer(0.2, core.create_namespaced_config_map, ("default", _config_map("watched", k="1")))
    timer.start()

    seen = []
    for event in watch.stream(core.list_namespaced_config_map, "default", resource_version=start, timeout_seconds=10):
        seen.append((event["type"], event["object"].metadata.name))
        watch.stop()
    timer.join()

    assert seen == [("ADDED", "watched")]


def test_the_dynamic_client_discovers_and_applies(api):
    dynamic = kubernetes.dynamic.DynamicClient(api)
    config_maps = dynamic.resources.get(api_version="v1", kind="ConfigMap")

    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dynamic"}, "data": {"k": "1"}}
    applied = config_maps.server_side_apply(body=body, name="dynamic", namespace="default", field_manager="peer")

    assert applied.metadata.managedFields[0].manager == "peer"
