"""How a simulation fails when what runs in it cannot go on, or does what a simulation cannot hold."""

from __future__ import annotations

import sys
import sysconfig
from types import FrameType

__all__ = ["Deadlock", "Escape", "Livelock", "Nondeterminism", "SimulationError", "Stuck", "call_site", "is_stdlib"]

_STDLIB = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
_SITE = tuple({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
_OURS = __file__.rpartition("errors")[0]


class SimulationError(RuntimeError):
    """A simulation could not go on."""


class Deadlock(SimulationError):
    """Everybody waits and no timer is set: nothing will ever happen again."""


class Livelock(SimulationError):
    """Turn after turn goes by and time stands still: somebody polls without waiting."""


class Escape(SimulationError):
    """Code in a simulation reached for the real world: a socket, a thread, a sleep, the real clock."""


class Stuck(SimulationError):
    """A simulated thread did not come back to the runtime: it blocks on something that is not simulated."""


class Nondeterminism(SimulationError):
    """Two runs of one seed took different steps."""


def is_stdlib(filename: str) -> bool:
    """Whether a file belongs to Python itself."""
    return filename.startswith("<frozen") or (filename.startswith(_STDLIB) and not filename.startswith(_SITE))


def call_site(frame: FrameType | None = None) -> str:
    """Where the nearest caller outside of Python's library and this package stands: `file:line in function`."""
    frame = sys._getframe(1) if frame is None else frame
    first = frame
    walk: FrameType | None = frame
    while walk is not None:
        filename = walk.f_code.co_filename
        if not filename.startswith(_OURS) and not is_stdlib(filename):
            return f"{filename}:{walk.f_lineno} in {walk.f_code.co_qualname}"
        walk = walk.f_back
    return f"{first.f_code.co_filename}:{first.f_lineno} in {first.f_code.co_qualname}"
