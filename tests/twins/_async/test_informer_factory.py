"""Factories: one informer for a resource, started, awaited and shut down together."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap, Namespace
from kubeclient.api.meta_v1 import PartialObjectMetadata
from kubeclient.api.resources import RESOURCES
from kubeclient.apimachinery import errors
from kubeclient.cache import AsyncSharedIndexInformer, DeletedFinalStateUnknown
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.metadata import AsyncMetadataClient
from kubefake.faults.rules import Refuse
from tests.twins.support import AsyncSim


@pytest.mark.parity("INF-22")
async def test_a_resource_has_one_informer_for_each_namespace_and_type(sim: AsyncSim) -> None:
    client = sim.client()
    factory = AsyncSharedInformerFactory(client)
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
async def test_entering_starts_and_syncs_and_leaving_ends_everything(sim: AsyncSim) -> None:
    sim.config_map("a", key="value")
    client = sim.client()
    factory = AsyncSharedInformerFactory(client, namespace="default")
    maps = factory.lister(client.core_v1.config_maps(""))
    names: list[str] = []
    factory.core_v1.config_maps.add_event_handler(on_add=lambda obj: names.append(obj.metadata.name))
    async with factory:
        found: ConfigMap = maps.namespace("default").get("a")
        await sim.runtime.sleep(1)

    assert (found.data, names, sim.running()) == ({"key": "value"}, ["a"], [])
    await factory.shutdown()


@pytest.mark.parity("INF-22")
async def test_start_starts_what_is_new(sim: AsyncSim) -> None:
    client = sim.client()
    factory = AsyncSharedInformerFactory(client)
    maps = factory.informer(client.core_v1.config_maps(""))
    factory.start()
    pods = factory.informer(client.core_v1.pods(""))
    assert await factory.wait_for_cache_sync(10)
    states = [maps.has_synced(), pods.has_synced()]
    factory.start()
    factory.start()
    assert await factory.wait_for_cache_sync(10)
    states.append(pods.has_synced())
    await factory.shutdown()

    assert (states, sim.running()) == ([True, False, True], [])
    with pytest.raises(RuntimeError, match="was shut down: make a new one"):
        factory.start()


@pytest.mark.parity("INF-22")
async def test_a_sync_that_does_not_come_ends_with_its_time(sim: AsyncSim) -> None:
    sim.faults.add(resource="pods", effect=Refuse(403))
    client = sim.client()
    factory = AsyncSharedInformerFactory(client)
    factory.informer(client.core_v1.config_maps(""))
    factory.informer(client.core_v1.pods(""))
    factory.start()

    assert (await factory.wait_for_cache_sync(5), sim.now) == (False, 5.0)
    await factory.shutdown()


@pytest.mark.parity("INF-22")
async def test_options_go_to_every_informer(sim: AsyncSim) -> None:
    sim.config_map("a", key="value")
    sim.config_map("b")
    client = sim.client()
    told: list[str] = []

    def without_data(obj: ConfigMap) -> ConfigMap:
        obj.data = {}
        return obj

    factory = AsyncSharedInformerFactory(
        client, resync_period=10, options={"field_selector": "metadata.name=a"}, transform=without_data
    )
    maps = factory.informer(client.core_v1.config_maps("default"))
    maps.add_event_handler(on_update=lambda old, new: told.append(new.metadata.name))
    async with factory:
        await sim.runtime.sleep(25)

    assert [(obj.metadata.name, obj.data) for obj in maps.store.list()] == [("a", {})]
    assert told == ["a", "a"]


def last_known(obj: Any) -> Any:
    return obj.obj if isinstance(obj, DeletedFinalStateUnknown) else obj


@pytest.mark.parity("INF-24", "MDC-01")
async def test_metadata_has_informers_too(sim: AsyncSim) -> None:
    sim.config_map("a", key="value")
    resource = AsyncMetadataClient(sim.client().rest_client).resource("v1", "configmaps").namespace("default")
    informer = AsyncSharedIndexInformer(resource, runtime=sim.runtime)
    stop = sim.runtime.event()
    heard: list[tuple[str, str]] = []
    informer.add_event_handler(
        on_add=lambda obj: heard.append(("add", obj.metadata.name)),
        on_update=lambda old, new: heard.append(("update", new.metadata.name)),
        on_delete=lambda obj: heard.append(("delete", last_known(obj).metadata.name)),
    )
    task = sim.runtime.spawn(informer.run, stop, name="informer")
    await informer.wait_for_sync()
    sim.config_map("a", key="other")
    await sim.runtime.sleep(1)
    found = informer.store.get_by_key("default/a")
    sim.delete("a")
    await sim.runtime.sleep(1)
    stop.set()
    await task.join()

    assert isinstance(found, PartialObjectMetadata)
    assert heard == [("add", "a"), ("update", "a"), ("delete", "a")]


@pytest.mark.parity("INF-24")
async def test_dynamic_objects_have_informers_too(sim: AsyncSim) -> None:
    sim.config_map("a", key="value")
    client = sim.client().dynamic
    factory = AsyncSharedInformerFactory(client)
    resource = client.resource("v1", "configmaps").namespace("default")
    maps = factory.informer(resource)
    async with factory:
        sim.config_map("b")
        await sim.runtime.sleep(1)
        found = factory.lister(resource).namespace("default").list()

    assert [obj.object["metadata"]["name"] for obj in found] == ["a", "b"]
    assert maps.store.list_keys() == ["default/a", "default/b"]


@pytest.mark.parity("INF-22")
async def test_groups_have_typed_informers_with_listers(sim: AsyncSim) -> None:
    sim.config_map("a", key="value")
    factory = AsyncSharedInformerFactory(sim.client())
    maps: AsyncSharedIndexInformer[ConfigMap] = factory.core_v1.config_maps
    spaces: AsyncSharedIndexInformer[Namespace] = factory.core_v1.namespaces
    async with factory:
        found: ConfigMap = maps.lister.namespace("default").get("a")
        listed: list[Namespace] = spaces.lister.list()
        with pytest.raises(errors.NotFound, match='configmaps "b" not found'):
            maps.lister.namespace("default").get("b")

    assert (found.data, "default" in [one.metadata.name for one in listed]) == ({"key": "value"}, True)
    assert factory.core_v1.config_maps is maps


async def test_every_listed_resource_of_the_clientset_has_a_typed_informer(sim: AsyncSim) -> None:
    client = sim.client()
    factory = AsyncSharedInformerFactory(client)
    for resource in RESOURCES:
        if resource.informer:
            group: Any = getattr(factory, resource.module)
            names = [name for name in dir(type(group)) if isinstance(getattr(type(group), name), property)]
            kinds = [str(getattr(group, name).lister) for name in names]
            assert len(kinds) == sum(one.informer for one in RESOURCES if one.module == resource.module)


class _Widgets:
    def __init__(self, sim: AsyncSim) -> None:
        self._client = sim.client()

    def config_maps(self, namespace: str) -> Any:
        return self._client.core_v1.config_maps(namespace)

    def namespaces(self) -> Any:
        return self._client.core_v1.namespaces()


async def test_groups_that_only_the_client_knows_are_found_by_name(sim: AsyncSim) -> None:
    client: Any = sim.client()
    client.widgets_v1 = _Widgets(sim)
    factory = AsyncSharedInformerFactory(client)

    assert factory.widgets_v1.namespaces is factory.widgets_v1.namespaces
    assert factory.widgets_v1.config_maps.name == "configmaps"
    with pytest.raises(AttributeError):
        _ = factory.widgets_v1._pods
