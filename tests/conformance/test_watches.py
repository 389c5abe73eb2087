"""Watches: from where they start, what they tell, when they end."""

from __future__ import annotations

import pytest
from conformance.objects import config_map

from kubeclient.apimachinery import errors


async def _version(config_maps):
    return (await config_maps.list()).metadata.resource_version


async def _take(watch, count):
    seen = []
    async with watch as events:
        async for event in events:
            seen.append((event.type, event.object.metadata.name))
            if len(seen) == count:
                break
    return seen


async def test_a_watch_tells_what_happened_after_its_version(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("before"))
    version = await _version(config_maps)
    await config_maps.create(config_map("one"))
    await config_maps.patch("one", {"data": {"k": "2"}})
    await config_maps.delete("one")

    seen = await _take(config_maps.watch(resource_version=version), 3)

    assert seen == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]


async def test_a_watch_without_a_version_begins_with_what_exists(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    for name in ("b", "a"):
        await config_maps.create(config_map(name))

    seen = await _take(config_maps.watch(), 2)

    assert sorted(seen) == [("ADDED", "a"), ("ADDED", "b")]


async def test_a_running_watch_is_told_of_what_happens(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)

    async with config_maps.watch(resource_version=await _version(config_maps)) as events:
        await config_maps.create(config_map("one"))
        event = await anext(events)

    assert (event.type, event.object.metadata.name) == ("ADDED", "one")


async def test_a_deletion_carries_the_last_state_under_a_new_version(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    version = await _version(config_maps)
    made = await config_maps.create(config_map("one", k="v"))
    await config_maps.delete("one")

    async with config_maps.watch(resource_version=version) as events:
        await anext(events)
        deleted = await anext(events)

    assert deleted.type == "DELETED"
    assert deleted.object.data == {"k": "v"}
    assert int(deleted.object.metadata.resource_version) > int(made.metadata.resource_version)


async def test_what_leaves_a_selection_is_deleted_for_its_watchers(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    version = await _version(config_maps)
    await config_maps.create(config_map("one"))
    await config_maps.patch("one", {"metadata": {"labels": {"tier": "front"}}})
    await config_maps.patch("one", {"data": {"k": "v"}})
    await config_maps.patch("one", {"metadata": {"labels": {"tier": "back"}}})

    seen = await _take(config_maps.watch(resource_version=version, label_selector="tier=front"), 3)

    assert seen == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]


async def test_a_watch_can_be_of_one_name(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    version = await _version(config_maps)
    await config_maps.create(config_map("other"))
    await config_maps.create(config_map("one"))

    seen = await _take(config_maps.watch(resource_version=version, field_selector="metadata.name=one"), 1)

    assert seen == [("ADDED", "one")]


async def test_a_watch_ends_when_its_time_is_over(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    version = await _version(config_maps)

    seen = [event async for event in config_maps.watch(resource_version=version, timeout_seconds=1)]

    assert seen == []


async def test_initial_events_end_with_a_bookmark(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one"))

    watch = config_maps.watch(
        send_initial_events=True, resource_version_match="NotOlderThan", allow_watch_bookmarks=True
    )
    async with watch as events:
        first = await anext(events)
        second = await anext(events)

    assert (first.type, first.object.metadata.name) == ("ADDED", "one")
    assert second.type == "BOOKMARK"
    assert second.object.metadata.annotations == {"k8s.io/initial-events-end": "true"}


@pytest.mark.arm("async", "sync", "http")
async def test_a_version_that_is_forgotten_cannot_be_watched_from(arm, client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    version = await _version(config_maps)
    await config_maps.create(config_map("one"))
    arm.compact()

    with pytest.raises(errors.Expired) as caught:
        await _take(config_maps.watch(resource_version=version), 1)

    assert caught.value.code == 410
    assert str(caught.value).startswith("too old resource version")
