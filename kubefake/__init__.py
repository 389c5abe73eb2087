"""A Kubernetes apiserver in memory: what moto is for AWS.

    from kubefake import Cluster

    client = Cluster(objects=["manifests/"]).client()
    client.apps_v1.deployments("default").get("web")

`Cluster` is for unit tests, `World` and `simulate` for simulations in virtual time, `kubefake serve` for every other client.
What is exported here is loaded on first use: importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubefake.faults.rules import (
        CrashAfterCommit,
        CrashBefore,
        CutWatch,
        Delay,
        DelayEvents,
        DropEvent,
        DuplicateEvent,
        ExpireWatch,
        LoseAnswer,
        LoseRequest,
        Match,
        Refuse,
        Rule,
        StaleRead,
    )
    from kubefake.scenario.cluster import Cluster
    from kubefake.scenario.simulate import SeedFailed, simulate
    from kubefake.scenario.world import NotSettledError, ProgramFailedError, World
    from kubefake.server import ApiServer

__all__ = [
    "ApiServer",
    "Cluster",
    "CrashAfterCommit",
    "CrashBefore",
    "CutWatch",
    "Delay",
    "DelayEvents",
    "DropEvent",
    "DuplicateEvent",
    "ExpireWatch",
    "LoseAnswer",
    "LoseRequest",
    "Match",
    "NotSettledError",
    "ProgramFailedError",
    "Refuse",
    "Rule",
    "SeedFailed",
    "StaleRead",
    "World",
    "simulate",
]

_HOMES = {
    "ApiServer": "kubefake.server",
    "Cluster": "kubefake.scenario.cluster",
    "NotSettledError": "kubefake.scenario.world",
    "ProgramFailedError": "kubefake.scenario.world",
    "SeedFailed": "kubefake.scenario.simulate",
    "World": "kubefake.scenario.world",
    "simulate": "kubefake.scenario.simulate",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kubefake' has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "kubefake.faults.rules")), name)
    globals()[name] = value
    return value
