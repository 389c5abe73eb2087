# generated from tests/twins/_async/test_informer_factory.py by .ci/twin.py, do not edit
"""Factories: one informer for a resource, started, awaited and shut down together."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap, Namespace
from kubeclient.api.meta_v1 import PartialObjectMetadata
from kubeclient.api.resources import RESOURCES
from kubeclient.apimachinery import errors
from kubeclient.cache import DeletedFinalStateUnknown, SharedIndexInformer
from kubeclient.informers import SharedInformerFactory
from kubeclient.metadata import MetadataClient
from kubefake.faults.rules import Refuse
from tests.twins.support import Sim


@pytest.mark.parity("INF-22")
def test_a_resource_has_one_informer_for_each_namespace_and_type(sim: Sim) -> None:
    client = sim.client()
    factory = SharedInformerFactory(client)
    maps: Any = factory.informer(client.core_v1.config_maps(""))

    assert factory.informer(client.core_v1.config_maps("")) is maps
    assert factory.core_v1.config_maps is maps
    assert factory.informer(client.core_v1.config_maps("default")) is not maps
    assert factory.informer(client.dynamic.resource("v1", "configmaps").namespace("")) is not maps
    assert factory.informer(sim.client().core_v1.config_maps("")) is not maps
    assert factory.core_v1.namespaces is factory.informer(client.core_v1.namespaces())
    with pytest.raises(AttributeError, match="has no group version 'core_v7'"):
        _ = factory.core_v7


@pytest.mark.parity("INF-22")
def test_entering_starts_and_syncs_and_leaving_ends_everything(sim: Sim) -> None:
    sim.config_map("a", key="value")
    client = sim.client()
    factory = SharedInformerFactory(client, namespace="default")
    maps = factory.lister(client.core_v1.config_maps(""))
    names: list[str] = []
    factory.core_v1.config_maps.add_event_handler(on_add=lambda obj: names.append(obj.metadata.name))
    with factory:
        found: ConfigMap = maps.namespace("default").get("a")
        sim.runtime.sleep(1)

    assert (found.data, names, sim.running()) == ({"key": "value"}, ["a"], [])
    factory.shutdown()


@pytest.mark.parity("INF-22")
def test_start_starts_what_is_new(sim: Sim) -> None:
    client = sim.client()
    factory = SharedInformerFactory(client)
    maps = factory.informer(client.core_v1.config_maps(""))
    factory.start()
    pods = factory.informer(client.core_v1.pods(""))
    assert factory.wait_for_cache_sync(10)
    states = [maps.has_synced(), pods.has_synced()]
    factory.start()
    factory.start()
    assert factory.wait_for_cache_sync(10)
    states.append(pods.has_synced())
    factory.shutdown()

    assert (states, sim.running()) == ([True, False, True], [])
    with pytest.raises(RuntimeError, match="was shut down: make a new one"):
        factory.start()


@pytest.mark.parity("INF-22")
def test_a_sync_that_does_not_come_ends_with_its_time(sim: Sim) -> None:
    sim.faults.add(resource="pods", effect=Refuse(403))
    client = sim.client()
    factory = SharedInformerFactory(client)
    factory.informer(client.core_v1.config_maps(""))
    factory.informer(client.core_v1.pods(""))
    factory.start()

    assert (factory.wait_for_cache_sync(5), sim.now) == (False, 5.0)
    factory.shutdown()


@pytest.mark.parity("INF-22")
def test_options_go_to_every_informer(sim: Sim) -> None:
    sim.config_map("a", key="value")
    sim.config_map("b")
    client = sim.client()
    told: list[str] = []

    def without_data(obj: ConfigMap) -> ConfigMap:
        obj.data = {}
        return obj

    factory = SharedInformerFactory(
        client, resync_period=10, options={"field_selector": "metadata.name=a"}, transform=without_data
    )
    maps = factory.informer(client.core_v1.config_maps("default"))
    maps.add_event_handler(on_update=lambda old, new: told.append(new.metadata.name))
    with factory:
        sim.runtime.sleep(25)

    assert [(obj.metadata.name, obj.data) for obj in maps.store.list()] == [("a", {})]
    assert told == ["a", "a"]


def last_known(obj: Any) -> Any:
    return obj.obj if isinstance(obj, DeletedFinalStateUnknown) else obj


@pytest.mark.parity("INF-24", "MDC-01")
def test_metadata_has_informers_too(sim: Sim) -> None:
    sim.config_map("a", key="value")
    resource = MetadataClient(sim.client().rest_client).resource("v1", "configmaps").namespace("default")
    informer = SharedIndexInformer(resource, runtime=sim.runtime)
    stop = sim.runtime.event()
    heard: list[tuple[str, str]] = []
    informer.add_event_handler(
        on_add=lambda obj: heard.append(("add", obj.metadata.name)),
        on_update=lambda old, new: heard.append(("update", new.metadata.name)),
        on_delete=lambda obj: heard.append(("delete", last_known(obj).metadata.name)),
    )
    task = sim.runtime.spawn(informer.run, stop, name="informer")
    informer.wait_for_sync()
    sim.config_map("a", key="other")
    sim.runtime.sleep(1)
    found = informer.store.get_by_key("default/a")
    sim.delete("a")
    sim.runtime.sleep(1)
    stop.set()
    task.join()

    assert isinstance(found, PartialObjectMetadata)
    assert heard == [("add", "a"), ("update", "a"), ("delete", "a")]


@pytest.mark.parity("INF-24")
def test_dynamic_objects_have_informers_too(sim: Sim) -> None:
    sim.config_map("a", key="value")
    client = sim.client().dynamic
    factory = SharedInformerFactory(client)
    resource = client.resource("v1", "configmaps").namespace("default")
    maps = factory.informer(resource)
    with factory:
        sim.config_map("b")
        sim.runtime.sleep(1)
        found = factory.lister(resource).namespace("default").list()

    assert [obj.object["metadata"]["name"] for obj in found] == ["a", "b"]
    assert maps.store.list_keys() == ["default/a", "default/b"]


@pytest.mark.parity("INF-22")
def test_groups_have_typed_informers_with_listers(sim: Sim) -> None:
    sim.config_map("a", key="value")
    factory = SharedInformerFactory(sim.client())
    maps: SharedIndexInformer[ConfigMap] = factory.core_v1.config_maps
    spaces: SharedIndexInformer[Namespace] = factory.core_v1.namespaces
    with factory:
        found: ConfigMap = maps.lister.namespace("default").get("a")
        listed: list[Namespace] = spaces.lister.list()
        with pytest.raises(errors.NotFound, match='configmaps "b" not found'):
            maps.lister.namespace("default").get("b")

    assert (found.data, "default" in [one.metadata.name for one in listed]) == ({"key": "value"}, True)
    assert factory.core_v1.config_maps is maps


def test_every_listed_resource_of_the_clientset_has_a_typed_informer(sim: Sim) -> None:
    client = sim.client()
    factory = SharedInformerFactory(client)
    for resource in RESOURCES:
        if resource.informer:
            group: Any = getattr(factory, resource.module)
            names = [name for name in dir(type(group)) if isinstance(getattr(type(group), name), property)]
            kinds = [str(getattr(group, name).lister) for name in names]
            assert len(kinds) == sum(one.informer for one in RESOURCES if one.module == resource.module)


class _Widgets:
    def __init__(self, sim: Sim) -> None:
        self._client = sim.client()

    def config_maps(self, namespace: str) -> Any:
        return self._client.core_v1.config_maps(namespace)

    def namespaces(self) -> Any:
        return self._client.core_v1.namespaces()


def test_groups_that_only_the_client_knows_are_found_by_name(sim: Sim) -> None:
    client: Any = sim.client()
    client.widgets_v1 = _Widgets(sim)
    factory = SharedInformerFactory(client)

    assert factory.widgets_v1.namespaces is factory.widgets_v1.namespaces
    assert factory.widgets_v1.config_maps.name == "configmaps"
    with pytest.raises(AttributeError):
        _ = factory.widgets_v1._pods
