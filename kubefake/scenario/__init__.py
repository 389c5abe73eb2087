"""Clusters and worlds for tests, and scenario files: reading, running and reporting them.

    from kubefake.scenario import load_scenario, sweep

    for result in sweep(load_scenario("scenarios/website/scenario.yaml")):
        print(result.seed, result.ok)

What is exported here is loaded on first use; clusters and worlds have their names in `kubefake` itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .load import load_scenario
    from .model import Scenario
    from .problems import ScenarioFileError
    from .run import Result, run_seed, shrink_result, sweep

__all__ = ["Result", "Scenario", "ScenarioFileError", "load_scenario", "run_seed", "shrink_result", "sweep"]

_HOMES = {
    "Scenario": "kubefake.scenario.model",
    "ScenarioFileError": "kubefake.scenario.problems",
    "load_scenario": "kubefake.scenario.load",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kubefake.scenario' has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "kubefake.scenario.run")), name)
    globals()[name] = value
    return value
