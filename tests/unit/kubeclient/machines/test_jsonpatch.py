"""The jsonpatch package is at home in the clients: its patches are sent as they are."""

from __future__ import annotations

import jsonpatch
import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.errors import Invalid
from kubefake import Cluster


def test_a_jsonpatch_object_is_a_json_patch() -> None:
    config_maps = Cluster().client().core_v1.config_maps("default")
    config_maps.create(ConfigMap(metadata=ObjectMeta(name="a"), data={"k": "1"}))
    patch = jsonpatch.make_patch({"data": {"k": "1"}}, {"data": {"k": "2", "new": "x"}})

    patched = config_maps.patch("a", patch)

    assert patched.data == {"k": "2", "new": "x"}


def test_a_failed_test_operation_changes_nothing() -> None:
    config_maps = Cluster().client().core_v1.config_maps("default")
    config_maps.create(ConfigMap(metadata=ObjectMeta(name="a"), data={"k": "1"}))
    patch = jsonpatch.JsonPatch([{"op": "test", "path": "/data/k", "value": "2"}, {"op": "remove", "path": "/data/k"}])

    with pytest.raises(Invalid, match="server rejected our request"):
        config_maps.patch("a", patch)

    assert config_maps.get("a").data == {"k": "1"}
