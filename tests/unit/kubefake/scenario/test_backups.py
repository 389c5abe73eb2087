"""A cluster that returns to a moment, as one whose etcd was restored: what its clients see of it."""

from __future__ import annotations

import pytest

from kubeclient.api.core_v1 import ConfigMap, ObjectMeta
from kubeclient.errors import StatusError, is_resource_expired
from kubeclient.runtime.clock import RealClock
from kubeclient.transport.protocol import Request, Response
from kubefake import Cluster
from kubefake.pipeline.caller import ADMIN
from kubefake.watch.stream import WatchStream

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


def config_map(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}


def names(cluster: Cluster) -> list[str]:
    return [one["metadata"]["name"] for one in cluster.list("configmaps", namespace="default")]


def watch(cluster: Cluster, resource_version: str) -> WatchStream:
    query = (("watch", "1"), ("resourceVersion", resource_version))
    stream = cluster.server.handle(Request("GET", CONFIGMAPS, query), ADMIN)
    assert not isinstance(stream, Response)
    return stream


def test_what_came_after_the_snapshot_is_gone_and_can_come_again() -> None:
    cluster = Cluster(objects=[config_map("a")])
    backup = cluster.snapshot()
    first = cluster.load(config_map("b"))[0]

    cluster.restore(backup)

    assert names(cluster) == ["a"]
    second = cluster.load(config_map("b"))[0]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert second["metadata"]["uid"] != first["metadata"]["uid"]


def test_a_snapshot_can_be_restored_again_and_knows_its_revision() -> None:
    cluster = Cluster(objects=[config_map("a")])
    backup = cluster.snapshot()
    for name in ("b", "c"):
        cluster.load(config_map(name))
        cluster.restore(backup)
        assert names(cluster) == ["a"]
        assert cluster.server.store.revision == backup.revision


def test_open_watches_end_without_a_word() -> None:
    cluster = Cluster()
    stream = watch(cluster, "")
    backup = cluster.snapshot()

    cluster.restore(backup)

    assert stream.poll() is None
    assert stream.ended


def test_a_watch_from_a_lost_revision_misses_what_takes_its_place() -> None:
    cluster = Cluster()
    backup = cluster.snapshot()
    lost = cluster.load(config_map("lost"))[0]["metadata"]["resourceVersion"]
    cluster.restore(backup)

    stream = watch(cluster, lost)
    cluster.load(config_map("missed"))
    assert stream.poll() is None
    cluster.load(config_map("seen"))

    frame = stream.poll()
    assert frame is not None
    assert b'"seen"' in frame
    assert stream.poll() is None


def test_a_list_at_a_lost_revision_is_told_that_it_is_too_large() -> None:
    cluster = Cluster()
    backup = cluster.snapshot()
    lost = cluster.load(config_map("lost"))[0]["metadata"]["resourceVersion"]
    cluster.restore(backup)

    with cluster.client() as client, pytest.raises(StatusError, match="Too large resource version"):
        client.core_v1.config_maps("default").list(resource_version=lost)


def test_with_a_bumped_revision_everything_known_before_has_expired() -> None:
    cluster = Cluster(objects=[config_map("a")])
    backup = cluster.snapshot()
    known = cluster.load(config_map("lost"))[0]["metadata"]["resourceVersion"]
    cluster.restore(backup, bump_revision=1_000_000_000)

    with cluster.client() as client:
        config_maps = client.core_v1.config_maps("default")
        with pytest.raises(StatusError) as caught:
            next(iter(config_maps.watch(resource_version=known)))
        assert is_resource_expired(caught.value)
        now = config_maps.list()
        assert [one.metadata.name for one in now.items] == ["a"]
        assert int(now.metadata.resource_version) == backup.revision + 1_000_000_000
        stream = watch(cluster, now.metadata.resource_version)
        config_maps.create(ConfigMap(metadata=ObjectMeta(name="next")))

    frame = stream.poll()
    assert frame is not None
    assert b'"next"' in frame


def test_time_goes_on_across_a_restore() -> None:
    cluster = Cluster(clock=RealClock())
    backup = cluster.snapshot()
    before = cluster.load(config_map("a"))[0]["metadata"]["creationTimestamp"]
    cluster.restore(backup)

    assert cluster.load(config_map("a"))[0]["metadata"]["creationTimestamp"] >= before
