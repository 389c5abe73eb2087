"""The asyncio client on aiohttp."""

from __future__ import annotations

import asyncio

import pytest

kubernetes_asyncio = pytest.importorskip("kubernetes_asyncio")


def test_creates_lists_watches_and_patches(served):
    async def scenario():
        api = await kubernetes_asyncio.config.new_client_from_config(config_file=served.kubeconfig)
        async with api:
            core = kubernetes_asyncio.client.CoreV1Api(api)
            start = (await core.list_namespaced_config_map("default")).metadata.resource_version
            body = {"metadata": {"name": "aio", "labels": {"peer": "aio"}}, "data": {"k": "1"}}
            await core.create_namespaced_config_map("default", body)
            await core.patch_namespaced_config_map("aio", "default", {"data": {"k": "2"}})
            listed = await core.list_namespaced_config_map("default", label_selector="peer=aio")
            seen = []
            async with kubernetes_asyncio.watch.Watch() as watch:
                stream = watch.stream(
                    core.list_namespaced_config_map, "default", resource_version=start, timeout_seconds=10
                )
                async for event in stream:
                    seen.append((event["type"], event["object"].data))
                    if len(seen) == 2:
                        break
            return [item.metadata.name for item in listed.items], seen

    names, seen = asyncio.run(scenario())

    assert names == ["aio"]
    assert seen == [("ADDED", {"k": "1"}), ("MODIFIED", {"k": "2"})]
