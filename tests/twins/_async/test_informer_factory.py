"""Factories: one informer for a resource, started, awaited and shut down together."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.informers import AsyncSharedInformerFactory
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
    sim.faults.add(verb="list", resource="pods", effect=Refuse(403))
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
