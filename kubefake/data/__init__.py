"""The facts a server is made of, as files of this package; written by the generators in `.ci/facts`, never by hand."""

from __future__ import annotations

import json
import lzma
from importlib.resources import files
from typing import Any

__all__ = ["load", "read"]


def read(name: str) -> bytes:
    """The bytes of a data file; those of a `.xz` file decompressed."""
    data = files(__name__).joinpath(name).read_bytes()
    return lzma.decompress(data) if name.endswith(".xz") else data


def load(name: str) -> Any:
    """The value of a JSON data file. Every call parses anew, so that no two callers share what they may change."""
    return json.loads(read(name))
