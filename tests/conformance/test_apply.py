"""Server-side apply: who owns which field, and what happens to fields that nobody applies any more."""

from __future__ import annotations

import pytest
from conformance.objects import deployment

from kubeclient.apimachinery import errors


def _applied(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


async def test_apply_creates(client, namespace):
    made = await client.core_v1.config_maps(namespace).apply(_applied("one", k="v"), field_manager="first")

    assert made.data == {"k": "v"}
    assert [(entry.manager, entry.operation) for entry in made.metadata.managed_fields] == [("first", "Apply")]


async def test_apply_removes_what_it_no_longer_says(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.apply(_applied("one", k="v", gone="x"), field_manager="first")

    again = await config_maps.apply(_applied("one", k="v"), field_manager="first")

    assert again.data == {"k": "v"}


async def test_applying_the_same_again_changes_nothing(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    first = await config_maps.apply(_applied("one", k="v"), field_manager="first")

    again = await config_maps.apply(_applied("one", k="v"), field_manager="first")

    assert again.metadata.resource_version == first.metadata.resource_version


async def test_what_another_manager_owns_conflicts(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.apply(_applied("one", k="1"), field_manager="first")

    with pytest.raises(errors.Conflict) as caught:
        await config_maps.apply(_applied("one", k="2"), field_manager="second")

    assert str(caught.value) == 'Apply failed with 1 conflict: conflict with "first": .data.k'
    assert [cause.field for cause in caught.value.status.details.causes] == [".data.k"]


async def test_force_takes_over(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.apply(_applied("one", k="1"), field_manager="first")
    await config_maps.apply(_applied("one", k="2"), field_manager="second", force=True)

    owners = {entry.manager: entry for entry in (await config_maps.get("one")).metadata.managed_fields}

    assert sorted(owners) == ["second"]


async def test_a_shared_field_stays_while_one_owner_is_left(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.apply(_applied("one", k="v", own="1"), field_manager="first")
    await config_maps.apply(_applied("one", k="v"), field_manager="second")

    left = await config_maps.apply(_applied("one", own="1"), field_manager="first")

    assert left.data == {"k": "v", "own": "1"}


async def test_an_update_owns_what_it_changed(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.apply(_applied("one", k="1"), field_manager="first")
    await config_maps.patch("one", {"data": {"k": "2"}}, field_manager="editor")

    with pytest.raises(errors.Conflict) as caught:
        await config_maps.apply(_applied("one", k="3"), field_manager="first")

    assert 'conflict with "editor" using v1: .data.k' in str(caught.value)


async def test_lists_are_merged_by_their_keys(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    await deployments.create(deployment("web"))
    applied = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{"name": "sidecar", "image": "envoy"}]}}},
    }

    both = await deployments.apply(applied, field_manager="first")

    assert sorted(one.name for one in both.spec.template.spec.containers) == ["sidecar", "web"]


async def test_apply_with_a_version_does_not_create(client, namespace):
    body = _applied("one", k="v")
    body["metadata"]["uid"] = "8f2e6d3e-1111-4222-8333-444455556666"

    with pytest.raises(errors.Conflict):
        await client.core_v1.config_maps(namespace).apply(body, field_manager="first")


async def test_apply_needs_a_manager(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)

    with pytest.raises(errors.StatusError) as caught:
        await config_maps.patch("one", _applied("one"), patch_type="apply")

    assert "fieldManager: Required value: is required for apply patch" in str(caught.value)
