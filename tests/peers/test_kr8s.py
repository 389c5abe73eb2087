"""kr8s: dict-like objects on httpx, asks /version/ and pages its lists."""

from __future__ import annotations

import asyncio

import pytest

kr8s = pytest.importorskip("kr8s")


def test_creates_lists_watches_and_patches(served):
    from kr8s.asyncio.objects import ConfigMap

    async def scenario():
        api = await kr8s.asyncio.api(kubeconfig=served.kubeconfig)
        made = await ConfigMap(
            {"metadata": {"name": "kr8s", "namespace": "default", "labels": {"peer": "kr8s"}}, "data": {"k": "1"}},
            api=api,
        )
        await made.create()
        await made.patch({"data": {"k": "2"}})
        listed = [item.name async for item in api.get("configmaps", namespace="default", label_selector="peer=kr8s")]
        seen = []
        async for kind, item in api.watch("configmaps", namespace="default", label_selector="peer=kr8s"):
            seen.append((kind, dict(item.raw["data"])))
            break
        return listed, seen

    listed, seen = asyncio.run(scenario())

    assert listed == ["kr8s"]
    assert seen == [("ADDED", {"k": "2"})]
