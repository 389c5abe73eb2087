"""What the three programs share."""

from __future__ import annotations

from kubeclient.api.core_v1 import ConfigMap, ObjectMeta


def asked_for(maps: list[ConfigMap]) -> list[str]:
    """The names of those that ask and have no result yet."""
    done = {one.metadata.labels["for"] for one in maps if "for" in one.metadata.labels}
    return [one.metadata.name for one in maps if "wish" in one.data and one.metadata.name not in done]


def result(wish: str, name: str = "") -> ConfigMap:
    meta = ObjectMeta(name=name, generate_name="" if name else f"{wish}-", namespace="default", labels={"for": wish})
    return ConfigMap(metadata=meta)


def one_result_each(config_maps: list[dict[str, object]]) -> list[str]:
    """A check as a scenario names it."""
    results = [one["metadata"]["labels"]["for"] for one in config_maps if "labels" in one["metadata"]]  # type: ignore[index]
    return [f"{results.count(wish)} results for {wish}" for wish in sorted(set(results)) if results.count(wish) > 1]
