"""The garbage collector and the namespace controller on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubefake import World

Worlds = Callable[..., World]


def config_map(
    name: str, *owners: dict[str, Any], finalizers: list[str] | None = None, namespace: str = "default"
) -> Any:
    metadata: dict[str, Any] = {"name": name, "namespace": namespace, "ownerReferences": list(owners)}
    if finalizers:
        metadata["finalizers"] = finalizers
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def reference(obj: dict[str, Any], *, blocks: bool = False) -> dict[str, Any]:
    meta = obj["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": meta["name"],
        "uid": meta["uid"],
        "blockOwnerDeletion": blocks,
    }


def delete(world: World, name: str, policy: str) -> Any:
    return world.client.core_v1.config_maps("default").delete(name, propagation_policy=policy)


def test_dependents_of_dependents_go_with_their_owner(world_of: Worlds) -> None:
    world = world_of("gc")

    async def story() -> None:
        top = (await world.apply(config_map("top")))[0]
        child = (await world.apply(config_map("child", reference(top))))[0]
        await world.apply(config_map("grandchild", reference(child)), config_map("other"))
        await delete(world, "top", "Background")
        await world.settle()

    world.run(story())
    assert [one["metadata"]["name"] for one in world.cluster.list("configmaps", namespace="default")] == ["other"]


def test_what_has_another_owner_stays_and_forgets_the_one_that_went(world_of: Worlds) -> None:
    world = world_of("gc")

    async def story() -> None:
        one = (await world.apply(config_map("one")))[0]
        two = (await world.apply(config_map("two")))[0]
        await world.apply(config_map("shared", reference(one), reference(two)))
        await delete(world, "one", "Background")
        await world.settle()

    world.run(story())
    shared = world.get("configmaps/shared")
    assert shared is not None
    assert [owner["name"] for owner in shared["metadata"]["ownerReferences"]] == ["two"]


def test_an_owner_in_the_foreground_waits_for_those_that_block_it(world_of: Worlds) -> None:
    world = world_of("gc")

    async def story() -> None:
        top = (await world.apply(config_map("top")))[0]
        await world.apply(config_map("held", reference(top, blocks=True), finalizers=["example.com/hold"]))
        await delete(world, "top", "Foreground")
        await world.settle()
        world.expect("configmaps/top", {"metadata": {"finalizers": ["foregroundDeletion"]}})
        await world.patch("configmaps/held", {"metadata": {"finalizers": None}})
        await world.settle()

    world.run(story())
    assert world.get("configmaps/top") is None
    assert world.get("configmaps/held") is None


def test_orphans_stay_without_their_owner(world_of: Worlds) -> None:
    world = world_of("gc")

    async def story() -> None:
        top = (await world.apply(config_map("top")))[0]
        await world.apply(config_map("child", reference(top)))
        await delete(world, "top", "Orphan")
        await world.settle()

    world.run(story())
    child = world.get("configmaps/child")
    assert world.get("configmaps/top") is None
    assert child is not None
    assert "ownerReferences" not in child["metadata"]


def test_an_owner_in_another_namespace_counts_as_absent(world_of: Worlds) -> None:
    world = world_of("gc")

    async def story() -> None:
        await world.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "far"}})
        owner = (await world.apply(config_map("owner", namespace="far")))[0]
        await world.apply(config_map("child", reference(owner)))
        await world.settle()

    world.run(story())
    assert world.get("configmaps/child") is None
    assert [one["reason"] for one in world.cluster.list("events")] == ["OwnerRefInvalidNamespace"]


def test_a_namespace_goes_when_it_is_empty(world_of: Worlds) -> None:
    world = world_of("namespace")

    async def story() -> None:
        await world.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "far"}})
        await world.apply(config_map("held", finalizers=["example.com/hold"], namespace="far"))
        await world.apply(config_map("free", namespace="far"))
        await world.delete("namespaces/far")
        await world.sleep("5s")
        world.expect("configmaps/free", None, namespace="far")
        found = world.get("namespaces/far")
        assert found is not None
        remaining = next(one for one in found["status"]["conditions"] if one["type"] == "NamespaceFinalizersRemaining")
        assert remaining["message"].endswith("example.com/hold in 1 resource instances")
        await world.patch("configmaps/held", {"metadata": {"finalizers": None}}, namespace="far")
        await world.eventually("namespaces/far", None, within="1m")

    world.run(story())
