"""Worlds with builtin controllers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from kubefake import World
from kubefake.actors import ACTORS


@pytest.fixture
def world_of() -> Iterator[Callable[..., World]]:
    """Makes a world in which the named controllers run; keywords are the world's."""
    with ExitStack() as worlds:

        def make(*names: str, **options: Any) -> World:
            world = worlds.enter_context(World(**options))
            for name in names:
                world.start(ACTORS[name], name=name)
            return world

        yield make


def workload(kind: str, replicas: int = 3, image: str = "img:1", **spec: Any) -> dict[str, Any]:
    """A Deployment or a ReplicaSet called web."""
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": image}]},
            },
            **spec,
        },
    }


@pytest.fixture
def manifest() -> Callable[..., dict[str, Any]]:
    return workload
