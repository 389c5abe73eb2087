"""The same operator, unchanged, on the real thing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from controller import main
from support.oracle import TOKEN, Oracle, missing

from kubeclient import AsyncClientset, Config
from kubeclient.kubernetes import Preconditions
from kubeclient.manifests import async_create_from_yaml
from kubeclient.rest import TLSClientConfig
from kubeclient.retry import async_on_error

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.timeout(120),
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    with Oracle(tmp_path_factory.mktemp("oracle")) as oracle:
        yield oracle


def test_the_operator_runs_unchanged(oracle: Oracle, folder: Path) -> None:
    async def story() -> None:
        config = Config(host=oracle.url, bearer_token=TOKEN, tls=TLSClientConfig(insecure=True), qps=-1)
        async with AsyncClientset.from_config(config) as client:
            websites = client.dynamic.resource("example.com/v1", "websites").namespace("default")
            await async_create_from_yaml(client, folder / "crd.yaml")
            # The kind is served a moment after its definition is stored.
            await async_on_error(websites.list, retriable=lambda error: True)
            stop = client.runtime.event()
            program = client.runtime.spawn(main, client, stop, name="website")
            await async_create_from_yaml(client, folder / "website.yaml")
            async with websites.watch(timeout_seconds=30) as events:
                async for event in events:
                    if event.object.get("status", {}).get("observedGeneration"):
                        break
            deployment = await client.apps_v1.deployments("default").get("shop")
            assert deployment.spec.replicas == 3
            records = await client.core_v1.config_maps("default").get("dns-records")
            assert records.data == {"shop.example.com": "shop"}
            async with websites.watch(timeout_seconds=30) as events:
                await websites.delete("shop", preconditions=Preconditions(uid=event.object.uid))
                async for event in events:
                    if event.type == "DELETED":
                        break
            assert (await client.core_v1.config_maps("default").get("dns-records")).data == {}
            stop.set()
            assert await program.join(timeout=20)

    asyncio.run(story())
