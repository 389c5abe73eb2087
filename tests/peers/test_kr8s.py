"""kr8s: dict-like objects on httpx, asks /version/ and pages its lists."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

kr8s = pytest.importorskip("kr8s")

# It knows no server as new as ours.
pytestmark = pytest.mark.filterwarnings("ignore:Kubernetes version .* is not supported")


@asynccontextmanager
async def _connected(served):
    api = await kr8s.asyncio.api(kubeconfig=served.kubeconfig)
    try:
        yield api
    finally:
        await api._session.aclose()  # it has no way of its own to close what it opened


def test_creates_lists_watches_and_patches(served):
    from kr8s.asyncio.objects import ConfigMap

    async def scenario():
        async with _connected(served) as api:
            made = await ConfigMap(
                {"metadata": {"name": "kr8s", "namespace": "default", "labels": {"peer": "kr8s"}}, "data": {"k": "1"}},
                api=api,
            )
            await made.create()
            await made.patch({"data": {"k": "2"}})
            listed = [
                item.name async for item in api.get("configmaps", namespace="default", label_selector="peer=kr8s")
            ]
            seen = []
            async for kind, item in api.watch("configmaps", namespace="default", label_selector="peer=kr8s"):
                seen.append((kind, dict(item.raw["data"])))
                break
            return listed, seen

    listed, seen = asyncio.run(scenario())

    assert listed == ["kr8s"]
    assert seen == [("ADDED", {"k": "2"})]


def test_scales_waits_and_deletes(served):
    from kr8s.asyncio.objects import Deployment

    async def scenario():
        async with _connected(served) as api:
            labels = {"app": "kr8s"}
            body = {
                "metadata": {"name": "kr8s", "namespace": "default"},
                "spec": {
                    "replicas": 1,
                    "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
                },
            }
            made = await Deployment(body, api=api)
            await made.create()
            scaling = asyncio.create_task(made.scale(3))  # it waits until the status has caught up
            async for _, item in api.watch("deployments", namespace="default"):
                if item.replicas == 3:
                    break
            scaling.cancel()
            await made.delete()
            return await made.exists()

    assert asyncio.run(scenario()) is False
