"""Where the traces of failing worlds are kept, so that a report can name a file to read."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

__all__ = ["TRACES_VARIABLE", "keep_trace"]

TRACES_VARIABLE = "KUBEFAKE_TRACES"
"""The environment variable with the folder for traces; by default one in the folder for temporary files."""


def keep_trace(name: str, seed: int, trace: bytes) -> Path:
    """Writes a trace and returns its path, which depends on name and seed alone: the newest run of a seed wins."""
    folder = Path(os.environ.get(TRACES_VARIABLE) or Path(tempfile.gettempdir()) / "kubefake")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{re.sub('[^A-Za-z0-9._-]+', '-', name)}-seed-{seed}.trace"
    path.write_bytes(trace)
    return path
