"""Lists: what they select, how they are paged, which version they show; and deleting what a list selects."""

from __future__ import annotations

import pytest
from conformance.objects import config_map, deployment

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.labels import parse


def _names(listed):
    return [item.metadata.name for item in listed.items]


async def _fill(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    for name, tier in (("a", "front"), ("b", "back"), ("c", "front"), ("d", "")):
        await config_maps.create(config_map(name, labels={"tier": tier} if tier else None))
    return config_maps


async def test_a_list_is_in_the_order_of_names(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    for name in ("b", "c", "a"):
        await config_maps.create(config_map(name))

    assert _names(await config_maps.list()) == ["a", "b", "c"]


async def test_a_list_of_nothing_has_a_version_to_watch_from(client, namespace):
    listed = await client.core_v1.config_maps(namespace).list()

    assert listed.items == []
    assert int(listed.metadata.resource_version) > 0


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("tier=front", ["a", "c"]),
        ("tier!=front", ["b", "d"]),
        ("tier in (front, back)", ["a", "b", "c"]),
        ("tier notin (front)", ["b", "d"]),
        ("tier", ["a", "b", "c"]),
        ("!tier", ["d"]),
        ("tier,tier!=back", ["a", "c"]),
    ],
)
async def test_label_selectors_select(client, namespace, selector, expected):
    config_maps = await _fill(client, namespace)

    assert _names(await config_maps.list(label_selector=selector)) == expected
    assert _names(await config_maps.list(label_selector=parse(selector))) == expected


async def test_field_selectors_select_by_name_and_namespace(client, namespace):
    await _fill(client, namespace)

    listed = await client.core_v1.config_maps("").list(field_selector=f"metadata.name=b,metadata.namespace={namespace}")

    assert _names(listed) == ["b"]


async def test_an_unknown_field_is_no_selector(client, namespace):
    with pytest.raises(errors.BadRequest) as caught:
        await client.core_v1.config_maps(namespace).list(field_selector="data.k=v")

    assert str(caught.value) == ('"data.k" is not a known field selector: only "metadata.name", "metadata.namespace"')


async def test_a_selector_that_is_none_is_refused(client, namespace):
    with pytest.raises(errors.BadRequest) as caught:
        await client.core_v1.config_maps(namespace).list(label_selector="=x")

    assert str(caught.value) == "found '=', expected: !, identifier, or 'end of string'"


async def test_pages_continue_where_the_last_one_ended(client, namespace):
    config_maps = await _fill(client, namespace)

    first = await config_maps.list(limit=3)
    second = await config_maps.list(limit=3, continue_=first.metadata.continue_)

    assert _names(first) == ["a", "b", "c"]
    assert first.metadata.remaining_item_count == 1
    assert _names(second) == ["d"]
    assert second.metadata.continue_ == ""


async def test_pages_show_one_version_whatever_happens_between_them(client, namespace):
    config_maps = await _fill(client, namespace)
    first = await config_maps.list(limit=2)
    await config_maps.delete("d")
    await config_maps.create(config_map("e"))

    second = await config_maps.list(limit=9, continue_=first.metadata.continue_)

    assert _names(second) == ["c", "d"]
    assert second.metadata.resource_version == first.metadata.resource_version


async def test_a_continuation_that_is_none_is_refused(client, namespace):
    with pytest.raises(errors.BadRequest):
        await client.core_v1.config_maps(namespace).list(limit=1, continue_="nonsense")


async def test_a_list_can_show_an_old_version(client, namespace):
    config_maps = await _fill(client, namespace)
    old = (await config_maps.list()).metadata.resource_version
    await config_maps.delete("a")

    listed = await config_maps.list(resource_version=old, resource_version_match="Exact")

    assert _names(listed) == ["a", "b", "c", "d"]
    assert listed.metadata.resource_version == old


@pytest.mark.arm("async", "sync", "http")
async def test_pages_expire_when_their_version_is_forgotten(arm, client, namespace):
    config_maps = await _fill(client, namespace)
    first = await config_maps.list(limit=2)
    await config_maps.delete("d")
    arm.compact()

    with pytest.raises(errors.Expired) as caught:
        await config_maps.list(limit=2, continue_=first.metadata.continue_)

    # The list can go on without the promise of one version: the refusal brings the token for it.
    listed = await config_maps.list(continue_=caught.value.status.metadata.continue_)
    assert _names(listed) == ["c"]


async def test_a_collection_is_deleted_as_far_as_it_is_selected(client, namespace):
    config_maps = await _fill(client, namespace)

    await config_maps.delete_collection(label_selector="tier=front")

    assert _names(await config_maps.list()) == ["b", "d"]


async def test_a_dry_run_deletes_no_collection(client, namespace):
    config_maps = await _fill(client, namespace)

    await config_maps.delete_collection(dry_run=True)

    assert len((await config_maps.list()).items) == 4


async def test_the_kinds_of_a_dynamic_list_are_told(client, namespace):
    await client.apps_v1.deployments(namespace).create(deployment("web"))

    listed = await client.dynamic.resource("apps/v1", "deployments").namespace(namespace).list()

    assert listed.object["kind"] == "DeploymentList"
    assert [item.object["metadata"]["name"] for item in listed.items] == ["web"]
