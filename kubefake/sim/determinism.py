"""Finds out whether a run repeats itself, and if not, at which step it first went another way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from kubefake.sim.clock import format_ns
from kubefake.sim.errors import Nondeterminism

__all__ = ["Recorder", "check_determinism"]

T = TypeVar("T")

_BEFORE = 5


class Recorder:
    """Takes down the steps of a run: what was drawn, when time moved, what was traced.

    Its methods fit where the parts of a simulation report: `draw` for `Seeds(log=…)`, `jump` for `SimLoop(on_jump=…)`,
    `line` for `Trace(sink=…)`. `step` takes anything else.
    """

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._hash = hashlib.blake2b(digest_size=16)

    def step(self, text: str) -> None:
        self.steps.append(text)
        self._hash.update(text.encode("utf-8") + b"\n")

    def draw(self, stream: str, value: str) -> None:
        self.step(f"draw {stream}: {value}")

    def jump(self, now_ns: int) -> None:
        self.step(f"time {format_ns(now_ns)}")

    def line(self, line: bytes) -> None:
        self.step(f"event {line.decode('utf-8').rstrip()}")

    @property
    def digest(self) -> str:
        """The hash of all steps so far, in hex."""
        return self._hash.hexdigest()


def check_determinism(run: Callable[[Recorder], T]) -> T:
    """Runs `run` twice, each time with a new recorder, and returns what the second run returned.

    Raises Nondeterminism, which names the first step that differs and those before it. What the runs themselves raise
    goes to the caller, so `run` should catch the failures it expects.
    """
    first, second = Recorder(), Recorder()
    run(first)
    result = run(second)
    if first.digest != second.digest:
        raise Nondeterminism(_explain(first.steps, second.steps))
    return result


def _explain(first: list[str], second: list[str]) -> str:
    pairs = zip(first, second, strict=False)
    at = next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))
    before = [f"  {index}: {first[index]}" for index in range(max(0, at - _BEFORE), at)]
    one = first[at] if at < len(first) else "(the run was over)"
    other = second[at] if at < len(second) else "(the run was over)"
    lines = [f"two runs of one seed differ at step {at}:", *before, f"  {at}, first run:  {one}"]
    return "\n".join([*lines, f"  {at}, second run: {other}"])
