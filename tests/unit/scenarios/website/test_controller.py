"""The operator for asyncio against a cluster in memory, one step at a time."""

from __future__ import annotations

import asyncio

from controller import WebsiteController

from kubeclient.informers import AsyncSharedInformerFactory
from kubefake import Cluster


def reconcile(cluster: Cluster) -> None:
    """Looks at the Website shop once, with caches that are up to date."""

    async def main() -> None:
        client = cluster.async_client()
        factory = AsyncSharedInformerFactory(client)
        controller = WebsiteController(client, factory)
        async with factory:
            await controller.reconcile("default/shop")

    asyncio.run(main())


def test_a_website_gets_a_deployment_a_service_and_a_record(cluster: Cluster) -> None:
    reconcile(cluster)
    deployment, service = cluster.get("deployments/shop"), cluster.get("services/shop")
    assert deployment is not None
    assert deployment["spec"]["replicas"] == 3
    assert service is not None
    assert service["spec"]["selector"] == {"example.com/website": "shop"}
    records = cluster.get("configmaps/dns-records")
    assert records is not None
    assert records["data"] == {"shop.example.com": "shop"}


def test_the_status_says_which_generation_was_seen(cluster: Cluster) -> None:
    cluster.patch("websites/shop", {"spec": {"replicas": 1}})
    reconcile(cluster)
    site = cluster.get("websites/shop")
    assert site is not None
    assert site["status"]["observedGeneration"] == 2


def test_a_second_look_changes_nothing(cluster: Cluster) -> None:
    reconcile(cluster)
    before = cluster.server.store.revision
    reconcile(cluster)
    assert cluster.server.store.revision == before


def test_a_change_by_hand_is_put_right(cluster: Cluster) -> None:
    reconcile(cluster)
    cluster.patch("deployments/shop", {"spec": {"replicas": 99}})
    reconcile(cluster)
    deployment = cluster.get("deployments/shop")
    assert deployment is not None
    assert deployment["spec"]["replicas"] == 3


def test_a_deployment_of_somebody_else_is_left_alone(cluster: Cluster) -> None:
    reconcile(cluster)
    cluster.patch("deployments/shop", {"metadata": {"ownerReferences": None}, "spec": {"replicas": 9}})
    reconcile(cluster)
    deployment, site = cluster.get("deployments/shop"), cluster.get("websites/shop")
    assert deployment is not None
    assert site is not None
    assert deployment["spec"]["replicas"] == 9
    assert {one["reason"] for one in site["status"]["conditions"]} == {"NotOwned"}


def test_a_website_that_goes_releases_its_record(cluster: Cluster) -> None:
    reconcile(cluster)
    cluster.delete("websites/shop")
    reconcile(cluster)
    records = cluster.get("configmaps/dns-records")
    assert cluster.get("websites/shop") is None
    assert records is not None
    assert "data" not in records
