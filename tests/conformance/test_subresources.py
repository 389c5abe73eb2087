"""Status and scale: the parts of an object that are written apart from the rest, and the generation that counts the rest."""

from __future__ import annotations

import pytest
from conformance.objects import deployment

from kubeclient.api.autoscaling_v1 import Scale, ScaleSpec
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery import errors


async def test_status_is_written_on_its_own(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    web = await deployments.create(deployment("web"))
    web.status.replicas = 1
    web.spec.replicas = 9

    await deployments.update_status(web)

    found = await deployments.get("web")
    assert found.status.replicas == 1
    assert found.spec.replicas == 1


async def test_an_update_leaves_the_status_alone(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    web = await deployments.create(deployment("web"))
    web.status.replicas = 1
    web.spec.replicas = 2

    updated = await deployments.update(web)

    assert updated.status.replicas in (None, 0)
    assert updated.spec.replicas == 2


async def test_generation_counts_changes_of_what_is_wanted(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    await deployments.create(deployment("web"))

    labelled = await deployments.patch("web", {"metadata": {"labels": {"a": "b"}}})
    scaled = await deployments.patch("web", {"spec": {"replicas": 5}})
    observed = await deployments.patch("web", {"status": {"replicas": 1}}, subresource="status")

    assert [one.metadata.generation for one in (labelled, scaled, observed)] == [1, 2, 2]


async def test_scale_is_read_and_written(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    await deployments.create(deployment("web", replicas=2))

    before = await deployments.get_scale("web")
    after = await deployments.update_scale(
        "web", Scale(metadata=ObjectMeta(name="web", namespace=namespace), spec=ScaleSpec(replicas=5))
    )

    assert (before.spec.replicas, before.status.selector) == (2, "app=web")
    assert after.spec.replicas == 5
    assert (await deployments.get("web")).spec.replicas == 5


async def test_scale_is_patched(client, namespace):
    deployments = client.dynamic.resource("apps/v1", "deployments").namespace(namespace)
    await client.apps_v1.deployments(namespace).create(deployment("web"))

    scaled = await deployments.patch("web", {"spec": {"replicas": 3}}, subresource="scale")

    assert scaled.object["kind"] == "Scale"
    assert scaled.object["spec"]["replicas"] == 3


async def test_a_scale_with_an_old_version_conflicts(client, namespace):
    deployments = client.apps_v1.deployments(namespace)
    await deployments.create(deployment("web"))
    scale = await deployments.get_scale("web")
    await deployments.patch("web", {"metadata": {"labels": {"a": "b"}}})
    scale.spec.replicas = 4

    with pytest.raises(errors.Conflict):
        await deployments.update_scale("web", scale)


async def test_what_has_no_status_answers_not_found(client, namespace):
    config_maps = client.dynamic.resource("v1", "configmaps").namespace(namespace)

    with pytest.raises(errors.NotFound) as caught:
        await config_maps.patch("one", {}, subresource="status")

    assert str(caught.value) == "the server could not find the requested resource"
