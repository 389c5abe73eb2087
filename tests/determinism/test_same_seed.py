"""The same seed takes the same steps: within a process, and in processes that hash differently."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from kubefake.sim.determinism import Recorder, check_determinism

WORLD = Path(__file__).with_name("world.py")


def load_world() -> ModuleType:
    spec = spec_from_file_location("determinism_world", WORLD)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_repeats_every_draw_jump_and_event(seed: int) -> None:
    world = load_world()

    def play(recorder: Recorder) -> bytes:
        text: bytes = world.World(seed, recorder).play()
        return text

    trace = check_determinism(play)

    assert trace.count(b"\n") > 60


def test_another_seed_takes_another_way() -> None:
    world = load_world()

    assert world.World(1).play() != world.World(2).play()


def test_processes_that_hash_differently_write_the_same_trace() -> None:
    def play(hash_seed: str) -> bytes:
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, str(WORLD), "3"], env=environment, check=True, capture_output=True
        ).stdout

    first = play("1")

    assert b"thread-1 create" in first
    assert first == play("2")
    assert first == load_world().World(3).play()
