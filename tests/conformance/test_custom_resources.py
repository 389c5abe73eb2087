"""A definition becomes a kind: its schema's defaults, pruning and validation, its status, scale and finalizers."""

from __future__ import annotations

import pytest
from conformance.objects import website_definition

from kubeclient.apimachinery import errors


@pytest.fixture
def group(namespace):
    """A group of its own for every test: the real server keeps definitions from test to test."""
    return f"{namespace}.example.com"


async def _define(client, group, namespace):
    definitions = client.dynamic.resource("apiextensions.k8s.io/v1", "customresourcedefinitions")
    await definitions.create(website_definition(group))
    async with definitions.watch(field_selector=f"metadata.name=websites.{group}") as events:
        async for event in events:
            conditions = event.object.object.get("status", {}).get("conditions") or []
            if {"Established": "True"}.items() <= {one["type"]: one["status"] for one in conditions}.items():
                break
    websites = client.dynamic.resource(f"{group}/v1", "websites").namespace(namespace)
    # The real server serves a kind a moment after it has said so.
    for _ in range(200):
        try:
            await websites.list()
        except errors.NotFound:
            continue
        break
    return websites


def _website(group, name="home", **spec):
    spec.setdefault("url", "https://example.com")
    return {"apiVersion": f"{group}/v1", "kind": "Website", "metadata": {"name": name}, "spec": spec}


async def test_defaults_are_filled_in_and_unknown_fields_pruned(client, namespace, group):
    websites = await _define(client, group, namespace)

    made = await websites.create(_website(group, unknown=1))

    assert made.object["spec"] == {"url": "https://example.com", "replicas": 1}
    assert made.object["metadata"]["generation"] == 1


async def test_the_schema_refuses(client, namespace, group):
    websites = await _define(client, group, namespace)

    with pytest.raises(errors.Invalid) as caught:
        await websites.create(_website(group, url="x" * 31, replicas=-1))

    causes = [(cause.reason, cause.field) for cause in caught.value.status.details.causes]
    # Scale has a rule of its own for replicas, and names the field by the path of the definition.
    assert sorted(causes) == [
        ("FieldValueInvalid", ".spec.replicas"),
        ("FieldValueInvalid", "spec.replicas"),
        ("FieldValueTooLong", "spec.url"),
    ]


async def test_objects_are_listed_patched_applied_and_deleted(client, namespace, group):
    websites = await _define(client, group, namespace)
    await websites.create(_website(group))
    await websites.patch("home", {"spec": {"replicas": 2}})
    applied = await websites.apply(_website(group, "other", replicas=4), field_manager="first")
    listed = await websites.list()
    await websites.delete("home")

    assert applied.object["spec"]["replicas"] == 4
    assert [(item.object["metadata"]["name"], item.object["spec"]["replicas"]) for item in listed.items] == [
        ("home", 2),
        ("other", 4),
    ]
    assert [item.object["metadata"]["name"] for item in (await websites.list()).items] == ["other"]


async def test_status_is_apart_from_the_rest(client, namespace, group):
    websites = await _define(client, group, namespace)
    made = await websites.create({**_website(group), "status": {"phase": "Lost"}})
    made.object["status"] = {"phase": "Ready"}
    made.object["spec"]["replicas"] = 7

    updated = await websites.update_status(made)

    assert updated.object["status"] == {"phase": "Ready"}
    assert updated.object["spec"]["replicas"] == 1
    assert updated.object["metadata"]["generation"] == 1


async def test_scale_follows_the_paths_of_the_definition(client, namespace, group):
    websites = await _define(client, group, namespace)
    await websites.create(_website(group, replicas=2))

    scale = await websites.get("home", subresource="scale")
    await websites.patch("home", {"spec": {"replicas": 6}}, subresource="scale")

    assert scale.object["spec"] == {"replicas": 2}
    assert (await websites.get("home")).object["spec"]["replicas"] == 6


async def test_discovery_knows_the_new_kind(client, namespace, group):
    await _define(client, group, namespace)
    found = None
    for _ in range(200):
        try:
            found = await client.discovery.server_resources_for_group_version(f"{group}/v1")
        except errors.NotFound:
            continue
        break

    assert [one.name for one in found.resources] == ["websites", "websites/status", "websites/scale"]


async def test_a_custom_object_waits_for_its_finalizers(client, namespace, group):
    websites = await _define(client, group, namespace)
    body = _website(group)
    body["metadata"]["finalizers"] = ["example.com/keep"]
    await websites.create(body)

    await websites.delete("home")
    doomed = await websites.get("home")
    await websites.patch("home", [{"op": "remove", "path": "/metadata/finalizers"}])

    assert "deletionTimestamp" in doomed.object["metadata"]
    with pytest.raises(errors.NotFound):
        await websites.get("home")


async def test_what_is_not_defined_is_not_found(client, namespace, group):
    with pytest.raises(errors.NotFound):
        await client.dynamic.resource(f"{group}/v1", "nothings").namespace(namespace).list()
