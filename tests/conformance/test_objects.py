"""The life of one object: made, read, replaced, changed in every way of patching, and deleted."""

from __future__ import annotations

import pytest
from conformance.objects import config_map, deployment

from kubeclient.apimachinery import errors
from kubeclient.machines.options import Preconditions


async def test_create_returns_what_was_stored(client, namespace):
    made = await client.core_v1.config_maps(namespace).create(config_map("one", k="v"))
    found = await client.core_v1.config_maps(namespace).get("one")

    assert made == found
    assert made.metadata.uid
    assert made.metadata.namespace == namespace
    assert made.metadata.creation_timestamp is not None


async def test_a_name_is_taken_once(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one"))

    with pytest.raises(errors.AlreadyExists) as caught:
        await config_maps.create(config_map("one"))

    assert str(caught.value) == 'configmaps "one" already exists'


async def test_a_name_is_made_up_where_only_its_beginning_is_given(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    first = await config_maps.create(config_map("", generate_name="made-"))
    second = await config_maps.create(config_map("", generate_name="made-"))

    assert first.metadata.name.startswith("made-")
    assert len(first.metadata.name) == len("made-") + 5
    assert first.metadata.name != second.metadata.name


async def test_what_is_not_there_is_not_found(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)

    for attempt in (config_maps.get("none"), config_maps.delete("none"), config_maps.patch("none", {})):
        with pytest.raises(errors.NotFound) as caught:
            await attempt
        assert str(caught.value) == 'configmaps "none" not found'
        assert caught.value.status.details.kind == "configmaps"


async def test_invalid_objects_are_refused_with_a_cause_for_each_field(client, namespace):
    bad = deployment("bad")
    bad.spec.replicas = -1
    bad.spec.template.spec.containers[0].image = ""

    with pytest.raises(errors.Invalid) as caught:
        await client.apps_v1.deployments(namespace).create(bad)

    causes = [(cause.reason, cause.field) for cause in caught.value.status.details.causes]
    assert causes == [
        ("FieldValueInvalid", "spec.replicas"),
        ("FieldValueRequired", "spec.template.spec.containers[0].image"),
    ]


async def test_update_replaces(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    one = await config_maps.create(config_map("one", k="1", gone="x"))
    one.data = {"k": "2"}

    updated = await config_maps.update(one)

    assert updated.data == {"k": "2"}
    assert updated.metadata.uid == one.metadata.uid
    assert updated.metadata.resource_version != one.metadata.resource_version


async def test_update_with_an_old_version_conflicts(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    old = await config_maps.create(config_map("one", k="1"))
    await config_maps.patch("one", {"data": {"k": "2"}})
    old.data = {"k": "3"}

    with pytest.raises(errors.Conflict) as caught:
        await config_maps.update(old)

    assert str(caught.value) == (
        'Operation cannot be fulfilled on configmaps "one": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    assert (await config_maps.get("one")).data == {"k": "2"}


async def test_an_update_that_changes_nothing_keeps_the_version(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    one = await config_maps.create(config_map("one", k="1"))

    updated = await config_maps.update(one)

    assert updated.metadata.resource_version == one.metadata.resource_version


async def test_a_json_patch_is_a_list_of_operations(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one", k="1", gone="x"))

    patched = await config_maps.patch(
        "one",
        [
            {"op": "test", "path": "/data/k", "value": "1"},
            {"op": "replace", "path": "/data/k", "value": "2"},
            {"op": "remove", "path": "/data/gone"},
        ],
    )

    assert patched.data == {"k": "2"}


async def test_a_json_patch_whose_test_fails_changes_nothing(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one", k="1"))

    with pytest.raises(errors.Invalid):
        await config_maps.patch("one", [{"op": "test", "path": "/data/k", "value": "other"}])

    assert (await config_maps.get("one")).data == {"k": "1"}


async def test_a_merge_patch_removes_what_it_calls_null(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one", k="1", gone="x"))

    patched = await config_maps.patch("one", {"data": {"k": "2", "gone": None, "new": "3"}})

    assert patched.data == {"k": "2", "new": "3"}


async def test_a_merge_patch_with_an_old_version_conflicts(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    old = await config_maps.create(config_map("one"))
    await config_maps.patch("one", {"data": {"k": "2"}})

    with pytest.raises(errors.Conflict):
        await config_maps.patch(
            "one", {"metadata": {"resourceVersion": old.metadata.resource_version}, "data": {"k": "3"}}
        )


async def test_a_strategic_patch_merges_lists_by_their_keys(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    await deployments.create(deployment("web"))
    sidecar = {"name": "sidecar", "image": "envoy"}

    patched = await deployments.patch(
        "web", {"spec": {"template": {"spec": {"containers": [sidecar]}}}}, patch_type="strategic"
    )

    assert [one.name for one in patched.spec.template.spec.containers] == ["sidecar", "web"]


async def test_a_merge_patch_replaces_lists(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    await deployments.create(deployment("web"))
    only = {"name": "only", "image": "envoy"}

    patched = await deployments.patch(
        "web", {"spec": {"template": {"spec": {"containers": [only]}}}}, patch_type="merge"
    )

    assert [one.name for one in patched.spec.template.spec.containers] == ["only"]


async def test_delete_removes(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one"))

    await config_maps.delete("one")

    with pytest.raises(errors.NotFound):
        await config_maps.get("one")


async def test_delete_may_insist_on_a_version(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    made = await config_maps.create(config_map("one"))
    await config_maps.patch("one", {"data": {"k": "2"}})

    with pytest.raises(errors.Conflict):
        await config_maps.delete("one", preconditions=Preconditions(resource_version=made.metadata.resource_version))
    await config_maps.delete("one", preconditions=Preconditions(uid=made.metadata.uid))


async def test_finalizers_keep_an_object_until_they_are_gone(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    kept = config_map("kept")
    kept.metadata.finalizers = ["example.com/keep"]
    await config_maps.create(kept)

    await config_maps.delete("kept")
    doomed = await config_maps.get("kept")
    await config_maps.patch("kept", {"metadata": {"finalizers": None}})

    assert doomed.metadata.deletion_timestamp is not None
    assert doomed.metadata.finalizers == ["example.com/keep"]
    with pytest.raises(errors.NotFound):
        await config_maps.get("kept")


async def test_no_finalizer_can_be_added_to_what_is_being_deleted(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    kept = config_map("kept")
    kept.metadata.finalizers = ["example.com/keep"]
    await config_maps.create(kept)
    await config_maps.delete("kept")

    with pytest.raises(errors.Invalid) as caught:
        await config_maps.patch("kept", {"metadata": {"finalizers": ["example.com/keep", "example.com/more"]}})

    assert "metadata.finalizers: Forbidden: no new finalizers can be added" in str(caught.value)


async def test_a_dry_run_answers_and_stores_nothing(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)

    answered = await config_maps.create(config_map("one", k="1"), dry_run=True)

    assert answered.data == {"k": "1"}
    with pytest.raises(errors.NotFound):
        await config_maps.get("one")


async def test_a_dry_run_of_a_delete_deletes_nothing(client, namespace):
    config_maps = client.core_v1.config_maps(namespace)
    await config_maps.create(config_map("one"))

    await config_maps.delete("one", dry_run=True)

    assert (await config_maps.get("one")).metadata.name == "one"


async def test_unknown_fields_are_refused_where_that_is_asked_for(client, namespace):
    config_maps = client.dynamic.resource("v1", "configmaps").namespace(namespace)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "dta": {}}

    with pytest.raises(errors.BadRequest) as caught:
        await config_maps.create(body, field_validation="Strict")

    assert 'strict decoding error: unknown field "dta"' in str(caught.value)
