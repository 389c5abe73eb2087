"""lightkube: msgspec models on httpx2, applies with JSON under the apply content type."""

from __future__ import annotations

import pytest

lightkube = pytest.importorskip("lightkube")


@pytest.fixture
def client(served):
    from lightkube.config.kubeconfig import KubeConfig

    config = KubeConfig.from_file(served.kubeconfig)
    client = lightkube.Client(config=config, namespace="default", field_manager="peer")
    yield client
    client.close()


def _config_map(name, **data):
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ConfigMap

    return ConfigMap(metadata=ObjectMeta(name=name, namespace="default", labels={"peer": "lightkube"}), data=data)


def test_creates_lists_patches_and_applies(client):
    from lightkube.resources.core_v1 import ConfigMap

    client.create(_config_map("light", k="1"))
    patched = client.patch(ConfigMap, "light", {"data": {"k": "2"}})
    applied = client.apply(_config_map("light-applied", k="3"))
    listed = sorted(item.metadata.name for item in client.list(ConfigMap, labels={"peer": "lightkube"}))

    assert patched.data == {"k": "2"}
    assert applied.metadata.managedFields[0].operation == "Apply"
    assert listed == ["light", "light-applied"]


def test_watches(client):
    from lightkube.resources.core_v1 import ConfigMap

    start = client.create(_config_map("light-watched", k="1"))
    seen = []
    for kind, item in client.watch(ConfigMap, fields={"metadata.name": "light-watched"}, resource_version="0"):
        seen.append((kind, item.metadata.uid))
        break

    assert seen == [("ADDED", start.metadata.uid)]
