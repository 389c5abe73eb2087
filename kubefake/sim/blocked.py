"""Says where tasks wait, for the errors that a simulation ends with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from kubefake.sim.errors import is_stdlib
from kubefake.sim.internals import awaiting_frames

__all__ = ["describe_task", "describe_tasks"]

_DEPTH = 3
_BOUND = 100


def describe_task(task: asyncio.Task[Any]) -> str:
    """Where a task waits: the innermost of its own frames, the one that waits last."""
    frames = awaiting_frames(task.get_coro())
    own = [frame for frame in frames if not is_stdlib(frame[0])] or frames
    if not own:
        return "has not begun"
    return " > ".join(f"{name} ({filename}:{line})" for filename, line, name in own[-_DEPTH:])


def describe_tasks(loop: asyncio.AbstractEventLoop, elsewhere: Mapping[asyncio.Task[Any], Callable[[], str]]) -> str:
    """A line for each unfinished task of a loop, by name."""
    lines = []
    for task in asyncio.all_tasks(loop):
        where = elsewhere.get(task)
        lines.append(f"  {task.get_name()}: {describe_task(task) if where is None else where()}")
    lines.sort()
    more = [f"  … and {len(lines) - _BOUND} more"] if len(lines) > _BOUND else []
    return "\n".join(lines[:_BOUND] + more) or "  (no task is left)"
