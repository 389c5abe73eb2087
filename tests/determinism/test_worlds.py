"""One seed, one run: in the same process, after other seeds, in other processes, whatever the hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubefake.scenario.load import load_scenario
from kubefake.scenario.run import run_seed

JOBS = Path(__file__).resolve().parents[1] / "unit" / "kubefake" / "scenario" / "jobs"

PROGRAM = """
import sys
from kubefake.scenario.load import load_scenario
from kubefake.scenario.run import run_seed
for seed in map(int, sys.argv[2:]):
    print(seed, run_seed(load_scenario(sys.argv[1]), seed).digest)
"""


def digests(path: Path, hash_seed: str, *seeds: int) -> dict[int, str]:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(path), *map(str, seeds)]
    lines = subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout.splitlines()
    return {int(line.split()[0]): line.split()[1] for line in lines}


@pytest.mark.parametrize("name", ["careful", "careless", "blocking"])
def test_a_seed_is_the_same_in_every_process_and_in_every_company(name: str) -> None:
    path = JOBS / f"{name}.yaml"

    alone = digests(path, "1", 7)
    among_others = digests(path, "2", 3, 7, 5)
    here = {seed: run_seed(load_scenario(path), seed).digest for seed in (5, 7, 3)}

    assert alone.items() <= among_others.items()
    assert among_others == here
    assert len(set(here.values())) == 3
